// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_hypotheses_plain.c - hypotheses in plain rows: what the kernel of 6.13 to 6.18 leaves in
 * last_boosted_vcpu, and VMs whose masks are two words. test_hypotheses_packed.c compares the
 * packed ones with them.
 */
#include "analysis/yield/hypotheses.h"

#include "scene.h"
#include "unit.h"

/* One spin that is alone: whom it picks, with which share. */
static u32 spin(struct hypotheses *st, struct policy_view *v, u32 me, double *share)
{
	u32 pick;

	v->me = me;
	policy_prepare(v);
	pick = hypotheses_search(st, v, share);
	hypotheses_end(st, me);
	return pick;
}

/*
 * The number that the loop counted instead of the vCPU's: of 6 vCPUs, from 0 on, vCPU 3 is place 2
 * behind the start 1. The next search begins behind 2, where 3 is the first one again.
 */
START_TEST(index_of_the_loop)
{
	struct hypotheses st;
	struct scene s;
	double share;

	scene_begin(&s);
	s.v.order = SCAN_LOOP_INDEX;
	ck_assert_int_eq(hypotheses_init(&st, 6, 1, SCAN_LOOP_INDEX), 0);
	ck_assert_ptr_eq(st.ops, &hypotheses_plain);
	/* All but the first hypothesis are left out: it is known where it begins. */
	st.nr = 1;
	st.total = st.weight[0];
	scene_preempt(&s, 1u << 3 | 1u << 4);
	ck_assert_uint_eq(spin(&st, &s.v, 0, &share), 3);
	ck_assert(share > 0.95);
	ck_assert_uint_eq(spin(&st, &s.v, 0, &share), 3);
	ck_assert(share > 0.9);
	hypotheses_release(&st);
	/* A kernel without the fault goes on behind 3. */
	ck_assert_int_eq(hypotheses_init(&st, 6, 1, SCAN_LOOP), 0);
	s.v.order = SCAN_LOOP;
	st.nr = 1;
	st.total = st.weight[0];
	ck_assert_uint_eq(spin(&st, &s.v, 0, &share), 3);
	ck_assert_uint_eq(spin(&st, &s.v, 0, &share), 4);
	hypotheses_release(&st);
}
END_TEST

/* Of 100 vCPUs 70 and 90 wait, and 80 spins, too: it is passed over once. */
START_TEST(more_than_a_word)
{
	u64 mask[NR_VCPU_BITS][2] = { { 0 } }, scratch[2 * POLICY_SCRATCH] = { 0 };
	u64 in_spin[2], turn[2];
	struct vcpu_vm vm = { .nr = 100, .words = 2 };
	struct policy_view v = { .vm = &vm,
				 .nr = 100,
				 .words = 2,
				 .order = SCAN_LOOP,
				 .kernel = true,
				 .scratch = scratch };
	struct hypotheses st;
	double share;
	u32 last;

	for (int i = 0; i < NR_VCPU_BITS; i++)
		vm.mask[i] = mask[i];
	ck_assert_int_eq(hypotheses_init(&st, 100, 2, SCAN_LOOP), 0);
	ck_assert_ptr_eq(st.ops, &hypotheses_plain);
	st.nr = 1;
	st.total = st.weight[0];
	/* 80 found 5, and has not come back. */
	v.me = 80;
	mask[VCPU_READY][0] = mask[VCPU_PREEMPTED][0] = 1u << 5;
	policy_prepare(&v);
	ck_assert_uint_eq(hypotheses_search(&st, &v, &share), 5);
	mask[VCPU_READY][0] = mask[VCPU_PREEMPTED][0] = 0;
	mask[VCPU_READY][1] = mask[VCPU_PREEMPTED][1] = 1ull << (70 - 64) | 1ull << (80 - 64) |
							1ull << (90 - 64);
	ck_assert_uint_eq(spin(&st, &v, 1, &share), 70);
	ck_assert_uint_eq(spin(&st, &v, 1, &share), 90);
	hypotheses_best(&st, &last, in_spin, turn);
	ck_assert_uint_eq(last, 90);
	ck_assert_uint_eq(in_spin[1], 1ull << (80 - 64));
	ck_assert_uint_eq(turn[1], 1ull << (80 - 64));
	/* Around: 70, and then 80, whose turn it is now. */
	ck_assert_uint_eq(spin(&st, &v, 1, &share), 70);
	ck_assert_uint_eq(spin(&st, &v, 1, &share), 80);
	hypotheses_release(&st);
}
END_TEST

UNIT_SUITE(hypotheses_plain, index_of_the_loop, more_than_a_word)
