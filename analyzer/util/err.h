/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * err.h - how errors travel: a function returns -errno and, where a struct err is passed, the one
 * line that a user should read. Only main.c and cmd_*.c print it.
 */
#ifndef KVM_IPI_ERR_H
#define KVM_IPI_ERR_H

#define ERR_MSG_MAX 512

struct err {
	char msg[ERR_MSG_MAX]; /* one line, without newline; empty when nothing was said */
};

/* Formats the message (control characters become '?', so that it stays one line); returns code. */
int err_set(struct err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
