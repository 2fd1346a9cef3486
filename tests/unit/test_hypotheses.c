// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_hypotheses.c - the weighted hypotheses: how they begin, what they learn, what they forget.
 */
#include "analysis/yield/hypotheses.h"

#include "scene.h"
#include "unit.h"

START_TEST(hypotheses)
{
	u64 in_spin, turn;
	struct hypotheses s;
	u32 last;

	ck_assert_int_eq(hypotheses_init(&s, 4, 1, SCAN_LOOP), 0);
	ck_assert_uint_eq(s.nr, 4);
	ck_assert(s.weight[0] == 0.5);
	hypotheses_end(&s, 1); /* nobody flies: nothing changes */
	hypotheses_best(&s, &last, &in_spin, &turn);
	ck_assert_uint_eq(last, 0);
	ck_assert_uint_eq(s.nr, 4);
	hypotheses_release(&s);
	ck_assert_int_eq(hypotheses_init(&s, 1, 1, SCAN_LOOP), 0);
	ck_assert(s.weight[0] == 1);
	hypotheses_release(&s);
	ck_assert_int_eq(hypotheses_init(&s, 1000, 16, SCAN_LOOP), 0);
	ck_assert_uint_eq(s.nr, HYPOTHESES_MAX);
	hypotheses_release(&s);
}
END_TEST

/*
 * Two candidates: the hypotheses agree where they stand, and a seen outcome sorts out those that do
 * not.
 */
START_TEST(outcomes_teach)
{
	struct hypotheses_outcome o = { .me = 0, .cpu = 0, .switched = true, .next = 1 };
	struct vcpu vcpu[6] = { { 0 } };
	struct vcpus v = { .vcpu = vcpu, .nr = 6 };
	double before, after;
	struct hypotheses st;
	struct scene s;

	scene_begin(&s);
	scene_preempt(&s, 0x6);
	policy_prepare(&s.v);
	ck_assert_int_eq(hypotheses_init(&st, 6, 1, SCAN_LOOP), 0);
	ck_assert_uint_eq(hypotheses_ask(&st, &s.v, &policies[POLICY_STOCK], &before), 1);
	/* All but the hypothesis that 1 was the last take 1: half of the weight, and four tenths.
	 */
	ck_assert(before > 0.89 && before < 0.91);
	ck_assert_uint_eq(hypotheses_search(&st, &s.v, &before), 1);
	ck_assert(before < 0.9); /* less what a race can do */
	/* The spinner leaves, and 1, on the same CPU, is next: as nearly all hypotheses had it. */
	hypotheses_outcome(&st, &v, &s.vm, &o);
	hypotheses_end(&st, 0);
	ck_assert_uint_eq(hypotheses_ask(&st, &s.v, &policies[POLICY_STOCK], &after), 2);
	ck_assert_msg(after > 0.95, "%f", after);
	/* 1 once more: less likely, and less sure. */
	hypotheses_search(&st, &s.v, &before);
	hypotheses_outcome(&st, &v, &s.vm, &o);
	hypotheses_end(&st, 0);
	hypotheses_ask(&st, &s.v, &policies[POLICY_STOCK], &before);
	ck_assert_msg(before < after, "%f", before);
	hypotheses_release(&st);
}
END_TEST

START_TEST(bounded)
{
	struct hypotheses_outcome o = { .me = 0, .cpu = 0, .next = POLICY_NONE };
	struct vcpu vcpu[6] = { { 0 } };
	struct vcpus v = { .vcpu = vcpu, .nr = 6 };
	struct hypotheses st;
	struct scene s;
	double share;

	scene_begin(&s);
	scene_preempt(&s, 0x3e);
	policy_prepare(&s.v);
	ck_assert_int_eq(hypotheses_init(&st, 6, 1, SCAN_LOOP), 0);
	for (int i = 0; i < 500; i++) {
		double sum = 0;

		hypotheses_end(&st, 0); /* if it has not ended at once */
		hypotheses_search(&st, &s.v, &share);
		o.switched = i % 3;
		o.next = i % 5 ? (u32)(1 + i % 5) : POLICY_NONE;
		hypotheses_outcome(&st, &v, &s.vm, &o);
		if (i % 7)
			hypotheses_end(&st, 0);
		ck_assert_uint_ge(st.nr, 1);
		ck_assert_uint_le(st.nr, HYPOTHESES_MAX);
		hypotheses_ask(&st, &s.v, &policies[POLICY_STOCK], &share);
		ck_assert(share > 0 && share < 1.001);
		for (u32 k = 0; k < st.nr; k++)
			sum += st.weight[k];
		ck_assert(sum > 0.999 * st.total && sum < 1.001 * st.total);
	}
	hypotheses_release(&st);
}
END_TEST

/* Six vCPUs: a VM's first three, and its last three. */
static u32 slot_of_six(u32 i, u32 nr)
{
	return i < 3 ? i : nr - 6 + i;
}

/* A story of their spins, the same in every VM: who of the six is picked, and how surely. */
static void tell_story(u32 nr, u32 spins, u32 *pick, double *share)
{
	struct vcpu vcpu[64] = { { 0 } };
	struct vcpus v = { .vcpu = vcpu, .nr = 64 };
	u32 random = 1;
	struct hypotheses st;
	struct scene s;

	scene_begin(&s);
	s.v.nr = s.vm.nr = nr;
	ck_assert_int_eq(hypotheses_init(&st, nr, 1, SCAN_TWO_PASSES), 0);
	for (u32 i = 0; i < spins; i++) {
		struct hypotheses_outcome o = { .cpu = 0 };

		random = random * 1103515245 + 12345;
		memset(s.mask, 0, sizeof(s.mask));
		for (u32 k = 0; k < 6; k++)
			if (random >> (24 + k) & 1)
				scene_preempt(&s, 1ull << slot_of_six(k, nr));
		s.v.me = o.me = slot_of_six((random >> 16) % 6, nr);
		policy_prepare(&s.v);
		hypotheses_end(&st, s.v.me);
		pick[i] = hypotheses_search(&st, &s.v, &share[i]);
		ck_assert(share[i] > 0 && share[i] < 1.001);
		/* The kernel does what most hypotheses had it do, or it shows nothing. */
		o.switched = pick[i] != POLICY_NONE && random >> 30;
		o.next = o.switched ? pick[i] : POLICY_NONE;
		hypotheses_outcome(&st, &v, &s.vm, &o);
		if (random >> 22 & 1)
			hypotheses_end(&st, slot_of_six((random >> 10) % 6, nr));
		if (pick[i] != POLICY_NONE && pick[i] > 2)
			pick[i] -= nr - 6;
	}
	hypotheses_release(&st);
}

/* However a hypothesis is laid out, it makes the same searches. The layout changes at these sizes.
 */
START_TEST(layouts)
{
	static const u32 sizes[] = { 8, 9, 16, 17, 29, 30, 64 };
	enum { SPINS = 2000 };
	u32 pick[2][SPINS];
	double share[2][SPINS];

	for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
		bool other = k;

		tell_story(sizes[k], SPINS, pick[other], share[other]);
		/* They begin with other hypotheses of where the last search ended. */
		for (u32 i = 200; i < SPINS && other; i++)
			ck_assert_msg(pick[0][i] == pick[1][i] &&
					      share[0][i] - share[1][i] < 1e-6 &&
					      share[1][i] - share[0][i] < 1e-6,
				      "%u vCPUs, spin %u: %u with %f, not %u with %f", sizes[k], i,
				      pick[1][i], share[1][i], pick[0][i], share[0][i]);
	}
}
END_TEST

/* What was left out counts against the confidence until nothing else can have been picked. */
START_TEST(left_out)
{
	struct hypotheses st;
	struct scene s;
	double share;

	scene_begin(&s);
	scene_preempt(&s, 0x3e);
	s.v.nr = s.vm.nr = 60;
	policy_prepare(&s.v);
	ck_assert_int_eq(hypotheses_init(&st, 60, 1, SCAN_LOOP), 0);
	/* Twelve of sixty places have no hypothesis. */
	ck_assert(st.pruned_mass > 0.09 && st.pruned_mass < 0.11);
	ck_assert_uint_eq(hypotheses_search(&st, &s.v, &share), 1);
	ck_assert(share < 0.91);
	hypotheses_end(&st, 0);
	for (int i = 0; i < 200; i++) {
		hypotheses_search(&st, &s.v, &share);
		hypotheses_end(&st, 0);
	}
	ck_assert(st.pruned_mass > 0 && st.pruned_mass < 1);
	memset(s.mask, 0, sizeof(s.mask));
	scene_preempt(&s, 0x8);
	policy_prepare(&s.v);
	ck_assert_uint_eq(hypotheses_search(&st, &s.v, &share), 3);
	hypotheses_end(&st, 0);
	ck_assert_uint_eq(hypotheses_search(&st, &s.v, &share), 3);
	ck_assert_msg(st.pruned_mass < 0.1, "%f", st.pruned_mass);
	hypotheses_release(&st);
}
END_TEST

UNIT_SUITE(hypotheses, hypotheses, outcomes_teach, bounded, layouts, left_out)
