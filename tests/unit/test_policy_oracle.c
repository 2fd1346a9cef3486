// SPDX-License-Identifier: GPL-2.0-only
/* test_policy_oracle.c - the upper bound. */
#include "scene.h"
#include "unit.h"

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

UNIT_SUITE(policy_oracle, awaited)
