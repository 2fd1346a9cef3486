// SPDX-License-Identifier: GPL-2.0-only
/* test_policy_first.c - the hint as a priority. */
#include "scene.h"
#include "unit.h"

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
	s.lonely = 0x8; /* yield_to() would fail */
	s.v.lonely = &s.lonely;
	ck_assert_uint_eq(scene_pick(&s, POLICY_FIRST), 1);
	s.lonely = 0;
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

UNIT_SUITE(policy_first, hint_first)
