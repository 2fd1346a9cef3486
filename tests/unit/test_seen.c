// SPDX-License-Identifier: GPL-2.0-only
/* test_seen.c - records are counted by kind, over batches. */
#include "analysis/seen.h"

#include "unit.h"

START_TEST(kinds)
{
	struct seen s = { { 0 } };
	const struct event ev[] = { { .kind = EV_EOI }, { .kind = EV_GAP }, { .kind = EV_EOI } };

	ck_assert_int_eq(seen_ops.records(&s, ev, 3), 0);
	ck_assert_int_eq(seen_ops.records(&s, ev, 1), 0);
	ck_assert_uint_eq(s.nr[EV_EOI], 3);
	ck_assert_uint_eq(s.nr[EV_GAP], 1);
	ck_assert_uint_eq(s.nr[EV_SWITCH], 0);
	ck_assert(seen_ops.ordered);
}
END_TEST

UNIT_SUITE(seen, kinds)
