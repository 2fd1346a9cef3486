// SPDX-License-Identifier: GPL-2.0-only
/*
 * pairs.c - see pairs.h. Adding touches an edge and a VM's line; everything else is summed up at
 * the end.
 */
#define _GNU_SOURCE
#include "analysis/pairs.h"
#include "util/rows.h"
#include "util/order.h"

#include <errno.h>
#include <stdlib.h>

#define ROWS_AHEAD 48
#define BITMAP_IDS (1u << 20) /* KVM's vCPU ids stay far below; others take the slow way */

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

void pairs_vectors(const struct pairs *p, const struct pairs_summary *s,
		   u64 count[IPI_VECTOR_NONE + 1])
{
	memset(count, 0, (IPI_VECTOR_NONE + 1) * sizeof(*count));
	for (u32 row = s->first; row < s->first + s->nr; row++) {
		u32 vector = edges_at(&p->edges, p->order[row])->key.vector;

		count[min_of(vector, (u32)IPI_VECTOR_NONE)] += edge_total(&p->edges, p->order[row]);
	}
}

static int compare_numbers(const void *a, const void *b, void *vm)
{
	const struct vm *list = vm;

	return vm_compare(&list[*(const u32 *)a], &list[*(const u32 *)b]);
}

/* rank[vm]: its place among all VMs by pid and id. To be freed. */
static u32 *rank_vms(const struct vms *vms)
{
	u32 *rank = calloc(max_of(vms->nr, 1u), sizeof(*rank));
	u32 *by = malloc(max_of(vms->nr, 1u) * sizeof(*by));

	for (u32 i = 0; rank && by && i < vms->nr; i++)
		by[i] = i;
	if (rank && by) {
		qsort_r(by, vms->nr, sizeof(*by), compare_numbers, vms->vm);
		for (u32 i = 0; i < vms->nr; i++)
			rank[by[i]] = i;
	} else {
		free(rank);
		rank = NULL;
	}
	free(by);
	return rank;
}

static u32 distinct_sorted(u32 *id, u32 nr)
{
	u32 distinct = 0;

	/* Of nothing there may be no list, which qsort() must not be given. */
	if (nr)
		qsort(id, nr, sizeof(*id), order_u32);
	for (u32 i = 0; i < nr; i++)
		distinct += !i || id[i] != id[i - 1];
	return distinct;
}

/*
 * The ids of one VM: a bit and a place in a list each; those too large for that are only collected.
 */
struct id_set {
	u64 bit[BITMAP_IDS / 64];
	u32 id[BITMAP_IDS];
	u32 nr;
	u32 *rare;
	u32 nr_rare, room;
};

static int id_add_rare(struct id_set *set, u32 id)
{
	u32 *grown = rows_grown(set->rare, &set->room, set->nr_rare, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	set->rare = grown;
	set->rare[set->nr_rare++] = id;
	return 0;
}

static inline int id_add(struct id_set *set, u32 id)
{
	u64 mask = 1ull << id % 64;

	if (unlikely(id >= BITMAP_IDS))
		return id_add_rare(set, id);
	if (!(set->bit[id / 64] & mask))
		set->id[set->nr++] = id;
	set->bit[id / 64] |= mask;
	return 0;
}

/* How many ids there are; the set is empty then. */
static u32 id_count(struct id_set *set)
{
	u32 distinct = set->nr + distinct_sorted(set->rare, set->nr_rare);

	for (u32 i = 0; i < set->nr; i++)
		set->bit[set->id[i] / 64] = 0;
	set->nr = set->nr_rare = 0;
	return distinct;
}

static void add_row(const struct pairs *p, struct pairs_summary *s, u32 i)
{
	const struct edge *e = edges_at(&p->edges, i);
	u64 total = edge_total(&p->edges, i);
	u64 slow = edge_count(&p->edges, i, EDGE_PATH_SLOW);
	u64 other = edge_count(&p->edges, i, EDGE_PATH_OTHER);

	s->nr++;
	s->ipis += total;
	s->first_ts = min_of(s->first_ts, e->first);
	s->last_ts = max_of(s->last_ts, e->last);
	s->path[IPI_PATH_FAST] += total - slow - other;
	s->path[IPI_PATH_SLOW] += slow;
	s->path_other += other;
	for (unsigned int n = 0; n <= NR_IPI_STATES; n++)
		s->state[n] += edge_count(&p->edges, i, n);
}

static struct pairs_summary *begin_summary(struct pairs *p, u32 vm, u32 row)
{
	struct pairs_summary *s = &p->summary[p->nr_summaries++];

	*s = (struct pairs_summary){ .vm = vm, .first = row, .first_ts = UINT64_MAX };
	if (vm < p->nr_vm && p->vm[vm].odd)
		s->path_none = p->vm[vm].odd->no_path;
	return s;
}

/* Once through all rows, which lie anywhere in a large graph: each is fetched some rows ahead. */
static int summarise_rows(struct pairs *p, struct id_set *set)
{
	struct pairs_summary *s = NULL;
	struct edge_key last = { .vector = UINT32_MAX };
	int ret = 0;

	for (u32 row = 0; row < p->edges.nr && !ret; row++) {
		struct edge_key key = edges_at(&p->edges, p->order[row])->key;

		if (row + ROWS_AHEAD < p->edges.nr)
			edges_prefetch(&p->edges, p->order[row + ROWS_AHEAD]);
		if (!s || s->vm != key.vm) {
			if (s)
				s->vcpus = id_count(set);
			s = begin_summary(p, key.vm, row);
			last.vector = UINT32_MAX;
		}
		if (last.vector == UINT32_MAX || last.src != key.src || last.dst != key.dst) {
			s->pairs++;
			ret = id_add(set, key.src) ?: id_add(set, key.dst);
		}
		add_row(p, s, p->order[row]);
		last = key;
	}
	if (s)
		s->vcpus = id_count(set);
	return ret;
}

static int summarise(struct pairs *p)
{
	struct id_set *set = calloc(1, sizeof(*set));
	int ret = set ? summarise_rows(p, set) : -ENOMEM;

	if (set)
		free(set->rare);
	free(set);
	return ret;
}

int pairs_finish(struct pairs *p, const struct vms *vms)
{
	u32 *rank = rank_vms(vms);
	int ret = -ENOMEM;

	edges_seal(&p->edges);
	edges_seal(&p->cpus);
	p->summary = malloc(max_of(vms->nr, 1u) * sizeof(*p->summary));
	if (rank && p->summary) {
		p->order = edges_sorted(&p->edges, rank);
		p->cpu_order = edges_sorted(&p->cpus, rank);
		if (p->order && p->cpu_order)
			ret = summarise(p);
	}
	free(rank);
	return ret;
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
