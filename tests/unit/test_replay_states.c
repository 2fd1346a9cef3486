// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_replay_states.c - the weighted guesses: how they begin, what they learn, what they forget.
 */
#include "analysis/replay_states.h"

#include "scene.h"
#include "unit.h"

START_TEST(guesses)
{
	struct states s;

	ck_assert_int_eq(states_init(&s, 4, 1), 0);
	ck_assert_uint_eq(s.nr, 4);
	ck_assert(s.weight[0] == 0.5);
	states_end(&s, 1); /* nobody flies: nothing changes */
	ck_assert_uint_eq(s.nr, 4);
	states_release(&s);
	ck_assert_int_eq(states_init(&s, 1, 1), 0);
	ck_assert(s.weight[0] == 1);
	states_release(&s);
	ck_assert_int_eq(states_init(&s, 1000, 16), 0);
	ck_assert_uint_eq(s.nr, STATES_MAX);
	states_release(&s);
}
END_TEST

/*
 * Two candidates: the guesses agree where they stand, and a seen outcome sorts out those that do
 * not.
 */
START_TEST(outcomes_teach)
{
	struct states_outcome o = { .me = 0, .cpu = 0, .switched = true, .next = 1 };
	struct vcpu vcpu[6] = { { 0 } };
	struct vcpus v = { .vcpu = vcpu, .nr = 6 };
	double before, after;
	struct states st;
	struct scene s;

	scene_begin(&s);
	scene_preempt(&s, 0x6);
	policy_prepare(&s.v);
	ck_assert_int_eq(states_init(&st, 6, 1), 0);
	ck_assert_uint_eq(states_ask(&st, &s.v, &policies[POLICY_STOCK], &before), 1);
	/* All but the guess that 1 was the last take 1: half of the weight, and four tenths. */
	ck_assert(before > 0.89 && before < 0.91);
	ck_assert_uint_eq(states_search(&st, &s.v, &before), 1);
	ck_assert(before < 0.9); /* less what a race can do */
	/* The spinner leaves, and 1, on the same CPU, is next: as nearly all guesses had it. */
	states_outcome(&st, &v, &s.vm, &o);
	states_end(&st, 0);
	ck_assert_uint_eq(states_ask(&st, &s.v, &policies[POLICY_STOCK], &after), 2);
	ck_assert_msg(after > 0.95, "%f", after);
	/* 1 once more: less likely, and less sure. */
	states_search(&st, &s.v, &before);
	states_outcome(&st, &v, &s.vm, &o);
	states_end(&st, 0);
	states_ask(&st, &s.v, &policies[POLICY_STOCK], &before);
	ck_assert_msg(before < after, "%f", before);
	states_release(&st);
}
END_TEST

START_TEST(bounded)
{
	struct states_outcome o = { .me = 0, .cpu = 0, .next = POLICY_NONE };
	struct vcpu vcpu[6] = { { 0 } };
	struct vcpus v = { .vcpu = vcpu, .nr = 6 };
	struct states st;
	struct scene s;
	double share;

	scene_begin(&s);
	scene_preempt(&s, 0x3e);
	policy_prepare(&s.v);
	ck_assert_int_eq(states_init(&st, 6, 1), 0);
	for (int i = 0; i < 500; i++) {
		double sum = 0;

		states_search(&st, &s.v, &share);
		o.switched = i % 3;
		o.next = i % 5 ? (u32)(1 + i % 5) : POLICY_NONE;
		states_outcome(&st, &v, &s.vm, &o);
		if (i % 7)
			states_end(&st, 0);
		ck_assert_uint_ge(st.nr, 1);
		ck_assert_uint_le(st.nr, STATES_MAX);
		for (u32 k = 0; k < st.nr; k++)
			sum += st.weight[k];
		ck_assert(sum > 0.999 && sum < 1.001);
	}
	states_release(&st);
}
END_TEST

UNIT_SUITE(replay_states, guesses, outcomes_teach, bounded)
