/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * delays.h - durations from an IPI's sending to each stage, per VM, counted by stretch of time.
 *
 * The counterpart of series.h for latencies: fed by latency.h's hook in an ordered run, with the
 * same stretches that become wider as the recording goes on. Buckets are those of hist.h.
 */
#ifndef KVM_IPI_DELAYS_H
#define KVM_IPI_DELAYS_H

#include "analysis/compare/blocks.h"
#include "analysis/compare/resample.h"
#include "analysis/latency.h"

#define DELAYS_BITS 6 /* a bucket is at most 1/64 of its values wide */

struct delays_table {
	u32 *count; /* [bucket * STRETCHES_MAX + stretch] */
	u32 nr_buckets;
	u64 nr;
};

struct delays {
	u64 start; /* the caller sets it; all else is zero */
	u64 width;
	struct delays_vm {
		struct delays_table stage[NR_LATENCY_STAGES];
	} * vm; /* by the VM's number */
	u32 nr_vm;
};

void delays_release(struct delays *d);
/* struct latency's hook; ctx is a struct delays. 0 or -ENOMEM. */
int delays_reached(void *ctx, const struct latency_ipi *ipi, enum latency_stage stage);

/* A stage's durations, buckets without any left out; all is owned. */
struct delays_shape {
	struct durations d;
	u32 *count;
	double *at;
};

/* Of these stretches; what is earlier or later counts for the first or the last. */
int delays_shape_init(struct delays_shape *s, const struct delays_table *t, u32 from, u32 nr);
void delays_shape_release(struct delays_shape *s);

#endif
