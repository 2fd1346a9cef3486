// SPDX-License-Identifier: GPL-2.0-only
/*
 * figures.c - see figures.h.
 *
 * The adjustment gives each kind of question its own part of the level, whatever the number of
 * figures in it: a VM's rate shall not become harder to tell because it has many pairs.
 */
#include "analysis/compare/figures.h"
#include "analysis/compare/sides.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

void figures_release(struct figures *f)
{
	free(f->f);
	free(f->joined[0]);
	free(f->joined[1]);
	*f = (struct figures){ 0 };
}

/* Kinds of questions, and their parts of the level. */
enum family { WHOLE_RATE, WHOLE_SHAPE, PART_RATE, PAIR_RATE, NR_FAMILIES };

static const double family_part[NR_FAMILIES] = { 0.5, 0.2, 0.15, 0.15 };

static enum family family_of(enum tally_kind kind)
{
	switch (kind) {
	case TALLY_VM: return WHOLE_RATE;
	case TALLY_VECTOR:
	case TALLY_SENT:
	case TALLY_RECEIVED: return PART_RATE;
	case TALLY_PAIR: return PAIR_RATE;
	default: return WHOLE_SHAPE;
	}
}

static enum figure_why allowed(const struct figures_choice *c, enum tally_kind kind)
{
	if (kind == TALLY_DELAY)
		return c->delays;
	if (kind == TALLY_STATE && c->states)
		return c->states;
	return tally_is_rate(kind) ? c->rates : c->shares;
}

static void say_why(struct figure *f, enum figure_why why)
{
	f->verdict = FIGURE_UNTESTED;
	f->why = (u8)why;
	f->p = f->adjusted = 1;
}

/* A ratio of odds as one of shares, when the share before is known. */
static double share_change(double before, double by)
{
	double odds = before / (1 - before) * exp(by);

	return before >= 1 ? exp(by) - 1 : odds / (1 + odds) / before - 1;
}

static double scale_change(const struct figure *f, double by)
{
	return tally_is_share(f->key.kind) ? share_change(f->before, by) : exp(by) - 1;
}

static void take_difference(struct figure *f, const struct difference *d)
{
	f->p = d->p;
	if (!isfinite(f->change) || !(f->after > 0))
		return;
	f->interval = true;
	f->low = scale_change(f, d->low);
	f->high = scale_change(f, d->high);
}

static bool has_enough(const struct figure *f, const struct side side[2])
{
	double before = (double)f->n_before / side[0].nr, after = (double)f->n_after / side[1].nr;

	return max_of(before, after) >= FIGURES_MIN_COUNT;
}

static int test_figure(struct figures *all, struct figure *f, const struct side side[2],
		       const struct figures_choice *c)
{
	enum figure_why why = allowed(c, f->key.kind);
	u32 joined[2] = { 0 };
	struct difference d;

	f->p = f->adjusted = 1;
	if (!why && !has_enough(f, side))
		why = FIGURE_FEW;
	for (int s = 0; s < 2; s++)
		if (all->joined[s] && f->key.vm < side[s].tally->nr_vm)
			joined[s] = all->joined[s][f->key.vm];
	if (!why)
		why = sides_test(side, &f->key, joined, c->run_spread, &d);
	if (why == FIGURE_NO_MEMORY)
		return -ENOMEM;
	if (why) {
		say_why(f, why);
		return 0;
	}
	take_difference(f, &d);
	all->tested++;
	return 0;
}

static int add_figure(struct figures *to, const struct side side[2], const struct tally_key *key,
		      const struct figures_choice *c)
{
	struct figure *grown = rows_grown(to->f, &to->room, to->nr, sizeof(*grown)), *f;

	if (c->number && c->number[key->vm] == TALLY_NO_VM)
		return 0;
	if (!grown)
		return -ENOMEM;
	to->f = grown;
	f = &to->f[to->nr];
	*f = (struct figure){ .key = *key };
	sides_values(side, f);
	if (!f->n_before && !f->n_after)
		return 0;
	to->nr++;
	f->change = f->before == 0 ? INFINITY : f->after / f->before - 1;
	return test_figure(to, f, side, c);
}

static int compare_keys(const void *a, const void *b)
{
	const u32 *x = (const u32 *)&((const struct figure *)a)->key;
	const u32 *y = (const u32 *)&((const struct figure *)b)->key;

	for (size_t i = 0; i < sizeof(struct tally_key) / sizeof(u32); i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

/* Every key of any recording once. */
static int add_all(struct figures *to, const struct side side[2], const struct figures_choice *c)
{
	struct rows_index seen = { 0 };
	int ret = 0;

	for (int s = 0; s < 2; s++)
		for (u32 r = 0; r < side[s].nr; r++) {
			const struct tally *t = &side[s].tally[r];

			for (u32 i = 0; i < t->nr_rows && !ret; i++) {
				const struct tally_key *key = &t->row[i].key;
				u32 before = seen.nr;
				s64 at = rows_index_add(&seen, (u64)key->vm << 8 | key->kind,
							(u64)key->a << 32 | key->b);

				ret = at < 0		 ? -ENOMEM
				      : (u64)at < before ? 0
							 : add_figure(to, side, key, c);
			}
		}
	rows_index_release(&seen);
	if (to->nr && !ret)
		qsort(to->f, to->nr, sizeof(*to->f), compare_keys);
	return ret;
}

struct scratch {
	double *p, *weight;
	u32 *order, *figure;
};

/* What a tested figure's weight is: its family's part, over the family's figures. */
static void weigh(const struct figures *f, struct scratch *s)
{
	u32 nr[NR_FAMILIES] = { 0 }, at = 0;
	double parts = 0;

	for (u32 i = 0; i < f->nr; i++)
		if (f->f[i].why == FIGURE_TESTED)
			nr[family_of(f->f[i].key.kind)]++;
	for (int i = 0; i < NR_FAMILIES; i++)
		parts += nr[i] ? family_part[i] : 0;
	for (u32 i = 0; i < f->nr; i++) {
		enum family family = family_of(f->f[i].key.kind);

		if (f->f[i].why != FIGURE_TESTED)
			continue;
		s->figure[at] = i;
		s->p[at] = f->f[i].p;
		s->weight[at++] = f->tested * family_part[family] / parts / nr[family];
	}
}

static enum figure_verdict judge(const struct figure *f, double level, double min_change)
{
	if (f->adjusted > level)
		return FIGURE_SAME;
	if (!f->n_before)
		return FIGURE_NEW;
	if (!f->n_after)
		return FIGURE_GONE;
	/* Half as much is as large a change as twice as much. */
	if (fabs(log1p(f->change)) < log1p(min_change))
		return FIGURE_SAME;
	return FIGURE_CHANGED;
}

static int adjust(struct figures *f, double min_change)
{
	struct scratch s = {
		malloc((f->tested + 1) * sizeof(*s.p)),
		malloc((f->tested + 1) * sizeof(*s.weight)),
		malloc((f->tested + 1) * sizeof(*s.order)),
		malloc((f->tested + 1) * sizeof(*s.figure)),
	};
	int ret = s.p && s.weight && s.order && s.figure ? 0 : -ENOMEM;

	if (!ret) {
		weigh(f, &s);
		discoveries_adjust(s.p, s.weight, s.order, f->tested);
	}
	for (u32 i = 0; i < f->tested && !ret; i++) {
		struct figure *to = &f->f[s.figure[i]];

		to->adjusted = min_of(s.p[i], 1.0);
		to->verdict = (u8)judge(to, f->level, min_change);
		f->changed += to->verdict != FIGURE_SAME;
	}
	free(s.p);
	free(s.weight);
	free(s.order);
	free(s.figure);
	return ret;
}

int figures_compare(struct figures *to, const struct side side[2], const struct figures_choice *c)
{
	*to = (struct figures){ .blocks = side[0].nr == 1 && side[1].nr == 1 };
	to->level = to->blocks ? FIGURES_LEVEL_BLOCKS : FIGURES_LEVEL;
	for (int s = 0; s < 2 && to->blocks; s++) {
		to->joined[s] = sides_joined(side[s].tally);
		if (!to->joined[s])
			return -ENOMEM;
	}
	return add_all(to, side, c) ?: adjust(to, c->min_change);
}
