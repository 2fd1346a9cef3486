/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * passes.h - which readings of a recording its analyses take, and in what order.
 *
 * What they need is declared with them (analysis/needs.h): the kinds that a pass decodes, whether
 * threads must be known, and whether there will be a coverage follow from it and from what the
 * files describe. All return 0 or -errno with its line.
 */
#ifndef KVM_IPI_PASSES_H
#define KVM_IPI_PASSES_H

#include "trace/recording.h"

/* Where IPIs come from: the tracepoint where it was recorded, or what was said. */
enum source_choice { SOURCE_AUTO, SOURCE_TRACK, SOURCE_PROBES, SOURCE_STOCK };

struct passes {
	struct recording *rec;
	enum source_choice source;
	u32 threads;   /* of an unordered pass; 0: as many as help */
	bool coverage; /* it will be shown */
};

/* Analyses in the order of time. */
#define ORDERED_ANALYSES 8

struct ordered_job {
	struct ordered_want want;
	/*
	 * Makes them ready for a trace whose threads are the recording's, and fills the list.
	 * Returns how many there are, or -ENOMEM. Where the first run was wrong about the threads,
	 * it is called once more.
	 */
	int (*begin)(void *ctx, struct ordered list[ORDERED_ANALYSES]);
	void *ctx;
	bool no_threads; /* they ask for none */
};

/* Order-free analyses, and the coverage if it is wanted: one pass, or two where there is one. */
int passes_unordered(const struct passes *p, const struct analysis *list, u32 nr, struct err *err);

/*
 * A job's ordered analyses, after the beginnings were read for the threads. kinds: what the files
 * describe of what was wanted.
 */
int passes_ordered(const struct passes *p, const struct ordered_job *job, u32 *kinds,
		   struct err *err);

/*
 * Both, and the coverage, in two passes: the threads, then everything. *done is false, and nothing
 * else has changed, where that cannot be done: other events than IPIs are not among the first
 * records, the source is stock events, or there turned out to be no tracked IPIs.
 */
int passes_together(const struct passes *p, const struct analysis *list, u32 nr,
		    const struct ordered_job *job, u32 *kinds, bool *done, struct err *err);

/* Order-free analyses and the threads in one pass; *done as above. */
int passes_threads(const struct passes *p, const struct analysis *list, u32 nr, bool *done,
		   struct err *err);

#endif
