// SPDX-License-Identifier: GPL-2.0-only
/* picture_view.c - see picture_view.h. */
#define _GNU_SOURCE
#include "view/picture_view.h"
#include "util/order.h"
#include "view/cells.h"

#include <errno.h>
#include <stdlib.h>

char *vm_title(const struct vm_view *vm)
{
	char label[VIEW_VM_LABEL], name[128] = "", *title;

	if (vm->name)
		text_cut(vm->name, 32, name, sizeof(name));
	if (asprintf(&title, "VM %s%s%s", vm_view_label(vm, label), name[0] ? " " : "", name) < 0)
		return NULL;
	return title;
}

static char *heat_title(const struct graph_builder *g, u32 i)
{
	const struct vm_view *vm = &g->vm[i];
	char *head = vm_title(vm), *title = NULL;

	double ns = (double)g->g.duration_ns;
	bool seconds = ns >= 1e9, millis = ns >= 1e6;

	if (head && g->s->trace.ticks) {
		if (asprintf(&title, "%s: %llu IPIs", head, vm->ipis) < 0)
			title = NULL;
	} else if (head && asprintf(&title, "%s: %llu IPIs in %.3f %s", head, vm->ipis,
				    ns / (seconds  ? 1e9
					  : millis ? 1e6
						   : 1e3),
				    seconds  ? "s"
				    : millis ? "ms"
					     : "\xc2\xb5s") < 0)
		title = NULL;
	free(head);
	return title;
}

/* Room for the counts, and what the colours mean. */
static int picture_view_begin(struct heat_builder *s, const struct graph_builder *g, u32 i,
			      enum heat_what what)
{
	struct heat *h = &s->h;
	u64 cells = (u64)h->rows.nr * h->cols.nr;

	if (cells > CELLS_MAX)
		return -EFBIG;
	s->num = calloc(cells + 1, sizeof(*s->num));
	s->den = what == HEAT_RUNNABLE ? calloc(cells + 1, sizeof(*s->den)) : NULL;
	s->title = heat_title(g, i);
	if (!s->num || (what == HEAT_RUNNABLE && !s->den) || !s->title)
		return -ENOMEM;
	h->num = s->num;
	h->den = s->den;
	h->title = s->title;
	h->factor = 1;
	h->value_title = "IPIs";
	if (what == HEAT_RUNNABLE) {
		h->value_title = "receivers that were runnable, % of IPIs";
		h->factor = 100;
		h->top = 100;
	} else if (what == HEAT_RATE) {
		h->value_title = "IPIs per second";
		h->factor = 1e9 / (double)max_of(g->g.duration_ns, 1ull);
	}
	return 0;
}

static void picture_view_add(struct heat_builder *s, size_t at, u64 count, u64 known, u64 runnable)
{
	s->num[at] += s->den ? runnable : count;
	if (s->den)
		s->den[at] += known;
}

int heat_view_matrix(struct heat_builder *s, const struct graph_builder *g, u32 i, enum heat_by by,
		     enum heat_what what)
{
	struct cells cells;
	int ret = cells_init(&cells, g->pairs, i, by == HEAT_BY_CPU);
	u32 nr = cells.nr_ids;

	*s = (struct heat_builder){ .id = cells.id };
	if (ret)
		return ret;
	s->h.rows = (struct heat_axis){ .title = by == HEAT_BY_CPU ? "CPU of the sender"
								   : "sending vCPU",
					.unit_many = by == HEAT_BY_CPU ? "CPUs" : "vCPUs",
					.nr = nr,
					.id = s->id };
	s->h.cols = s->h.rows;
	s->h.cols.title = by == HEAT_BY_CPU ? "CPU where the receiver was last" : "receiving vCPU";
	ret = picture_view_begin(s, g, i, what);
	for (u32 k = 0; k < cells.nr && !ret; k++) {
		struct cell_count c = cells_at(&cells, k);

		picture_view_add(s, (size_t)c.row * nr + c.col, c.count, c.known, c.runnable);
	}
	return ret;
}

static int compare_places(const void *a, const void *b, void *topology)
{
	return topology_compare(topology, *(const u32 *)a, *(const u32 *)b);
}

/* The matrix with row and column i being what from[i] was. */
static u64 *permuted(const u64 *cells, const u32 *from, u32 nr)
{
	u64 *moved = cells ? malloc(((size_t)nr * nr + 1) * sizeof(*moved)) : NULL;

	for (u32 r = 0; r < nr && moved; r++)
		for (u32 c = 0; c < nr; c++)
			moved[(size_t)r * nr + c] = cells[(size_t)from[r] * nr + from[c]];
	return moved;
}

int heat_view_order(struct heat_builder *s, const struct topology *t)
{
	u32 nr = s->h.rows.nr, *id = malloc((nr + 1) * sizeof(*id));
	u32 *from = malloc((nr + 1) * sizeof(*from));
	bool *divided = calloc(nr + 1, sizeof(*divided));
	u64 *num = NULL, *den = NULL;
	int ret = -ENOMEM;

	if (id && from && divided) {
		memcpy(id, s->id, nr * sizeof(*id));
		qsort_r(id, nr, sizeof(*id), compare_places, (void *)t);
		for (u32 i = 0; i < nr; i++) {
			const u32 *was = bsearch(&id[i], s->id, nr, sizeof(*id), order_u32);

			from[i] = (u32)(was - s->id);
			divided[i] = i && topology_divides(t, id[i - 1], id[i]);
		}
		num = permuted(s->num, from, nr);
		den = permuted(s->den, from, nr);
	}
	if (num && (den || !s->den)) {
		memcpy(s->id, id, nr * sizeof(*id));
		free(s->num);
		free(s->den);
		s->h.num = s->num = num;
		s->h.den = s->den = den;
		s->h.rows.divided = s->h.cols.divided = s->divided = divided;
		s->h.rows.title = "CPU of the sender, by node, cache and core";
		s->h.cols.title = "CPU where the receiver was last";
		ret = 0;
	} else {
		free(num);
		free(den);
		free(divided);
	}
	free(id);
	free(from);
	return ret;
}

int heat_view_latency(struct heat_builder *s, const struct graph_builder *g,
		      const struct latency *l, u32 i, enum latency_stage stage)
{
	static const char *const titles[NR_LATENCY_STAGES] = {
		"99th percentile until accepted, \xc2\xb5s",
		"99th percentile until injected, \xc2\xb5s",
		"99th percentile until acknowledged, \xc2\xb5s",
		"99th percentile until the receiver ran, \xc2\xb5s",
	};
	/* Shares have what is needed: a number for each cell, and whether there is one. */
	int ret = heat_view_matrix(s, g, i, HEAT_BY_VCPU, HEAT_RUNNABLE);
	u32 nr = s->h.rows.nr, nr_of_vm;
	const struct latency_row *of_vm;

	if (ret)
		return ret;
	memset(s->num, 0, (size_t)nr * nr * sizeof(*s->num));
	memset(s->den, 0, (size_t)nr * nr * sizeof(*s->den));
	s->h.value_title = titles[stage];
	s->h.factor = 1e-3;
	s->h.top = 0;
	nr_of_vm = latency_rows_of(l, g->pairs->summary[i].vm, &of_vm);
	for (u32 k = 0; k < nr_of_vm; k++) {
		const struct latency_row *r = &of_vm[k];
		const u32 *row, *col;

		if (r->key.src == LATENCY_ANY || !r->hist[stage].nr)
			continue;
		row = bsearch(&r->key.src, s->id, nr, sizeof(*s->id), order_u32);
		col = bsearch(&r->key.dst, s->id, nr, sizeof(*s->id), order_u32);
		if (!row || !col)
			continue;
		s->num[(size_t)(row - s->id) * nr + (size_t)(col - s->id)] = hist_percentile(
			&r->hist[stage], 99, 100);
		s->den[(size_t)(row - s->id) * nr + (size_t)(col - s->id)] = 1;
	}
	return 0;
}

/* The first chosen pair whose VM is not below this one: they are sorted by VM. */
static u32 pair_at(const struct timeline *t, u64 vm)
{
	u32 low = 0, high = t->nr_pairs;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (t->pair[middle].vm < vm)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Rows of the timeline, most IPIs first. */
static void rows_by_count(const struct timeline *t, u32 first, u32 nr, u32 *row, u64 *total)
{
	for (u32 i = 0; i < nr; i++) {
		const u64 *count = t->pair_count + (size_t)(first + i) * t->nr_bins;
		u64 sum = 0;
		u32 at;

		for (u32 b = 0; b < t->nr_bins; b++)
			sum += count[b];
		for (at = i; at && total[at - 1] < sum; at--) {
			total[at] = total[at - 1];
			row[at] = row[at - 1];
		}
		total[at] = sum;
		row[at] = first + i;
	}
}

static const char *time_unit(u64 span_ns, double *per_ns)
{
	*per_ns = span_ns >= 1000000000 ? 1e-9 : span_ns >= 1000000 ? 1e-6 : 1e-3;
	return span_ns >= 1000000000 ? "time since the first record (s)"
	       : span_ns >= 1000000  ? "time since the first record (ms)"
				     : "time since the first record (\xc2\xb5s)";
}

int heat_view_time(struct heat_builder *s, const struct graph_builder *g, const struct timeline *t,
		   u32 i, enum heat_what what)
{
	u32 vm = g->pairs->summary[i].vm, first = pair_at(t, vm);
	u32 nr = pair_at(t, vm + 1ull) - first;
	u32 *row = calloc((size_t)nr + 1, sizeof(*row));
	u64 *total = calloc((size_t)nr + 1, sizeof(*total));
	double per_ns;
	int ret = -ENOMEM;

	*s = (struct heat_builder){ 0 };
	s->name = calloc((size_t)nr + 1, sizeof(*s->name));
	if (row && total && s->name) {
		rows_by_count(t, first, nr, row, total);
		s->h.rows = (struct heat_axis){ .title = "sender -> receiver",
						.unit_many = "pairs",
						.nr = nr,
						.name = s->name };
		s->h.cols = (struct heat_axis){ .nr = t->nr_bins,
						.unit_many = "stretches of time" };
		s->h.cols.title = time_unit(t->bin_ns * t->nr_bins, &per_ns);
		s->h.cols.step = (double)t->bin_ns * per_ns;
		ret = picture_view_begin(s, g, i, what);
		if (what == HEAT_RATE)
			s->h.factor = 1e9 / (double)t->bin_ns;
		for (u32 r = 0; r < nr && !ret; r++) {
			const struct timeline_pair *p = &t->pair[row[r]];

			if (asprintf(&s->name[r], "%u -> %u", p->src, p->dst) < 0) {
				s->name[r] = NULL;
				ret = -ENOMEM;
			}
			for (u32 b = 0; b < t->nr_bins && !ret; b++) {
				size_t from = (size_t)row[r] * t->nr_bins + b;

				picture_view_add(s, (size_t)r * t->nr_bins + b, t->pair_count[from],
						 t->pair_known[from], t->pair_runnable[from]);
			}
		}
	}
	free(row);
	free(total);
	return ret;
}

void heat_view_release(struct heat_builder *s)
{
	for (u32 i = 0; s->name && i < s->h.rows.nr; i++)
		free(s->name[i]);
	free(s->name);
	free(s->id);
	free(s->divided);
	free(s->num);
	free(s->den);
	free(s->title);
	*s = (struct heat_builder){ 0 };
}

/* Four edges a vCPU are about what an eye can follow; 200 are what dot lays out in seconds. */
static u32 edges_shown(const struct metrics *m, u32 entries)
{
	u32 limit = entries ? entries : min_of(max_of(4 * m->nr_vcpus, 20u), 200u);

	return min_of(limit, m->nr_edges);
}

static void copy_metrics(struct net *n, const struct metrics *m)
{
	_Static_assert(NET_COVERAGES == NR_COVERAGES, "views and metrics agree");
	for (u32 i = 0; i < m->nr_vcpus; i++) {
		const struct vcpu_metrics *v = &m->vcpu[i];

		n->node[i] = (struct net_node){ v->id,	     v->out_degree, v->in_degree,
						v->partners, v->out_weight, v->in_weight,
						v->group,    v->hub };
	}
	for (u32 i = 0; i < m->nr_edges; i++)
		n->edge[i] = (struct net_edge){ m->edge[i].src, m->edge[i].dst, m->edge[i].count,
						m->edge[i].known, m->edge[i].runnable };
	for (u32 i = 0; i < m->nr_groups; i++)
		n->group[i] = (struct net_group){ m->group[i].vcpus, m->group[i].inside,
						  m->group[i].touching };
	for (u32 i = 0; i < NET_COVERAGES; i++) {
		n->percent[i] = metrics_coverage_percents[i];
		n->coverage[i] = m->coverage[i];
	}
}

int net_view_init(struct net_builder *s, const struct graph_builder *g, u32 i, u32 entries)
{
	struct metrics m;
	struct net *n = &s->n;
	int ret = metrics_init(&m, g->pairs, &g->pairs->summary[i]);

	*s = (struct net_builder){ 0 };
	if (!ret) {
		s->title = vm_title(&g->vm[i]);
		*n = (struct net){
			.vm = &g->vm[i],
			.title = s->title,
			.nr_nodes = m.nr_vcpus,
			.nr_edges = m.nr_edges,
			.nr_shown = edges_shown(&m, entries),
			.nr_groups = m.nr_groups,
			.weight = m.weight,
			.one_way = m.one_way,
			.inside = m.inside,
			.node = malloc(((size_t)m.nr_vcpus + 1) * sizeof(*n->node)),
			.edge = malloc(((size_t)m.nr_edges + 1) * sizeof(*n->edge)),
			.group = malloc(((size_t)m.nr_groups + 1) * sizeof(*n->group)),
		};
		ret = s->title && n->node && n->edge && n->group ? 0 : -ENOMEM;
	}
	if (!ret)
		copy_metrics(n, &m);
	metrics_release(&m);
	return ret;
}

void net_view_release(struct net_builder *s)
{
	free(s->title);
	free(s->n.node);
	free(s->n.edge);
	free(s->n.group);
	*s = (struct net_builder){ 0 };
}
