/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * outfile.h - a result's file: it appears whole or not at all.
 *
 * It is written in a file without a name, in the folder of its place, which gets a name and is
 * renamed when it is complete and on the disk. A failure leaves what was there before; a signal,
 * SIGKILL too, leaves nothing else. "-" or NULL is standard output.
 *
 * A symbolic link is followed: the file that it names is replaced. An existing file's mode is kept;
 * a new one's is what the umask leaves of 0666. The folder has to be writable: a file in one that
 * is not cannot be replaced, and is not written in place. Pipes and devices are.
 */
#ifndef KVM_IPI_OUTFILE_H
#define KVM_IPI_OUTFILE_H

#include <stdio.h>

#include "util/err.h"
#include "util/types.h"

struct outfile {
	FILE *f;
	char *path;    /* NULL: standard output */
	char *tmp;     /* its name for a moment, before the rename; or NULL */
	bool nameless; /* it has no name yet */
	bool copied;   /* it cannot get one: a file system without O_TMPFILE */
};

int outfile_open(struct outfile *out, const char *path, struct err *err);
/* The same as if the file system had no O_TMPFILE, for tests. */
int outfile_open_copied(struct outfile *out, const char *path, struct err *err);
/* Flushes, checks every error on the way, renames. 0 or -errno; -EPIPE without a message. */
int outfile_commit(struct outfile *out, struct err *err);
/* Gives up: removes what was written. Harmless after a commit. */
void outfile_abort(struct outfile *out);

#endif
