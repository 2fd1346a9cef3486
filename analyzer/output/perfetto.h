/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * perfetto.h - the JSON that ui.perfetto.dev and chrome://tracing open, written as it goes.
 *
 * A process for each VM, a thread for each vCPU. An arrow is drawn when its two ends each lie in a
 * slice of their thread that is already in the file; who calls perfetto_ipi() promises that its
 * slices nest with all others of their threads. Times are ns since the first record.
 */
#ifndef KVM_IPI_PERFETTO_H
#define KVM_IPI_PERFETTO_H

#include <stdio.h>

#include "output/views.h"
#include "util/json.h"

struct perfetto {
	struct json j;
	u64 arrows;
};

/* Where something is drawn. */
struct perfetto_track {
	u64 pid, tid;
};

struct perfetto_ipi {
	u64 ts_ns, src_end_ns, dst_end_ns;
	struct perfetto_track src, dst;
	u32 src_id, dst_id;
	u32 vector;		 /* VIEW_NO_VECTOR: unknown */
	const char *vector_name; /* or NULL */
	const char *state, *path; /* or NULL */
	u32 cpu;
	s32 dst_cpu;		/* < 0: unknown */
};

/* Begins the document: what was read and lost comes first. */
void perfetto_begin(struct perfetto *p, const struct graph_view *g, FILE *out);
void perfetto_process(struct perfetto *p, u64 pid, const char *name, u32 index);
void perfetto_thread(struct perfetto *p, struct perfetto_track t, u32 vcpu);
void perfetto_slice(struct perfetto *p, struct perfetto_track t, u64 start_ns, u64 end_ns,
		    const char *name, const char *category);
/* Two slices and the arrow between them. */
void perfetto_ipi(struct perfetto *p, const struct perfetto_ipi *ipi);
/* A mark over everything: events were missed. */
void perfetto_gap(struct perfetto *p, struct perfetto_track t, u64 ts_ns, u32 cpu);
void perfetto_end(struct perfetto *p);

#endif
