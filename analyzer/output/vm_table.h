/* SPDX-License-Identifier: GPL-2.0-only */
/* vm_table.h - the report's table of all VMs, and the order in which VMs are shown. */
#ifndef KVM_IPI_VM_TABLE_H
#define KVM_IPI_VM_TABLE_H

#include "output/graph_style.h"
#include "output/views.h"

#include <stdio.h>

/*
 * Places in g->vm, by that column, the largest first; by their ids where it is a column of pairs
 * alone. To be freed; NULL without memory.
 */
u32 *vm_table_order(const struct graph_view *g, enum graph_sort sort);

/* first: nothing stands before it, from which a blank line would part it. */
void vm_table_text(const struct graph_view *g, const u32 *order, const struct text_style *style,
		   bool first, FILE *out);

#endif
