/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * metrics.h - what the graph of one VM looks like: who has many partners, who sends more than it
 * gets, which vCPUs talk among themselves, and how few pairs make most of the traffic.
 *
 * Weights are IPIs. Everything is whole numbers and ties are broken by ids, so that the same graph
 * always gives the same answer, on every machine.
 *
 * Groups maximise modularity (more weight inside than chance would put there, for the vCPUs'
 * weights) by moving vCPUs and whole groups for as long as that gains: neither moving one vCPU nor
 * joining two groups would raise it. Direction is ignored.
 */
#ifndef KVM_IPI_METRICS_H
#define KVM_IPI_METRICS_H

#include "analysis/pairs.h"

/* A (sender, receiver) with all its vectors. */
struct pair_count {
	u32 src, dst;
	u64 count;
	u64 known, runnable; /* receivers whose state is; that were preempted or woken */
};

/* The pairs of a VM, by src, dst. To be freed; NULL: out of memory. *nr is set. */
struct pair_count *pairs_fold(const struct pairs *p, const struct pairs_summary *s, u32 *nr);
/* Sorts them by count, most first, then src, dst. */
void pair_counts_by_weight(struct pair_count *list, u32 nr);

struct vcpu_metrics {
	u32 id;
	u32 out_degree, in_degree; /* receivers; senders */
	u32 partners;		   /* distinct vCPUs it sends to or gets from */
	u64 out_weight, in_weight;
	u32 group; /* from 0, groups by weight, most first */
	bool hub;  /* three partners and half of the others at least, and twice the mean weight */
};

struct group_metrics {
	u32 vcpus;
	u64 inside;   /* IPIs between its vCPUs */
	u64 touching; /* IPIs with at least one end in it */
};

#define NR_COVERAGES 5
extern const u32 metrics_coverage_percents[NR_COVERAGES];

struct metrics {
	struct vcpu_metrics *vcpu; /* by id */
	u32 nr_vcpus;
	struct group_metrics *group;
	u32 nr_groups;
	struct pair_count *edge; /* by weight */
	u32 nr_edges;
	u64 weight;
	u64 one_way;		    /* sum over pairs of |a to b - b to a| */
	u64 inside;		    /* IPIs within groups */
	u32 coverage[NR_COVERAGES]; /* edges that make so many percent of the weight */
};

/* After pairs_finish(). 0 or -ENOMEM; release it in any case. */
int metrics_init(struct metrics *m, const struct pairs *p, const struct pairs_summary *s);
void metrics_release(struct metrics *m);
/* Index of a vCPU, which must be there. */
u32 metrics_index(const struct metrics *m, u32 id);

/*
 * Groups of a weighted undirected graph given as neighbour lists: node i's are [start[i],
 * start[i + 1]) of to[] and weight[], each edge twice, a node's own once with twice its weight.
 * Writes group[i], numbered by their first node. 0 or -ENOMEM.
 */
int metrics_groups(u32 nr, const u32 *start, const u32 *to, const u64 *weight, u32 *group);

#endif
