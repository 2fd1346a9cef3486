/* SPDX-License-Identifier: GPL-2.0-only */
/* graph_lines.h - a VM's lines of lists in the text of a graph: vectors, receivers, distances. */
#ifndef KVM_IPI_GRAPH_LINES_H
#define KVM_IPI_GRAPH_LINES_H

#include <stdio.h>

#include "output/views.h"

void graph_lines(const struct graph_view *g, u32 i, FILE *out);

#endif
