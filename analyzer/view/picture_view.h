/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * picture_view.h - results of the analyses as what pictures show.
 */
#ifndef KVM_IPI_PICTURE_H
#define KVM_IPI_PICTURE_H

#include "analysis/latency.h"
#include "analysis/metrics.h"
#include "analysis/timeline.h"
#include "output/heatmap.h"
#include "output/net.h"
#include "view/graph_view.h"

enum heat_by { HEAT_BY_VCPU, HEAT_BY_CPU, HEAT_BY_TIME };
enum heat_what { HEAT_COUNT, HEAT_RATE, HEAT_RUNNABLE, HEAT_LATENCY };

/* A heatmap's view and the memory behind it. */
struct heat_builder {
	struct heat h;
	u32 *id;       /* of rows and columns */
	char **name;   /* of rows */
	bool *divided; /* of rows and columns */
	u64 *num, *den;
	char *title;
};

/* The i-th VM by vCPUs or by CPUs: 0, -ENOMEM, -EFBIG (too large a matrix). */
int heat_view_matrix(struct heat_builder *s, const struct graph_builder *g, u32 i, enum heat_by by,
		     enum heat_what what);
/*
 * Puts the CPUs of a matrix by CPUs into the topology's order, with lines between caches and nodes.
 * 0 or -ENOMEM.
 */
int heat_view_order(struct heat_builder *s, const struct topology *t);
/* The i-th VM by vCPUs: of each pair the 99th percentile of the time to that stage. */
int heat_view_latency(struct heat_builder *s, const struct graph_builder *g,
		      const struct latency *l, u32 i, enum latency_stage stage);
/* Its chosen pairs by time. all: how many pairs there are. */
int heat_view_time(struct heat_builder *s, const struct graph_builder *g, const struct timeline *t,
		   u32 i, enum heat_what what);
void heat_view_release(struct heat_builder *s);

/* A graph's view with its metrics, and the memory behind it. */
struct net_builder {
	struct net n;
	char *title;
};

/*
 * The i-th VM; pictures show `entries` edges, 0: as many as make a readable one, UINT32_MAX: all.
 */
int net_view_init(struct net_builder *s, const struct graph_builder *g, u32 i, u32 entries);
void net_view_release(struct net_builder *s);

/* "VM 4242/3 web", to be freed. */
char *vm_title(const struct vm_view *vm);

#endif
