// SPDX-License-Identifier: GPL-2.0-only
/* metrics.c - see metrics.h; the groups are found in metrics_groups.c. */
#define _GNU_SOURCE
#include "analysis/metrics.h"

#include <errno.h>
#include <stdlib.h>

const u32 metrics_coverage_percents[NR_COVERAGES] = { 50, 80, 90, 95, 99 };

struct pair_count *pairs_fold(const struct pairs *p, const struct pairs_summary *s, u32 *nr)
{
	struct pair_count *list = malloc(((size_t)s->pairs + 1) * sizeof(*list));
	struct pair_count *last = NULL;

	*nr = 0;
	for (u32 row = s->first; list && row < s->first + s->nr; row++) {
		u32 i = p->order[row];
		const struct edge_key *k = &edges_at(&p->edges, i)->key;

		if (!last || last->src != k->src || last->dst != k->dst) {
			last = &list[(*nr)++];
			*last = (struct pair_count){ .src = k->src, .dst = k->dst };
		}
		last->count += edge_total(&p->edges, i);
		last->known += edge_total(&p->edges, i) -
			       edge_count(&p->edges, i, EDGE_STATE_OTHER);
		last->runnable += edge_count(&p->edges, i, IPI_STATE_PREEMPTED) +
				  edge_count(&p->edges, i, IPI_STATE_WOKEN);
	}
	return list;
}

static int compare_weight(const void *a, const void *b)
{
	const struct pair_count *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	if (x->src != y->src)
		return x->src < y->src ? -1 : 1;
	return x->dst < y->dst ? -1 : x->dst > y->dst;
}

void pair_counts_by_weight(struct pair_count *list, u32 nr)
{
	qsort(list, nr, sizeof(*list), compare_weight);
}

void metrics_release(struct metrics *m)
{
	free(m->vcpu);
	free(m->group);
	free(m->edge);
	*m = (struct metrics){ 0 };
}

static int compare_ids(const void *a, const void *b)
{
	u32 x = ((const struct vcpu_metrics *)a)->id, y = ((const struct vcpu_metrics *)b)->id;

	return x < y ? -1 : x > y;
}

u32 metrics_index(const struct metrics *m, u32 id)
{
	struct vcpu_metrics want = { .id = id };
	const struct vcpu_metrics *v = bsearch(&want, m->vcpu, m->nr_vcpus, sizeof(want),
					       compare_ids);

	return (u32)(v - m->vcpu);
}

static int collect_vcpus(struct metrics *m)
{
	u32 kept = 0;

	m->vcpu = calloc(2 * (size_t)m->nr_edges + 1, sizeof(*m->vcpu));
	if (!m->vcpu)
		return -ENOMEM;
	for (u32 i = 0; i < m->nr_edges; i++) {
		m->vcpu[2 * i].id = m->edge[i].src;
		m->vcpu[2 * i + 1].id = m->edge[i].dst;
	}
	qsort(m->vcpu, 2 * (size_t)m->nr_edges, sizeof(*m->vcpu), compare_ids);
	for (u32 i = 0; i < 2 * m->nr_edges; i++)
		if (!kept || m->vcpu[i].id != m->vcpu[kept - 1].id)
			m->vcpu[kept++].id = m->vcpu[i].id;
	m->nr_vcpus = kept;
	return 0;
}

static int compare_edges(const void *a, const void *b)
{
	const struct pair_count *x = a, *y = b;

	if (x->src != y->src)
		return x->src < y->src ? -1 : 1;
	return x->dst < y->dst ? -1 : x->dst > y->dst;
}

/* IPIs the other way; the edges are by src, dst. */
static const struct pair_count *reverse_of(const struct metrics *m, const struct pair_count *e)
{
	struct pair_count want = { .src = e->dst, .dst = e->src };

	return bsearch(&want, m->edge, m->nr_edges, sizeof(want), compare_edges);
}

static void count_degrees(struct metrics *m)
{
	for (u32 i = 0; i < m->nr_edges; i++) {
		const struct pair_count *e = &m->edge[i], *back = reverse_of(m, e);
		struct vcpu_metrics *src = &m->vcpu[metrics_index(m, e->src)];
		struct vcpu_metrics *dst = &m->vcpu[metrics_index(m, e->dst)];

		src->out_degree++;
		dst->in_degree++;
		src->out_weight += e->count;
		dst->in_weight += e->count;
		m->weight += e->count;
		if (back && e->src > e->dst)
			continue;
		/* Each two vCPUs come here once. */
		if (e->src != e->dst) {
			src->partners++;
			dst->partners++;
		}
		m->one_way += !back		       ? e->count
			      : e->count > back->count ? e->count - back->count
						       : back->count - e->count;
	}
}

static void find_hubs(struct metrics *m)
{
	for (u32 i = 0; i < m->nr_vcpus; i++) {
		struct vcpu_metrics *v = &m->vcpu[i];
		unsigned __int128 own = v->out_weight + v->in_weight;

		/* The mean weight is 2 * all / vCPUs; twice that. */
		v->hub = v->partners >= 3 && 2 * (u64)v->partners >= m->nr_vcpus - 1 &&
			 own * m->nr_vcpus >= (unsigned __int128)4 * m->weight;
	}
}

static void count_coverage(struct metrics *m)
{
	unsigned __int128 sum = 0;
	u32 nr = 0;

	for (int i = 0; i < NR_COVERAGES; i++) {
		while (nr < m->nr_edges &&
		       sum * 100 < (unsigned __int128)m->weight * metrics_coverage_percents[i])
			sum += m->edge[nr++].count;
		m->coverage[i] = nr;
	}
}

/* Both directions of each edge as neighbours; the lists are not sorted, and need not be. */
static int find_groups(struct metrics *m, u32 *group)
{
	size_t nr = m->nr_vcpus;
	u32 *start = calloc(nr + 2, sizeof(*start));
	u32 *to = malloc((2 * (size_t)m->nr_edges + 1) * sizeof(*to));
	u64 *weight = malloc((2 * (size_t)m->nr_edges + 1) * sizeof(*weight));
	int ret = start && to && weight ? 0 : -ENOMEM;

	for (u32 i = 0; !ret && i < m->nr_vcpus; i++)
		start[i + 2] = start[i + 1] + m->vcpu[i].out_degree + m->vcpu[i].in_degree;
	for (u32 i = 0; !ret && i < m->nr_edges; i++) {
		u32 a = metrics_index(m, m->edge[i].src), b = metrics_index(m, m->edge[i].dst);

		to[start[a + 1]] = b;
		weight[start[a + 1]++] = m->edge[i].count;
		to[start[b + 1]] = a;
		weight[start[b + 1]++] = m->edge[i].count;
	}
	if (!ret)
		ret = metrics_groups(m->nr_vcpus, start, to, weight, group);
	free(start);
	free(to);
	free(weight);
	return ret;
}

struct group_order {
	struct group_metrics g;
	u32 number; /* by first node */
};

static int compare_groups(const void *a, const void *b)
{
	const struct group_order *x = a, *y = b;

	if (x->g.touching != y->g.touching)
		return x->g.touching > y->g.touching ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

static void weigh_groups(struct metrics *m, struct group_order *o)
{
	for (u32 i = 0; i < m->nr_vcpus; i++)
		o[m->vcpu[i].group].g.vcpus++;
	for (u32 i = 0; i < m->nr_edges; i++) {
		const struct pair_count *e = &m->edge[i];
		u32 a = m->vcpu[metrics_index(m, e->src)].group;
		u32 b = m->vcpu[metrics_index(m, e->dst)].group;

		o[a].g.touching += e->count;
		if (a == b) {
			o[a].g.inside += e->count;
			m->inside += e->count;
		} else {
			o[b].g.touching += e->count;
		}
	}
}

/* Numbers the groups by what they carry. */
static int name_groups(struct metrics *m, const u32 *group)
{
	struct group_order *o;
	u32 *rank;

	for (u32 i = 0; i < m->nr_vcpus; i++) {
		m->vcpu[i].group = group[i];
		m->nr_groups = max_of(m->nr_groups, group[i] + 1);
	}
	o = calloc((size_t)m->nr_groups + 1, sizeof(*o));
	rank = calloc((size_t)m->nr_groups + 1, sizeof(*rank));
	m->group = calloc((size_t)m->nr_groups + 1, sizeof(*m->group));
	if (o && rank && m->group) {
		for (u32 g = 0; g < m->nr_groups; g++)
			o[g].number = g;
		weigh_groups(m, o);
		qsort(o, m->nr_groups, sizeof(*o), compare_groups);
		for (u32 g = 0; g < m->nr_groups; g++) {
			m->group[g] = o[g].g;
			rank[o[g].number] = g;
		}
		for (u32 i = 0; i < m->nr_vcpus; i++)
			m->vcpu[i].group = rank[m->vcpu[i].group];
	}
	free(o);
	free(rank);
	return o && rank && m->group ? 0 : -ENOMEM;
}

int metrics_init(struct metrics *m, const struct pairs *p, const struct pairs_summary *s)
{
	u32 *group = NULL;
	int ret;

	*m = (struct metrics){ 0 };
	m->edge = pairs_fold(p, s, &m->nr_edges);
	ret = m->edge ? collect_vcpus(m) : -ENOMEM;
	if (!ret) {
		count_degrees(m);
		find_hubs(m);
		group = malloc(((size_t)m->nr_vcpus + 1) * sizeof(*group));
		ret = group ? find_groups(m, group) ?: name_groups(m, group) : -ENOMEM;
	}
	free(group);
	if (ret)
		return ret;
	pair_counts_by_weight(m->edge, m->nr_edges);
	count_coverage(m);
	return 0;
}
