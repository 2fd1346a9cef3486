// SPDX-License-Identifier: GPL-2.0-only
/* test_clean.c - what may be printed of a text from outside. */
#include "util/clean.h"

#include "unit.h"

static void cleans(const char *text, const char *want)
{
	char buf[64];

	snprintf(buf, sizeof(buf), "%s", text);
	text_clean(buf);
	ck_assert_str_eq(buf, want);
}

START_TEST(text_is_kept)
{
	cleans("", "");
	cleans("web 1 <&\"'\\>", "web 1 <&\"'\\>");
	cleans("Gerät \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x90\xa7",
	       "Gerät \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x90\xa7");
}
END_TEST

START_TEST(controls_are_not)
{
	cleans("a\nb\rc\td\x1b[31me\x7f", "a?b?c?d?[31me?");
	cleans("a\xc2\x85"
	       "b\xc2\x9b"
	       "31m",
	       "a?b?31m");		/* C1: next line, CSI */
	cleans("\xc2\xa0", "\xc2\xa0"); /* the first after C1 */
}
END_TEST

START_TEST(marks_of_direction_are_not)
{
	cleans("a\xe2\x80\xae"
	       "b",
	       "a?b"); /* U+202E */
	cleans("\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", "???");
	cleans("\xe2\x80\xaa\xe2\x81\xa6\xe2\x81\xa9", "???");
	cleans("\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf", "???");		/* lines, paragraphs, BOM */
	cleans("\xe2\x80\xa6\xe2\x80\x93", "\xe2\x80\xa6\xe2\x80\x93"); /* ellipsis and dash stay */
}
END_TEST

START_TEST(what_is_no_utf8_is_not)
{
	cleans("a\xff"
	       "b\x80",
	       "a?b?");
	cleans("\xc0\xaf", "??");	    /* overlong */
	cleans("\xed\xa0\x80", "???");	    /* a surrogate */
	cleans("\xf4\x90\x80\x80", "????"); /* beyond the last */
	cleans("x\xe2\x80", "x??");	    /* cut */
}
END_TEST

UNIT_SUITE(clean, text_is_kept, controls_are_not, marks_of_direction_are_not,
	   what_is_no_utf8_is_not)
