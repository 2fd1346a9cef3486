/* SPDX-License-Identifier: GPL-2.0-only */
/* The bytes of one record. */
#ifndef MKTRACE_PAYLOAD_H
#define MKTRACE_PAYLOAD_H

#include "layout.h"
#include "stream.h"

/* Fills @p, MAX_PAYLOAD bytes; returns how many are used, a multiple of 4. */
u32 payload_fill(u8 *p, const struct item *it, const struct layout *l, const struct options *o);

#endif
