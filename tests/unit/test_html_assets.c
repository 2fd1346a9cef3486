// SPDX-License-Identifier: GPL-2.0-only
/* test_html_assets.c - the style sheet and the script fetch nothing and end where they should. */
#include "output/html.h"

#include "unit.h"

START_TEST(nothing_from_outside)
{
	static const char *const never[] = { "http",   "//",	  "url(", "@import", "import(",
					     "fetch(", "XMLHttp", "</",	  "eval",    "innerHTML" };

	for (size_t i = 0; i < ARRAY_SIZE(never); i++) {
		ck_assert_msg(!strstr(html_style, never[i]), "style: %s", never[i]);
		ck_assert_msg(!strstr(html_script, never[i]), "script: %s", never[i]);
	}
	ck_assert_ptr_nonnull(strstr(html_style, "prefers-color-scheme:dark"));
}
END_TEST

UNIT_SUITE(html_assets, nothing_from_outside)
