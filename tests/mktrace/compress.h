/* SPDX-License-Identifier: GPL-2.0-only */
/* One frame of zstd or zlib at the end of a buffer. */
#ifndef MKTRACE_COMPRESS_H
#define MKTRACE_COMPRESS_H

#include "options.h"

/* Appends to @to: compressed size, uncompressed size (4 bytes each), the frame. */
void compress_frame(struct buf *to, enum compress how, const void *data, size_t len);

/* What the file's header says. */
const char *compress_name(enum compress how);
const char *compress_version(enum compress how);

#endif
