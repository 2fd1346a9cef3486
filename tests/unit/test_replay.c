// SPDX-License-Identifier: GPL-2.0-only
/* test_replay.c - what a trace of spins adds up to. */
#include "replay_world.h"

START_TEST(agrees)
{
	const struct score_vm *v;
	struct world w;

	world_begin(&w, true);
	world_yields(&w, 100, 2, 1);
	world_yields(&w, 200, 3, 1); /* round robin: behind 2 */
	world_yields(&w, 300, 2, 1);
	v = world_end(&w);
	ck_assert_uint_eq(v->spins, 3);
	ck_assert_uint_eq(v->observed, 3);
	ck_assert_uint_eq(v->agree, 3);
	ck_assert_uint_eq(v->nothing_awaited, 3);
	ck_assert_uint_eq(score_policy(v, POLICY_STOCK, false).picks, 3);
	ck_assert_uint_eq(score_policy(v, POLICY_ORACLE, false).picks, 0);
	world_release(&w);
}
END_TEST

/* What came before a gap says nothing of what comes behind it. */
UNIT_SUITE(replay, agrees)
