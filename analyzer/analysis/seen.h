/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * seen.h - of which kinds an ordered run met records. A file may describe events of which it has no
 * record; what an answer is made of is told from the records.
 */
#ifndef KVM_IPI_SEEN_H
#define KVM_IPI_SEEN_H

#include "analysis/analysis.h"
#include "decode/event.h"

struct seen {
	u32 kinds; /* EV_BIT()s */
};

/* All of these kinds. */
static inline bool seen_all(const struct seen *s, u32 kinds)
{
	return (s->kinds & kinds) == kinds;
}

/*
 * What to record for the figures, as needs_record() has it into text, where an event without which
 * they are unknown was not seen; NULL: they are known.
 */
const char *seen_missing(const struct seen *s, const struct need *needs, u32 figures,
			 char text[NEEDS_TEXT]);

extern const struct ordered_ops seen_ops;

#endif
