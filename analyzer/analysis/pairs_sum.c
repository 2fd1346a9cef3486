// SPDX-License-Identifier: GPL-2.0-only
/*
 * pairs_sum.c - see pairs.h: what the edges add up to for each VM, and their order.
 *
 * Edges lie in the order in which they were first met, a few millions of them in a large graph, and
 * are summed up in that order, one behind the other in memory. Only what is shown row by row is
 * sorted.
 */
#define _GNU_SOURCE
#include "analysis/pairs.h"
#include "util/order.h"
#include "util/rows.h"

#include <errno.h>
#include <stdlib.h>

/*
 * The ids of each VM: a bit each; those too large for that, which KVM's are not, are collected.
 */
#define SET_IDS (1u << 14)

struct id_sets {
	u64 (*bit)[SET_IDS / 64]; /* by the VM's rank */
	u64 *rare;		  /* rank << 32 | id */
	u32 nr_rare, room;
};

static int id_add_rare(struct id_sets *sets, u32 rank, u32 id)
{
	u64 *grown = rows_grown(sets->rare, &sets->room, sets->nr_rare, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	sets->rare = grown;
	sets->rare[sets->nr_rare++] = (u64)rank << 32 | id;
	return 0;
}

static inline int id_add(struct id_sets *sets, u32 rank, u32 id)
{
	if (unlikely(id >= SET_IDS))
		return id_add_rare(sets, rank, id);
	sets->bit[rank][id / 64] |= 1ull << id % 64;
	return 0;
}

/* How many ids each VM has. */
static void count_ids(const struct id_sets *sets, struct pairs_summary *sum, u32 nr_vm)
{
	for (u32 r = 0; r < nr_vm; r++)
		for (u32 i = 0; i < SET_IDS / 64 && sum[r].nr; i++)
			sum[r].vcpus += (u32)__builtin_popcountll(sets->bit[r][i]);
	/* Of nothing there may be no list, which qsort() must not be given. */
	if (sets->nr_rare)
		qsort(sets->rare, sets->nr_rare, sizeof(*sets->rare), order_u64);
	for (u32 i = 0; i < sets->nr_rare; i++)
		if (!i || sets->rare[i] != sets->rare[i - 1])
			sum[sets->rare[i] >> 32].vcpus++;
}

/* IPIs of one vector, whatever the state of their receivers. */
static void add_ipis(struct pairs_summary *s, u32 vector, u64 n)
{
	s->ipis += n;
	s->vector[min_of(vector, (u32)IPI_VECTOR_NONE)] += n;
	s->cpu_known += n;
}

/* What the edge itself counts, and what it has of rare ones. */
static void add_row(const struct edges *t, struct pairs_summary *s, u32 i)
{
	const struct edge *e = edges_at(t, i);
	u64 total = 0;

	for (unsigned int state = 0; state < NR_IPI_STATES; state++) {
		s->state[state] += e->n[state];
		total += e->n[state];
	}
	if (unlikely(e->odd)) {
		s->state[NR_IPI_STATES] += edge_count(t, i, EDGE_STATE_OTHER);
		s->path_other += edge_count(t, i, EDGE_PATH_OTHER);
		total += edge_count(t, i, EDGE_STATE_OTHER);
	}
	add_ipis(s, e->key.vector, total);
	s->nr++;
	s->first_ts = min_of(s->first_ts, e->first);
	s->last_ts = max_of(s->last_ts, e->last);
	s->path[IPI_PATH_SLOW] += e->n[EDGE_PATH_SLOW];
	s->cpu_same += e->n[EDGE_CPU_SENDERS];
	s->cpu_known -= e->n[EDGE_CPU_UNKNOWN];
}

/* What is carried of a counter: of few edges, so that rows need not look for it. */
static void add_carry(struct pairs_summary *s, u32 vector, const struct edge_carry *c)
{
	if (c->which < NR_IPI_STATES) {
		s->state[c->which] += c->amount;
		add_ipis(s, vector, c->amount);
	} else if (c->which == EDGE_PATH_SLOW) {
		s->path[IPI_PATH_SLOW] += c->amount;
	} else if (c->which == EDGE_CPU_SENDERS) {
		s->cpu_same += c->amount;
	} else {
		s->cpu_known -= c->amount;
	}
}

/* Once through all edges, as they lie in memory. row_rank: each one's VM's rank, to be filled. */
static int add_rows(struct pairs *p, const u32 *rank, struct id_sets *sets, u16 *row_rank)
{
	const struct edges *t = &p->edges;
	int ret = 0;

	for (u32 i = 0; i < t->nr && !ret; i++) {
		struct edge_key key = edges_at(t, i)->key;
		u32 r = rank[key.vm];

		_Static_assert(VMS_MAX <= UINT16_MAX, "a rank fits");
		row_rank[i] = (u16)r;
		add_row(t, &p->summary[r], i);
		ret = id_add(sets, r, key.src) ?: id_add(sets, r, key.dst);
	}
	for (u32 i = 0; i < t->nr_carries; i++) {
		struct edge_key key = edges_at(t, t->carry[i].edge)->key;

		add_carry(&p->summary[rank[key.vm]], key.vector, &t->carry[i]);
	}
	return ret;
}

static int summarise(struct pairs *p, const u32 *rank, u32 nr_vm, u16 *row_rank)
{
	struct id_sets sets = { .bit = calloc(max_of(nr_vm, 1u), sizeof(*sets.bit)) };
	int ret = sets.bit ? add_rows(p, rank, &sets, row_rank) : -ENOMEM;

	if (!ret)
		count_ids(&sets, p->summary, nr_vm);
	free(sets.bit);
	free(sets.rare);
	return ret;
}

/* What follows from the sums; VMs without an IPI are left out. */
static void finish_summaries(struct pairs *p, u32 nr_vm)
{
	u32 first = 0;

	for (u32 r = 0; r < nr_vm; r++) {
		struct pairs_summary *s = &p->summary[p->nr_summaries];

		if (!p->summary[r].nr)
			continue;
		if (s != &p->summary[r])
			*s = p->summary[r];
		s->first = first;
		s->path[IPI_PATH_FAST] = s->ipis - s->path[IPI_PATH_SLOW] - s->path_other;
		if (s->vm < p->nr_odd && p->odd[s->vm])
			s->path_none = p->odd[s->vm]->no_path;
		first += s->nr;
		p->nr_summaries++;
	}
}

/* Where in the order the rows of each VM begin, by its rank. */
static u32 *find_starts(const struct pairs_summary *sum, u32 nr_vm)
{
	u32 *start = calloc(max_of(nr_vm, 1u), sizeof(*start));

	for (u32 r = 0; r < nr_vm && start; r++)
		start[r] = sum[r].nr;
	if (start)
		order_starts(start, nr_vm);
	return start;
}

static int compare_numbers(const void *a, const void *b, void *vm)
{
	const struct vm *list = vm;

	return vm_compare(&list[*(const u32 *)a], &list[*(const u32 *)b]);
}

/*
 * rank[vm]: its place among all VMs by pid and id; the other way round in the summaries, which are
 * empty. To be freed.
 */
static u32 *rank_vms(struct pairs *p, const struct vms *vms)
{
	u32 *rank = calloc(max_of(vms->nr, 1u), sizeof(*rank));
	u32 *by = malloc(max_of(vms->nr, 1u) * sizeof(*by));

	p->summary = malloc(max_of(vms->nr, 1u) * sizeof(*p->summary));
	if (!rank || !by || !p->summary) {
		free(by);
		free(rank);
		return NULL;
	}
	for (u32 i = 0; i < vms->nr; i++)
		by[i] = i;
	qsort_r(by, vms->nr, sizeof(*by), compare_numbers, vms->vm);
	for (u32 i = 0; i < vms->nr; i++) {
		rank[by[i]] = i;
		p->summary[i] = (struct pairs_summary){ .vm = by[i], .first_ts = UINT64_MAX };
	}
	free(by);
	return rank;
}

/* Where in the CPUs' order the rows of each VM are, by its rank. */
static void find_cpu_rows(struct pairs *p, const u32 *rank)
{
	for (u32 i = 0; p->cpu_order && i < p->cpus.nr; i++) {
		u32 vm = edges_at(&p->cpus, p->cpu_order[i])->key.vm;
		struct pairs_summary *s = &p->summary[rank[vm]];

		if (!s->nr_cpu++)
			s->cpu_first = i;
	}
}

int pairs_sum(struct pairs *p, const struct vms *vms)
{
	u32 *rank = rank_vms(p, vms), *start = NULL;
	u16 *row_rank = malloc(max_of(p->edges.nr, 1u) * sizeof(*row_rank));
	int ret = rank && row_rank ? summarise(p, rank, vms->nr, row_rank) : -ENOMEM;

	edges_seal(&p->edges);
	edges_seal(&p->cpus);
	if (!ret) {
		start = find_starts(p->summary, vms->nr);
		p->order = start ? edges_grouped(row_rank, p->edges.nr, start) : NULL;
		p->cpu_order = edges_sorted(&p->cpus, rank, vms->nr);
		find_cpu_rows(p, rank);
		finish_summaries(p, vms->nr);
		ret = p->order && p->cpu_order ? 0 : -ENOMEM;
	}
	free(start);
	free(row_rank);
	free(rank);
	return ret;
}

int pairs_sort(struct pairs *p, struct pairs_summary *s)
{
	s64 pairs;

	if (s->sorted)
		return 0;
	pairs = edges_sort(&p->edges, p->order + s->first, s->nr);
	if (pairs < 0)
		return (int)pairs;
	s->pairs = (u32)pairs;
	s->sorted = true;
	return 0;
}

int pairs_finish(struct pairs *p, const struct vms *vms)
{
	int ret = pairs_sum(p, vms);

	for (u32 i = 0; i < p->nr_summaries && !ret; i++)
		ret = pairs_sort(p, &p->summary[i]);
	return ret;
}
