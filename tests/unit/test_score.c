// SPDX-License-Identifier: GPL-2.0-only
/* test_score.c - what the spins add up to, fed with picks made by hand. */
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

START_TEST(classes)
{
	const struct score_vm *v;
	struct world w;

	begin(&w);
	v = &w.score.vm[0];
	scene_preempt(&w.scene, 0x4);
	scene_woken(&w.scene, 0x2);
	w.scene.mask[VCPU_USER] = 0x4;
	w.scene.awaited = 0x4;
	spin(&w, 1, 2, 0.5); /* 2 in user mode is passed over for 1, who was woken */
	ck_assert_uint_eq(v->lost_opportunity, 1);
	ck_assert_uint_eq(score_policy(v, POLICY_STOCK, false).overboost, 1);
	ck_assert_uint_eq(score_policy(v, POLICY_FIRST, false).overboost, 0);
	w.scene.v.kernel = false; /* kernel mode was not asked for: stock passed nobody over */
	spin(&w, 1, 2, 0.5);
	ck_assert_uint_eq(v->lost_opportunity, 1);
	w.scene.in_spin = 0x4;
	spin(&w, 2, 2, 0.5); /* awaited, but in a search of its own */
	ck_assert_uint_eq(score_policy(v, POLICY_FIRST, false).overboost, 1);
	end(&w);
}
END_TEST

START_TEST(choices)
{
	const struct score_vm *v;
	struct score_picks p;
	struct world w;

	begin(&w);
	v = &w.score.vm[0];
	scene_preempt(&w.scene, 0x6);
	p = spin(&w, 1, 1, 0.95);
	w.v.vcpu[1].in_ts = 5000; /* it ran after the try at 4000 */
	score_choice(&w.score, &p, 1, 6000, 4000, 0);
	ck_assert_uint_eq(v->observed, 1);
	ck_assert_uint_eq(v->agree, 1);
	ck_assert_uint_eq(v->sure_agree, 1);
	ck_assert_uint_eq(v->mismatch, 0);
	p.ts = 100 * MS;
	score_choice(&w.score, &p, 2, 101 * MS, 100 * MS, 0); /* it never ran */
	ck_assert_uint_eq(v->observed, 2);
	ck_assert_uint_eq(v->agree, 1);
	ck_assert_uint_eq(v->mismatch, 1);
	ck_assert_uint_eq(v->cause[CAUSE_NONE], 1);
	p.ts += MS; /* soon after */
	score_choice(&w.score, &p, 2, 102 * MS, 101 * MS, 0);
	ck_assert_uint_eq(v->cause[CAUSE_ECHO], 1);
	score_choice(&w.score, &p, 2, 102 * MS, 101 * MS, p.ts + 59 * STORY_US);
	ck_assert_uint_eq(v->cause[CAUSE_OVERLAP], 1);
	w.v.vcpu[2].out_ts = p.ts - 60 * STORY_US;
	score_choice(&w.score, &p, 2, 102 * MS, 101 * MS, p.ts);
	ck_assert_uint_eq(v->cause[CAUSE_STATE], 1);
	p.counts = false; /* filtered away */
	score_choice(&w.score, &p, 2, 102 * MS, 101 * MS, p.ts);
	ck_assert_uint_eq(v->observed, 5);
	end(&w);
}
END_TEST

UNIT_SUITE(score, classes, choices)
