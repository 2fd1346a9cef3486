/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * resample.h - how well one recording knows a quantile of its durations: a block bootstrap.
 *
 * Durations are counted in buckets, stretch by stretch. Blocks of neighbouring stretches are drawn
 * with replacement, as many as there are, and the quantiles of each draw are taken; their spread is
 * the quantiles' error. Draws are of a fixed sequence, so that the same recording gives the same
 * answer.
 */
#ifndef KVM_IPI_RESAMPLE_H
#define KVM_IPI_RESAMPLE_H

#include "util/types.h"

#define RESAMPLE_DRAWS	   400
#define RESAMPLE_QUANTILES 3

/* Counts by stretch and bucket. */
struct durations {
	const u32 *count; /* [stretch * nr_buckets + bucket] */
	u32 nr_stretches;
	const double *at; /* of each bucket, what its values are taken for; ascending, > 0 */
	u32 nr_buckets;
};

/* The bucket that holds the nearest rank of this share of all; there must be a value. */
u32 durations_quantile(const struct durations *d, double share);

/*
 * For each stretch: how many values are above the bucket, less the expected number. The sum is 0;
 * neighbouring values tell whether the quantile's error is correlated. x: room for nr_stretches.
 */
void durations_above(const struct durations *d, u32 bucket, double *x);

/*
 * var[i]: the variance of the logarithm of quantile share[i], for nr <= RESAMPLE_QUANTILES of them,
 * where so many stretches are one block. 0 or -ENOMEM.
 */
int durations_resample(const struct durations *d, u32 joined, const double *share, u32 nr,
		       double *var);

#endif
