/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * export_run.h - writes a trace for Perfetto: what `export` and `latency --export` have in common.
 */
#ifndef KVM_IPI_EXPORT_RUN_H
#define KVM_IPI_EXPORT_RUN_H

#include "analysis/latency.h"
#include "cli/session.h"
#include "view/perfetto_view.h"

struct export_job {
	struct session *s;
	const struct opts *opts;
	const char *output;	     /* a file's name, or NULL or "-" */
	bool proto;		     /* Perfetto's protobuf instead of JSON */
	struct probe target, result; /* of yield_to(); system NULL: none */
	/* The surroundings of these alone; NULL: everything that passes the filters. */
	const struct latency_ipi *slow;
	u32 nr_slow;
};

#define EXPORT_SLOW_MAX 1000

/* Reads the trace at least twice. 0 or -errno, after its message. */
int export_run(const struct export_job *job);

/* Rows of --yield-target and --yield-result, at these places of an options struct. */
#define EXPORT_PROBE_ROWS(type, target, result)                                                    \
	{ "yield-target",                                                                          \
	  0,                                                                                       \
	  OPT_TEXT,                                                                                \
	  offsetof(type, target),                                                                  \
	  "SYSTEM:EVENT:FIELD",                                                                    \
	  "a probe at yield_to(): the field holds the target's\nthread id" },                      \
	{                                                                                          \
		"yield-result", 0, OPT_TEXT, offsetof(type, result), "SYSTEM:EVENT:FIELD",         \
			"a probe at its return: the field holds the value"                         \
	}

/* The probes' names into the job: 0 or -errno, after its message. */
int export_probes(struct export_job *job, const char *target, const char *result);
void export_job_release(struct export_job *job);

#endif
