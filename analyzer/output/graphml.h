/* SPDX-License-Identifier: GPL-2.0-only */
/* graphml.h - graphs as GraphML, for Gephi, yEd, networkx and igraph: metrics as attributes. */
#ifndef KVM_IPI_GRAPHML_H
#define KVM_IPI_GRAPHML_H

#include <stdio.h>

#include "output/net.h"

void graphml_begin(char *const *note, u32 nr_notes, FILE *out);
void graphml_vm(const struct net *n, u32 index, FILE *out);
void graphml_end(FILE *out);

/*
 * Text in XML and HTML: markup becomes entities, what XML cannot hold or is not UTF-8 becomes '?'.
 */
void xml_text(const char *s, FILE *out);

#endif
