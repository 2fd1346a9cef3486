// SPDX-License-Identifier: GPL-2.0-only
/* vm_table.c - see vm_table.h. */
#define _GNU_SOURCE /* qsort_r() */
#include "output/vm_table.h"
#include "output/table.h"

#include <stdlib.h>

/* VMs by that column, the largest first; by their ids where it is none of theirs. */
static u64 vm_value(const struct vm_view *vm, enum graph_sort sort)
{
	switch (sort) {
	case SORT_COUNT:
	case SORT_IPIS:
	case SORT_SHARE:
	case SORT_RATE: return vm->ipis;
	case SORT_RUNNABLE:
		return vm->ipis ? (u64)(1e6 * (double)view_runnable(vm->state) / (double)vm->ipis)
				: 0;
	default: return 0;
	}
}

struct vm_order {
	const struct graph_view *g;
	enum graph_sort sort;
};

static int compare_vms(const void *a, const void *b, void *ctx)
{
	const struct vm_order *o = ctx;
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	u64 v = vm_value(&o->g->vm[x], o->sort), w = vm_value(&o->g->vm[y], o->sort);

	return v != w ? (v > w ? -1 : 1) : x < y ? -1 : x > y;
}

/* Numbers of the VMs in the order in which they are shown. */
u32 *vm_table_order(const struct graph_view *g, enum graph_sort sort)
{
	u32 *list = malloc(((size_t)g->nr_vm + 1) * sizeof(*list));

	for (u32 i = 0; list && i < g->nr_vm; i++)
		list[i] = i;
	if (list)
		qsort_r(list, g->nr_vm, sizeof(*list), compare_vms, &(struct vm_order){ g, sort });
	return list;
}

static const char *const vm_titles[] = { "VM",	       "vCPUs",	     "IPIs", "rate/s", "slow_%",
					 "runnable_%", "same_CPU_%", NULL,   NULL,     NULL };
/* Columns that are not always there: across, and name. */
#define VM_MORE_COLUMNS 7

struct vm_table {
	const struct graph_view *g;
	const u32 *order;
	int name_width; /* longer names are cut; 0: none is */
};

/* What a terminal has left for names beside the columns before them. */
#define NAME_COLUMN    64
#define NAME_WIDTH_MIN 12

static void vm_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct vm_table *t = ctx;
	const struct vm_view *vm = &t->g->vm[t->order[row]];
	const char *name = vm->name ? vm->name : "";
	struct cell *more = &cells[VM_MORE_COLUMNS];
	char label[VIEW_VM_LABEL];

	cell_text(&cells[0], vm_view_label(vm, label));
	cell_u64(&cells[1], vm->vcpus);
	cell_u64(&cells[2], vm->ipis);
	cell_rate(&cells[3], vm->ipis, t->g->duration_ns);
	if (vm->have_paths)
		cell_percent(&cells[4], vm->slow, vm->ipis);
	if (vm->state[VIEW_STATES] < vm->ipis)
		cell_percent(&cells[5], view_runnable(vm->state), vm->ipis);
	cell_percent(&cells[6], vm->cpu_same, vm->cpu_known);
	if (t->g->topology)
		cell_percent(more++, vm->distance[VIEW_ACROSS],
			     vm->ipis - vm->distance[VIEW_FAR_UNKNOWN]);
	if (t->name_width)
		cell_text_cut(more, name, t->name_width);
	else
		cell_text(more, name);
}

void vm_table_text(const struct graph_view *g, const u32 *order, const struct text_style *style,
		   bool first, FILE *out)
{
	const char *titles[ARRAY_SIZE(vm_titles)];
	struct vm_table t = { .g = g, .order = order };
	bool names = false;
	int more = VM_MORE_COLUMNS;

	/* Without a single name their column is left out. */
	memcpy(titles, vm_titles, sizeof(titles));
	for (u32 i = 0; i < g->nr_vm; i++)
		names |= !!g->vm[i].name;
	if (g->topology)
		titles[more++] = "across_%";
	if (names)
		titles[more] = "name";
	if (style->width && !style->verbose)
		t.name_width = max_of(style->width - NAME_COLUMN - 10 * !!g->topology,
				      NAME_WIDTH_MIN);
	fprintf(out, "%s%s%u VMs%s\n", first ? "" : "\n", style_bold(style->color, true), g->nr_vm,
		style_bold(style->color, false));
	table_text(&(struct table){ .title = titles,
				    .ctx = &t,
				    .nr_rows = g->nr_vm,
				    .row = vm_row,
				    .indent = 2 },
		   out);
}
