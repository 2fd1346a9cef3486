/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * drive.h - the way of the data: files in, events through the analyses, once.
 */
#ifndef KVM_IPI_DRIVE_H
#define KVM_IPI_DRIVE_H

#include "analysis/analysis.h"
#include "analysis/filter.h"
#include "decode/survey.h"
#include "decode/track.h"
#include "input/stream.h"
#include "model/vms.h"
#include "util/err.h"

/* One file: a part of the recording. */
struct input {
	const char *path;	/* not owned */
	struct container c;
	struct track track;
	bool have_track;	/* the file describes the event */
	char *clock;		/* not owned; NULL: unknown */
	struct stream_totals totals;
	u64 events;		/* records of the wanted event, before filters */
	u64 skipped;		/* damaged records, pages or chunks */
};

struct trace {
	struct input *in;
	u32 nr_in;
	struct vms vms;
	struct stream_totals totals;	/* of all files */
	u64 events, counted;		/* before and after the filters */
	u64 skipped;
};

/* Opens all files or none. 0 or -errno with its line. The paths must outlive the trace. */
int trace_open(struct trace *t, char *const *paths, u32 nr, struct err *err);
void trace_close(struct trace *t);

/* The time of the earliest record of any kind, from the first pages alone; 0 when there is none. */
int trace_first_ts(struct trace *t, u64 *ts, struct err *err);

/* Hands every IPI that passes the filter to each analysis. 0 or -errno with its line. */
int trace_run(struct trace *t, struct filter *filter, const struct analysis *list, u32 nr,
	      struct err *err);

/* Counts all records by event, for telling what a trace holds instead of IPIs. */
int trace_survey(struct trace *t, struct survey *s, struct err *err);

/* Missed events and statistics of all files, and whether any answer is a lower bound. */
bool trace_lossy(const struct trace *t);

#endif
