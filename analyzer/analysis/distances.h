/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * distances.h - how far from the sender's CPU the receivers were: IPIs by VM and by the nearest
 * that the two CPUs share (model/topology.h). Order-free.
 *
 * A recording tells its topology in the midst of its events, so it may be known only when all have
 * been read: what was counted before is nothing, and distances_are_late() says that another run is
 * needed.
 */
#ifndef KVM_IPI_DISTANCES_H
#define KVM_IPI_DISTANCES_H

#include "analysis/analysis.h"
#include "model/topology.h"

struct distances_vm {
	u64 ipis[NR_DISTANCES];
};

struct distances {
	const struct topology *topology; /* not owned */
	struct distances_vm *vm;	 /* by the VM's number */
	u32 nr_vm;
};

extern const struct analysis_ops distances_ops;

static inline struct distances distances_of(const struct topology *t)
{
	return (struct distances){ .topology = t };
}

void distances_release(struct distances *s);

/* A topology, and no IPI counted by it. */
bool distances_are_late(const struct distances *s);
/* Of a VM; all zero when it has none. */
struct distances_vm distances_of_vm(const struct distances *s, u32 vm);

#endif
