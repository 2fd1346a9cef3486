/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * html.h - one page with everything of a trace, that needs nothing but itself.
 *
 * No address of any kind stands in it, and its policy forbids the browser to fetch one. It can be
 * read without scripts: they only sort, choose and show what is under the pointer. Text from the
 * trace is escaped wherever it is put.
 */
#ifndef KVM_IPI_HTML_H
#define KVM_IPI_HTML_H

#include <stdio.h>

#include "output/heatmap.h"
#include "output/latency_view.h"
#include "output/net.h"
#include "output/views.h"
#include "output/yield_view.h"

struct html_vm {
	const struct vm_view *vm;
	u32 number; /* its place in the graph */
	const struct heat *matrix;
	const struct net *net;
	const u64 *bin; /* IPIs by time */
	u32 nr_bins;
	u64 bin_ns;
	/* What the trace tells of yields and latencies; NULL: nothing. */
	const struct yield_view *yields;
	const struct yield_vm *yield;
	const struct latency_view *latencies;
	const struct latency_vm *latency;
};

#define HTML_EDGES_MAX 4096 /* rows of a VM's table of pairs */

/* The page's beginning: inputs, loss, what is covered, all VMs. */
void html_begin(const struct graph_view *g, FILE *out);
int html_vm(const struct graph_view *g, const struct html_vm *v, FILE *out); /* 0 or -ENOMEM */
void html_end(FILE *out);

/* The style sheet and the script. */
extern const char html_style[], html_script[];

#endif
