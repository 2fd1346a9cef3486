// SPDX-License-Identifier: GPL-2.0-only
/* test_replay_ahead.c - what is known before its time, and what is not. */
#include "replay_world.h"

/* A spin is scored before its own records say anything: a success that nobody could have known. */
START_TEST(own_probes_come_after)
{
	const struct replay_vm_score *v;
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
	ck_assert_uint_eq(replay_score_policy(v, POLICY_STOCK, false).picks, 1);
	world_release(&w);
}
END_TEST

/* Longer ahead than the ring is deep: the answer is missing, nothing else. */
START_TEST(far_ahead)
{
	const struct replay_vm_score *v;
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

UNIT_SUITE(replay_ahead, own_probes_come_after, far_ahead)
