/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff_cells.h - what all matrices of a difference have in common: vCPUs, cells and colours.
 *
 * A cell is a pair; its colour is the ratio of its rates, on a logarithmic scale from a quarter to
 * four times: orange for fewer, blue for more, near white for as many.
 */
#ifndef KVM_IPI_DIFF_CELLS_H
#define KVM_IPI_DIFF_CELLS_H

#include "output/diff_view.h"
#include "output/gnuplot.h"

#define DIFF_RATIO_MAX 2.0 /* the scale's end, as a power of two */
#define DIFF_COLORS    9
extern const u32 diff_colors[DIFF_COLORS]; /* 0xrrggbb, from fewer to more */

u32 diff_color(double change); /* as figures have it */
bool diff_is_change(const struct diff_figure *f);

/* The ids of a VM's vCPUs, sorted; to be freed. NULL: out of memory. */
u32 *diff_ids(const struct diff_view *s, u32 vm, u32 *nr);
/* Where the id is among them. */
u32 diff_place(const u32 *id, u32 nr, u32 what);

/* Matrices in the terminal; and as a picture, up to DIFF_PANELS_MAX VMs. 0 or -ENOMEM. */
#define DIFF_PANELS_MAX 12
int diff_matrix_text(const struct diff_view *s, FILE *out);

struct diff_picture {
	const struct diff_view *s;
	struct picture_page page;
};

int diff_script(const struct diff_picture *p, FILE *to);

#endif
