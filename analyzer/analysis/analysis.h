/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * analysis.h - what the driver needs to know of an analysis.
 *
 * An order-free one gets the CPUs' streams in any order; an ordered one gets all events by time.
 * Errors are -errno; gap is called where events were missed: before the next batch of that CPU.
 */
#ifndef KVM_IPI_ANALYSIS_H
#define KVM_IPI_ANALYSIS_H

#include "decode/event.h"

struct event;

struct analysis_ops {
	bool ordered;
	/* order-free: IPIs that passed the filters */
	int (*events)(void *self, const struct ipi_event *ev, u32 nr);
	int (*gap)(void *self, u32 cpu, u64 ts);	/* may be NULL */
	/*
	 * For several threads: another one of the same options, empty (NULL: no memory); and adding
	 * what that one has found, whose VM i is vm_map[i] here, and freeing it. Associative,
	 * commutative. VMs that were numbered before the run have the same numbers in both.
	 */
	void *(*fork)(const void *self);
	int (*join)(void *self, void *part, const u32 *vm_map);
	u64 (*bytes)(const void *self);	/* memory that self holds; may be NULL: next to none */
	/* ordered: every event of the wanted kinds, gaps among them, unfiltered */
	int (*records)(void *self, const struct event *ev, u32 nr);
};

struct analysis {
	const struct analysis_ops *ops;
	void *self;
};

#endif
