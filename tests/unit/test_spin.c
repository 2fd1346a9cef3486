// SPDX-License-Identifier: GPL-2.0-only
/* test_spin.c - what the events of a spinner's thread mean for its spin. */
#include "replay_world.h"

START_TEST(disagrees_and_learns)
{
	const struct score_vm *v;
	struct world w;

	world_begin(&w, true);
	world_yields(&w, 100, 3, 1); /* the replay says 2 */
	world_yields(&w, 200, 2, 1); /* knows that 3 was boosted last */
	v = world_end(&w);
	ck_assert_uint_eq(v->observed, 2);
	ck_assert_uint_eq(v->agree, 1);
	ck_assert_uint_eq(v->nr_misses, 1);
	ck_assert_uint_eq(v->miss[0].pick, 2);
	ck_assert_uint_eq(v->miss[0].target, 3);
	ck_assert_uint_eq(v->cause[v->miss[0].cause], 1);
	world_release(&w);
}
END_TEST

START_TEST(failures_are_no_choice)
{
	const struct score_vm *v;
	struct world w;

	world_begin(&w, true);
	story_pause(&w.s, 100, 0, 0);
	story_target(&w.s, 103, 0, P(2));
	story_result(&w.s, 104, 0, 0);
	story_target(&w.s, 105, 0, P(3));
	story_switch(&w.s, 106, 0, P(0), 0, P(3));
	story_switch(&w.s, 120, 0, P(3), 0, P(0));
	story_result(&w.s, 122, 0, 1);
	story_entry(&w.s, 125, 0, 0);
	world_yields(&w, 200, 2, 0); /* an attempt is not an observation */
	v = world_end(&w);
	ck_assert_uint_eq(v->spins, 2);
	ck_assert_uint_eq(v->observed, 1);
	ck_assert_uint_eq(v->failed_tries, 2);
	world_release(&w);
}
END_TEST

/* The flags of those who search themselves follow the kernel's choice. */
START_TEST(turn_flags_from_probes)
{
	const struct score_vm *v;
	struct world w;

	world_begin(&w, true);
	world_yields(&w, 100, 2, 1);
	world_yields(&w, 200, 3, 1);
	/* 0 searches, yields to 2, and stays in its search while 2 runs and searches, too. */
	story_pause(&w.s, 300, 0, 0);
	story_target(&w.s, 303, 0, P(2));
	story_switch(&w.s, 305, 0, P(0), 0, P(2));
	story_entry(&w.s, 310, 0, 2);
	story_pause(&w.s, 320, 0, 2); /* 0 is preempted and in its search: passed over; 3 is next */
	story_target(&w.s, 323, 2, P(3));
	story_switch(&w.s, 325, 0, P(2), 0, P(3));
	story_entry(&w.s, 330, 0, 3);
	story_pause(&w.s, 340, 0, 3); /* 0 has its turn now */
	story_target(&w.s, 343, 3, P(0));
	story_switch(&w.s, 345, 0, P(3), 0, P(0));
	story_result(&w.s, 350, 0, 1);
	story_entry(&w.s, 355, 0, 0);
	story_switch(&w.s, 360, 0, P(0), 0, P(2));
	story_result(&w.s, 365, 2, 1);
	story_switch(&w.s, 370, 0, P(2), 0, P(3));
	story_result(&w.s, 375, 3, 1);
	v = world_end(&w);
	ck_assert_uint_eq(v->spins, 5);
	ck_assert_uint_eq(v->observed, 5);
	ck_assert_uint_eq(v->agree, 5);
	world_release(&w);
}
END_TEST

/*
 * 0 is preempted 10 us after its spin began, while its search tries 2; 1 yields to 2 before 0 runs
 * again. A search that had not begun would go on from there, and pick 3.
 */
static u64 preempted_in_search(bool pick_seen)
{
	const struct score_vm *v;
	struct world w;
	u64 agree;

	world_begin(&w, true);
	story_pause(&w.s, 100, 0, 0);
	if (pick_seen)
		story_pick(&w.s, 106, 0, 2);
	story_switch(&w.s, 110, 0, P(0), TASK_PREEMPTED, 0);
	story_exit(&w.s, 200, 1, 1, STORY_SVM_MSR, STORY_KERNEL);
	story_entry(&w.s, 210, 1, 1);
	story_pause(&w.s, 220, 1, 1);
	story_target(&w.s, 223, 1, P(2));
	story_result(&w.s, 224, 1, 1);
	story_entry(&w.s, 230, 1, 1);
	story_switch(&w.s, 300, 0, 0, 0, P(0));
	story_target(&w.s, 303, 0, P(2));
	story_result(&w.s, 305, 0, 1);
	story_entry(&w.s, 310, 0, 0);
	v = world_end(&w);
	ck_assert_uint_eq(v->observed, 2);
	agree = v->agree;
	world_release(&w);
	return agree;
}

/* A recorded call of kvm_vcpu_yield_to() tells that the search came before the preemption. */
START_TEST(search_before_preemption)
{
	ck_assert_uint_eq(preempted_in_search(false), 1);
	ck_assert_uint_eq(preempted_in_search(true), 2);
}
END_TEST

UNIT_SUITE(spin, disagrees_and_learns, failures_are_no_choice, turn_flags_from_probes,
	   search_before_preemption)
