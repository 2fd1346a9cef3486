// SPDX-License-Identifier: GPL-2.0-only
/* test_score_kinds.c - what each policy's picks add up to, fed with picks made by hand. */
#include "analysis/yield/score.h"

#include "scene.h"
#include "story.h"
#include "unit.h"

#define MS (1000 * STORY_US)

struct world {
	struct story s;
	struct vcpus v;
	struct acks a;
	struct score score;
	struct scene scene;
};

static void begin(struct world *w)
{
	story_begin(&w->s, 6);
	ck_assert_int_eq(vcpus_init(&w->v, &w->s.map), 0);
	ck_assert_int_eq(acks_init(&w->a, &w->v, 50 * MS, NULL, &w->s.vms), 0);
	ck_assert_int_eq(score_init(&w->score, &w->v, &w->a, 50 * MS, NULL, &w->s.vms), 0);
	scene_begin(&w->scene);
}

static void end(struct world *w)
{
	score_release(&w->score);
	acks_release(&w->a);
	vcpus_release(&w->v);
	story_end(&w->s);
}

static struct score_picks spin(struct world *w, u32 stock, u32 first, double confidence)
{
	struct score_context c = { .view = &w->scene.v,
				   .awaited_long = &w->scene.awaited,
				   .spin_ts = 1000,
				   .probed = true };
	struct score_picks p = { .ts = 1000, .confidence = confidence, .blind = stock };

	for (int i = 0; i < NR_POLICIES; i++)
		p.pick[i] = i < POLICY_FIRST ? stock : first;
	policy_prepare(&w->scene.v);
	ck_assert_int_eq(score_picks(&w->score, &p, &c), 0);
	score_sure(&w->score, &p);
	return p;
}

START_TEST(verdicts)
{
	const struct score_vm *v;
	struct world w;

	begin(&w);
	v = &w.score.vm[0];
	scene_preempt(&w.scene, 0x6);
	w.scene.awaited = 0x4;
	spin(&w, 1, 2, 0.95);
	ck_assert_uint_eq(score_policy(v, POLICY_STOCK, false).missed, 1);
	ck_assert_uint_eq(score_policy(v, POLICY_FIRST, false).hits, 1);
	ck_assert_uint_eq(score_policy(v, POLICY_FIRST, true).hits, 1);
	ck_assert_uint_eq(v->sure, 1);
	spin(&w, POLICY_NONE, 2, 0.5); /* nobody picked is a miss, too */
	ck_assert_uint_eq(score_policy(v, POLICY_STOCK, false).missed, 2);
	ck_assert_uint_eq(score_policy(v, POLICY_STOCK, false).picks, 1);
	ck_assert_uint_eq(score_policy(v, POLICY_FIRST, true).hits, 1);
	w.scene.mask[VCPU_RUN] = 0x4; /* the awaited one runs: nothing to miss */
	spin(&w, 1, 1, 0.5);
	ck_assert_uint_eq(score_policy(v, POLICY_STOCK, false).missed, 2);
	ck_assert_uint_eq(v->running, 1);
	ck_assert_uint_eq(v->helpable, 2);
	w.scene.awaited = 0;
	spin(&w, 1, 1, 0.5);
	ck_assert_uint_eq(v->nothing_awaited, 1);
	ck_assert_uint_eq(v->spins, 4);
	ck_assert_uint_eq(score_same(v, POLICY_STOCK, POLICY_FIRST), 2);
	ck_assert_uint_eq(score_same(v, POLICY_STOCK, POLICY_V3), 4);
	end(&w);
}
END_TEST

UNIT_SUITE(score_kinds, verdicts)
