/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * recorded.h - what a recorder has left on the disk. Its exit status is of no use (see run.c): the
 * file tells whether there is a recording.
 */
#ifndef KVM_IPI_RECORDED_H
#define KVM_IPI_RECORDED_H

#include <sys/stat.h>

#include "util/types.h"

/* The file is a recording, and not the one of before: old, with st_ino 0 if there was none. */
bool recorded_is_new(const char *path, const struct stat *old);
/* The disk that the file is to be on is full. */
bool recorded_disk_full(const char *path);
/* Removes the data of each CPU beside the file of that buffer, in no form that can be read. */
void recorded_remove_parts(const char *path, const char *instance);

#endif
