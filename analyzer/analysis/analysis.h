/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * analysis.h - what the driver needs to know of an analysis.
 *
 * Two kinds, which no run can take for each other: an order-free one (struct analysis) gets IPIs of
 * the CPUs' streams in any order; an ordered one gets all events by time. Errors are -errno.
 */
#ifndef KVM_IPI_ANALYSIS_H
#define KVM_IPI_ANALYSIS_H

#include "analysis/needs.h"

/* Order-free. */
struct analysis_ops {
	const char *name;
	const struct need *needs;
	/* IPIs that passed the filters */
	int (*events)(void *self, const struct ipi_event *ev, u32 nr);
	/* events were missed before the next batch of that CPU; may be NULL */
	int (*gap)(void *self, u32 cpu, u64 ts);
	/*
	 * For several threads: another one of the same options, empty (NULL: no memory); adding
	 * what that one has found, whose VM i is vm_map[i] here; and freeing it, joined or not.
	 * Joining is associative and commutative. VMs that were numbered before the run have the
	 * same numbers in both.
	 */
	void *(*fork)(const void *self);
	int (*join)(void *self, void *part, const u32 *vm_map);
	void (*drop)(void *part);
	u64 (*bytes)(const void *self); /* memory that self holds; may be NULL: next to none */
};

struct analysis {
	const struct analysis_ops *ops;
	void *self;
};

struct ordered_ops {
	const char *name;
	const struct need *needs; /* the kinds that it gets; NULL: those of the others */
	/* events of those kinds and of the run's others, gaps among them, unfiltered */
	int (*records)(void *self, const struct event *ev, u32 nr);
};

struct ordered {
	const struct ordered_ops *ops;
	void *self;
};

#endif
