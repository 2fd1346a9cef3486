// SPDX-License-Identifier: GPL-2.0-only
/* test_bursts.c - what a burst is, at its edges. */
#include "analysis/bursts.h"

#include "unit.h"

START_TEST(none)
{
	const u64 even[] = { 20, 20, 20, 20 };
	struct burst b[4];

	ck_assert_uint_eq(bursts_find(even, 4, 3, b, 4), 0);
	ck_assert_uint_eq(bursts_find(even, 0, 3, b, 4), 0);
}
END_TEST

START_TEST(runs)
{
	/* The mean is 10: 30 and more are in a burst, also at the very end. */
	const u64 count[] = { 0, 30, 31, 0, 0, 29, 0, 0, 0, 0, 0, 0, 0, 0, 0, 30, 0, 0, 0, 90, 0 };
	const u64 at_end[] = { 0, 0, 0, 40 };
	struct burst b[4];

	ck_assert_uint_eq(bursts_find(count, 21, 3, b, 4), 3);
	ck_assert_uint_eq(b[0].first, 1);
	ck_assert_uint_eq(b[0].nr, 2);
	ck_assert_uint_eq(b[0].count, 61);
	ck_assert_uint_eq(b[0].peak, 31);
	ck_assert_uint_eq(b[1].first, 15);
	ck_assert_uint_eq(b[2].first, 19);
	ck_assert_uint_eq(bursts_find(at_end, 4, 3, b, 4), 1);
	ck_assert_uint_eq(b[0].first, 3);
}
END_TEST

START_TEST(few_are_none_and_more_than_fit)
{
	const u64 few[] = { 0, 0, 0, 0, 0, 9, 0, 0 };
	const u64 many[] = { 50, 0, 50, 0, 0, 0, 0, 0 };
	struct burst b[1];

	ck_assert_uint_eq(bursts_find(few, 8, 3, b, 1), 0);
	ck_assert_uint_eq(bursts_find(many, 8, 3, b, 1), 2);
	ck_assert_uint_eq(b[0].first, 0);
}
END_TEST

UNIT_SUITE(bursts, none, runs, few_are_none_and_more_than_fit)
