/* SPDX-License-Identifier: GPL-2.0-only */
/* graph_text.h - the graph for people: what report prints. */
#ifndef KVM_IPI_GRAPH_TEXT_H
#define KVM_IPI_GRAPH_TEXT_H

#include <stdio.h>

#include "output/views.h"

enum graph_sort {
	SORT_COUNT,
	SORT_SRC,
	SORT_DST,
	SORT_FIRST,
	SORT_LAST,
	SORT_RUNNABLE, /* the share of receivers that were preempted or woken */
	SORT_IPIS,     /* these three: as SORT_COUNT, by the names of the columns */
	SORT_SHARE,
	SORT_RATE,
	NR_GRAPH_SORTS
};

extern const char *const graph_sort_names[]; /* by enum graph_sort, NULL-terminated */

/* Orders two edges by the key, then by src, dst: negative, 0 or positive. */
int edge_view_compare(enum graph_sort sort, const struct edge_view *x, const struct edge_view *y);

struct text_style {
	u32 entries; /* pairs to show of each VM; 0: all */
	enum graph_sort sort;
	int width; /* of the terminal; 0: it is none, nothing is cut */
	bool color;
	bool quiet;   /* no remarks but those on loss */
	bool verbose; /* every VM in full */
};

/* 0 or -ENOMEM. */
int graph_text(const struct graph_view *g, const struct text_style *style, FILE *out);

#endif
