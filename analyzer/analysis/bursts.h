/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bursts.h - times at which a VM sends far more IPIs than it usually does.
 *
 * A burst is a longest run of neighbouring bins that hold, each of them, at least `times` times the
 * mean of all bins and at least BURST_MIN IPIs. Whole numbers throughout: the same counts are
 * always the same bursts.
 */
#ifndef KVM_IPI_BURSTS_H
#define KVM_IPI_BURSTS_H

#include "util/types.h"

#define BURST_MIN   10
#define BURST_TIMES 3

struct burst {
	u32 first, nr; /* bins */
	u64 count;     /* IPIs in it */
	u64 peak;      /* of its largest bin */
};

/* Fills up to max; returns how many there are, which may be more. */
u32 bursts_find(const u64 *count, u32 nr_bins, u64 times, struct burst *out, u32 max);

#endif
