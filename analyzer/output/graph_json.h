/* SPDX-License-Identifier: GPL-2.0-only */
/* graph_json.h - the graph as JSON, by the contract "kvm-ipi.report/1" (and graph's, which is the same). */
#ifndef KVM_IPI_GRAPH_JSON_H
#define KVM_IPI_GRAPH_JSON_H

#include <stdio.h>

#include "output/views.h"
#include "util/json.h"

void graph_json(const struct graph_view *g, FILE *out);

/* The parts that every command's JSON shares: "inputs"; a VM's pid, id and name. */
void json_inputs(struct json *j, const struct input_view *in, u32 nr);
void json_vm_head(struct json *j, const struct vm_view *vm);

#endif
