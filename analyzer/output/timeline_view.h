/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * timeline_view.h - rates over time, and their writers: text with sparklines, CSV, JSON, gnuplot.
 */
#ifndef KVM_IPI_TIMELINE_VIEW_H
#define KVM_IPI_TIMELINE_VIEW_H

#include <stdio.h>

#include "output/gnuplot.h"
#include "output/views.h"
#include "util/json.h"

/* Counts by bin: of a VM, or of one of its pairs. */
struct timeline_series {
	u32 src, dst; /* of a pair */
	u64 total;
	const u64 *count; /* nr_bins of them */
};

struct timeline_burst {
	u64 start_ns, length_ns;
	u64 count;
	u64 peak; /* IPIs of its largest bin */
};

struct timeline_vm {
	const struct vm_view *vm;
	char *title;
	struct timeline_series all;
	struct timeline_series *pair; /* most IPIs first */
	u32 nr_pairs;
	struct timeline_burst *burst;
	u32 nr_bursts;
};

struct timeline_view {
	u64 start_ns; /* of the first bin, since the first record */
	u64 bin_ns;
	u32 nr_bins;
	u64 burst_times, burst_min; /* what a burst is, for the remark */
	struct timeline_vm *vm;
	u32 nr_vms;
};

/* width: columns of the sparklines; utf8: blocks, else digits. */
void timeline_text(const struct timeline_view *t, u32 width, bool utf8, FILE *out);
void timeline_csv(const struct timeline_view *t, FILE *out);
void timeline_json(const struct timeline_view *t, struct json *j); /* the rest of the object */

struct timeline_picture {
	const struct timeline_view *t;
	struct picture_page page;
};

#define TIMELINE_PLOTS_MAX 20
int timeline_script(const struct timeline_picture *p, FILE *to); /* 0 or -ENOMEM */
int timeline_data(const struct timeline_picture *p, FILE *to);

#endif
