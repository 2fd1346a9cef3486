// SPDX-License-Identifier: GPL-2.0-only
/* test_policy_ipi.c - the series as a filter: its lanes, its rules, its relaxed round. */
#include "scene.h"
#include "unit.h"

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

UNIT_SUITE(policy_ipi, ipi_aware)
