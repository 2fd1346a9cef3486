/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * edges.h - counts by (VM, sender, receiver, vector): the graph.
 *
 * One cache line an edge, and an index of 4 bytes a slot beside them. Both grow without a copy
 * (util/huge.h), so that memory stays below 100 bytes an edge even then. The same table serves any
 * count by (VM, a, b): CPU x CPU leaves the vector 0.
 */
#ifndef KVM_IPI_EDGES_H
#define KVM_IPI_EDGES_H

#include "model/edges_counts.h"

/* All zero is empty. */
void edges_release(struct edges *t);
u64 edges_bytes(const struct edges *t);
/* Frees the index: the table can be read and no longer changed. */
void edges_seal(struct edges *t);

/* Counts each event under (vm, src, dst, vector): 0 or -ENOMEM. */
int edges_add(struct edges *t, const struct ipi_event *ev, u32 nr);
/* The number of each event's edge; all of them must be there. */
void edges_numbers(const struct edges *t, const struct ipi_event *ev, u32 nr, u32 *number);
/* Counts each event under (vm, cpu, dst_cpu); those with an unknown dst_cpu are left out. */
int edges_add_cpus(struct edges *t, const struct ipi_event *ev, u32 nr);

/* Adds what src holds; vm_map[i] is the number here of src's VM i. Associative, commutative. */
int edges_merge(struct edges *t, const struct edges *src, const u32 *vm_map);

/*
 * What edges_at(t, i) is about to need, into the second-level cache: neighbours in the order are
 * often equally far apart, all in one set of the first. No function: gcc leaves out a call without
 * an effect.
 */
#define edges_prefetch(t, i) __builtin_prefetch(edges_at(t, i), 0, 2)

/*
 * The numbers of nr edges, those of one rank beside each other: start[rank] is where its first one
 * goes, and stands behind its last one afterwards. To be freed; NULL: out of memory.
 */
u32 *edges_grouped(const u16 *rank, u32 nr, u32 *start);
/*
 * Sorts numbers of edges of one VM by src, dst, vector. Returns how many different (src, dst) there
 * are, or -ENOMEM.
 */
s64 edges_sort(const struct edges *t, u32 *number, u32 nr);
/* All numbers, by vm_rank[vm] < nr_ranks, src, dst, vector. To be freed; NULL: out of memory. */
u32 *edges_sorted(const struct edges *t, const u32 *vm_rank, u32 nr_ranks);

#endif
