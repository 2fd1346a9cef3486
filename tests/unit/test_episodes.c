// SPDX-License-Identifier: GPL-2.0-only
/* test_episodes.c - waits told by hand: where they begin and end, what of them is counted. */
#include "analysis/yield/interval.h"

#include "replay_world.h"

#define VECTOR 0xfd

static const struct episodes_vm *end(struct world *w)
{
	ck_assert_int_eq(replay_finish(&w->r, w->s.now), 0);
	return &w->r.score.episodes.vm[0];
}

/* vCPU 0 spins once, and goes back. */
static void spin_once(struct world *w, u64 us)
{
	story_pause(&w->s, us, 0, 0);
	story_entry(&w->s, us + 8, 0, 0);
}

/* 2 and 3 are preempted: half of the candidates is awaited, then both. */
static void half_and_both(struct world *w)
{
	story_ipi(&w->s, 100, 0, 2, VECTOR);
	spin_once(w, 110);
	spin_once(w, 130);
	story_eoi(&w->s, 200, 2, VECTOR);
	spin_once(w, 210); /* nothing is awaited */
	story_ipi(&w->s, 300, 0, 2, VECTOR);
	spin_once(w, 310);
	story_ipi(&w->s, 330, 0, 3, VECTOR); /* belongs to it */
	story_eoi(&w->s, 400, 2, VECTOR);
	spin_once(w, 410);
	story_eoi(&w->s, 500, 3, VECTOR);
}

START_TEST(ends)
{
	const struct episodes_vm *v;
	struct world w;

	world_begin(&w, false);
	half_and_both(&w);
	story_ipi(&w.s, 600, 0, 1, VECTOR); /* it runs: no yield could help */
	spin_once(&w, 610);
	story_eoi(&w.s, 700, 1, 0x20); /* of another vector */
	spin_once(&w, 710);
	story_eoi(&w.s, 800, 1, VECTOR);
	story_ipi(&w.s, 900, 0, 2, VECTOR);
	spin_once(&w, 910); /* cut */
	v = end(&w);
	ck_assert_uint_eq(v->count, 4);
	ck_assert_uint_eq(v->complete, 3);
	ck_assert_uint_eq(v->helpable, 2);
	ck_assert_uint_eq(v->ns, (90 + 190 + 190) * STORY_US);
	ck_assert_uint_eq(v->helpable_ns, (90 + 190) * STORY_US);
	ck_assert_uint_eq(v->spins.nr, 3);
	ck_assert_uint_eq(v->spins.sum, 6);
	ck_assert_uint_eq(v->of[EPISODE_KERNEL], 2);
	world_release(&w);
}
END_TEST

START_TEST(a_gap_cuts)
{
	const struct episodes_vm *v;
	struct world w;

	world_begin(&w, false);
	story_ipi(&w.s, 100, 0, 2, VECTOR);
	spin_once(&w, 110);
	story_gap(&w.s, 150, 140);
	story_eoi(&w.s, 200, 2, VECTOR);
	v = end(&w);
	ck_assert_uint_eq(v->count, 1);
	ck_assert_uint_eq(v->complete, 0);
	ck_assert_uint_eq(v->helpable, 0);
	world_release(&w);
}
END_TEST

/* 1/2, then 1/2 of the first spin though both are awaited later, then 1/3: by hand 4/9. */
START_TEST(baseline_by_hand)
{
	struct interval_class c[3];
	const struct episodes_vm *v;
	struct world w;

	world_begin(&w, false);
	half_and_both(&w);
	story_switch(&w.s, 600, 1, P(1), 0, 0); /* now 1, 2 and 3 wait for a CPU */
	story_ipi(&w.s, 610, 0, 3, VECTOR);
	spin_once(&w, 620);
	story_eoi(&w.s, 700, 3, VECTOR);
	v = end(&w);
	ck_assert_uint_eq(v->helpable, 3);
	ck_assert_uint_eq(v->shares.nr, 2);
	for (u32 i = 0; i < v->shares.nr; i++)
		c[i] = (struct interval_class){
			(double)v->share[i].awaited / v->share[i].candidates, v->share[i].nr
		};
	ck_assert_uint_eq(interval_mean(c, v->shares.nr), 444);
	ck_assert(!interval_of_mean(c, v->shares.nr).known);
	/* Who awaits something that can be yielded to is helped by these, always. */
	ck_assert_uint_eq(episodes_hits(v, POLICY_ORACLE), 3);
	ck_assert_uint_eq(episodes_hits(v, POLICY_FIRST), 3);
	world_release(&w);
}
END_TEST

UNIT_SUITE(episodes, ends, a_gap_cuts, baseline_by_hand)
