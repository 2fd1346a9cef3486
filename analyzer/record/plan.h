/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan.h - a preset on a host: which events will be recorded, and the trace-cmd command for it.
 *
 * Pure: looks at the host, changes nothing, prints nothing.
 */
#ifndef KVM_IPI_PLAN_H
#define KVM_IPI_PLAN_H

#include <stdio.h>

#include "record/presets.h"
#include "record/tracer.h"

#define PLAN_ARGS_MAX (16 + 2 * EVENTS_MAX)

struct plan {
	const struct preset *preset;
	const char *event[EVENTS_MAX];	  /* not owned, but those of probes */
	const char *left_out[EVENTS_MAX]; /* nice to have, and not there */
	u32 nr_events, nr_left_out;
	struct plan_probe {
		char name[64];		   /* GROUP/EVENT */
		char event[64];		   /* GROUP:EVENT */
		char line[PROBE_LINE_MAX]; /* for kprobe_events */
	} probe[TRACER_PROBES_MAX];
	u32 nr_probes;
	/* where the IPIs come from: the tracepoint, or else probes, or else stock events */
	bool track, delivery_probes, joins;
	struct err why_no_probes; /* no tracepoint, and this is why no probes either */
	bool known;		  /* tracefs said what is there; else all of it is assumed */
	u64 buffer_kb;
	struct err why_not; /* no message: nothing is in the way */
};

/* With buffer_kb 0 the size is the preset's, less on a host with little memory. */
void plan_make(struct plan *p, const struct preset *preset, const struct host *h,
	       const struct tracer *t, u64 buffer_kb);

/*
 * The command as words, of which plan and instance and output are not copied; ends with NULL. The
 * size goes to a buffer of the caller's.
 */
void plan_command(const struct plan *p, const char *instance, const char *output, char size[24],
		  const char *argv[PLAN_ARGS_MAX]);

/* Words as a shell takes them, on one line. */
void print_words(const char *const *argv, FILE *out);

/* Where in struct task_struct the pid is; -1, with a line that says why. */
s64 plan_pid_offset(const struct host *h, struct err *err);

#endif
