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

#include "decode/ipi_event.h"
#include "util/types.h"

/* Which counter: a state of enum ipi_state, or one of these. */
enum edge_count {
	/* the receiver was last on the sender's CPU, or nobody knows where; elsewhere remains */
	EDGE_CPU_SENDERS = NR_IPI_STATES,
	EDGE_PATH_SLOW,
	EDGE_CPU_UNKNOWN, /* not beside the former: a vector of two would cost more than both */
	NR_EDGE_OWN,
	/* rare, and kept elsewhere: */
	EDGE_STATE_OTHER = NR_EDGE_OWN, /* a state without a name */
	EDGE_PATH_OTHER,	/* a path without a name; fast is what remains */
	NR_EDGE_COUNTS
};

struct edge_key {
	u32 src, dst;
	u16 vm, vector;
};

/* 64 bytes. Use edge_count() to read it: a counter that passed 2^32 has its rest elsewhere. */
struct edge {
	u64 first, last;	/* times of the first and the last IPI */
	struct edge_key key;
	u32 n[NR_EDGE_OWN];
	u32 odd;		/* + 1: where in the list its rare counts are; 0: none */
};

/* EDGE_STATE_OTHER and EDGE_PATH_OTHER of an edge that has one of them. */
struct edge_odd {
	u64 n[NR_EDGE_COUNTS - NR_EDGE_OWN];
};

struct edge_carry {
	u32 edge, which;
	u64 amount;
};

struct edges {
	struct edge *place;	/* of them 0 is nobody's, edge i has i + 1 */
	u32 nr, room;
	u32 *slot;		/* the edge's place, above it bits of its hash; 0 is free */
	u64 nr_slots;
	u32 largest;		/* no counter is larger */
	bool odd; /* edges_add() met numbers without a name; the caller may clear it */
	struct edge_odd *odds;
	u32 nr_odds, room_odds;
	struct edge_carry *carry;
	u32 nr_carries;
};

/* Valid until edges are added. */
static inline struct edge *edges_at(const struct edges *t, u32 i)
{
	return &t->place[i + 1];
}

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

/* What is carried of a counter; for edge_count() alone. */
u64 edge_carried(const struct edges *t, u32 i, unsigned int which);

static inline u64 edge_count(const struct edges *t, u32 i, unsigned int which)
{
	const struct edge *e = edges_at(t, i);

	if (which >= NR_EDGE_OWN)
		return unlikely(e->odd) ? t->odds[e->odd - 1].n[which - NR_EDGE_OWN] : 0;
	return e->n[which] + (unlikely(t->nr_carries) ? edge_carried(t, i, which) : 0);
}

/* All IPIs of the edge. */
u64 edge_total(const struct edges *t, u32 i);

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

/* edges_counts.c, for edges.c: what its innermost loops leave to a call. */

/*
 * Makes room in all counters for nr more events, so that adding one need not look; and for the rare
 * counts of nr more edges. 0 or -ENOMEM.
 */
int edges_counts_reserve(struct edges *t, u32 nr);
int edges_odds_reserve(struct edges *t, u32 nr);
/* A state or a path without a name. */
void edge_add_odd(struct edges *t, struct edge *e, const struct ipi_event *ev);
/* Adds src's edge i to e, for which there is room. 0 or -ENOMEM. */
int edge_merge(struct edges *t, struct edge *e, const struct edges *src, u32 i);

#endif
