// SPDX-License-Identifier: GPL-2.0-only
/* test_rounded.c - to the nearest, a half up, without overflow. */
#include "util/rounded.h"

#include "unit.h"

START_TEST(to_the_nearest)
{
	ck_assert_uint_eq(rounded(2359, 100), 24);
	ck_assert_uint_eq(rounded(2349, 100), 23);
	ck_assert_uint_eq(rounded(2350, 100), 24);
	ck_assert_uint_eq(rounded(0, 1000), 0);
	ck_assert_uint_eq(rounded(2, 5), 0);
	ck_assert_uint_eq(rounded(3, 5), 1);
	ck_assert_uint_eq(rounded(UINT64_MAX, 10), UINT64_MAX / 10 + 1);
	ck_assert_uint_eq(rounded(7, 1), 7);
}
END_TEST

UNIT_SUITE(rounded, to_the_nearest)
