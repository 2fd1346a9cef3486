/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hist.h - counts of durations in log-linear buckets: percentiles of any number of values in
 * bounded memory, and sums of histograms that are histograms of the union.
 *
 * Values below 2^bits have a bucket each. Above, every power of two is divided into 2^bits buckets
 * of equal width. A percentile is the middle of its bucket, kept within the least and the largest
 * value: it differs from the true nearest-rank value by at most 1 part in 2^(bits + 1), and not at
 * all when the value is below 2^bits.
 */
#ifndef KVM_IPI_HIST_H
#define KVM_IPI_HIST_H

#include "util/types.h"

#define HIST_BITS_MAX 10

struct hist {
	u64 *count; /* owned; grows to the largest bucket that was hit */
	u32 room;
	u8 bits;
	u64 nr;
	u64 min, max; /* valid if nr */
	unsigned __int128 sum;
};

void hist_init(struct hist *h, u8 bits); /* allocates nothing */
void hist_release(struct hist *h);

/* Where a value is counted, and the middle of what is counted there. */
u32 hist_bucket(u8 bits, u64 value);
u64 hist_bucket_middle(u8 bits, u32 bucket);

int hist_add(struct hist *h, u64 value, u64 times); /* 0 or -ENOMEM */
/* Values that were put into buckets elsewhere, by the same rule: they count as their middle. */
int hist_add_bucket(struct hist *h, u32 bucket, u64 times);
/* other has the same bits; -EINVAL when not. */
int hist_merge(struct hist *h, const struct hist *other);

/* Nearest rank: the value of rank ceil(nr * num / den), 1 <= num <= den; 0 when there is none. */
u64 hist_percentile(const struct hist *h, u64 num, u64 den);
u64 hist_mean(const struct hist *h);
/* The bound of a percentile's error, as "1 part in N". */
u64 hist_error_parts(const struct hist *h);

#endif
