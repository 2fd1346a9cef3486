// SPDX-License-Identifier: GPL-2.0-only
/*
 * graph_text.c - see graph_text.h.
 *
 * First what was read and what is missing from it, then the VMs: a table of all when there are several,
 * and a block for each of the busiest. Lines that begin with # are remarks; awk and gnuplot skip them.
 */
#include "output/graph_text.h"
#include "output/table.h"

#include <errno.h>
#include <stdlib.h>

#define BLOCKS_MAX 8	/* VMs in full, unless all are asked for */
#define VECTORS_MAX 6	/* vectors in a VM's line */
#define PAIR_VECTORS 3	/* in a pair's line */

const char *const graph_sort_names[] = { "count", "src", "dst", "first", "last", NULL };

/* A pair with its vectors' rows folded together. */
struct pair {
	struct shape_edge sum;
	u32 first_row, nr_rows;
};

struct block {
	const struct shape_graph *g;
	const struct shape_vm *vm;
	struct pair *pair;
	u32 nr;
};

static const char *bold(bool color, bool on)
{
	if (!color)
		return "";
	return on ? "\033[1m" : "\033[0m";
}

static void put_seconds(u64 ns, FILE *out)
{
	fprintf(out, "%llu.%06llu s", (unsigned long long)(ns / 1000000000),
		(unsigned long long)(ns % 1000000000 / 1000));
}

void remarks_loss(const struct shape_input *in, u32 nr, FILE *out)
{
	for (u32 i = 0; i < nr; i++) {
		if (in[i].gaps || in[i].overrun) {
			fprintf(out, "# %s: events were lost", in[i].file);
			if (in[i].gaps && in[i].lost_known)
				fprintf(out, ", %llu in %llu gaps", (unsigned long long)in[i].lost,
					(unsigned long long)in[i].gaps);
			else if (in[i].gaps)
				fprintf(out, ", at least %llu in %llu gaps (some without a number)",
					(unsigned long long)in[i].lost,
					(unsigned long long)in[i].gaps);
			if (in[i].overrun)
				fprintf(out, ", %llu by the kernel's statistics",
					(unsigned long long)in[i].overrun);
			fprintf(out, ": counts are lower bounds\n");
		}
		if (in[i].skipped)
			fprintf(out, "# %s: %llu damaged or missing records or pages were skipped: "
				"counts are lower bounds\n", in[i].file,
				(unsigned long long)in[i].skipped);
		if (in[i].time_shift)
			fprintf(out, "# %s: its times are the guest's own: the correction towards "
				"the host's clock was not applied\n", in[i].file);
	}
}

static void put_inputs(const struct shape_graph *g, FILE *out)
{
	for (u32 i = 0; i < g->nr_in; i++) {
		const struct shape_input *in = &g->in[i];

		fprintf(out, "# %s: %u CPUs, clock %s, ", in->file, in->cpus,
			in->clock ? in->clock : "unknown");
		put_seconds(in->duration_ns, out);
		fprintf(out, ", %llu records, %llu directed IPIs\n", (unsigned long long)in->records,
			(unsigned long long)in->events);
	}
}

static void put_scope(const struct shape_graph *g, FILE *out)
{
	fprintf(out, "# directed fixed IPIs only: PV, Hyper-V, AVIC and hardware-virtualized IPIs, "
		"broadcasts\n# and multicasts are not recorded");
	if (!g->vector_names_given)
		fprintf(out, "; vector names assume a Linux guest (--guest)");
	fputc('\n', out);
}

/* "name 12 (34.5 %)" */
static void put_share(const char *name, u64 n, u64 of, FILE *out)
{
	u64 tenths = of ? (n * 1000 + of / 2) / of : 0;

	fprintf(out, "  %s %llu (%llu.%llu %%)", name, (unsigned long long)n,
		(unsigned long long)(tenths / 10), (unsigned long long)(tenths % 10));
}

static void put_odd(const struct shape_graph *g, u32 vm, bool paths, const char *what, FILE *out)
{
	struct shape_odd odd[8];
	u32 nr = g->odd(g->ctx, vm, paths, odd, ARRAY_SIZE(odd));

	for (u32 i = 0; i < nr; i++)
		fprintf(out, "  %s#%u %llu", what, odd[i].value, (unsigned long long)odd[i].count);
}

static void put_vector(const struct shape_graph *g, u32 vector, FILE *out)
{
	const char *name = vector < SHAPE_NO_VECTOR ? g->vector_name(g->ctx, vector) : NULL;

	if (vector == SHAPE_NO_VECTOR)
		fputs("unknown", out);
	else
		fprintf(out, "0x%02x%s%s", vector, name ? " " : "", name ? name : "");
}

static void put_vectors(const struct shape_graph *g, u32 vm, FILE *out)
{
	u64 count[SHAPE_NO_VECTOR + 1];
	u32 left = 0;
	bool first = true;

	g->vectors(g->ctx, vm, count);
	for (u32 v = 0; v <= SHAPE_NO_VECTOR; v++)
		left += !!count[v];
	for (int shown = 0; shown < VECTORS_MAX && left; shown++, left--) {
		u32 best = 0;

		for (u32 v = 1; v <= SHAPE_NO_VECTOR; v++)
			if (count[v] > count[best])
				best = v;
		fputs(first ? "  vectors  " : (shown % 2 ? "," : ",\n           "), out);
		fputc(' ', out);
		put_vector(g, best, out);
		fprintf(out, " (%llu)", (unsigned long long)count[best]);
		count[best] = 0;
		first = false;
	}
	if (left)
		fprintf(out, ", and %u more", left);
	fputc('\n', out);
}

static void put_vm_lines(const struct shape_graph *g, u32 i, FILE *out)
{
	static const int order[] = { 2, 4, 0, 1, 3, 5 }; /* those that a yield helps come first */
	const struct shape_vm *vm = &g->vm[i];

	fputs("  paths    ", out);
	if (vm->have_paths) {
		put_share("fast", vm->fast, vm->ipis, out);
		put_share("slow", vm->slow, vm->ipis, out);
		put_odd(g, i, true, "path", out);
	} else {
		fputs("  not recorded", out);
	}
	fputs("\n  receivers", out);
	for (size_t n = 0; n < ARRAY_SIZE(order); n++) {
		if (n == 3)
			fputs("\n           ", out);
		if (order[n] != SHAPE_STATES || vm->state[SHAPE_STATES])
			put_share(shape_state_names[order[n]], vm->state[order[n]], vm->ipis, out);
	}
	put_odd(g, i, false, "state", out);
	fputs("\n  same CPU ", out);
	if (vm->cpu_known)
		put_share("the receiver was last on the sender's CPU:", vm->cpu_same,
			  vm->cpu_known, out);
	else
		fputs("  not recorded", out);
	fputc('\n', out);
	put_vectors(g, i, out);
}

static const char *const pair_titles[] = { "src", "dst", "IPIs", "share_%", "rate/s", "runnable_%",
					   "vectors", NULL };

static void vector_list(const struct shape_graph *g, const struct pair *p, char *buf, size_t len)
{
	struct shape_edge e;
	size_t used = 0;

	buf[0] = 0;
	for (u32 i = 0; i < p->nr_rows && i < PAIR_VECTORS && used < len; i++) {
		g->edge(g->ctx, p->first_row + i, &e);
		if (e.vector == SHAPE_NO_VECTOR)
			used += snprintf(buf + used, len - used, "%sunknown", i ? " " : "");
		else
			used += snprintf(buf + used, len - used, "%s0x%02x", i ? " " : "", e.vector);
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
	cell_percent(&cells[5], p->sum.state[2] + p->sum.state[4], p->sum.count);
	vector_list(b->g, p, list, sizeof(list));
	cell_text(&cells[6], list);
}

/* Folds the VM's rows into pairs; they come sorted by src, dst. */
static int fold_pairs(struct block *b)
{
	struct shape_edge e;

	b->pair = malloc(max_of(b->vm->pairs, 1u) * sizeof(*b->pair));
	if (!b->pair)
		return -ENOMEM;
	for (u32 row = b->vm->first_row; row < b->vm->first_row + b->vm->nr_rows; row++) {
		struct pair *p = b->nr ? &b->pair[b->nr - 1] : NULL;

		b->g->edge(b->g->ctx, row, &e);
		if (!p || p->sum.src != e.src || p->sum.dst != e.dst) {
			b->pair[b->nr++] = (struct pair){ .sum = e, .first_row = row, .nr_rows = 1 };
			continue;
		}
		p->nr_rows++;
		p->sum.count += e.count;
		p->sum.first_ns = min_of(p->sum.first_ns, e.first_ns);
		p->sum.last_ns = max_of(p->sum.last_ns, e.last_ns);
		for (int s = 0; s <= SHAPE_STATES; s++)
			p->sum.state[s] += e.state[s];
	}
	return 0;
}

static int order_u64(u64 a, u64 b)
{
	return a < b ? -1 : a > b;
}

int shape_edge_compare(enum graph_sort sort, const struct shape_edge *x, const struct shape_edge *y)
{
	int by_key = order_u64(x->src, y->src) ?: order_u64(x->dst, y->dst);

	switch (sort) {
	case SORT_COUNT:
		return order_u64(y->count, x->count) ?: by_key;
	case SORT_DST:
		return order_u64(x->dst, y->dst) ?: by_key;
	case SORT_FIRST:
		return order_u64(x->first_ns, y->first_ns) ?: by_key;
	case SORT_LAST:
		return order_u64(x->last_ns, y->last_ns) ?: by_key;
	default:
		return by_key;
	}
}

#define COMPARE(name, sort)                                                                      \
	static int name(const void *a, const void *b)                                            \
	{                                                                                        \
		return shape_edge_compare(sort, &((const struct pair *)a)->sum,                       \
				     &((const struct pair *)b)->sum);                            \
	}
COMPARE(by_count, SORT_COUNT)
COMPARE(by_src, SORT_SRC)
COMPARE(by_dst, SORT_DST)
COMPARE(by_first, SORT_FIRST)
COMPARE(by_last, SORT_LAST)

static int put_block(const struct shape_graph *g, u32 i, const struct text_style *style, FILE *out)
{
	static int (*const compare[NR_GRAPH_SORTS])(const void *, const void *) = {
		by_count, by_src, by_dst, by_first, by_last,
	};
	struct block b = { .g = g, .vm = &g->vm[i] };
	char label[SHAPE_VM_LABEL];
	u32 shown;
	int ret = fold_pairs(&b);

	if (ret)
		return ret;
	qsort(b.pair, b.nr, sizeof(*b.pair), compare[style->sort]);
	shown = style->entries ? min_of(style->entries, b.nr) : b.nr;
	fprintf(out, "\n%sVM %s%s%s: %u vCPUs, %llu IPIs%s\n", bold(style->color, true),
		shape_vm_label(b.vm, label), b.vm->name ? " " : "", b.vm->name ? b.vm->name : "",
		b.vm->vcpus, (unsigned long long)b.vm->ipis, bold(style->color, false));
	put_vm_lines(g, i, out);
	table_text(&(struct table){ .title = pair_titles, .ctx = &b, .nr_rows = shown,
				    .row = pair_row, .indent = 4 }, out);
	if (shown < b.nr)
		fprintf(out, "# %u more pairs (-E %u shows them all)\n", b.nr - shown, b.nr);
	free(b.pair);
	return 0;
}

static const char *const vm_titles[] = { "VM", "vCPUs", "pairs", "IPIs", "rate/s", "slow_%",
					 "runnable_%", "same_CPU_%", "name", NULL };

static void vm_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct shape_graph *g = ctx;
	const struct shape_vm *vm = &g->vm[row];
	char label[SHAPE_VM_LABEL];

	cell_text(&cells[0], shape_vm_label(vm, label));
	cell_u64(&cells[1], vm->vcpus);
	cell_u64(&cells[2], vm->pairs);
	cell_u64(&cells[3], vm->ipis);
	cell_rate(&cells[4], vm->ipis, g->duration_ns);
	if (vm->have_paths)
		cell_percent(&cells[5], vm->slow, vm->ipis);
	cell_percent(&cells[6], vm->state[2] + vm->state[4], vm->ipis);
	cell_percent(&cells[7], vm->cpu_same, vm->cpu_known);
	cell_text(&cells[8], vm->name ? vm->name : "");
}

/* The busiest VMs (of equals, the first ones), as numbers; returns how many there are. */
static u32 choose_blocks(const struct shape_graph *g, u32 chosen[BLOCKS_MAX])
{
	u32 nr = 0;

	for (u32 i = 0; i < g->nr_vm; i++) {
		u32 at = nr;

		while (at && g->vm[chosen[at - 1]].ipis < g->vm[i].ipis)
			at--;
		if (at == BLOCKS_MAX)
			continue;
		nr = min_of(nr + 1, (u32)BLOCKS_MAX);
		memmove(&chosen[at + 1], &chosen[at], (nr - 1 - at) * sizeof(*chosen));
		chosen[at] = i;
	}
	return nr;
}

static int put_blocks(const struct shape_graph *g, const struct text_style *style, FILE *out)
{
	bool all = style->verbose || g->nr_vm <= BLOCKS_MAX;
	u32 chosen[BLOCKS_MAX];
	u32 nr = choose_blocks(g, chosen);

	for (u32 i = 0; i < (all ? g->nr_vm : nr); i++) {
		int ret = put_block(g, all ? i : chosen[i], style, out);

		if (ret)
			return ret;
	}
	if (!all)
		fprintf(out, "\n# %u VMs with fewer IPIs are in the table above only "
			"(-v shows all, --vm PID/ID one)\n", g->nr_vm - nr);
	return 0;
}

int graph_text(const struct shape_graph *g, const struct text_style *style, FILE *out)
{
	if (!style->quiet)
		put_inputs(g, out);
	remarks_loss(g->in, g->nr_in, out);
	if (!style->quiet)
		put_scope(g, out);
	if (g->nr_vm > 1) {
		fprintf(out, "\n%s%u VMs%s\n", bold(style->color, true), g->nr_vm,
			bold(style->color, false));
		table_text(&(struct table){ .title = vm_titles, .ctx = g, .nr_rows = g->nr_vm,
					    .row = vm_row, .indent = 2 }, out);
	}
	return put_blocks(g, style, out);
}
