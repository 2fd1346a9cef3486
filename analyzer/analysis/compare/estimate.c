// SPDX-License-Identifier: GPL-2.0-only
/* estimate.c - see estimate.h. */
#define _GNU_SOURCE
#include "analysis/compare/estimate.h"
#include "analysis/compare/student.h"

#include <math.h>
#include <stdlib.h>

#define OUTSIDE 0.05 /* of a 95 % interval */

/* Welch and Satterthwaite. A part whose variance is known has infinitely many. */
static double degrees(const struct estimate *a, const struct estimate *b, double var)
{
	double parts = a->var * a->var / a->df + b->var * b->var / b->df;

	return parts > 0 ? var * var / parts : INFINITY;
}

struct difference difference_of(const struct estimate *before, const struct estimate *after,
				double extra)
{
	double var = before->var + after->var + extra, half;
	struct difference d = { .by = after->at - before->at, .df = INFINITY };

	if (var > 0) {
		d.se = sqrt(var);
		d.df = degrees(before, after, var);
		d.p = student_p(d.by / d.se, d.df);
	} else {
		d.p = d.by == 0;
	}
	half = var > 0 ? d.se * student_t(OUTSIDE, d.df) : 0;
	d.low = d.by - half;
	d.high = d.by + half;
	return d;
}

struct estimate estimate_of_values(const double *x, u32 nr, double least)
{
	struct estimate e = { 0 };
	double squares = 0;

	for (u32 i = 0; i < nr; i++)
		e.at += x[i] / nr;
	for (u32 i = 0; i < nr; i++)
		squares += (x[i] - e.at) * (x[i] - e.at);
	e.var = squares / (nr - 1) / nr;
	e.df = nr - 1;
	if (e.var < least / nr) {
		e.var = least / nr;
		e.df = INFINITY;
	}
	return e;
}

struct ranking {
	const double *p, *weight;
};

static int compare_ratio(const void *a, const void *b, void *ctx)
{
	const struct ranking *r = ctx;
	u32 i = *(const u32 *)a, k = *(const u32 *)b;
	double x = r->p[i] / r->weight[i], y = r->p[k] / r->weight[k];

	if (x != y)
		return x < y ? -1 : 1;
	return i < k ? -1 : i > k;
}

void discoveries_adjust(double *p, const double *weight, u32 *order, u32 nr)
{
	struct ranking ranking = { p, weight };
	double least = 1;

	for (u32 i = 0; i < nr; i++)
		order[i] = i;
	if (nr)
		qsort_r(order, nr, sizeof(*order), compare_ratio, &ranking);
	/* From the largest: what is called different takes all smaller ones with it. */
	for (u32 rank = nr; rank > 0; rank--) {
		u32 i = order[rank - 1];
		double adjusted = p[i] / weight[i] * nr / rank;

		least = min_of(least, adjusted);
		p[i] = least;
	}
}
