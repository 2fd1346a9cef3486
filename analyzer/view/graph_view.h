/* SPDX-License-Identifier: GPL-2.0-only */
/* graph_view.h - results of the analyses as the views that writers take. */
#ifndef KVM_IPI_SHAPING_H
#define KVM_IPI_SHAPING_H

#include "analysis/pairs.h"
#include "analysis/distances.h"
#include "trace/recording.h"
#include "output/views.h"
#include "view/coverage_view.h"

/* A graph's view and the memory behind it; s and pairs must outlive it. */
struct graph_builder {
	struct graph_view g;
	struct input_view *in;
	struct vm_view *vm;
	struct coverage_view coverage;
	struct topology_view topology;
	struct pairs *pairs;
	const struct recording *s;
};

/*
 * After session_run() and pairs_finish(), or pairs_sum() where the writer calls the view's sort:
 * 0 or -ENOMEM.
 */
int graph_view_init(struct graph_builder *view, const struct recording *s, struct pairs *pairs,
		    const char *schema);
/* Adds how far receivers were, from the topology that the session has by now. 0 or -ENOMEM. */
int graph_view_distances(struct graph_builder *view, const struct distances *distances);
void graph_view_release(struct graph_builder *view);

/* What was read of one file, for any command's view. */
void input_view_of(struct input_view *to, const struct input *in);

/*
 * The sender x receiver (or CPU x CPU) matrix of the i-th VM; 0 or -ENOMEM, -EFBIG when too large.
 */
int matrix_view_init(struct matrix_view *m, const struct graph_builder *view, u32 i, bool cpus);
void matrix_view_release(struct matrix_view *m);

#endif
