// SPDX-License-Identifier: GPL-2.0-only
/* test_ahead.c - what is known before its time, and what is not. */
#include "replay_world.h"

/* A spin is scored before its own records say anything: a success that nobody could have known. */
START_TEST(own_probes_come_after)
{
	const struct score_vm *v;
	struct world w;

	world_begin(&w, true);
	story_pause(&w.s, 100, 0, 0);
	story_target(&w.s, 101, 0, P(3)); /* before the search's own time */
	story_switch(&w.s, 102, 0, P(0), 0, P(3));
	story_switch(&w.s, 120, 0, P(3), 0, P(0));
	story_result(&w.s, 122, 0, 1);
	story_entry(&w.s, 125, 0, 0);
	v = world_end(&w);
	ck_assert_uint_eq(v->observed, 1);
	ck_assert_uint_eq(v->agree, 0);
	ck_assert_uint_eq(score_policy(v, POLICY_STOCK, false).picks, 1);
	world_release(&w);
}
END_TEST

/* Longer ahead than events are kept: the answer is missing, nothing else. */
START_TEST(far_ahead)
{
	const struct score_vm *v;
	struct world w;

	world_begin(&w, true);
	story_pause(&w.s, 100, 0, 0);
	for (u32 i = 0; i < 20000; i++)
		story_eoi(&w.s, 101 + i, 1, 0x50);
	story_target(&w.s, 30000, 0, P(2));
	story_switch(&w.s, 30001, 0, P(0), 0, P(2));
	story_switch(&w.s, 30002, 0, P(2), 0, P(0));
	story_result(&w.s, 30003, 0, 1);
	story_entry(&w.s, 30004, 0, 0);
	world_yields(&w, 30100, 3, 1);
	v = world_end(&w);
	ck_assert_uint_eq(v->observed, 2);
	ck_assert_uint_eq(v->agree, 2);
	world_release(&w);
}
END_TEST

/*
 * Two vCPUs wait in turns, each until the other one waits for some time: there is always something
 * that is kept, and it is moved now and then. All spins of a third one count.
 */
START_TEST(kept_for_long)
{
	const struct score_vm *v;
	struct world w;
	u64 us = 100;

	world_begin(&w, true);
	for (u32 turn = 0; turn < 12; turn++) {
		story_pause(&w.s, us, turn % 2, turn % 2);
		if (turn)
			story_entry(&w.s, us, !(turn % 2), !(turn % 2));
		for (u32 i = 0; i < 1500; i++, us += 20) {
			if (turn % 3 == 0) {
				story_eoi(&w.s, us, 2, 0x50);
				story_eoi(&w.s, us + 10, 2, 0x50);
			} else {
				story_pause(&w.s, us, 0, 2);
				story_entry(&w.s, us + 10, 0, 2);
			}
		}
		ck_assert_uint_ge(w.r.nr_later, 3000);
	}
	story_entry(&w.s, us, 1, 1);
	story_eoi(&w.s, us + 101, 2, 0x50);
	ck_assert_uint_eq(w.r.nr_later, 0);
	v = world_end(&w);
	ck_assert_uint_eq(v->spins, 12 + 8 * 1500);
	world_release(&w);
}
END_TEST

/* Nothing waits over missed events for what comes behind them. */
START_TEST(over_a_gap)
{
	struct world w;

	world_begin(&w, true);
	story_pause(&w.s, 100, 0, 0);
	story_eoi(&w.s, 101, 1, 0x50);
	ck_assert_uint_eq(w.r.nr_later, 2);
	story_gap(&w.s, 110, 105);
	ck_assert_uint_eq(w.r.nr_later, 0);
	world_end(&w);
	world_release(&w);
}
END_TEST

UNIT_SUITE(ahead, own_probes_come_after, far_ahead, kept_for_long, over_a_gap)
