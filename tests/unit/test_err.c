// SPDX-License-Identifier: GPL-2.0-only
/* test_err.c - messages stay one line, whatever stands in them. */
#include "util/err.h"

#include "unit.h"

START_TEST(returns_its_code)
{
	struct err e;

	ck_assert_int_eq(err_set(&e, -EBADMSG, "%s: page %u", "trace.dat", 7u), -EBADMSG);
	ck_assert_str_eq(e.msg, "trace.dat: page 7");
}
END_TEST

START_TEST(control_characters_become_marks)
{
	struct err e;

	err_set(&e, 0, "%s", "a\nb\tc\033[1md\x7f\xc3\xa9");
	ck_assert_str_eq(e.msg, "a?b?c?[1md?\xc3\xa9");
}
END_TEST

START_TEST(long_messages_are_cut)
{
	char text[4 * ERR_MSG_MAX];
	struct err e;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	err_set(&e, 0, "%s", text);
	ck_assert_uint_eq(strlen(e.msg), ERR_MSG_MAX - 1);
}
END_TEST

UNIT_SUITE(err, returns_its_code, control_characters_become_marks, long_messages_are_cut)
