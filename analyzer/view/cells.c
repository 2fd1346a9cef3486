// SPDX-License-Identifier: GPL-2.0-only
/* cells.c - see cells.h. */
#include "view/cells.h"
#include "util/order.h"

#include <errno.h>
#include <stdlib.h>

static const struct edges *table_of(const struct cells *c)
{
	return c->cpus ? &c->pairs->cpus : &c->pairs->edges;
}

static u32 edge_of(const struct cells *c, u32 k)
{
	return (c->cpus ? c->pairs->cpu_order : c->pairs->order)[c->first + k];
}

int cells_init(struct cells *c, const struct pairs *p, u32 i, bool cpus)
{
	const struct pairs_summary *sum = &p->summary[i];

	*c = (struct cells){ .pairs = p,
			     .cpus = cpus,
			     .first = cpus ? sum->cpu_first : sum->first,
			     .nr = cpus ? sum->nr_cpu : sum->nr };
	c->id = malloc((2 * (size_t)c->nr + 1) * sizeof(*c->id));
	if (!c->id)
		return -ENOMEM;
	for (u32 k = 0; k < c->nr; k++) {
		const struct edge_key *key = &edges_at(table_of(c), edge_of(c, k))->key;

		c->id[2 * k] = key->src;
		c->id[2 * k + 1] = key->dst;
	}
	qsort(c->id, 2 * (size_t)c->nr, sizeof(*c->id), order_u32);
	for (u32 k = 0; k < 2 * c->nr; k++)
		if (!c->nr_ids || c->id[k] != c->id[c->nr_ids - 1])
			c->id[c->nr_ids++] = c->id[k];
	return 0;
}

void cells_release(struct cells *c)
{
	free(c->id);
	*c = (struct cells){ 0 };
}

static u32 place_of(const struct cells *c, u32 id)
{
	return (u32)((const u32 *)bsearch(&id, c->id, c->nr_ids, sizeof(id), order_u32) - c->id);
}

struct cell_count cells_at(const struct cells *c, u32 k)
{
	const struct edges *table = table_of(c);
	u32 e = edge_of(c, k);
	const struct edge_key *key = &edges_at(table, e)->key;
	u64 total = edge_total(table, e);

	return (struct cell_count){ place_of(c, key->src), place_of(c, key->dst), total,
				    total - edge_count(table, e, EDGE_STATE_OTHER),
				    edge_count(table, e, IPI_STATE_PREEMPTED) +
					    edge_count(table, e, IPI_STATE_WOKEN) };
}
