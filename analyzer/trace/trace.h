/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace.h - the way of the data: files in, events through the analyses, once.
 */
#ifndef KVM_IPI_DRIVE_H
#define KVM_IPI_DRIVE_H

#include "analysis/analysis.h"
#include "analysis/filter.h"
#include "analysis/whois_check.h"
#include "decode/deliveries.h"
#include "decode/events.h"
#include "decode/survey.h"
#include "decode/track.h"
#include "input/stream.h"
#include "model/names.h"
#include "model/threads.h"
#include "model/vms.h"
#include "util/err.h"

/* One file: a part of the recording. */
struct input {
	const char *path; /* not owned */
	char *name;	  /* the same to be printed */
	struct container c;
	struct track track;
	bool have_track; /* the file describes the event */
	char *clock;	 /* not owned; NULL: unknown */
	bool ticks;	 /* it does not count ns: times are of its ticks */
	struct stream_totals totals;
	u64 events;  /* records of the wanted event, before filters */
	u64 skipped; /* damaged records, pages or chunks */
};

struct trace {
	struct input *in;
	u32 nr_in;
	struct vms vms;
	const char *ticks; /* the clock of a file with ticks, not owned; NULL: all times are ns */
	bool probes;	   /* the IPIs are those of probes (decode/deliveries.h), in every run */
	struct probe_vms probe_vms;
	/*
	 * Gets the names that the recording has for VMs without one. Not owned; NULL: not wanted.
	 */
	struct vm_names *names;
	/* The same: gets what the recording says of the host's CPUs. */
	struct topology *topology;
	/* The same: what ordered runs are to be checked against; see trace_threads_early(). */
	struct whois_check *check;
	/* Set by what makes the map: its successors' ids are given to ordered runs' events. */
	const struct thread_map *threads; /* not owned, or NULL */
	struct progress *progress;	  /* not owned; NULL: nobody watches */
	struct stream_totals totals;	  /* of all files */
	u64 events, counted;		  /* before and after the filters */
	u64 skipped;
	bool vcpu_marks; /* trace_run() met markers that say which thread runs which vCPU */
			 /*
	 * totals and counts, also the inputs', are those of the last run; vms grows from run to run
	 */
};

/*
 * Opens all files or none; salvage: also those whose index is lost. 0 or -errno with its line. The
 * paths must outlive the trace.
 */
int trace_open(struct trace *t, char *const *paths, u32 nr, bool salvage, struct err *err);
void trace_close(struct trace *t);

/* The time of the earliest record of any kind, from the first pages alone; 0 when there is none. */
int trace_first_ts(struct trace *t, u64 *ts, struct err *err);

/*
 * Hands every IPI that passes the filter to each analysis, in no order between CPUs, with as many
 * threads (0: as many as help). The result does not depend on their number. 0 or -errno with its
 * line.
 */
int trace_run(struct trace *t, struct filter *filter, const struct analysis *list, u32 nr,
	      u32 threads, struct err *err);

/* For the runs themselves. */
void trace_reset(struct trace *t);
int trace_failed(const struct input *in, int ret, struct err *err); /* returns ret, with its line */

/* Which events an ordered run reads. */
struct ordered_want {
	u32 kinds;			     /* EV_BIT()s, beside those that the analyses need */
	const struct probe *target, *result; /* or NULL */
};

/*
 * Hands all events of the wanted kinds, in the order of time and over all files, to each analysis.
 * kinds: what at least one file describes, when it is done. An IPI's ev.ipi.vm is set; filters are
 * the analyses' business, which know what a filter must not take away. 0 or -errno with its line.
 */
int trace_run_ordered(struct trace *t, const struct ordered_want *want, const struct ordered *list,
		      u32 nr, u32 *kinds, struct err *err);

/* The same without what t->probes says, for the runs themselves: records as they are. */
int trace_run_merged(struct trace *t, const struct ordered_want *want, const struct ordered *list,
		     u32 nr, u32 *kinds, struct err *err);

/*
 * Reads the whole trace once to find out which thread runs which vCPU of which VM
 * (analysis/whois.h). map is to be empty; the VMs are numbers in t->vms. 0 or -errno with its line.
 */
int trace_threads(struct trace *t, struct thread_map *map, u32 *kinds, struct err *err);

/*
 * The same, always in the order of time, with order-free analyses in the same run: they get every
 * IPI of kvm_ipi_track that passes the filter.
 */
int trace_threads_counting(struct trace *t, struct thread_map *map, struct filter *filter,
			   const struct analysis *list, u32 nr, struct err *err);

/* Whether other records than IPIs are among the first of a CPU: 1, 0 or -errno with its line. */
int trace_mixed(struct trace *t, struct err *err);

/*
 * The same from the beginnings of the CPUs' streams alone, where they say it of every thread: most
 * traces say nothing new behind them. Every trace_run_ordered() checks that (t->check), until there
 * is another map, and fails with -ESTALE where it is not so: then the answer takes trace_threads().
 * check is to be released once the trace has no use for it; NULL does not look for an early end.
 */
int trace_threads_early(struct trace *t, struct thread_map *map, struct whois_check *check,
			u32 *kinds, struct err *err);

/* Counts all records by event, for telling what a trace holds instead of IPIs. */
int trace_survey(struct trace *t, struct survey *s, struct err *err);

/* Missed events and statistics of all files, and whether any answer is a lower bound. */
bool trace_lossy(const struct trace *t);

#endif
