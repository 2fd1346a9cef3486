/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clean.h - text that comes from a file or a user, before it is printed.
 *
 * Names of VMs, vectors, clocks, kernels and files may hold anything: control characters that a
 * terminal obeys, line breaks that begin a line of their own, marks that reverse the direction of
 * what follows, bytes that are not UTF-8. Where such text comes in, text_clean() makes it
 * harmless, once; writers that escape use text_len() for what they get.
 */
#ifndef KVM_IPI_CLEAN_H
#define KVM_IPI_CLEAN_H

#include "util/types.h"

/* Bytes of the UTF-8 character at s, its number into *c; 0: none (cut, overlong, surrogate). */
size_t utf8_len(const char *s, u32 *c);

/*
 * The same for what may be printed: 0 also for controls (C0, DEL, C1), breaks of lines and
 * paragraphs, marks of direction, and the byte order mark.
 */
size_t text_len(const char *s);

/* Each character or byte that may not be printed becomes one '?', in place. */
void text_clean(char *s);

#endif
