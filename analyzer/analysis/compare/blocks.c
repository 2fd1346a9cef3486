// SPDX-License-Identifier: GPL-2.0-only
/*
 * blocks.c - see blocks.h.
 *
 * The correlation of n values with their neighbours is estimated too small, by about
 * (1 + 4 r) / n (Kendall, 1954): that is added back, or eight blocks would pass too often. Taking
 * the largest variance of this and of coarser blocks makes up for a stop that came too early by
 * chance; what it costs is some power.
 */
#include "analysis/compare/blocks.h"

/* Joined values, their mean and the sum of their squared distances from it. */
struct joined {
	double y[STRETCHES_MAX];
	u32 nr;
	double mean, squares;
};

static void join(struct joined *b, const double *x, u32 nr, u32 joined)
{
	b->nr = nr / joined;
	b->mean = b->squares = 0;
	for (u32 i = 0; i < b->nr; i++) {
		b->y[i] = 0;
		for (u32 k = 0; k < joined; k++)
			b->y[i] += x[i * joined + k];
		b->y[i] /= joined;
		b->mean += b->y[i] / b->nr;
	}
	for (u32 i = 0; i < b->nr; i++)
		b->squares += (b->y[i] - b->mean) * (b->y[i] - b->mean);
}

static double correlation(const struct joined *b)
{
	double products = 0, r;

	if (b->squares <= 0)
		return 0;
	for (u32 i = 1; i < b->nr; i++)
		products += (b->y[i] - b->mean) * (b->y[i - 1] - b->mean);
	r = products / b->squares;
	return r + (1 + 4 * max_of(r, 0.0)) / b->nr;
}

double blocks_correlation(const double *x, u32 nr, u32 joined)
{
	struct joined b;

	join(&b, x, nr, joined);
	return correlation(&b);
}

struct blocks blocks_of(const double *x, u32 nr, u32 least)
{
	struct blocks result = { 0 };
	struct joined b;

	for (u32 k = least; k && nr / k >= BLOCKS_MIN; k *= 2) {
		double var;

		join(&b, x, nr, k);
		if (!result.joined && correlation(&b) >= BLOCKS_CORRELATED)
			continue;
		if (!result.joined)
			result.joined = k;
		var = b.squares / (b.nr - 1) / b.nr;
		result.var = max_of(result.var, var);
		result.nr = b.nr;
	}
	return result;
}

u32 blocks_common(const double sum[BLOCKS_STEPS], u32 nr_series, u32 nr)
{
	for (u32 i = 0; i < BLOCKS_STEPS && nr >> i >= BLOCKS_MIN; i++)
		if (!nr_series || sum[i] / nr_series < BLOCKS_CORRELATED)
			return 1u << i;
	return 0;
}
