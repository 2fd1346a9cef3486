/* SPDX-License-Identifier: GPL-2.0-only */
/* dot.h - graphs for Graphviz: a cluster for each VM, weights as line widths, groups as colours. */
#ifndef KVM_IPI_DOT_H
#define KVM_IPI_DOT_H

#include <stdio.h>

#include "output/net.h"

/* note: what was lost, as lines. */
void dot_begin(char *const *note, u32 nr_notes, FILE *out);
/* index: from 0, one for each VM; it makes nodes' names unique. */
void dot_vm(const struct net *n, u32 index, FILE *out);
void dot_end(FILE *out);

#endif
