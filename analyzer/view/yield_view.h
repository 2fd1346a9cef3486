/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * yield_view.h - the yield statistics: their part of an ordered run, and their view.
 *
 * The commands that show them (yield, html) differ in what else the same run does. In order: the
 * options of yield_check() (cli/yield_options.h), an ordered run with the analyses of
 * yield_begin(), yield_finish(), yield_view_init().
 */
#ifndef KVM_IPI_VIEW_YIELD_VIEW_H
#define KVM_IPI_VIEW_YIELD_VIEW_H

#include "analysis/yield/replay.h"
#include "analysis/seen.h"
#include "analysis/yield/hints.h"
#include "output/yield_view.h"
#include "trace/recording.h"

struct yield_run {
	/* given: */
	struct replay_options opt;   /* order NR_SCAN_ORDERS: that of the recording's kernel */
	struct probe target, result; /* in use if opt.probed */
	char kernel_policy[32];	     /* its name */
	char probes[256];	     /* those that were found, or empty */
	const char *command;	     /* given, not owned: how the program was called, or NULL */
	bool left_out;		     /* probes are not to be used */
	bool several_probes;	     /* which could be those on yield_to(): none is used */
	/* from the run: */
	struct recording *s; /* not owned */
	struct seen seen;
	struct hints hints;
	struct replay replay;
	u64 counted; /* hints and spins that passed the filters */
	struct yield_view view;
	char missing[4][NEEDS_TEXT]; /* what to record */
	struct input_view *in;
	struct yield_vm *vm;
};

#define YIELD_ANALYSES 3
/* A run begins, or begins again: fills the list. YIELD_ANALYSES or -ENOMEM. */
int yield_begin(struct yield_run *y, struct recording *s, struct ordered list[YIELD_ANALYSES]);

/* 0 or -ENOMEM. */
int yield_finish(struct yield_run *y);
int yield_view_init(struct yield_run *y);
void yield_release(struct yield_run *y);

#endif
