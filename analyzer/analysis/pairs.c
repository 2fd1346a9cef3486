// SPDX-License-Identifier: GPL-2.0-only
/*
 * pairs.c - see pairs.h. Adding touches an edge and a VM's line; everything else is summed up at
 * the end (pairs_sum.c).
 */
#include "analysis/pairs.h"
#include "util/rows.h"

#include <errno.h>
#include <stdlib.h>

void pairs_release(struct pairs *p)
{
	edges_release(&p->edges);
	edges_release(&p->cpus);
	for (u32 i = 0; i < p->nr_vm; i++)
		free(p->vm[i].odd);
	free(p->vm);
	free(p->order);
	free(p->cpu_order);
	free(p->summary);
	*p = (struct pairs){ 0 };
}

static struct pairs_vm *vm_line(struct pairs *p, u32 vm)
{
	struct pairs_vm *grown = rows_zeroed(p->vm, &p->nr_vm, vm, sizeof(*grown));

	if (!grown)
		return NULL;
	p->vm = grown;
	return &p->vm[vm];
}

static struct pairs_odd *odd_of(struct pairs_vm *line)
{
	if (!line->odd)
		line->odd = calloc(1, sizeof(*line->odd));
	return line->odd;
}

static int count_odd(struct pairs *p, const struct ipi_event *ev, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		struct pairs_odd *odd;

		if (ev[i].state < NR_IPI_STATES && ev[i].path < NR_IPI_PATHS)
			continue;
		odd = odd_of(&p->vm[ev[i].vm]);
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

/* The sender's CPU is never unknown, so that a receiver's that equals it is known. */
static inline unsigned int where_last(const struct ipi_event *ev)
{
	_Static_assert(!PAIRS_CPU_UNKNOWN && PAIRS_CPU_OTHER == 1 && PAIRS_CPU_SENDERS == 2, "a sum");
	return (~(u32)ev->dst_cpu >> 31) + (ev->dst_cpu == (s32)ev->cpu);
}

int pairs_add(struct pairs *p, const struct ipi_event *ev, u32 nr)
{
	int ret = edges_add(&p->edges, ev, nr);

	if (!ret && p->want_cpus)
		ret = edges_add_cpus(&p->cpus, ev, nr);
	if (ret)
		return ret;
	for (u32 i = 0; i < nr; i++) {
		struct pairs_vm *line;

		if (unlikely(ev[i].vm >= p->nr_vm) && !vm_line(p, ev[i].vm))
			return -ENOMEM;
		line = &p->vm[ev[i].vm];
		line->cpu[where_last(&ev[i])]++;
	}
	if (likely(!p->edges.odd))
		return 0;
	p->edges.odd = false;
	return count_odd(p, ev, nr);
}

static int merge_odd(struct pairs_vm *line, const struct pairs_odd *from)
{
	struct pairs_odd *to = odd_of(line);

	if (!to)
		return -ENOMEM;
	for (int n = 0; n < 256; n++) {
		to->state[n] += from->state[n];
		to->path[n] += from->path[n];
	}
	to->no_state += from->no_state;
	to->no_path += from->no_path;
	return 0;
}

int pairs_merge(struct pairs *p, const struct pairs *other, const u32 *vm_map)
{
	int ret = edges_merge(&p->edges, &other->edges, vm_map) ?:
		  edges_merge(&p->cpus, &other->cpus, vm_map);

	for (u32 i = 0; i < other->nr_vm && !ret; i++) {
		const struct pairs_vm *from = &other->vm[i];
		struct pairs_vm *to;

		/* Lines ahead of the VMs that were met have no place in the map. */
		if (!(from->cpu[0] | from->cpu[1] | from->cpu[2]))
			continue;
		to = vm_line(p, vm_map[i]);
		if (!to)
			return -ENOMEM;
		for (unsigned int n = 0; n < NR_PAIRS_CPUS; n++)
			to->cpu[n] += from->cpu[n];
		if (from->odd)
			ret = merge_odd(to, from->odd);
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
	int ret = pairs_merge(self, part, vm_map);

	pairs_release(part);
	free(part);
	return ret;
}

static u64 pairs_bytes(const void *self)
{
	const struct pairs *p = self;

	return edges_bytes(&p->edges) + edges_bytes(&p->cpus);
}

const struct analysis_ops pairs_ops = {
	.ordered = false, .events = pairs_events, .fork = pairs_fork, .join = pairs_join,
	.bytes = pairs_bytes,
};
