/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * yield_run.h - the yield statistics: their options, their part of an ordered run, and their view.
 *
 * The commands that show them (yield, html) differ in what else the same run does. In order:
 * options parsed and checked, session_run_ordered() with a job that calls yield_begin(), and
 * yield_finish(), yield_view_init().
 */
#ifndef KVM_IPI_YIELD_RUN_H
#define KVM_IPI_YIELD_RUN_H

#include "analysis/yield/replay.h"
#include "analysis/seen.h"
#include "analysis/yield/hints.h"
#include "cli/session.h"
#include "output/yield_view.h"

struct yield_opts {
	struct opts opts; /* first */
	const char *window, *target, *result, *kernel;
	int search; /* enum scan_order + 1; 0: by the kernel's version */
	u64 exit_delay, hypercall_delay, end_delay;
};

#define YIELD_OPTS_DEFAULT                                                                         \
	{                                                                                          \
		.exit_delay = REPLAY_EXIT_DELAY, .hypercall_delay = REPLAY_HYPERCALL_DELAY,        \
		.end_delay = REPLAY_END_DELAY                                                      \
	}

/* Rows of a struct yield_opts, which has to stand first in the command's own options. */
extern const struct option_row yield_rows[];

struct yield_run {
	const struct yield_opts *o;	/* not owned */
	struct session *s;		/* not owned */
	struct probe target, result;
	u64 window_ns;
	struct seen seen;
	struct hints hints;
	struct replay replay;
	u64 counted;			/* hints and spins that passed the filters */
	struct yield_view view;
	char missing[3][NEEDS_TEXT]; /* what to record */
	struct input_view *in;
	struct yield_vm *vm;
};

/* Takes the options; y is to be zero. -1 or an exit code, after its message. */
int yield_check(struct yield_run *y, const struct yield_opts *o);

#define YIELD_ANALYSES 3
/* A run begins, or begins again: fills the list. YIELD_ANALYSES or -ENOMEM. */
int yield_begin(struct yield_run *y, struct session *s, struct ordered list[YIELD_ANALYSES]);

/*
 * After the run: were the probes that were asked for in the files? -1 or an exit code, after its
 * message.
 */
int yield_check_probes(const struct yield_run *y, u32 kinds);

/* 0 or -ENOMEM. */
int yield_finish(struct yield_run *y);
int yield_view_init(struct yield_run *y);
void yield_release(struct yield_run *y);

#endif
