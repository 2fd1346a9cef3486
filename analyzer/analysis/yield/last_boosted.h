/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * last_boosted.h - last_boosted_vcpu of a kernel that leaves the wrong number there: every value it
 * may have, with a weight.
 *
 * From 6.13 on, up to a stable fix, the search leaves the count of its loop instead of the vCPU's
 * index. What a seen choice makes of last_boosted_vcpu depends on what it was before, so where one
 * value was taken for another the replay would never find back, though it sees every choice. All
 * values are kept here: one from which the search would have tried another vCPU than it did counts
 * less, and a choice moves them all.
 */
#ifndef KVM_IPI_REPLAY_LASTS_H
#define KVM_IPI_REPLAY_LASTS_H

#include "analysis/yield/policies.h"

#define LAST_BOOSTED_VCPUS 64 /* larger VMs have one value only, as other kernels */

/* All zero: not in use. */
struct last_boosted {
	u32 nr;		/* of vCPUs, and so of values */
	double *weight; /* by value */
	double *begun;	/* by spinner, then by value: as it was at its search */
};

/* How likely last_boosted_vcpu is i of nr, of which nothing is known: a VM began with 0. */
static inline double last_boosted_prior(u32 i, u32 nr)
{
	if (i)
		return 0.5 / (nr - 1);
	return nr > 1 ? 0.5 : 1;
}

int last_boosted_init(struct last_boosted *l, u32 nr); /* 0 or -ENOMEM */
void last_boosted_release(struct last_boosted *l);
/* Anything may have happened. */
void last_boosted_forget(struct last_boosted *l);
/* The heaviest value. */
u32 last_boosted_best(const struct last_boosted *l);
/* view->me searches, and tries that vCPU first (a slot), or none: POLICY_NONE. */
void last_boosted_search(struct last_boosted *l, const struct policy_view *view, u32 tried);
/* Its search ended with that choice. */
void last_boosted_end(struct last_boosted *l, u32 me, u32 pick);

#endif
