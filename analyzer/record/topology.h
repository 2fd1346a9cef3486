/* SPDX-License-Identifier: GPL-2.0-only */
/* topology.h - which of the host's CPUs share a core, a last-level cache, a NUMA node. */
#ifndef KVM_IPI_RECORD_TOPOLOGY_H
#define KVM_IPI_RECORD_TOPOLOGY_H

#include "record/host.h"

/* CPUs with equal numbers share it. core and llc are the lowest CPU that does; -1: not known. */
struct cpu_place {
	s32 cpu, core, llc, node, package;
};

/* The online CPUs in order. 0 or -errno; the array is to be freed. */
int topology_scan(struct cpu_place **place, u32 *nr, const struct host *h);

#endif
