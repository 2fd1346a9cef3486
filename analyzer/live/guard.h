/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guard.h - removes a tracefs instance when this process has ended, however it did.
 *
 * A process of its own, in a session of its own and deaf to signals, waits until the pipe between
 * them is closed, which the kernel does for a killed process, too. It begins before the instance is
 * made, so that there is no moment in which a kill would leave it.
 */
#ifndef KVM_IPI_LIVE_GUARD_H
#define KVM_IPI_LIVE_GUARD_H

#include "util/err.h"

#include <sys/types.h>

struct guard {
	pid_t pid;
	int fd; /* our end of the pipe */
};

/* dir: what is to be removed (rmdir). 0 or -errno with its line. */
int guard_start(struct guard *g, const char *dir, struct err *err);
/* Lets it remove what is still there, and waits for it. 0; -EBUSY: dir could not be removed. */
int guard_end(struct guard *g);

#endif
