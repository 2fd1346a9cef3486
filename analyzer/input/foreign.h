/* SPDX-License-Identifier: GPL-2.0-only */
/* foreign.h - files that are no trace.dat: one line that says what each is and what to do. */
#ifndef KVM_IPI_FOREIGN_H
#define KVM_IPI_FOREIGN_H

#include "util/err.h"

struct stat;

/* Refuses what cannot be read at several places, or is empty: 0 or -errno with the line. */
int foreign_refuse_kind(const struct stat *st, const char *path, struct err *err);
/* fd does not begin like a trace.dat: always -errno, with the line. */
int foreign_describe(int fd, const char *path, struct err *err);

#endif
