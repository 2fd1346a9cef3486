// SPDX-License-Identifier: GPL-2.0-only
/* resample.c - see resample.h. */
#include "analysis/compare/resample.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define SEED 0x6b766d2d69706921ull

/* SplitMix64: a number for each step of a counter. */
static u64 next_random(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

static u32 random_below(u64 *state, u32 nr)
{
	return (u32)((next_random(state) >> 32) * nr >> 32);
}

/* Nearest rank: the first bucket with which so many values are passed. */
static u32 quantile_of(const u64 *count, u32 nr_buckets, double share)
{
	u64 total = 0, seen = 0;
	double rank;

	for (u32 i = 0; i < nr_buckets; i++)
		total += count[i];
	rank = ceil(share * (double)total);
	for (u32 i = 0; i < nr_buckets; i++) {
		seen += count[i];
		if (seen && (double)seen >= rank)
			return i;
	}
	return nr_buckets - 1;
}

static void add_stretch(u64 *sum, const struct durations *d, u32 stretch)
{
	const u32 *from = &d->count[(size_t)stretch * d->nr_buckets];

	for (u32 i = 0; i < d->nr_buckets; i++)
		sum[i] += from[i];
}

static u64 *sum_all(const struct durations *d)
{
	u64 *sum = calloc((size_t)d->nr_buckets + 1, sizeof(*sum));

	for (u32 s = 0; sum && s < d->nr_stretches; s++)
		add_stretch(sum, d, s);
	return sum;
}

u32 durations_quantile(const struct durations *d, double share)
{
	u64 total = 0, seen = 0;
	double rank;

	for (size_t i = 0; i < (size_t)d->nr_stretches * d->nr_buckets; i++)
		total += d->count[i];
	rank = ceil(share * (double)total);
	for (u32 i = 0; i < d->nr_buckets; i++) {
		for (u32 s = 0; s < d->nr_stretches; s++)
			seen += d->count[(size_t)s * d->nr_buckets + i];
		if (seen && (double)seen >= rank)
			return i;
	}
	return d->nr_buckets - 1;
}

void durations_above(const struct durations *d, u32 bucket, double *x)
{
	double above = 0, total = 0;

	for (u32 s = 0; s < d->nr_stretches; s++) {
		x[s] = 0;
		for (u32 i = 0; i < d->nr_buckets; i++) {
			u32 n = d->count[(size_t)s * d->nr_buckets + i];

			x[s] += i > bucket ? n : 0;
			total += n;
		}
		above += x[s];
	}
	for (u32 s = 0; s < d->nr_stretches && total > 0; s++) {
		double n = 0;

		for (u32 i = 0; i < d->nr_buckets; i++)
			n += d->count[(size_t)s * d->nr_buckets + i];
		x[s] -= n * above / total;
	}
}

/* Blocks of the sums of their stretches; those that are left over go to the last one. */
static u64 *join_blocks(const struct durations *d, u32 joined, u32 nr_blocks)
{
	u64 *block = calloc((size_t)nr_blocks * d->nr_buckets + 1, sizeof(*block));

	for (u32 s = 0; block && s < d->nr_stretches; s++)
		add_stretch(&block[(size_t)min_of(s / joined, nr_blocks - 1) * d->nr_buckets], d,
			    s);
	return block;
}

struct spread {
	double sum[RESAMPLE_QUANTILES], squares[RESAMPLE_QUANTILES];
	u32 nr;
};

/* Around the quantiles of all, so that the squares' sum keeps its digits. */
static void spread_add(struct spread *to, const struct durations *d, const u64 *drawn,
		       const double *share, u32 nr, const double *middle)
{
	for (u32 i = 0; i < nr; i++) {
		double off = log(d->at[quantile_of(drawn, d->nr_buckets, share[i])]) - middle[i];

		to->sum[i] += off;
		to->squares[i] += off * off;
	}
	to->nr++;
}

static void draw(u64 *drawn, const u64 *block, u32 nr_blocks, u32 nr_buckets, u64 *state)
{
	memset(drawn, 0, nr_buckets * sizeof(*drawn));
	for (u32 b = 0; b < nr_blocks; b++) {
		const u64 *from = &block[(size_t)random_below(state, nr_blocks) * nr_buckets];

		for (u32 i = 0; i < nr_buckets; i++)
			drawn[i] += from[i];
	}
}

int durations_resample(const struct durations *d, u32 joined, const double *share, u32 nr,
		       double *var)
{
	u32 nr_blocks = max_of(d->nr_stretches / joined, 1u);
	u64 *block = join_blocks(d, joined, nr_blocks), *drawn = sum_all(d), state = SEED;
	double middle[RESAMPLE_QUANTILES] = { 0 };
	struct spread s = { { 0 } };
	int ret = block && drawn ? 0 : -ENOMEM;

	for (u32 i = 0; i < nr && !ret; i++)
		middle[i] = log(d->at[quantile_of(drawn, d->nr_buckets, share[i])]);
	while (s.nr < RESAMPLE_DRAWS && !ret) {
		draw(drawn, block, nr_blocks, d->nr_buckets, &state);
		spread_add(&s, d, drawn, share, nr, middle);
	}
	/* Of n blocks the draws' spread is that of n - 1. */
	for (u32 i = 0; i < nr && !ret; i++)
		var[i] = (s.squares[i] - s.sum[i] * s.sum[i] / s.nr) / (s.nr - 1) * nr_blocks /
			 max_of(nr_blocks - 1, 1u);
	free(block);
	free(drawn);
	return ret;
}
