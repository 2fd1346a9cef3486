/* SPDX-License-Identifier: GPL-2.0-only */
/* graph_text.h - the graph for people: what report prints. */
#ifndef KVM_IPI_GRAPH_TEXT_H
#define KVM_IPI_GRAPH_TEXT_H

#include <stdio.h>

#include "output/graph_style.h"
#include "output/views.h"

extern const char *const graph_sort_names[]; /* by enum graph_sort, NULL-terminated */

/* Orders two edges by the key, then by src, dst: negative, 0 or positive. */
int edge_view_compare(enum graph_sort sort, const struct edge_view *x, const struct edge_view *y);

/* 0 or -ENOMEM. */
int graph_text(const struct graph_view *g, const struct text_style *style, FILE *out);

#endif
