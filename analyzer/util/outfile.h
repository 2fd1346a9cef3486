/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * outfile.h - a result's file: it appears whole or not at all.
 *
 * It is written beside its place and renamed when it is complete and on the disk; "-" or NULL is
 * standard output. A failure leaves what was there before.
 */
#ifndef KVM_IPI_OUTFILE_H
#define KVM_IPI_OUTFILE_H

#include <stdio.h>

#include "util/err.h"
#include "util/types.h"

struct outfile {
	FILE *f;
	char *path;	/* NULL: standard output */
	char *tmp;
};

int outfile_open(struct outfile *out, const char *path, struct err *err);
/* Flushes, checks every error on the way, renames. 0 or -errno; -EPIPE without a message. */
int outfile_commit(struct outfile *out, struct err *err);
/* Gives up: removes what was written. Harmless after a commit. */
void outfile_abort(struct outfile *out);

#endif
