/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * timeline.h - how many IPIs when: counts by stretch of time, for each VM and for chosen pairs.
 *
 * Order-free, for any number of threads, and of a fixed size: bins x (VMs + chosen pairs). Which
 * pairs are worth a row is known when all were counted, and how wide a bin has to be when the last
 * time is known; so a command that wants a timeline reads the trace twice.
 */
#ifndef KVM_IPI_TIMELINE_H
#define KVM_IPI_TIMELINE_H

#include "analysis/analysis.h"

/* A chosen pair, or a VM's line. */
struct timeline_pair {
	u32 vm, src, dst; /* vm: its number in struct vms */
};

struct timeline {
	u64 start_ts;
	u64 bin_ns;
	u32 nr_bins;
	u32 nr_vms;
	struct timeline_pair *pair; /* sorted by vm, src, dst; owned */
	u32 nr_pairs;
	u64 *vm_count;	    /* [vm * nr_bins + bin] */
	u64 *pair_count;    /* [pair * nr_bins + bin] */
	u64 *pair_known;    /* of those: the receiver's state is known */
	u64 *pair_runnable; /* of those: it was preempted or woken */
};

/*
 * Bins of [start_ts, end_ts]: as wide as wanted, or (0) the narrowest of 1, 2 or 5 times a power of
 * ten nanoseconds that needs no more than max_bins. The pairs are copied. 0, -ENOMEM, or -EFBIG: a
 * wanted width makes more than TIMELINE_BINS_MAX.
 */
#define TIMELINE_BINS_MAX 100000
int timeline_init(struct timeline *t, u64 start_ts, u64 end_ts, u64 bin_ns, u32 max_bins,
		  u32 nr_vms, const struct timeline_pair *pairs, u32 nr_pairs);
void timeline_release(struct timeline *t);

extern const struct analysis_ops timeline_ops;

/* The row of a chosen pair; nr_pairs: it was not chosen. */
u32 timeline_find(const struct timeline *t, u32 vm, u32 src, u32 dst);

#endif
