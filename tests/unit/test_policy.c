// SPDX-License-Identifier: GPL-2.0-only
/* test_policy.c - each rule of each policy and kernel generation, on views made by hand. */
#include "analysis/policy.h"

#include "unit.h"

/* Six vCPUs; bit i is vCPU i. */
struct scene {
	struct vcpu_vm vm;
	struct policy_view v;
	u64 mask[NR_VCPU_BITS];
	u64 in_spin, turn, lonely, pending, awaited, scratch[4];
};

static void begin(struct scene *s)
{
	memset(s, 0, sizeof(*s));
	s->vm.nr = 6;
	s->vm.words = 1;
	for (int i = 0; i < NR_VCPU_BITS; i++)
		s->vm.mask[i] = &s->mask[i];
	s->v = (struct policy_view){
		.vm = &s->vm, .nr = 6, .words = 1, .me = 0, .order = SCAN_TWO_PASSES, .kernel = true,
		.in_spin = &s->in_spin, .turn = &s->turn, .pending = &s->pending,
		.awaited = &s->awaited, .hint = { POLICY_NONE, POLICY_NONE, POLICY_NONE },
		.scratch = s->scratch,
	};
}

/* Preempted in kernel mode: an ordinary candidate. */
static void preempt(struct scene *s, u64 mask)
{
	s->mask[VCPU_READY] |= mask;
	s->mask[VCPU_PREEMPTED] |= mask;
}

/* Halted and woken, not run yet. */
static void woken(struct scene *s, u64 mask)
{
	s->mask[VCPU_READY] |= mask;
	s->mask[VCPU_BLOCKING] |= mask;
	s->mask[VCPU_EVENT] |= mask;
}

static u32 pick(struct scene *s, int policy)
{
	return policies[policy].pick(&s->v, &policies[policy]);
}

START_TEST(round_robin)
{
	struct scene s;

	begin(&s);
	ck_assert_uint_eq(pick(&s, POLICY_STOCK), POLICY_NONE);
	preempt(&s, 0x3f);
	static const u32 want[] = { 1, 2, 3, 4, 5, 1 }; /* last boosted 5: from 0 on, which is the spinner */

	for (u32 last = 0; last < 6; last++) {
		s.v.last = last;
		ck_assert_uint_eq(pick(&s, POLICY_STOCK), want[last]);
	}
	s.mask[VCPU_READY] = 1 << 2; /* the last boosted itself comes last, but it comes */
	s.v.last = 2;
	ck_assert_uint_eq(pick(&s, POLICY_STOCK), 2);
}
END_TEST

START_TEST(who_is_skipped)
{
	struct scene s;

	begin(&s);
	preempt(&s, 1 << 1);
	s.mask[VCPU_USER] = 1 << 1;
	ck_assert_uint_eq(pick(&s, POLICY_STOCK), POLICY_NONE);
	s.v.kernel = false;
	ck_assert_uint_eq(pick(&s, POLICY_STOCK), 1);
	s.v.kernel = true;
	s.mask[VCPU_USER] = 0;
	s.mask[VCPU_ASLEEP] = 1 << 1; /* tried, in vain */
	ck_assert_uint_eq(pick(&s, POLICY_STOCK), POLICY_NONE);
	preempt(&s, 1 << 2);
	ck_assert_uint_eq(pick(&s, POLICY_STOCK), 2);
	s.mask[VCPU_RUN] = 1 << 2;
	ck_assert_uint_eq(pick(&s, POLICY_STOCK), POLICY_NONE);
	begin(&s);
	woken(&s, 1 << 3);
	ck_assert_uint_eq(pick(&s, POLICY_STOCK), 3);
	s.mask[VCPU_EVENT] = 0; /* it would halt again */
	ck_assert_uint_eq(pick(&s, POLICY_STOCK), POLICY_NONE);
}
END_TEST

START_TEST(turn_flags)
{
	struct scene s;
	u64 turn;

	begin(&s);
	preempt(&s, 0xe);
	s.in_spin = 0x6; /* 1 and 2 search themselves; 2 has its turn */
	s.turn = 0x4;
	ck_assert_uint_eq(pick(&s, POLICY_STOCK), 2);
	ck_assert_uint_eq(s.turn, 0x4); /* asking changes nothing */
	turn = s.turn;
	ck_assert_uint_eq(policy_commit(&s.v, 0, 2, &turn), 2);
	ck_assert_uint_eq(turn, 0x2); /* 1 was passed over: on; 2 was tried: off */
	/* It ended without a try: all who search were passed over. */
	turn = 0;
	ck_assert_uint_eq(policy_commit(&s.v, 0, POLICY_NONE, &turn), 6);
	ck_assert_uint_eq(turn, 0x6);
	/* Behind a failed try at 2: only the rest. */
	turn = 0;
	s.in_spin = 0xe;
	policy_commit(&s.v, 2, POLICY_NONE, &turn);
	ck_assert_uint_eq(turn, 0x8);
	/* A try at the last place, and nothing behind it. */
	s.v.last = 2;
	turn = 0x4;
	ck_assert_uint_eq(policy_commit(&s.v, 0, 2, &turn), 6);
	ck_assert_uint_eq(turn, 0xa); /* 3 and 1 passed over */
	ck_assert_uint_eq(policy_commit(&s.v, 6, POLICY_NONE, &turn), 6);
	ck_assert_uint_eq(turn, 0xa);
}
END_TEST

START_TEST(failed_tries)
{
	struct scene s;

	begin(&s);
	preempt(&s, 0x3e);
	s.lonely = 0xe; /* 1, 2, 3: -ESRCH, and that was the third */
	s.v.lonely = &s.lonely;
	ck_assert_uint_eq(pick(&s, POLICY_STOCK), POLICY_NONE);
	s.lonely = 0x6;
	ck_assert_uint_eq(pick(&s, POLICY_STOCK), 3);
	/* Up to 6.12 a failure at the end of the first pass is the end; a loop goes on. */
	s.v.last = 3;
	s.lonely = 0x20; /* 4 ran away, 5 fails */
	s.mask[VCPU_RUN] = 0x10;
	ck_assert_uint_eq(pick(&s, POLICY_STOCK), POLICY_NONE);
	s.v.order = SCAN_LOOP;
	ck_assert_uint_eq(pick(&s, POLICY_STOCK), 1);
	/* A 0 behind the failure: the second pass begins. */
	s.v.order = SCAN_TWO_PASSES;
	s.lonely = 0x10;
	s.mask[VCPU_RUN] = 0x20;
	ck_assert_uint_eq(pick(&s, POLICY_STOCK), 1);
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
	begin(&s);
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

START_TEST(ipi_aware)
{
	struct scene s;

	begin(&s);
	/* 1 is woken, 3 the confirmed receiver, preempted in user mode. */
	woken(&s, 1 << 1);
	preempt(&s, 1 << 3);
	s.mask[VCPU_USER] = 1 << 3;
	ck_assert_uint_eq(pick(&s, POLICY_STOCK), 1);
	ck_assert_uint_eq(pick(&s, POLICY_V3), POLICY_NONE); /* no lane for woken ones */
	ck_assert_uint_eq(pick(&s, POLICY_V3_RELAXED), 3);   /* preempted alone */
	s.v.hint[ACK_V3] = 3;
	ck_assert_uint_eq(pick(&s, POLICY_V3), 3);
	ck_assert_uint_eq(pick(&s, POLICY_V2), POLICY_NONE); /* its hint was wiped */
	s.v.hint[ACK_V2] = 1; /* a confirmed receiver may be woken */
	ck_assert_uint_eq(pick(&s, POLICY_V2), 1);
	/* A filter, not a priority: who stands earlier is taken. */
	begin(&s);
	preempt(&s, 0xa);
	s.v.hint[ACK_V3] = 3;
	ck_assert_uint_eq(pick(&s, POLICY_V3), 1);
	ck_assert_uint_eq(pick(&s, POLICY_FIRST), 3);
	s.mask[VCPU_RUN] = 0x8; /* it runs: nothing to give it */
	ck_assert_uint_eq(pick(&s, POLICY_FIRST), 1);
	/* The relaxed round looks again: a flag that the strict one turned on helps it. */
	begin(&s);
	preempt(&s, 0x2);
	s.in_spin = 0x2;
	ck_assert_uint_eq(pick(&s, POLICY_V3), POLICY_NONE);
	ck_assert_uint_eq(pick(&s, POLICY_V3_RELAXED), 1);
}
END_TEST

START_TEST(pending_and_oracle)
{
	struct scene s;

	begin(&s);
	preempt(&s, 0x14);
	s.mask[VCPU_USER] = 0x14;
	ck_assert_uint_eq(pick(&s, POLICY_STOCK), POLICY_NONE);
	ck_assert_uint_eq(pick(&s, POLICY_ANY_PENDING), POLICY_NONE);
	s.pending = 0x10;
	ck_assert_uint_eq(pick(&s, POLICY_ANY_PENDING), 4);
	ck_assert_uint_eq(pick(&s, POLICY_ORACLE), POLICY_NONE);
	s.awaited = 0x14;
	ck_assert_uint_eq(pick(&s, POLICY_ORACLE), 2);
	s.v.last = 2;
	ck_assert_uint_eq(pick(&s, POLICY_ORACLE), 4);
	s.mask[VCPU_RUN] = 0x10;
	ck_assert_uint_eq(pick(&s, POLICY_ORACLE), 2);
}
END_TEST

/* The same search on more vCPUs than a word has bits. */
START_TEST(wide)
{
	u64 mask[NR_VCPU_BITS][3] = { { 0 } }, in_spin[3] = { 0 }, turn[3] = { 0 }, pending[3] = { 0 };
	u64 scratch[12];
	struct vcpu_vm vm = { .nr = 150, .words = 3 };
	struct policy_view v = {
		.vm = &vm, .nr = 150, .words = 3, .me = 70, .last = 64, .kernel = true,
		.in_spin = in_spin, .turn = turn, .pending = pending, .awaited = pending,
		.hint = { POLICY_NONE, POLICY_NONE, POLICY_NONE }, .scratch = scratch,
	};

	for (int i = 0; i < NR_VCPU_BITS; i++)
		vm.mask[i] = mask[i];
	for (u32 i = 60; i <= 72; i++) {
		vcpu_set(mask[VCPU_READY], i, true);
		vcpu_set(mask[VCPU_PREEMPTED], i, true);
		vcpu_set(mask[VCPU_RUN], i, i > 62);
	}
	ck_assert_uint_eq(policy_stock(&v, NULL), 60);
	vcpu_set(mask[VCPU_READY], 149, true);
	ck_assert_uint_eq(policy_stock(&v, NULL), 149);
	vcpu_set(mask[VCPU_RUN], 70, false); /* the spinner itself */
	ck_assert_uint_eq(policy_stock(&v, NULL), 149);
	vcpu_set(mask[VCPU_RUN], 65, false);
	ck_assert_uint_eq(policy_stock(&v, NULL), 65);
}
END_TEST

UNIT_SUITE(policy, round_robin, who_is_skipped, turn_flags, failed_tries, generations, ipi_aware,
	   pending_and_oracle, wide)
