/* SPDX-License-Identifier: GPL-2.0-only */
/* net_fixture.h - a small graph that the tests of its writers share: three vCPUs, two groups. */
#ifndef KVM_IPI_UNIT_NET_FIXTURE_H
#define KVM_IPI_UNIT_NET_FIXTURE_H

#include "output/net.h"

struct net_fixture {
	struct vm_view vm;
	struct net_node node[3];
	struct net_edge edge[3];
	struct net_group group[2];
	struct net n;
};

static inline void net_fixture(struct net_fixture *f, const char *title)
{
	*f = (struct net_fixture){
		.vm = { .have_pid = true,
			.have_id = true,
			.pid = 42,
			.id = 3,
			.name = title,
			.ipis = 16,
			.vcpus = 3,
			.pairs = 3 },
		.node = { { 0, 1, 2, 2, 9, 7, 0, true },
			  { 4, 1, 1, 1, 6, 9, 0, false },
			  { 9, 1, 0, 1, 1, 0, 1, false } },
		.edge = { { 0, 4, 9, 9, 3 }, { 4, 0, 6, 6, 0 }, { 9, 0, 1, 1, 1 } },
		.group = { { 2, 15, 16 }, { 1, 0, 1 } },
	};
	f->n = (struct net){ .vm = &f->vm,
			     .title = title,
			     .node = f->node,
			     .nr_nodes = 3,
			     .edge = f->edge,
			     .nr_edges = 3,
			     .nr_shown = 2,
			     .group = f->group,
			     .nr_groups = 2,
			     .weight = 16,
			     .one_way = 4,
			     .inside = 15,
			     .percent = { 50, 80, 90, 95, 99 },
			     .coverage = { 1, 2, 2, 3, 3 } };
}

#endif
