/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * net.h - the view of one VM's graph with its metrics: nodes, weighted edges, groups.
 */
#ifndef KVM_IPI_NET_H
#define KVM_IPI_NET_H

#include "output/views.h"

struct net_node {
	u32 id;
	u32 out_degree, in_degree, partners;
	u64 out_weight, in_weight;
	u32 group;
	bool hub;
};

struct net_edge {
	u32 src, dst;
	u64 count;
	u64 known, runnable; /* of those: the receiver's state is; and it could have run */
};

struct net_group {
	u32 vcpus;
	u64 inside, touching;
};

#define NET_COVERAGES 5

struct net {
	const struct vm_view *vm;
	const char *title;     /* "VM 4242/3 web" */
	struct net_node *node; /* by id */
	u32 nr_nodes;
	struct net_edge *edge;	/* heaviest first */
	u32 nr_edges, nr_shown; /* pictures show the first nr_shown */
	struct net_group *group;
	u32 nr_groups;
	u64 weight, one_way, inside;
	u32 percent[NET_COVERAGES], coverage[NET_COVERAGES];
};

/* IPIs of the edges that are not shown. */
u64 net_cut(const struct net *n);
/* "12 small edges are left out (34 of 5678 IPIs)"; false: none is. */
bool net_cut_remark(const struct net *n, char *buf, size_t len);
/* A light colour for a group, 0xrrggbb; they repeat after NET_COLORS. */
#define NET_COLORS 8
u32 net_color(u32 group);
/* Of an edge, in points: from 0.5 for the smallest to 6 for the heaviest. */
double net_width(const struct net *n, const struct net_edge *e);

#endif
