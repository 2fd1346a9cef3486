/* SPDX-License-Identifier: GPL-2.0-only */
/* edges_counts.h - an edge and its counters, below the table that finds it (edges.h). */
#ifndef KVM_IPI_EDGES_COUNTS_H
#define KVM_IPI_EDGES_COUNTS_H

#include "decode/ipi_event.h"

/* Which counter: a state of enum ipi_state, or one of these. */
enum edge_count {
	/* the receiver was last on the sender's CPU, or nobody knows where; elsewhere remains */
	EDGE_CPU_SENDERS = NR_IPI_STATES,
	EDGE_PATH_SLOW,
	EDGE_CPU_UNKNOWN, /* not beside the former: a vector of two would cost more than both */
	NR_EDGE_OWN,
	/* rare, and kept elsewhere: */
	EDGE_STATE_OTHER = NR_EDGE_OWN, /* a state without a name */
	EDGE_PATH_OTHER,		/* a path without a name; fast is what remains */
	NR_EDGE_COUNTS
};

struct edge_key {
	u32 src, dst;
	u16 vm, vector;
};

/* 64 bytes. Use edge_count() to read it: a counter that passed 2^32 has its rest elsewhere. */
struct edge {
	u64 first, last; /* times of the first and the last IPI */
	struct edge_key key;
	u32 n[NR_EDGE_OWN];
	u32 odd; /* + 1: where in the list its rare counts are; 0: none */
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
	struct edge *place; /* of them 0 is nobody's, edge i has i + 1 */
	u32 nr, room;
	u32 *slot; /* the edge's place, above it bits of its hash; 0 is free */
	u64 nr_slots;
	u32 largest; /* no counter is larger */
	bool odd;    /* edges_add() met numbers without a name; the caller may clear it */
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

/* For edges.c: what its innermost loops leave to a call. */

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
