/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.h - a recording: probes and buffer made, trace-cmd started, the host described in markers,
 * the user's command run, all of it ended and removed, in every case.
 */
#ifndef KVM_IPI_RUN_H
#define KVM_IPI_RUN_H

#include <stdio.h>

#include "record/plan.h"

struct run_result {
	struct tracer_loss loss;
	bool have_loss;
	u64 records_per_s;	    /* 0: not known */
	u32 vms, vcpus;		    /* that the markers name */
	int command_status;	    /* as waitpid() says it; 0 without a command */
	bool interrupted;	    /* by a signal, which is the usual end without a command */
	char leftover[ERR_MSG_MAX]; /* what could not be removed; "" */
};

struct run_job {
	const struct plan *plan;
	const struct host *host;
	const char *output;
	char **command; /* NULL-terminated, or NULL: until a signal comes */
	u32 grace_ms;	/* that it has to end after SIGTERM; 0: 5 s */
	FILE *say;	/* a line when it has begun, one on its cost; NULL: quiet */
	bool verbose;	/* trace-cmd may print */
};

/* 0 and the result, or -errno with a line; in either case the host is left as it was found. */
int run_recording(struct tracer *t, const struct run_job *job, struct run_result *r,
		  struct err *err);

/* The name of the buffer that this process records into. */
void run_instance_name(char name[32]);

#endif
