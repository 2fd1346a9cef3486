// SPDX-License-Identifier: GPL-2.0-only
/* test_latency_slow.c - the slowest of many, whatever order they come in. */
#include "analysis/latency.h"

#include "unit.h"

static struct latency_ipi ipi(u64 sent, u64 injected, u64 acknowledged, u64 running)
{
	return (struct latency_ipi){ .sent = sent,
				     .after = { 1, injected, acknowledged, running } };
}

START_TEST(the_slowest_by_the_last_stage)
{
	struct latency_ipi slow[4] = { 0 }, last;
	struct latency l = { .slow = slow, .max_slow = 3 };
	const u64 none = LATENCY_UNKNOWN;

	for (u64 i = 0; i < 20; i++) {
		struct latency_ipi next = ipi(i, 500, i * 7 % 20, none);

		latency_slow_offer(&l, &next);
	}
	last = ipi(90, 18, none, 99999); /* by its injection: there is no EOI */
	latency_slow_offer(&l, &last);
	latency_slow_sort(&l);
	ck_assert_uint_eq(l.nr_slow, 3);
	ck_assert_uint_eq(l.slow[0].after[LATENCY_ACKNOWLEDGED], 19);
	ck_assert_uint_eq(l.slow[1].sent, 14); /* 18, and sent before the next */
	ck_assert_uint_eq(l.slow[2].sent, 90);
}
END_TEST

START_TEST(none_and_all)
{
	struct latency none = { 0 }, all = { .max_slow = LATENCY_ALL };

	for (u64 i = 0; i < 100; i++) {
		struct latency_ipi next = ipi(i, i % 10, LATENCY_UNKNOWN, LATENCY_UNKNOWN);

		latency_slow_offer(&none, &next);
		latency_slow_offer(&all, &next);
	}
	latency_slow_sort(&none);
	latency_slow_sort(&all);
	ck_assert_uint_eq(none.nr_slow, 0);
	ck_assert_uint_eq(all.nr_slow, 100);
	ck_assert_uint_eq(all.slow[0].sent, 9);
	ck_assert_uint_eq(all.slow[99].sent, 90);
	free(all.slow);
}
END_TEST

UNIT_SUITE(latency_slow, the_slowest_by_the_last_stage, none_and_all)
