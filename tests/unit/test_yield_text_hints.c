// SPDX-License-Identifier: GPL-2.0-only
/* test_yield_text_hints.c - windows as they were given. */
#include "unit.h"
#include "yield_sample.h"

static void check(const struct yield_sample *s, const struct yield_style *style,
		  const char *const *has, const char *hasnt)
{
	struct capture c;
	char *text;

	capture_open(&c);
	yield_text(&s->view, style, c.f);
	text = yield_flat(capture_text(&c));
	for (; *has; has++)
		ck_assert_msg(strstr(text, *has) != NULL, "not there: %s\nin: %s", *has, text);
	if (hasnt)
		ck_assert_msg(!strstr(text, hasnt), "there: %s", hasnt);
	for (const char *p = capture_text(&c); *p; p += strcspn(p, "\n") + 1)
		ck_assert_uint_le(strcspn(p, "\n"), 79);
	free(text);
	capture_free(&c);
}

START_TEST(windows)
{
	struct yield_style style = { 0 };
	struct yield_sample s;

	yield_sample_init(&s);
	s.replay.suggested_window_ns = 1000;
	check(&s, &style, (const char *const[]){ "suggested window: 0.001 ms", NULL }, NULL);
	s.replay.suggested_window_ns = 50000000;
	check(&s, &style, (const char *const[]){ "suggested window: 50 ms", NULL }, NULL);
}
END_TEST

UNIT_SUITE(yield_text_hints, windows)
