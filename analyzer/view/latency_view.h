/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * latency_view.h - latencies: their part of an ordered run, and their view.
 *
 * In order: session_run_ordered() with a job that calls latency_begin(),
 * latency_finish() of l, latency_view_init().
 */
#ifndef KVM_IPI_LATENCY_RUN_H
#define KVM_IPI_LATENCY_RUN_H

#include "analysis/latency.h"
#include "analysis/seen.h"
#include "trace/recording.h"
#include "output/latency_view.h"

#define LATENCY_SLOW 10 /* of the slowest that are listed, unless an option says otherwise */

struct latency_run {
	struct recording *s; /* not owned */
	struct seen seen;
	struct latency l;
	struct latency_view view;
	struct input_view *in;
	struct latency_vm *vm;
	struct latency_line *line;
	struct latency_slow *slow;
	char missing[LATENCY_STAGES][NEEDS_TEXT]; /* what to record for a stage */
};

/* Before a run. The time of sending comes from kvm_apic_ipi; probes have it in the IPI itself. */
static inline struct seen latency_nothing_seen(const struct trace *t)
{
	return (struct seen){ t->probes ? EV_BIT(EV_APIC_IPI) : 0 };
}

/* The lines of each part of each VM in that order, for text. */
void latency_sort(struct latency_run *c, enum latency_sort by);

#define LATENCY_ANALYSES 2
/* A run begins, or again; c is zero at first. Fills the list: LATENCY_ANALYSES or -ENOMEM. */
int latency_begin(struct latency_run *c, struct recording *s, u32 slow,
		  struct ordered list[LATENCY_ANALYSES]);

/* After the run: whether there was any of the events that follow an IPI. */
bool latency_seen(const struct latency_run *c);
int latency_view_init(struct latency_run *c); /* 0 or -ENOMEM */
void latency_run_release(struct latency_run *c);

#endif
