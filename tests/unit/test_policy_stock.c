// SPDX-License-Identifier: GPL-2.0-only
/* test_policy_stock.c - whom the stock rule passes over, and what it leaves alone. */
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

UNIT_SUITE(policy_stock, who_is_skipped, only_asks)
