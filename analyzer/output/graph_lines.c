// SPDX-License-Identifier: GPL-2.0-only
/* graph_lines.c - see graph_lines.h. */
#include "output/graph_lines.h"

#include <stdlib.h>

#define VECTORS_MAX 6 /* vectors in a VM's line */
#define LIST_WIDTH  79
#define LIST_INDENT 13 /* where the items of a list begin */

/*
 * A list of items after a heading: a comma between them, a new line where the next would not fit.
 */
struct list {
	FILE *out;
	size_t column; /* 0: no item yet */
};

static void list_begin(struct list *l, const char *heading, FILE *out)
{
	*l = (struct list){ .out = out };
	fprintf(out, "  %-*s", LIST_INDENT - 2, heading);
}

static void list_item(struct list *l, const char *item)
{
	size_t len = strlen(item);

	if (l->column && l->column + 2 + len > LIST_WIDTH) {
		fprintf(l->out, ",\n%*s", LIST_INDENT, "");
		l->column = LIST_INDENT;
	} else if (l->column) {
		fputs(", ", l->out);
		l->column += 2;
	} else {
		l->column = LIST_INDENT;
	}
	fputs(item, l->out);
	l->column += len;
}

static void list_end(struct list *l, const char *when_empty)
{
	if (!l->column)
		fputs(when_empty, l->out);
	fputc('\n', l->out);
}

/* "name 12 (34.5 %)"; nothing when n is 0. */
static void list_share(struct list *l, const char *name, u64 n, u64 of)
{
	u64 tenths = of ? (u64)(((unsigned __int128)n * 1000 + of / 2) / of) : 0;
	char item[192];

	snprintf(item, sizeof(item), "%s %llu (%llu.%llu %%)", name, n, tenths / 10, tenths % 10);
	if (n)
		list_item(l, item);
}

/* Numbers without a name, under their number. */
static void list_odd(struct list *l, const struct graph_view *g, u32 vm, bool paths,
		     const char *what)
{
	struct odd_view odd[8];
	u32 nr = g->odd(g->ctx, vm, paths, odd, ARRAY_SIZE(odd));
	char name[32];

	for (u32 i = 0; i < nr; i++) {
		snprintf(name, sizeof(name), "%s %u:", what, odd[i].value);
		list_share(l, name, odd[i].count, g->vm[vm].ipis);
	}
}

static void graph_text_put_vectors(const struct graph_view *g, u32 vm, FILE *out)
{
	u64 count[VIEW_NO_VECTOR + 1];
	u32 left = 0;
	struct list l;
	char item[128];

	g->vectors(g->ctx, vm, count);
	for (u32 v = 0; v <= VIEW_NO_VECTOR; v++)
		left += !!count[v];
	list_begin(&l, "vectors", out);
	for (int shown = 0; shown < VECTORS_MAX && left; shown++, left--) {
		const char *name;
		u32 best = 0;

		for (u32 v = 1; v <= VIEW_NO_VECTOR; v++)
			if (count[v] > count[best])
				best = v;
		name = best < VIEW_NO_VECTOR ? g->vector_name(g->ctx, best) : NULL;
		if (best == VIEW_NO_VECTOR)
			snprintf(item, sizeof(item), "unknown");
		else
			snprintf(item, sizeof(item), "0x%02x%s%.64s", best, name ? " " : "",
				 name ? name : "");
		list_share(&l, item, count[best], g->vm[vm].ipis);
		count[best] = 0;
	}
	snprintf(item, sizeof(item), "and %u more", left);
	if (left)
		list_item(&l, item);
	list_end(&l, "none");
}

static void put_receivers(const struct graph_view *g, u32 i, FILE *out)
{
	static const int order[] = { 2, 4, 0, 1, 3 }; /* those that a yield helps come first */
	const struct vm_view *vm = &g->vm[i];
	struct list l;
	u64 named = 0;

	list_begin(&l, "receivers", out);
	for (size_t n = 0; n < ARRAY_SIZE(order); n++) {
		list_share(&l, view_state_names[order[n]], vm->state[order[n]], vm->ipis);
		named += vm->state[order[n]];
	}
	list_odd(&l, g, i, false, "state");
	list_end(&l, "their state was not recorded");
	if (!named)
		return;
	list_begin(&l, "", out);
	list_share(&l, "runnable", view_runnable(vm->state), vm->ipis);
	list_end(&l, "none was runnable");
}

/* Which of the distances the topology can tell apart. */
static bool can_tell(const struct topology_view *t, int distance)
{
	const u32 of[VIEW_FAR_UNKNOWN] = { 1, t->cores, t->llcs, t->nodes, 1 };

	return of[distance];
}

static void graph_text_put_distances(const struct graph_view *g, const struct vm_view *vm,
				     FILE *out)
{
	static const char *const names[VIEW_FAR_UNKNOWN] = {
		"same CPU", "same core", "same cache", "same node", "across",
	};
	u64 unknown = vm->distance[VIEW_FAR_UNKNOWN];
	char item[64];
	struct list l;

	list_begin(&l, "distance", out);
	for (int d = 0; d < VIEW_FAR_UNKNOWN && unknown < vm->ipis; d++)
		if (can_tell(g->topology, d))
			list_share(&l, names[d], vm->distance[d], vm->ipis - unknown);
	snprintf(item, sizeof(item), "and %llu not known", unknown);
	if (unknown && unknown < vm->ipis)
		list_item(&l, item);
	list_end(&l, "the receivers' CPUs are not known");
}

static void put_same_cpu(const struct vm_view *vm, FILE *out)
{
	struct list l;

	list_begin(&l, "same CPU", out);
	list_share(&l, "last on the sender's own CPU:", vm->cpu_same, vm->cpu_known);
	list_end(&l, vm->cpu_known ? "none was last on the sender's own CPU" : "not recorded");
}

void graph_lines(const struct graph_view *g, u32 i, FILE *out)
{
	const struct vm_view *vm = &g->vm[i];
	struct list l;

	list_begin(&l, "paths", out);
	if (vm->have_paths) {
		list_share(&l, "fast", vm->fast, vm->ipis);
		list_share(&l, "slow", vm->slow, vm->ipis);
		list_share(&l, "avic", vm->avic, vm->ipis);
		list_odd(&l, g, i, true, "path");
	}
	list_end(&l, "not recorded");
	put_receivers(g, i, out);
	if (g->topology)
		graph_text_put_distances(g, vm, out);
	else
		put_same_cpu(vm, out);
	graph_text_put_vectors(g, i, out);
}
