// SPDX-License-Identifier: GPL-2.0-only
/*
 * graph_text.c - see graph_text.h.
 *
 * First what was read and what is missing from it, then the VMs: a table of all when there are
 * several, and a block for each of the busiest. Lines that begin with # are remarks; awk and
 * gnuplot skip them.
 */
#include "output/graph_text.h"
#include "output/coverage_out.h"
#include "output/graph_lines.h"
#include "output/remarks.h"
#include "output/table.h"
#include "output/vm_table.h"
#include "util/rounded.h"

#include <errno.h>
#include <stdlib.h>

#define BLOCKS_MAX   8 /* VMs in full, unless all are asked for */
#define PAIR_VECTORS 3 /* in a pair's line */

const char *const graph_sort_names[] = { "count",    "src",  "dst",   "first", "last",
					 "runnable", "ipis", "share", "rate",  NULL };

/* A pair with its vectors' rows folded together. */
struct pair {
	struct edge_view sum;
	u32 first_row, nr_rows;
};

/* A VM's pairs; of them those that come first in the order that was asked for. */
struct block {
	const struct graph_view *g;
	const struct vm_view *vm;
	int (*compare)(const void *a, const void *b);
	struct pair *pair;
	u32 nr, room;
	u32 most;  /* so many are shown */
	u32 pairs; /* so many there are */
	bool full; /* the first `most` of them are sorted, and a later one has to be better */
};

static void put_seconds(u64 ns, FILE *out)
{
	u64 us = rounded(ns, 1000);

	fprintf(out, "%llu.%06llu s", us / 1000000, us % 1000000);
}

static void graph_text_put_inputs(const struct graph_view *g, FILE *out)
{
	for (u32 i = 0; i < g->nr_in; i++) {
		const struct input_view *in = &g->in[i];

		fprintf(out, "# %s\n#   %u CPUs, clock %s, ", in->file, in->cpus,
			in->clock ? in->clock : "unknown");
		if (!in->ticks) {
			put_seconds(in->duration_ns, out);
			fputs(", ", out);
		}
		fprintf(out, "%llu records, %llu directed IPIs\n", in->records, in->events);
	}
}

static void graph_text_put_topology(const struct topology_view *t, FILE *out)
{
	if (!t)
		return;
	fprintf(out, "# The host: %u CPUs", t->cpus);
	if (t->cores)
		fprintf(out, ", %u cores", t->cores);
	if (t->llcs)
		fprintf(out, ", %u last-level cache%s", t->llcs, t->llcs > 1 ? "s" : "");
	if (t->nodes)
		fprintf(out, ", %u NUMA node%s", t->nodes, t->nodes > 1 ? "s" : "");
	fputs(".\n# distance: the nearest that the CPUs of sender and receiver share.\n", out);
}

static void put_scope(const struct graph_view *g, FILE *out)
{
	if (view_from_stock(g))
		fputs("# From kvm_apic_ipi and kvm_apic_accept_irq: no paths, no states of receivers.\n"
		      "# inferred: threads were grouped into VMs by what they send each other.\n",
		      out);
	if (view_is_from(g, "probes"))
		fputs("# From probes on KVM's delivery of interrupts. Pairs are those of directed fixed\n"
		      "# IPIs alone; the coverage has the others. What AVIC or IPI virtualization\n"
		      "# delivers by itself is not recorded.\n",
		      out);
	else
		fputs("# Only directed fixed IPIs are recorded: no broadcasts and multicasts, no PV or\n"
		      "# Hyper-V IPIs, nothing that AVIC or IPI virtualization delivers by itself.\n",
		      out);
	fputs("# runnable: preempted or woken when the IPI came; those are what a yield helps.\n",
	      out);
	graph_text_put_topology(g->topology, out);
	if (!g->vector_names_given)
		fputs("# Vector names assume a Linux guest (--guest none: no names).\n", out);
}

static const char *const pair_titles[] = { "src",    "dst",	   "IPIs",    "share_%",
					   "rate/s", "runnable_%", "vectors", NULL };
static const char *const stock_pair_titles[] = { "src",	    "dst",    "IPIs",
						 "share_%", "rate/s", "runnable_%",
						 "vectors", "known",  NULL };

static void vector_list(const struct graph_view *g, const struct pair *p, char *buf, size_t len)
{
	struct edge_view e;
	size_t used = 0;

	buf[0] = 0;
	for (u32 i = 0; i < p->nr_rows && i < PAIR_VECTORS && used < len; i++) {
		g->edge(g->ctx, p->first_row + i, &e);
		if (e.vector == VIEW_NO_VECTOR)
			used += snprintf(buf + used, len - used, "%sunknown", i ? " " : "");
		else
			used += snprintf(buf + used, len - used, "%s0x%02x", i ? " " : "",
					 e.vector);
	}
	if (p->nr_rows > PAIR_VECTORS && used < len)
		snprintf(buf + used, len - used, " +%u", p->nr_rows - PAIR_VECTORS);
}

static void pair_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct block *b = ctx;
	const struct pair *p = &b->pair[row];
	char list[CELL_TEXT_MAX];

	cell_u64(&cells[0], p->sum.src);
	cell_u64(&cells[1], p->sum.dst);
	cell_u64(&cells[2], p->sum.count);
	cell_percent(&cells[3], p->sum.count, b->vm->ipis);
	cell_rate(&cells[4], p->sum.count, b->g->duration_ns);
	if (p->sum.state[VIEW_STATES] < p->sum.count)
		cell_percent(&cells[5], view_runnable(p->sum.state), p->sum.count);
	vector_list(b->g, p, list, sizeof(list));
	cell_text(&cells[6], list);
	if (view_from_stock(b->g) && p->sum.known)
		cell_text(&cells[7], p->sum.known);
}

static int order(u64 a, u64 b)
{
	return a < b ? -1 : a > b;
}

/* In millionths, 0 without any. */
static u64 runnable_share(const struct edge_view *e)
{
	return e->count ? (u64)(1e6 * (double)view_runnable(e->state) / (double)e->count) : 0;
}

int edge_view_compare(enum graph_sort sort, const struct edge_view *x, const struct edge_view *y)
{
	int by_key = order(x->src, y->src) ?: order(x->dst, y->dst);

	switch (sort) {
	case SORT_COUNT:
	case SORT_IPIS:
	case SORT_SHARE:
	case SORT_RATE: return order(y->count, x->count) ?: by_key;
	case SORT_RUNNABLE: return order(runnable_share(y), runnable_share(x)) ?: by_key;
	case SORT_DST: return order(x->dst, y->dst) ?: by_key;
	case SORT_FIRST: return order(x->first_ns, y->first_ns) ?: by_key;
	case SORT_LAST: return order(x->last_ns, y->last_ns) ?: by_key;
	default: return by_key;
	}
}

#define COMPARE(name, sort)                                                                        \
	static int name(const void *a, const void *b)                                              \
	{                                                                                          \
		return edge_view_compare(sort, &((const struct pair *)a)->sum,                     \
					 &((const struct pair *)b)->sum);                          \
	}
COMPARE(by_count, SORT_COUNT)
COMPARE(by_src, SORT_SRC)
COMPARE(by_dst, SORT_DST)
COMPARE(by_first, SORT_FIRST)
COMPARE(by_last, SORT_LAST)
COMPARE(by_runnable, SORT_RUNNABLE)

static void keep_first(struct block *b)
{
	qsort(b->pair, b->nr, sizeof(*b->pair), b->compare);
	b->full = b->nr >= b->most;
	b->nr = min_of(b->nr, b->most);
}

static void take_pair(struct block *b, const struct pair *p)
{
	b->pairs++;
	if (b->full && b->compare(p, &b->pair[b->most - 1]) > 0)
		return;
	if (b->nr == b->room)
		keep_first(b);
	b->pair[b->nr++] = *p;
}

static void fold_row(struct pair *p, const struct edge_view *e)
{
	p->nr_rows++;
	p->sum.count += e->count;
	p->sum.first_ns = min_of(p->sum.first_ns, e->first_ns);
	p->sum.last_ns = max_of(p->sum.last_ns, e->last_ns);
	for (int s = 0; s <= VIEW_STATES; s++)
		p->sum.state[s] += e->state[s];
}

/*
 * Folds the VM's rows, which come sorted by src and dst, into pairs. Twice as many of them are
 * collected as are shown, then sorted, and half of them kept.
 */
static int fold_pairs(struct block *b)
{
	u32 end = b->vm->first_row + b->vm->nr_rows;
	struct edge_view e;
	struct pair p = { 0 };
	int ret = b->g->sort ? b->g->sort(b->g->ctx, (u32)(b->vm - b->g->vm)) : 0;

	if (ret)
		return ret;
	b->room = (u32)min_of(2ull * b->most, (u64)b->vm->nr_rows) + 1;
	b->pair = malloc(b->room * sizeof(*b->pair));
	if (!b->pair)
		return -ENOMEM;
	for (u32 row = b->vm->first_row; row < end; row++) {
		b->g->edge(b->g->ctx, row, &e);
		if (p.nr_rows && p.sum.src == e.src && p.sum.dst == e.dst) {
			fold_row(&p, &e);
			continue;
		}
		if (p.nr_rows)
			take_pair(b, &p);
		p = (struct pair){ .sum = e, .first_row = row, .nr_rows = 1 };
	}
	if (p.nr_rows)
		take_pair(b, &p);
	keep_first(b);
	return 0;
}

static void put_block_head(const struct block *b, const struct text_style *style, FILE *out)
{
	const struct vm_view *vm = b->vm;
	char label[VIEW_VM_LABEL];

	fprintf(out, "%sVM %s%s%s%s: %u vCPUs, %u pairs, %llu IPIs%s%s\n",
		style_bold(style->color, true), vm_view_label(vm, label), vm->name ? " " : "",
		vm->name ? vm->name : "", style_bold(style->color, false), vm->vcpus, b->pairs,
		vm->ipis, view_from_stock(b->g) ? ", " : "",
		view_from_stock(b->g) && vm->known ? vm->known : "");
}

/* first: nothing stands before it, from which a blank line would part it. */
static int graph_text_put_block(const struct graph_view *g, u32 i, const struct text_style *style,
				bool first, FILE *out)
{
	static int (*const compare[NR_GRAPH_SORTS])(const void *, const void *) = {
		by_count,    by_src,   by_dst,	 by_first, by_last,
		by_runnable, by_count, by_count, by_count,
	};
	struct block b = { .g = g,
			   .vm = &g->vm[i],
			   .compare = compare[style->sort],
			   .most = style->entries ? style->entries : UINT32_MAX };
	int ret = fold_pairs(&b);

	if (ret)
		return ret;
	fputs(first ? "" : "\n", out);
	put_block_head(&b, style, out);
	graph_lines(g, i, out);
	table_text(&(struct table){ .title = view_from_stock(g) ? stock_pair_titles : pair_titles,
				    .ctx = &b,
				    .nr_rows = b.nr,
				    .row = pair_row,
				    .indent = 4 },
		   out);
	if (b.nr < b.pairs)
		fprintf(out, "# %u more pairs (-E %u shows them all)\n", b.pairs - b.nr, b.pairs);
	free(b.pair);
	return 0;
}

/* Marks those that are shown in full: the busiest, unless all are. Returns how many. */
static int choose_blocks(const struct graph_view *g, bool all, bool *chosen)
{
	u32 *busiest = vm_table_order(g, SORT_IPIS);
	u32 nr = all ? g->nr_vm : BLOCKS_MAX;

	for (u32 i = 0; busiest && i < nr; i++)
		chosen[busiest[i]] = true;
	free(busiest);
	return busiest ? (int)nr : -ENOMEM;
}

static int put_blocks(const struct graph_view *g, const u32 *vms, const struct text_style *style,
		      bool first, FILE *out)
{
	bool *chosen = calloc((size_t)g->nr_vm + 1, sizeof(*chosen));
	int nr = chosen ? choose_blocks(g, style->verbose || g->nr_vm <= BLOCKS_MAX, chosen)
			: -ENOMEM;
	int ret = min_of(nr, 0);

	for (u32 i = 0; i < g->nr_vm && !ret; i++) {
		if (!chosen[vms[i]])
			continue;
		ret = graph_text_put_block(g, vms[i], style, first, out);
		first = false;
	}
	if (!ret && (u32)nr < g->nr_vm)
		fprintf(out,
			"\n# %u VMs with fewer IPIs are in the table above only "
			"(-v shows all, --vm PID/ID one)\n",
			g->nr_vm - (u32)nr);
	free(chosen);
	return ret;
}

int graph_text(const struct graph_view *g, const struct text_style *style, FILE *out)
{
	u32 *vms = vm_table_order(g, style->vm_sort);
	bool first;
	int ret;

	if (!vms)
		return -ENOMEM;
	if (!style->quiet)
		graph_text_put_inputs(g, out);
	first = !remarks_loss(g->in, g->nr_in, out) && style->quiet;
	if (!style->quiet) {
		put_scope(g, out);
		if (g->coverage)
			remarks_coverage(g->coverage, out);
	}
	if (g->nr_vm > 1)
		vm_table_text(g, vms, style, first, out);
	ret = put_blocks(g, vms, style, first && g->nr_vm < 2, out);
	free(vms);
	return ret;
}
