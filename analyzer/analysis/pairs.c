// SPDX-License-Identifier: GPL-2.0-only
/*
 * pairs.c - see pairs.h. Adding touches an edge; everything else is summed up at the end
 * (pairs_sum.c).
 */
#include "analysis/pairs.h"
#include "util/rows.h"

#include <errno.h>
#include <stdlib.h>

void pairs_release(struct pairs *p)
{
	edges_release(&p->edges);
	edges_release(&p->cpus);
	for (u32 i = 0; i < p->nr_odd; i++)
		free(p->odd[i]);
	free(p->odd);
	free(p->order);
	free(p->cpu_order);
	free(p->summary);
	*p = (struct pairs){ 0 };
}

/* The VM's, which is made when there is none; NULL: out of memory. */
static struct pairs_odd *odd_of(struct pairs *p, u32 vm)
{
	struct pairs_odd **grown = rows_zeroed(p->odd, &p->nr_odd, vm, sizeof(*grown));

	if (!grown)
		return NULL;
	p->odd = grown;
	if (!grown[vm])
		grown[vm] = calloc(1, sizeof(*grown[vm]));
	return grown[vm];
}

static int count_odd(struct pairs *p, const struct ipi_event *ev, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		struct pairs_odd *odd;

		if (ev[i].state < NR_IPI_STATES && ev[i].path < NR_IPI_PATHS)
			continue;
		odd = odd_of(p, ev[i].vm);
		if (!odd)
			return -ENOMEM;
		if (ev[i].no_state)
			odd->no_state++;
		else if (ev[i].state >= NR_IPI_STATES)
			odd->state[ev[i].state]++;
		if (ev[i].no_path)
			odd->no_path++;
		else if (ev[i].path >= NR_IPI_PATHS)
			odd->path[ev[i].path]++;
	}
	return 0;
}

int pairs_add(struct pairs *p, const struct ipi_event *ev, u32 nr)
{
	int ret = edges_add(&p->edges, ev, nr);

	if (!ret && p->want_cpus)
		ret = edges_add_cpus(&p->cpus, ev, nr);
	if (ret || likely(!p->edges.odd))
		return ret;
	p->edges.odd = false;
	return count_odd(p, ev, nr);
}

static void add_odd(struct pairs_odd *to, const struct pairs_odd *from)
{
	for (int n = 0; n < 256; n++) {
		to->state[n] += from->state[n];
		to->path[n] += from->path[n];
	}
	to->no_state += from->no_state;
	to->no_path += from->no_path;
}

int pairs_merge(struct pairs *p, const struct pairs *other, const u32 *vm_map)
{
	int ret = edges_merge(&p->edges, &other->edges, vm_map)
			  ?: edges_merge(&p->cpus, &other->cpus, vm_map);

	for (u32 i = 0; i < other->nr_odd && !ret; i++) {
		struct pairs_odd *to;

		/* Lines ahead of the VMs that were met have no place in the map. */
		if (!other->odd[i])
			continue;
		to = odd_of(p, vm_map[i]);
		if (!to)
			return -ENOMEM;
		add_odd(to, other->odd[i]);
	}
	return ret;
}

u64 pairs_row_fast(const struct pairs *p, u32 edge)
{
	return edge_total(&p->edges, edge) - edge_count(&p->edges, edge, EDGE_PATH_SLOW) -
	       edge_count(&p->edges, edge, EDGE_PATH_OTHER);
}

static int pairs_events(void *self, const struct ipi_event *ev, u32 nr)
{
	return pairs_add(self, ev, nr);
}

static void *pairs_fork(const void *self)
{
	const struct pairs *p = self;
	struct pairs *part = calloc(1, sizeof(*part));

	if (part)
		part->want_cpus = p->want_cpus;
	return part;
}

static int pairs_join(void *self, void *part, const u32 *vm_map)
{
	return pairs_merge(self, part, vm_map);
}

static void pairs_drop(void *part)
{
	pairs_release(part);
	free(part);
}

static u64 pairs_bytes(const void *self)
{
	const struct pairs *p = self;

	return edges_bytes(&p->edges) + edges_bytes(&p->cpus);
}

const struct analysis_ops pairs_ops = {
	.name = "pairs",
	.needs = graph_needs,
	.events = pairs_events,
	.fork = pairs_fork,
	.join = pairs_join,
	.drop = pairs_drop,
	.bytes = pairs_bytes,
};
