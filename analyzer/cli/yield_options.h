/* SPDX-License-Identifier: GPL-2.0-only */
/* yield_options.h - the options of the commands that show yields. */
#ifndef KVM_IPI_YIELD_OPTIONS_H
#define KVM_IPI_YIELD_OPTIONS_H

#include "cli/session.h"
#include "view/yield_view.h"

struct yield_opts {
	struct opts opts; /* first */
	const char *window, *target, *result, *kernel, *policy;
	bool no_probes;
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

/*
 * Takes the options, and finds the probes of the files where none are named; y is to be zero. 0 or
 * -errno, after its message.
 */
int yield_check(struct yield_run *y, const struct yield_opts *o, const struct session *s);

/*
 * After the run: were the probes that were asked for in the files? 0 or -errno, after its
 * message.
 */
int yield_check_probes(const struct yield_opts *o, const struct session *s, u32 kinds);

#endif
