/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * graph.h - a graph that the tests of the writers share: two VMs and three inputs, with every
 * oddity that a trace can have. The first VM is known in full, the second one in nothing.
 */
#ifndef KVM_IPI_TEST_GRAPH_H
#define KVM_IPI_TEST_GRAPH_H

#include "output/views.h"

extern const struct graph_view test_graph;

#endif
