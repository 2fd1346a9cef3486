// SPDX-License-Identifier: GPL-2.0-only
/* test_policy.c - each rule of each policy and kernel generation, on views made by hand. */
#include "scene.h"
#include "unit.h"

START_TEST(round_robin)
{
	struct scene s;

	scene_begin(&s);
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), POLICY_NONE);
	scene_preempt(&s, 0x3f);
	static const u32 want[] = {
		1, 2, 3, 4, 5, 1
	}; /* last boosted 5: from 0 on, which is the spinner */

	for (u32 last = 0; last < 6; last++) {
		s.v.last = last;
		ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), want[last]);
	}
	s.mask[VCPU_READY] = 1 << 2; /* the last boosted itself comes last, but it comes */
	s.v.last = 2;
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), 2);
}
END_TEST

START_TEST(turn_flags)
{
	struct scene s;
	u64 turn;

	scene_begin(&s);
	scene_preempt(&s, 0xe);
	s.in_spin = 0x6; /* 1 and 2 search themselves; 2 has its turn */
	s.turn = 0x4;
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), 2);
	ck_assert_uint_eq(s.turn, 0x4); /* asking changes nothing */
	turn = s.turn;
	ck_assert_uint_eq(policy_commit(&s.v, s.v.stock, 0, 2, &turn), 2);
	ck_assert_uint_eq(turn, 0x2); /* 1 was passed over: on; 2 was tried: off */
	/* It ended without a try: all who search were passed over. */
	turn = 0;
	ck_assert_uint_eq(policy_commit(&s.v, s.v.stock, 0, POLICY_NONE, &turn), 6);
	ck_assert_uint_eq(turn, 0x6);
	/* Behind a failed try at 2: only the rest. */
	turn = 0;
	s.in_spin = 0xe;
	policy_commit(&s.v, s.v.stock, 2, POLICY_NONE, &turn);
	ck_assert_uint_eq(turn, 0x8);
	/* A try at the last place, and nothing behind it. */
	s.v.last = 2;
	turn = 0x4;
	ck_assert_uint_eq(policy_commit(&s.v, s.v.stock, 0, 2, &turn), 6);
	ck_assert_uint_eq(turn, 0xa); /* 3 and 1 passed over */
	ck_assert_uint_eq(policy_commit(&s.v, s.v.stock, 6, POLICY_NONE, &turn), 6);
	ck_assert_uint_eq(turn, 0xa);
}
END_TEST

START_TEST(failed_tries)
{
	struct scene s;

	scene_begin(&s);
	scene_preempt(&s, 0x3e);
	s.esrch = 0xe; /* 1, 2, 3: -ESRCH, and that was the third */
	s.v.esrch = &s.esrch;
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), POLICY_NONE);
	s.esrch = 0x6;
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), 3);
	/* Up to 6.12 a failure at the end of the first pass is the end; a loop goes on. */
	s.v.last = 3;
	s.esrch = 0x20; /* 4 ran away, 5 fails */
	s.mask[VCPU_RUN] = 0x10;
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), POLICY_NONE);
	s.v.order = SCAN_LOOP;
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), 1);
	/* A 0 behind the failure: the second pass begins. */
	s.v.order = SCAN_TWO_PASSES;
	s.esrch = 0x10;
	s.mask[VCPU_RUN] = 0x20;
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), 1);
}
END_TEST

START_TEST(generations)
{
	struct scene s;

	ck_assert_int_eq(policy_order_of("6.1.0-56-cloud-amd64"), SCAN_TWO_PASSES);
	ck_assert_int_eq(policy_order_of("5.10.3"), SCAN_TWO_PASSES);
	ck_assert_int_eq(policy_order_of("6.12.117+deb12-cloud-amd64"), SCAN_TWO_PASSES);
	ck_assert_int_eq(policy_order_of("6.13.0"), SCAN_LOOP_INDEX);
	ck_assert_int_eq(policy_order_of("6.18"), SCAN_LOOP_INDEX);
	ck_assert_int_eq(policy_order_of("6.19.1"), SCAN_LOOP);
	ck_assert_int_eq(policy_order_of("7.1.5"), SCAN_LOOP);
	ck_assert_int_eq(policy_order_of("linux"), NR_SCAN_ORDERS);
	ck_assert_int_eq(policy_order_of(""), NR_SCAN_ORDERS);
	scene_begin(&s);
	s.v.last = 3;
	ck_assert_uint_eq(policy_boosted(&s.v, 5), 5);
	s.v.order = SCAN_LOOP_INDEX; /* the place in the loop: 4 is 0, 5 is 1, 0 is 2 */
	ck_assert_uint_eq(policy_boosted(&s.v, 5), 1);
	ck_assert_uint_eq(policy_boosted(&s.v, 0), 2);
	ck_assert_uint_eq(policy_boosted(&s.v, 3), 5);
	s.v.last = 5;
	ck_assert_uint_eq(policy_boosted(&s.v, 0), 0);
}
END_TEST

static u32 wide_pick(struct policy_view *v)
{
	policy_prepare(v);
	return policy_stock(v);
}

/* The same search on more vCPUs than a word has bits. */
START_TEST(wide)
{
	u64 mask[NR_VCPU_BITS][3] = { { 0 } }, in_spin[3] = { 0 }, turn[3] = { 0 },
	    pending[3] = { 0 };
	u64 scratch[3 * POLICY_SCRATCH];
	struct vcpu_vm vm = { .nr = 150, .words = 3 };
	struct policy_view v = {
		.vm = &vm,
		.nr = 150,
		.words = 3,
		.me = 70,
		.last = 64,
		.kernel = true,
		.in_spin = in_spin,
		.turn = turn,
		.pending = pending,
		.awaited = pending,
		.hint = { POLICY_NONE, POLICY_NONE, POLICY_NONE },
		.scratch = scratch,
	};

	for (int i = 0; i < NR_VCPU_BITS; i++)
		vm.mask[i] = mask[i];
	for (u32 i = 60; i <= 72; i++) {
		vcpu_set(mask[VCPU_READY], i, true);
		vcpu_set(mask[VCPU_PREEMPTED], i, true);
		vcpu_set(mask[VCPU_RUN], i, i > 62);
	}
	ck_assert_uint_eq(wide_pick(&v), 60);
	vcpu_set(mask[VCPU_READY], 149, true);
	ck_assert_uint_eq(wide_pick(&v), 149);
	vcpu_set(mask[VCPU_RUN], 70, false); /* the spinner itself */
	ck_assert_uint_eq(wide_pick(&v), 149);
	vcpu_set(mask[VCPU_RUN], 65, false);
	ck_assert_uint_eq(wide_pick(&v), 65);
}
END_TEST

UNIT_SUITE(policy, round_robin, turn_flags, failed_tries, generations, wide)
