// SPDX-License-Identifier: GPL-2.0-only
/* test_consume.c - what an event ends, and what it begins. */
#include "replay_world.h"

START_TEST(waits)
{
	const struct score_vm *v;
	struct world w;

	world_begin(&w, true);
	story_ipi(&w.s, 50, 0, 3, 0x50);
	world_yields(&w, 100, 2, 1);
	story_switch(&w.s, 400, 1, P(1), 0, P(3));
	v = world_end(&w);
	ck_assert_uint_eq(v->wait.nr, 1);
	ck_assert_uint_eq(v->wait.max, 300 * STORY_US);
	ck_assert_uint_eq(v->waits_open, 0);
	world_release(&w);
}
END_TEST

START_TEST(untracked)
{
	const struct score_vm *v;
	struct world w;

	world_begin(&w, true);
	story_exit(&w.s, 40, 0, 0, STORY_SVM_MSR, STORY_KERNEL);
	story_apic_ipi(&w.s, 41, 0, 0xc00fd); /* all but itself */
	story_entry(&w.s, 42, 0, 0);
	world_yields(&w, 100, 2, 1);
	story_exit(&w.s, 140, 0, 0, STORY_SVM_MSR, STORY_KERNEL);
	story_apic_ipi(&w.s, 141, 0, 0x400fd); /* to itself: nobody to wait for, and no news */
	story_entry(&w.s, 142, 0, 0);
	world_yields(&w, 200, 3, 1);
	v = world_end(&w);
	ck_assert_uint_eq(v->nothing_awaited, 2);
	ck_assert_uint_eq(v->untracked, 2);
	world_release(&w);
}
END_TEST

START_TEST(runs)
{
	const struct score_vm *v;
	struct world w;

	world_begin(&w, true);
	world_yields(&w, 100, 2, 1);
	world_yields(&w, 200, 3, 1);
	story_exit(&w.s, 300, 0, 0, STORY_SVM_MSR, STORY_KERNEL);
	story_entry(&w.s, 301, 0, 0);
	v = world_end(&w);
	ck_assert_uint_eq(v->runs.nr, 1);
	ck_assert_uint_eq(v->runs.max, 2);
	world_release(&w);
}
END_TEST

START_TEST(gap)
{
	const struct score_vm *v;
	struct world w;

	world_begin(&w, true);
	story_ipi(&w.s, 50, 0, 3, 0x50);
	story_pause(&w.s, 100, 0, 0);
	story_gap(&w.s, 150, 120);
	story_target(&w.s, 160, 0, P(2)); /* of a spin that nobody saw */
	story_result(&w.s, 161, 0, 1);
	story_entry(&w.s, 162, 0, 0);
	world_yields(&w, 200, 2, 1);
	v = world_end(&w);
	ck_assert_uint_eq(v->spins, 2);
	ck_assert_uint_eq(v->observed, 1);
	ck_assert_uint_eq(v->nothing_awaited, 1);
	world_release(&w);
}
END_TEST

UNIT_SUITE(consume, waits, untracked, runs, gap)
