// SPDX-License-Identifier: GPL-2.0-only
/*
 * edges_counts.c - see edges_counts.h. Counters of 32 bits and what passes them, counts of numbers
 * without a name: all that is rare enough for a call.
 */
#include "model/edges_counts.h"
#include "util/rows.h"

#include <errno.h>
#include <stdlib.h>

#define COUNT_HALF (1u << 31)

/* A part of a counter that does not fit is kept apart. Rare enough for a linear list. */
static int edge_carry(struct edges *t, u32 i, unsigned int which, u64 amount)
{
	struct edge_carry *grown;

	for (u32 c = 0; c < t->nr_carries; c++)
		if (t->carry[c].edge == i && t->carry[c].which == which) {
			t->carry[c].amount += amount;
			return 0;
		}
	grown = realloc(t->carry, (t->nr_carries + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	t->carry = grown;
	grown[t->nr_carries++] = (struct edge_carry){ i, which, amount };
	return 0;
}

/*
 * Makes room in all counters for nr more events, so that adding one need not look: those over the
 * half give it to the carries. Once in some 2^31 events.
 */
int edges_counts_reserve(struct edges *t, u32 nr)
{
	u32 largest = 0;

	if (likely(t->largest <= UINT32_MAX - nr)) {
		t->largest += nr;
		return 0;
	}
	for (u32 i = 0; i < t->nr; i++) {
		struct edge *e = edges_at(t, i);

		for (unsigned int n = 0; n < NR_EDGE_OWN; n++) {
			if (e->n[n] >= COUNT_HALF && edge_carry(t, i, n, COUNT_HALF))
				return -ENOMEM;
			e->n[n] %= COUNT_HALF;
			largest = max_of(largest, e->n[n]);
		}
	}
	t->largest = largest + nr;
	return 0;
}

/* The edge's counts of what has no name. There must be room. */
static struct edge_odd *edge_odds(struct edges *t, struct edge *e)
{
	if (!e->odd) {
		t->odds[t->nr_odds++] = (struct edge_odd){ { 0 } };
		e->odd = t->nr_odds;
	}
	return &t->odds[e->odd - 1];
}

/* A state or a path without a name. */
void edge_add_odd(struct edges *t, struct edge *e, const struct ipi_event *ev)
{
	struct edge_odd *odd = edge_odds(t, e);

	if (ev->state < NR_IPI_STATES)
		e->n[ev->state]++;
	else
		odd->n[EDGE_STATE_OTHER - NR_EDGE_OWN]++;
	e->n[EDGE_PATH_SLOW] += ev->path == IPI_PATH_SLOW;
	odd->n[EDGE_PATH_OTHER - NR_EDGE_OWN] += ev->path > IPI_PATH_SLOW;
	t->odd = true;
}

/* Room for the rare counts of nr more edges. */
int edges_odds_reserve(struct edges *t, u32 nr)
{
	struct edge_odd *grown;

	grown = rows_grown(t->odds, &t->room_odds, t->nr_odds + nr, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	t->odds = grown;
	return 0;
}

/* Adds src's edge i to e. */
int edge_merge(struct edges *t, struct edge *e, const struct edges *src, u32 i)
{
	const struct edge *from = edges_at(src, i);

	e->first = min_of(e->first, from->first);
	e->last = max_of(e->last, from->last);
	for (unsigned int n = 0; n < NR_EDGE_OWN; n++) {
		u64 sum = e->n[n] + edge_count(src, i, n);

		e->n[n] = (u32)sum;
		t->largest = max_of(t->largest, e->n[n]);
		if (unlikely(sum >> 32) &&
		    edge_carry(t, (u32)(e - edges_at(t, 0)), n, sum >> 32 << 32))
			return -ENOMEM;
	}
	for (unsigned int n = NR_EDGE_OWN; n < NR_EDGE_COUNTS && from->odd; n++)
		edge_odds(t, e)->n[n - NR_EDGE_OWN] += edge_count(src, i, n);
	return 0;
}

u64 edge_carried(const struct edges *t, u32 i, unsigned int which)
{
	u64 n = 0;

	for (u32 c = 0; c < t->nr_carries; c++)
		if (t->carry[c].edge == i && t->carry[c].which == which)
			n += t->carry[c].amount;
	return n;
}

u64 edge_total(const struct edges *t, u32 i)
{
	u64 sum = edge_count(t, i, EDGE_STATE_OTHER);

	for (unsigned int n = 0; n < NR_IPI_STATES; n++)
		sum += edge_count(t, i, n);
	return sum;
}
