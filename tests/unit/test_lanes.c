// SPDX-License-Identifier: GPL-2.0-only
/* test_lanes.c - spans of a lane never overlap, and lanes are few. */
#include "analysis/lanes.h"

#include "unit.h"

START_TEST(side_by_side)
{
	struct lanes l = { 0 };

	ck_assert_int_eq(lanes_place(&l, 10, 20), 0);
	ck_assert_int_eq(lanes_place(&l, 15, 30), 1);
	ck_assert_int_eq(lanes_place(&l, 20, 25), 0); /* touching is no overlap */
	ck_assert_int_eq(lanes_place(&l, 0, 100), 2); /* late */
	ck_assert_int_eq(lanes_place(&l, 30, 30), 0);
	ck_assert_int_eq(lanes_place(&l, 30, 31), 0);
	ck_assert_uint_eq(l.nr, 3);
	lanes_release(&l);
	ck_assert_uint_eq(l.nr, 0);
}
END_TEST

#define SPANS 2000

/* At most 8 at a time, in the order of their ends. */
START_TEST(many)
{
	static struct {
		u64 start, end;
		s64 lane;
	} span[SPANS];
	struct lanes l = { 0 };

	for (u32 i = 0; i < SPANS; i++) {
		span[i].end = 10 * (i + 1);
		span[i].start = span[i].end - i * 7919 % 80;
		span[i].lane = lanes_place(&l, span[i].start, span[i].end);
		ck_assert_int_ge(span[i].lane, 0);
		for (u32 k = i > 100 ? i - 100 : 0; k < i; k++)
			ck_assert(span[k].lane != span[i].lane || span[k].end <= span[i].start);
	}
	ck_assert_uint_le(l.nr, 8);
	lanes_release(&l);
}
END_TEST

UNIT_SUITE(lanes, side_by_side, many)
