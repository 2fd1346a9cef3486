// SPDX-License-Identifier: GPL-2.0-only
/* test_policy_pending.c - one bit per vCPU: an IPI is pending. */
#include "scene.h"
#include "unit.h"

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

UNIT_SUITE(policy_pending, pending)
