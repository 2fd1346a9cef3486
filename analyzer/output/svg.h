/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * svg.h - pictures drawn inline in a page: matrix, graph, rates. Colours are classes (c0 to c9, g0
 * to g7) that the page's style sheet gives, so that one picture serves light and dark.
 */
#ifndef KVM_IPI_SVG_H
#define KVM_IPI_SVG_H

#include <stdio.h>

#include "output/heatmap.h"
#include "output/net.h"

/* A cell is 1 x 1, and tells its count as a tooltip. 0 or -ENOMEM. */
int svg_matrix(const struct heat *h, FILE *out);
#define SVG_MATRIX_MAX 128 /* rows or columns; more are taken together */

/* vCPUs on a circle, by group; the heaviest edges as curves. 0 or -ENOMEM. */
int svg_graph(const struct net *n, FILE *out);
#define SVG_EDGES_MAX 100

/* IPIs by time as an area. */
void svg_rates(const u64 *count, u32 nr, u64 bin_ns, FILE *out);

#endif
