// SPDX-License-Identifier: GPL-2.0-only
/* test_policies.c - each policy: the vCPUs it passes over, its hints, and what it leaves alone. */
#include "scene.h"
#include "unit.h"

START_TEST(who_is_skipped)
{
	struct scene s;

	scene_begin(&s);
	scene_preempt(&s, 1 << 1);
	s.mask[VCPU_USER] = 1 << 1;
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), POLICY_NONE);
	s.v.kernel = false;
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), 1);
	s.v.kernel = true;
	s.mask[VCPU_USER] = 0;
	s.mask[VCPU_ASLEEP] = 1 << 1; /* tried, in vain */
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), POLICY_NONE);
	scene_preempt(&s, 1 << 2);
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), 2);
	s.mask[VCPU_RUN] = 1 << 2;
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), POLICY_NONE);
	scene_begin(&s);
	scene_woken(&s, 1 << 3);
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), 3);
	s.mask[VCPU_EVENT] = 0; /* it would halt again */
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), POLICY_NONE);
}
END_TEST

START_TEST(only_asks)
{
	struct scene s;

	scene_begin(&s);
	scene_preempt(&s, 0x3e);
	s.in_spin = 0x3e;
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), POLICY_NONE); /* nobody has its turn */
	ck_assert_uint_eq(s.turn, 0);
	s.turn = 0x20;
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), 5);
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), 5);
}
END_TEST

START_TEST(pending)
{
	struct scene s;

	scene_begin(&s);
	scene_preempt(&s, 0x14);
	s.mask[VCPU_USER] = 0x14;
	ck_assert_uint_eq(scene_pick(&s, POLICY_ANY_PENDING), POLICY_NONE);
	s.pending = 0x10; /* whoever sent it */
	ck_assert_uint_eq(scene_pick(&s, POLICY_ANY_PENDING), 4);
	scene_woken(&s, 0x2); /* stock's own candidates stay */
	ck_assert_uint_eq(scene_pick(&s, POLICY_ANY_PENDING), 1);
	s.pending = 0x20; /* pending, and asleep */
	s.mask[VCPU_READY] = 0;
	ck_assert_uint_eq(scene_pick(&s, POLICY_ANY_PENDING), POLICY_NONE);
}
END_TEST

START_TEST(ipi_aware)
{
	struct scene s;

	scene_begin(&s);
	/* 1 is woken, 3 the confirmed receiver, preempted in user mode. */
	scene_woken(&s, 1 << 1);
	scene_preempt(&s, 1 << 3);
	s.mask[VCPU_USER] = 1 << 3;
	ck_assert_uint_eq(scene_pick(&s, POLICY_STOCK), 1);
	ck_assert_uint_eq(scene_pick(&s, POLICY_V3), POLICY_NONE); /* no lane for woken ones */
	ck_assert_uint_eq(scene_pick(&s, POLICY_V3_RELAXED), 3);   /* preempted alone */
	s.v.hint[ACK_V3] = 3;
	ck_assert_uint_eq(scene_pick(&s, POLICY_V3), 3);
	ck_assert_uint_eq(scene_pick(&s, POLICY_V2), POLICY_NONE); /* its hint was wiped */
	s.v.hint[ACK_V2] = 1; /* a confirmed receiver may be woken */
	ck_assert_uint_eq(scene_pick(&s, POLICY_V2), 1);
	/* A filter, not a priority: who stands earlier is taken. */
	scene_begin(&s);
	scene_preempt(&s, 0xa);
	s.v.hint[ACK_V3] = 3;
	ck_assert_uint_eq(scene_pick(&s, POLICY_V3), 1);
	ck_assert_uint_eq(scene_pick(&s, POLICY_FIRST), 3);
	s.mask[VCPU_RUN] = 0x8; /* it runs: nothing to give it */
	ck_assert_uint_eq(scene_pick(&s, POLICY_FIRST), 1);
	/* The relaxed round looks again: a flag that the strict one turned on helps it. */
	scene_begin(&s);
	scene_preempt(&s, 0x2);
	s.in_spin = 0x2;
	ck_assert_uint_eq(scene_pick(&s, POLICY_V3), POLICY_NONE);
	ck_assert_uint_eq(scene_pick(&s, POLICY_V3_RELAXED), 1);
}
END_TEST

START_TEST(hint_first)
{
	struct scene s;

	scene_begin(&s);
	scene_preempt(&s, 0xa);
	ck_assert_uint_eq(scene_pick(&s, POLICY_FIRST), 1); /* no hint: stock */
	s.v.hint[ACK_V3] = 3;
	ck_assert_uint_eq(scene_pick(&s, POLICY_FIRST), 3);
	s.mask[VCPU_USER] =
		0x8; /* in user mode, and in a search without its turn: taken all the same */
	s.in_spin = 0x8;
	ck_assert_uint_eq(scene_pick(&s, POLICY_FIRST), 3);
	s.esrch = 0x8; /* yield_to() would fail */
	s.v.esrch = &s.esrch;
	ck_assert_uint_eq(scene_pick(&s, POLICY_FIRST), 1);
	s.esrch = 0;
	s.mask[VCPU_RUN] = 0x8; /* it runs: nothing to give it */
	ck_assert_uint_eq(scene_pick(&s, POLICY_FIRST), 1);
	s.mask[VCPU_RUN] = 0;
	s.mask[VCPU_READY] = 0x2; /* not ready */
	ck_assert_uint_eq(scene_pick(&s, POLICY_FIRST), 1);
	s.v.hint[ACK_V3] = POLICY_NONE;
	s.v.hint[ACK_V2] = 3; /* another rule's hint */
	s.mask[VCPU_READY] = 0xa;
	ck_assert_uint_eq(scene_pick(&s, POLICY_FIRST), 1);
}
END_TEST

START_TEST(awaited)
{
	struct scene s;

	scene_begin(&s);
	scene_preempt(&s, 0x14);
	s.mask[VCPU_USER] = 0x14;
	ck_assert_uint_eq(scene_pick(&s, POLICY_ORACLE), POLICY_NONE); /* nobody is awaited */
	s.awaited = 0x14;
	ck_assert_uint_eq(scene_pick(&s, POLICY_ORACLE), 2);
	s.v.last = 2;
	ck_assert_uint_eq(scene_pick(&s, POLICY_ORACLE), 4);
	s.mask[VCPU_RUN] = 0x10;
	ck_assert_uint_eq(scene_pick(&s, POLICY_ORACLE), 2);
	s.mask[VCPU_ASLEEP] = 0x4;
	ck_assert_uint_eq(scene_pick(&s, POLICY_ORACLE), POLICY_NONE);
}
END_TEST

START_TEST(names)
{
	ck_assert_int_eq(policy_of_name("stock"), POLICY_STOCK);
	ck_assert_int_eq(policy_of_name("ipi-v3"), POLICY_V3);
	ck_assert_int_eq(policy_of_name("ipi-v3+relaxed"), POLICY_V3_RELAXED);
	ck_assert_int_eq(policy_of_name("ipi-v3-relaxed"), POLICY_V3_RELAXED);
	ck_assert_int_eq(policy_of_name("ipi-v2+relaxed"), POLICY_V2_RELAXED);
	ck_assert_int_eq(policy_of_name("ipi-first"), POLICY_FIRST);
	ck_assert_int_eq(policy_of_name("stock+relaxed"), NR_POLICIES);
	ck_assert_int_eq(policy_of_name("ipi-v"), NR_POLICIES);
	ck_assert_int_eq(policy_of_name(""), NR_POLICIES);
}
END_TEST

/* 1 is woken, 2 preempted in kernel mode, 3 and 4 in user mode. */
START_TEST(kernels_rule)
{
	struct scene s;
	u64 rule;

	scene_begin(&s);
	scene_woken(&s, 0x2);
	scene_preempt(&s, 0x1c);
	s.mask[VCPU_USER] = 0x18;
	s.pending = 0x8;
	policy_prepare(&s.v);
	policy_rule(&s.v, POLICY_STOCK, false, 4, &rule);
	ck_assert_uint_eq(rule, 0x6);
	policy_rule(&s.v, POLICY_ANY_PENDING, false, 4, &rule);
	ck_assert_uint_eq(rule, 0xe);
	policy_rule(&s.v, POLICY_V3, false, 4, &rule);
	ck_assert_uint_eq(rule, 0x14);
	policy_rule(&s.v, POLICY_V3_RELAXED, true, POLICY_NONE, &rule);
	ck_assert_uint_eq(rule, 0x1c);
	policy_rule(&s.v, POLICY_FIRST, false, 4, &rule);
	ck_assert_uint_eq(rule, 0x6);
	ck_assert(policy_tries_first(&s.v, 4));
	ck_assert(!policy_tries_first(&s.v, POLICY_NONE));
	s.mask[VCPU_BLOCKING] = 0x10; /* it would halt again */
	policy_prepare(&s.v);
	ck_assert(!policy_tries_first(&s.v, 4));
}
END_TEST

UNIT_SUITE(policies, names, kernels_rule, who_is_skipped, only_asks, pending, ipi_aware, hint_first,
	   awaited)
