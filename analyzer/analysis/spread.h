/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * spread.h - how far from the sender's CPU the receivers were: IPIs by VM and by the nearest thing that the
 * two CPUs share (model/topology.h). Order-free.
 *
 * A recording tells its topology in the midst of its events, so it may be known only when all have been read:
 * what was counted before is nothing, and spread_is_late() says that another run is needed.
 */
#ifndef KVM_IPI_SPREAD_H
#define KVM_IPI_SPREAD_H

#include "analysis/analysis.h"
#include "model/topology.h"

struct spread_vm {
	u64 ipis[NR_DISTANCES];
};

struct spread {
	const struct topology *topology; /* not owned */
	struct spread_vm *vm;		/* by the VM's number */
	u32 nr_vm;
};

extern const struct analysis_ops spread_ops;

static inline struct spread spread_of(const struct topology *t)
{
	return (struct spread){ .topology = t };
}

void spread_release(struct spread *s);

/* A topology, and no IPI counted by it. */
bool spread_is_late(const struct spread *s);
/* Of a VM; all zero when it has none. */
struct spread_vm spread_of_vm(const struct spread *s, u32 vm);

#endif
