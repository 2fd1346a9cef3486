// SPDX-License-Identifier: GPL-2.0-only
/* test_paragraph.c - where lines break, and where they do not. */
#include "output/paragraph.h"

#include "unit.h"

#define FORTY "0123456789012345678901234567890123456789"

static void check(struct paragraph *p, const char *want)
{
	struct capture c;

	capture_open(&c);
	paragraph_put(p, "* ", "    ", c.f);
	ck_assert_str_eq(capture_text(&c), want);
	ck_assert_uint_eq(p->len, 0);
	capture_free(&c);
}

START_TEST(lines)
{
	struct paragraph p = { .len = 0 };

	check(&p, "");
	paragraph_say(&p, "one");
	paragraph_say(&p, " %d,  %s", 2, "three");
	check(&p, "* one 2, three\n");
	/* 77 characters and the prefix fill the line; one more goes to the next. */
	paragraph_say(&p, "%s %s", FORTY, "012345678901234567890123456789012345");
	check(&p, "* " FORTY " 012345678901234567890123456789012345\n");
	paragraph_say(&p, "%s %s", FORTY, "0123456789012345678901234567890123456");
	check(&p, "* " FORTY "\n    0123456789012345678901234567890123456\n");
	/* What is longer than a line is not cut. */
	paragraph_say(&p, "a %090d", 7);
	paragraph_say(&p, " b");
	check(&p,
	      "* a\n    000000000000000000000000000000000000000000000000000000000000000000000000000000"
	      "000000000007\n    b\n");
}
END_TEST

START_TEST(shares)
{
	struct paragraph p = { .len = 0 };

	paragraph_say(&p, "%060d ", 0);
	paragraph_share(&p, 12345678, 98765432);
	check(&p,
	      "* 000000000000000000000000000000000000000000000000000000000000\n    12345678 (12.5 %)\n");
	paragraph_share(&p, 0, 0);
	check(&p, "* 0 (0.0 %)\n");
	paragraph_share(&p, 1ull << 63, 1ull << 63);
	check(&p, "* 9223372036854775808 (100.0 %)\n");
}
END_TEST

START_TEST(too_long)
{
	struct paragraph p = { .len = 0 };

	for (int i = 0; i < 1000; i++)
		paragraph_say(&p, "%s", "0123456789 ");
	ck_assert_uint_eq(p.len, sizeof(p.text) - 1);
	ck_assert_uint_eq(strlen(p.text), p.len);
}
END_TEST

UNIT_SUITE(paragraph, lines, shares, too_long)
