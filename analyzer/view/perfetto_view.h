/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * perfetto_view.h - a trace as Perfetto's slices and arrows: names, tracks, lanes, what is cut off.
 *
 * In one ordered run it sees what the vCPUs did (analysis/tracks.h) and every IPI
 * with its stages (analysis/latency.h). A vCPU has a track for what it did, one for what it sent,
 * and as many as overlap for what it received; they are named when they are first used. What is
 * kept grows with vCPUs, not with the trace.
 */
#ifndef KVM_IPI_PERFETTO_VIEW_H
#define KVM_IPI_PERFETTO_VIEW_H

#include "analysis/lanes.h"
#include "analysis/latency.h"
#include "analysis/tracks.h"
#include "output/perfetto.h"
#include "view/graph_view.h"

/* What is shown: times of the trace, inclusive. */
struct perfetto_span {
	u64 from, to;
};

struct perfetto_lanes {
	struct lanes lanes;
	u64 *tid; /* of each */
	u32 room;
};

struct perfetto_vcpu {
	struct perfetto_lanes sent, received;
};

/* IPIs of a VM in two neighbouring bins of time: they come nearly in order. */
struct perfetto_count {
	u64 bin;		  /* the later one; valid once it is open */
	u64 ipis[2], runnable[2]; /* by the bin's last bit */
	u64 last;		  /* the last bin that was written, */
	bool shown, open;	  /* and whether there was something in it */
};

struct perfetto_builder {
	/* set by the caller, not owned */
	const struct perfetto_format *format;
	const struct recording *s;
	const struct graph_builder *graph; /* of the IPIs that pass the filter */
	const struct thread_map *threads;
	const struct perfetto_span *span; /* sorted, apart from each other; at least one */
	u32 nr_spans;
	const struct latency_ipi *slow; /* to be marked, in their order; may be NULL */
	u32 nr_slow;

	struct perfetto out;
	struct tracks tracks;
	struct latency latency;
	struct perfetto_vcpu *vcpu;   /* by track */
	struct perfetto_count *count; /* by the VM's number, as is: */
	u32 *place;		      /* 1 for the first that is shown */
	struct perfetto_track first;
	u64 start_ts, unit, next_tid, bin_ns;
	int ret; /* what went wrong in a callback */
};

#define PERFETTO_ANALYSES 1
/*
 * Begins the document, and fills the list for a run with perfetto_kinds() beside it: 0 or -ENOMEM.
 * In either case perfetto_view_finish() ends it: 0 or -ENOMEM.
 */
int perfetto_view_begin(struct perfetto_builder *b, FILE *out,
			struct ordered list[PERFETTO_ANALYSES]);
int perfetto_view_finish(struct perfetto_builder *b);
void perfetto_view_release(struct perfetto_builder *b);
u32 perfetto_kinds(void);

#endif
