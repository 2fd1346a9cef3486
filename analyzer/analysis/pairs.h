/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pairs.h - who sends to whom: counts by VM, sender, receiver, vector, path and receiver state, and
 * how often the receiver was last on the sender's own CPU. Order-free.
 */
#ifndef KVM_IPI_PAIRS_H
#define KVM_IPI_PAIRS_H

#include "analysis/analysis.h"
#include "decode/ipi_event.h"
#include "model/edges.h"
#include "model/vms.h"

/* Numbers without a name, and records without the field; of few VMs, so kept apart. */
struct pairs_odd {
	u64 state[256], path[256]; /* those with a name stay 0 */
	u64 no_state, no_path;
};

/* A VM's share of the result: rows [first, first + nr) of the order. */
struct pairs_summary {
	u32 vm; /* its number in struct vms */
	u32 first, nr;
	u32 cpu_first, nr_cpu; /* the same of the CPUs' order */
	bool sorted;	       /* its rows are, and pairs is known */
	u32 pairs;	       /* distinct (sender, receiver) */
	u32 vcpus;	       /* distinct ids, sending or receiving */
	u64 ipis;
	u64 first_ts, last_ts;
	u64 path[NR_IPI_PATHS];
	u64 path_other;			 /* numbers without a name, and records without a path */
	u64 path_none;			 /* of those: records without a path */
	u64 state[NR_IPI_STATES + 1];	 /* the last: without a name */
	u64 cpu_known, cpu_same;	 /* receivers' last CPU: is known, is the sender's */
	u64 vector[IPI_VECTOR_NONE + 1]; /* the last: of records without one */
};

struct pairs {
	bool want_cpus; /* count CPU x CPU too */
	struct edges edges;
	struct edges cpus;	/* key: vm, the sender's CPU, dst_cpu, 0 */
	struct pairs_odd **odd; /* by the VM's number; NULL: it has nothing of that */
	u32 nr_odd;
	/* after pairs_sum(), or pairs_finish() */
	/* edges' numbers, by VM (pid, id), and those of a sorted one by src, dst, vector */
	u32 *order;
	u32 *cpu_order;		       /* the same of cpus, sorted */
	struct pairs_summary *summary; /* VMs with an IPI, by pid, then id */
	u32 nr_summaries;
};

/* All zero is empty. */
void pairs_release(struct pairs *p);
extern const struct analysis_ops pairs_ops;

int pairs_add(struct pairs *p, const struct ipi_event *ev, u32 nr);
/* vm_map[i]: the number here of other's VM i. */
int pairs_merge(struct pairs *p, const struct pairs *other, const u32 *vm_map);
/*
 * Sums up; nothing can be added afterwards. Rows are not sorted yet: who shows some VMs has
 * pairs_sort() sort those. Both: 0 or -ENOMEM.
 */
int pairs_sum(struct pairs *p, const struct vms *vms);
int pairs_sort(struct pairs *p, struct pairs_summary *s);
/* Sums up, and sorts all. */
int pairs_finish(struct pairs *p, const struct vms *vms);

/* IPIs of an edge by the fast path: what the other paths leave. */
u64 pairs_row_fast(const struct pairs *p, u32 edge);

#endif
