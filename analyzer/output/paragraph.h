/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * paragraph.h - text that is put together from pieces and broken into lines at the end, so that
 * each piece can be as long as its numbers need, and every line fits a terminal and a mail.
 */
#ifndef KVM_IPI_PARAGRAPH_H
#define KVM_IPI_PARAGRAPH_H

#include <stdio.h>

#include "util/types.h"

#define PARAGRAPH_WIDTH 79

/* All zero is empty. What does not fit into the text is cut. */
struct paragraph {
	char text[4096];
	size_t len;
	u32 width; /* of its lines; 0: PARAGRAPH_WIDTH */
};

void paragraph_say(struct paragraph *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "12 (34.5 %)" */
void paragraph_share(struct paragraph *p, u64 n, u64 of);
/*
 * Writes it, and empties it: before the first line first, before the others rest. Lines break at
 * blanks; '~' is a blank where none breaks.
 */
void paragraph_put(struct paragraph *p, const char *first, const char *rest, FILE *out);

#endif
