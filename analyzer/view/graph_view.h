/* SPDX-License-Identifier: GPL-2.0-only */
/* graph_view.h - results of the analyses as the shapes that writers take. */
#ifndef KVM_IPI_SHAPING_H
#define KVM_IPI_SHAPING_H

#include "analysis/pairs.h"
#include "analysis/distances.h"
#include "cli/session.h"
#include "output/shapes.h"
#include "view/coverage_view.h"

/* A graph's shape and the memory behind it; s and pairs must outlive it. */
struct graph_shape {
	struct shape_graph g;
	struct shape_input *in;
	struct shape_vm *vm;
	struct shape_coverage coverage;
	struct shape_topology topology;
	struct pairs *pairs;
	const struct session *s;
};

/*
 * After session_run() and pairs_finish(), or pairs_sum() where the writer calls the shape's sort:
 * 0 or -ENOMEM.
 */
int graph_shape_init(struct graph_shape *shape, const struct session *s, struct pairs *pairs,
		     const char *schema);
/* Adds how far receivers were, from the topology that the session has by now. 0 or -ENOMEM. */
int graph_shape_distances(struct graph_shape *shape, const struct distances *distances);
void graph_shape_release(struct graph_shape *shape);

/* What was read of one file, for any command's shape. */
void shape_input(struct shape_input *to, const struct input *in);

/*
 * The sender x receiver (or CPU x CPU) matrix of the i-th VM; 0 or -ENOMEM, -EFBIG when too large.
 */
int matrix_shape_init(struct shape_matrix *m, const struct graph_shape *shape, u32 i, bool cpus);
void matrix_shape_release(struct shape_matrix *m);

#endif
