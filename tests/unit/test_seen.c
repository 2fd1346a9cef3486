// SPDX-License-Identifier: GPL-2.0-only
/* test_seen.c - kinds are remembered over batches. */
#include "analysis/seen.h"

#include "unit.h"

START_TEST(kinds)
{
	struct seen s = { 0 };
	const struct event ev[] = { { .kind = EV_EOI }, { .kind = EV_GAP }, { .kind = EV_EXIT } };

	ck_assert_int_eq(seen_ops.records(&s, ev, 2), 0);
	ck_assert_int_eq(seen_ops.records(&s, ev + 2, 1), 0);
	ck_assert_uint_eq(s.kinds, EV_BIT(EV_EOI) | EV_BIT(EV_GAP) | EV_BIT(EV_EXIT));
	ck_assert(seen_all(&s, EV_BIT(EV_EOI) | EV_BIT(EV_EXIT)));
	ck_assert(!seen_all(&s, EV_BIT(EV_EOI) | EV_BIT(EV_SWITCH)));
}
END_TEST

UNIT_SUITE(seen, kinds)
