// SPDX-License-Identifier: GPL-2.0-only
/* sides.c - see sides.h. */
#include "analysis/compare/sides.h"

#include <math.h>
#include <stdlib.h>

/*
 * Half an IPI more of each kind, so that none has a logarithm, too; it is what makes the logarithm
 * of a Poisson count unbiased to first order.
 */
#define HALF		0.5

#define SIDE_RECORDINGS 3 /* of a side, from which on its recordings are compared */

static double value_of(const struct tally *t, const struct tally_key *key,
		       const struct tally_row *r)
{
	u64 span = tally_vm(t, key->vm).span_ns;

	if (key->kind == TALLY_DELAY)
		return r ? r->value : 0;
	if (tally_is_share(key->kind))
		return r && r->of ? (double)r->n / (double)r->of : 0;
	return r && span ? (double)r->n * 1e9 / (double)span : 0;
}

static void side_value(const struct side *side, const struct tally_key *key, double *value, u64 *n)
{
	u32 nr = 0;

	*value = 0;
	*n = 0;
	for (u32 i = 0; i < side->nr; i++) {
		const struct tally_row *r = tally_find(&side->tally[i], key);

		if (!r && !tally_is_rate(key->kind))
			continue;
		*value += value_of(&side->tally[i], key, r);
		*n += r ? r->n : 0;
		nr++;
	}
	*value = nr ? *value / nr : NAN;
}

void sides_values(const struct side side[2], struct figure *f)
{
	side_value(&side[0], &f->key, &f->before, &f->n_before);
	side_value(&side[1], &f->key, &f->after, &f->n_after);
}

/* On the scale on which figures are compared. */
static double scaled(const struct tally *t, const struct tally_key *key, const struct tally_row *r)
{
	if (key->kind == TALLY_DELAY)
		return log(r->value);
	if (tally_is_share(key->kind))
		return log((r->n + HALF) / (r->of - r->n + HALF));
	return log(((r ? r->n : 0) + HALF) / (double)max_of(tally_vm(t, key->vm).span_ns, (u64)1));
}

/* The variance that counting alone gives it, or a bucket of its width. */
static double counting(const struct tally_key *key, const struct tally_row *r)
{
	const double width = 1.0 / (1 << DELAYS_BITS);

	if (key->kind == TALLY_DELAY)
		return width * width / 12;
	if (tally_is_share(key->kind))
		return 1 / (r->n + HALF) + 1 / (r->of - r->n + HALF);
	return 1 / ((r ? r->n : 0) + HALF);
}

/* Rates are 0 where there is no row; of other figures nothing is known then. */
static bool is_known(const struct side *side, const struct tally_key *key)
{
	for (u32 i = 0; i < side->nr; i++)
		if (!tally_is_rate(key->kind) && !tally_find(&side->tally[i], key))
			return false;
	return true;
}

/* Several recordings: one value each. 0 or -1: no memory. */
static int estimate_runs(const struct side *side, const struct tally_key *key, struct estimate *e)
{
	double *x = malloc(side->nr * sizeof(*x)), least = 0;

	if (!x)
		return -1;
	for (u32 i = 0; i < side->nr; i++) {
		const struct tally_row *r = tally_find(&side->tally[i], key);

		x[i] = scaled(&side->tally[i], key, r);
		least += counting(key, r) / side->nr;
	}
	*e = estimate_of_values(x, side->nr, least);
	free(x);
	return 0;
}

static void widen(double *x, const struct tally_row *r, u32 nr)
{
	for (u32 i = 0; i < nr; i++)
		x[i] = r->x[i];
}

static enum figure_why estimate_delay(const struct tally_row *r, const struct blocks *b,
				      struct estimate *e)
{
	double share = r->key.b / 100.0, var;

	if (!r->delays)
		return FIGURE_SHORT;
	if (durations_resample(&r->delays->d, b->joined, &share, 1, &var))
		return FIGURE_NO_MEMORY;
	e->var = max_of(e->var, var);
	e->df = b->nr - 1;
	return FIGURE_TESTED;
}

/* One recording: by its blocks. A figure without a series has the variance of its count. */
static enum figure_why estimate_blocks(const struct tally *t, const struct tally_key *key,
				       u32 joined, struct estimate *e)
{
	const struct tally_row *r = tally_find(t, key);
	u32 nr = tally_stretches(t, key);
	double x[STRETCHES_MAX];
	struct blocks b;

	if (!nr)
		return FIGURE_SHORT;
	*e = (struct estimate){ scaled(t, key, r), counting(key, r), INFINITY };
	if (key->kind == TALLY_DELAY && !r->x)
		return FIGURE_SHORT;
	if (!r || !r->x)
		return joined || !tally_is_rate(key->kind) ? FIGURE_TESTED : FIGURE_CORRELATED;
	widen(x, r, nr);
	/* What the rates have in common says nothing of shares and delays. */
	b = blocks_of(x, nr, tally_is_rate(key->kind) ? joined : 1);
	if (!b.joined)
		return FIGURE_CORRELATED;
	if (key->kind == TALLY_DELAY)
		return estimate_delay(r, &b, e);
	if (b.var > e->var) {
		e->var = b.var;
		e->df = b.nr - 1;
	}
	return FIGURE_TESTED;
}

/*
 * A rate that is 0 on one side: what the other's is, in its own standard errors. The spread between
 * runs is a part of that rate.
 */
static struct difference difference_from_0(const struct estimate *e, double sign, double spread)
{
	const struct estimate none = { 0, 0, INFINITY }, one = { sign, e->var, e->df };

	return difference_of(&none, &one, 2 * spread * spread);
}

/*
 * A share without any, or without any other: its count says less than the other side's blocks do of
 * how much more than counting such a share varies.
 */
static void share_overdispersion(const struct tally_row *r, const struct tally_row *other,
				 struct estimate *e, const struct estimate *o)
{
	double more = o->var / counting(&other->key, other);

	if (!r->x && more > 1)
		e->var *= more;
}

static enum figure_why test_blocks(const struct side side[2], const struct tally_key *key,
				   const u32 joined[2], double spread, struct difference *d)
{
	const struct tally_row *a = tally_find(side[0].tally, key);
	const struct tally_row *b = tally_find(side[1].tally, key);
	struct estimate before, after;
	enum figure_why why = estimate_blocks(side[0].tally, key, joined[0], &before);

	if (!why)
		why = estimate_blocks(side[1].tally, key, joined[1], &after);
	if (why)
		return why;
	if (tally_is_rate(key->kind) && (!a || !b)) {
		*d = difference_from_0(a ? &before : &after, a ? -1 : 1, spread);
		return FIGURE_TESTED;
	}
	if (tally_is_share(key->kind)) {
		share_overdispersion(a, b, &before, &after);
		share_overdispersion(b, a, &after, &before);
	}
	*d = difference_of(&before, &after, 2 * spread * spread);
	return FIGURE_TESTED;
}

static enum figure_why test_runs(const struct side side[2], const struct tally_key *key,
				 struct difference *d)
{
	struct estimate before, after;

	if (estimate_runs(&side[0], key, &before) || estimate_runs(&side[1], key, &after))
		return FIGURE_NO_MEMORY;
	*d = difference_of(&before, &after, 0);
	return FIGURE_TESTED;
}

enum figure_why sides_test(const struct side side[2], const struct tally_key *key,
			   const u32 joined[2], double run_spread, struct difference *d)
{
	if (!is_known(&side[0], key) || !is_known(&side[1], key))
		return FIGURE_UNKNOWN;
	if (side[0].nr == 1 && side[1].nr == 1)
		return test_blocks(side, key, joined, run_spread, d);
	if (side[0].nr >= SIDE_RECORDINGS && side[1].nr >= SIDE_RECORDINGS)
		return test_runs(side, key, d);
	return FIGURE_RECORDINGS;
}

struct common {
	double sum[BLOCKS_STEPS];
	u32 nr;
};

static void add_common(struct common *c, const struct tally_row *r, u32 nr)
{
	double x[STRETCHES_MAX];

	widen(x, r, nr);
	for (u32 k = 0; k < BLOCKS_STEPS && nr >> k >= BLOCKS_MIN; k++)
		c->sum[k] += blocks_correlation(x, nr, 1u << k);
	c->nr++;
}

u32 *sides_joined(const struct tally *t)
{
	struct common *c = calloc((size_t)t->nr_vm + 1, sizeof(*c));
	u32 *joined = calloc((size_t)t->nr_vm + 1, sizeof(*joined));

	for (u32 i = 0; c && i < t->nr_rows; i++) {
		const struct tally_row *r = &t->row[i];

		if (r->x && tally_is_rate(r->key.kind) && r->n >= FIGURES_MIN_COUNT)
			add_common(&c[r->key.vm], r, tally_stretches(t, &r->key));
	}
	for (u32 vm = 0; c && joined && vm < t->nr_vm; vm++)
		joined[vm] = blocks_common(c[vm].sum, c[vm].nr, t->vm[vm].stretch.nr);
	if (!c) {
		free(joined);
		joined = NULL;
	}
	free(c);
	return joined;
}
