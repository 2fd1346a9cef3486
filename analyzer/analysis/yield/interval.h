/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * interval.h - 95 % intervals of what was counted over episodes: a bootstrap of whole episodes.
 *
 * A bootstrap draws as many episodes as there are, with replacement, again and again, and takes the
 * figure of each draw; the interval leaves 2.5 % of the draws on each side. It needs the counts
 * alone. Of a share, in which an episode is a hit or not, the draws' distribution is known
 * (binomial), and the interval is that of all draws that there are. Of a mean of other values they
 * are drawn, by a fixed sequence: the same counts give the same interval.
 */
#ifndef KVM_IPI_YIELD_INTERVAL_H
#define KVM_IPI_YIELD_INTERVAL_H

#include "util/types.h"

#define INTERVAL_LEAST 20 /* episodes; fewer have no interval */

/* In thousandths, rounded. */
struct interval {
	bool known;
	u32 lo, hi;
};

/* Episodes of one value, a share of 1. */
struct interval_class {
	double value;
	u64 nr;
};

struct interval interval_of_share(u64 hits, u64 of);
struct interval interval_of_mean(const struct interval_class *c, u32 nr);

/* A share or a mean in thousandths, rounded. */
u32 interval_permille(u64 part, u64 of);
u32 interval_mean(const struct interval_class *c, u32 nr);

#endif
