/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * top_record.h - `r`: kvm-ipi record for the next seconds, as a process beside the screen.
 */
#ifndef KVM_IPI_CLI_TOP_RECORD_H
#define KVM_IPI_CLI_TOP_RECORD_H

#include <sys/types.h>

#include "util/types.h"

#define TOP_RECORD_SECONDS 10

struct top_record {
	pid_t pid; /* 0: none runs */
	int words; /* its messages; -1 */
	char file[64];
};

/* Starts one into a file of a new name in the present folder; message: what to show. */
void top_record_start(struct top_record *r, char *message, size_t len);
/* Whether it has ended: true once, and message says how. */
bool top_record_ended(struct top_record *r, char *message, size_t len);
/* Ends it (as Ctrl-C would) and waits: what was recorded until then is kept. */
void top_record_stop(struct top_record *r);

#endif
