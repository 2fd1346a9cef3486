// SPDX-License-Identifier: GPL-2.0-only
/* net.c - see net.h. What the writers of graphs have in common. */
#include "output/net.h"

#include <stdio.h>

u64 net_cut(const struct net *n)
{
	u64 sum = 0;

	for (u32 i = n->nr_shown; i < n->nr_edges; i++)
		sum += n->edge[i].count;
	return sum;
}

bool net_cut_remark(const struct net *n, char *buf, size_t len)
{
	if (n->nr_shown >= n->nr_edges)
		return false;
	snprintf(buf, len, "%u small edges of %u are left out (%llu of %llu IPIs)",
		 n->nr_edges - n->nr_shown, n->nr_edges, net_cut(n), n->weight);
	return true;
}

/*
 * Light enough for black text, told apart by all kinds of colour vision; numbers are written as
 * well.
 */
u32 net_color(u32 group)
{
	static const u32 color[NET_COLORS] = { 0x9ecae9, 0xf6c667, 0x8fd1b5, 0xf2a58c,
					       0xd8b9d9, 0xf5e989, 0xc9c9c9, 0x7fb2a8 };

	return color[group % NET_COLORS];
}

double net_width(const struct net *n, const struct net_edge *e)
{
	u64 most = n->nr_edges ? n->edge[0].count : 1;

	return 0.5 + 5.5 * (double)e->count / (double)most;
}
