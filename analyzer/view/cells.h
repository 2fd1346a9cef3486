/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cells.h - a VM's counts as a square matrix: the vCPUs, or CPUs, that send or receive, and what
 * each sent to each. Matrices and heatmaps are both made of it.
 */
#ifndef KVM_IPI_CELLS_H
#define KVM_IPI_CELLS_H

#include "analysis/pairs.h"

/* Cells of a matrix: 4096 x 4096, KVM's largest VM, is 128 MB and still allowed. */
#define CELLS_MAX (4096ull * 4096)

struct cells {
	const struct pairs *pairs;
	bool cpus;
	u32 first, nr; /* rows of the table's order that are this VM's */
	u32 *id;       /* of rows and columns, ascending; the caller may take it and set NULL */
	u32 nr_ids;
};

/* One row of the table: several may be of one cell. */
struct cell_count {
	u32 row, col; /* places in id */
	u64 count;
	u64 known, runnable; /* of those: the receiver's state is; and it could have run */
};

/* The i-th summary's; p is finished. 0 or -ENOMEM; to be released in either case. */
int cells_init(struct cells *c, const struct pairs *p, u32 i, bool cpus);
void cells_release(struct cells *c);
struct cell_count cells_at(const struct cells *c, u32 k); /* k < nr */

#endif
