/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * progress.h - how far a long reading is: share, rate and remaining time, in one line that is
 * written over and over, from one second on. For a person at a terminal: the caller says to which
 * stream.
 *
 * Several threads may add at the same time; one of them writes. A call costs two nanoseconds for
 * each piece that is small, and the reading of a clock for each MB.
 */
#ifndef KVM_IPI_PROGRESS_H
#define KVM_IPI_PROGRESS_H

#include <stdio.h>

#include "util/types.h"

struct progress {
	FILE *out; /* NULL: nobody wants to know */
	u64 total; /* bytes; 0: unknown */
	u64 begin_ns;
	/* changed by all threads */
	u64 done, looked;
	u64 shown_ns; /* when the line was last written; 0: not yet */
	bool writing;
};

void progress_init(struct progress *p, FILE *out);
/* A new pass over total bytes. p may be NULL, here and below. */
void progress_begin(struct progress *p, u64 total);
void progress_add(struct progress *p, u64 bytes);
/* Wipes the line off. */
void progress_end(struct progress *p);

/* The line at a time, for a test: what progress_add() would write. */
void progress_line(const struct progress *p, u64 done, u64 elapsed_ns, char line[80]);

#endif
