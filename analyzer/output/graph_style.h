/* SPDX-License-Identifier: GPL-2.0-only */
/* graph_style.h - how the report prints its tables: what is sorted by what, how much, how wide. */
#ifndef KVM_IPI_GRAPH_STYLE_H
#define KVM_IPI_GRAPH_STYLE_H

#include "util/types.h"

#include <stdbool.h>

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

struct text_style {
	u32 entries;		 /* pairs to show of each VM; 0: all */
	enum graph_sort sort;	 /* of pairs */
	enum graph_sort vm_sort; /* of VMs; SORT_SRC: by their ids */
	int width;		 /* of the terminal; 0: it is none, nothing is cut */
	bool color;
	bool quiet;   /* no remarks but those on loss */
	bool verbose; /* every VM in full */
};

/* What begins and ends bold print; empty without colour. */
static inline const char *style_bold(bool color, bool on)
{
	if (!color)
		return "";
	return on ? "\033[1m" : "\033[0m";
}

#endif
