/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * host.h - what a Linux host says about itself in /proc and /sys, below a root folder of the
 * caller's choice: "" is this machine, /host a host's folders inside a container, a test brings its
 * own.
 *
 * Paths are given absolute and without the root. Nothing here writes, mounts or loads anything.
 */
#ifndef KVM_IPI_HOST_H
#define KVM_IPI_HOST_H

#include "util/types.h"

#define HOST_PATH_MAX 4096
#define HOST_TEXT_MAX 256 /* one-line files: parameters, versions, names */

struct host {
	const char *root; /* not owned; never NULL */
};

/* root and the formatted path into buf, which holds HOST_PATH_MAX bytes; returns buf. */
char *host_path(const struct host *h, char *buf, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Whether it exists, as far as this user may see; 0, or the errno: ENOENT, EACCES, ... */
int host_look(const struct host *h, const char *path);

/*
 * The first line of a file, without its newline; text holds HOST_TEXT_MAX bytes and is "" after a
 * failure. 0 or -errno.
 */
int host_line(const struct host *h, char *text, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A whole number from the first line, or -1. */
s64 host_number(const struct host *h, const char *path);
/* "Y" or a number above 0: 1. "N" or 0: 0. No such file: -1. */
int host_switch(const struct host *h, const char *path);

/* A whole file in memory, to be freed, with its length; NULL and errno. */
char *host_slurp(const struct host *h, const char *path, size_t *len);

/* Where this program is in $PATH; false: nowhere. path holds HOST_PATH_MAX bytes. */
bool program_find(const char *name, char *path);

#endif
