/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lanes.h - places spans of time that overlap side by side: no two of a lane overlap.
 *
 * A viewer's track can nest slices, but not cross them. Spans come in any order, and memory holds a
 * time for each lane: a span goes into the first lane whose last span ended before it began, so a
 * span that comes late may take a lane more than a perfect order would.
 */
#ifndef KVM_IPI_LANES_H
#define KVM_IPI_LANES_H

#include "util/types.h"

/* All zero is empty. */
struct lanes {
	u64 *end; /* of each lane's last span */
	u32 nr, room;
};

/* The lane of a span, from 0; l->nr grows with a new one. -ENOMEM. */
s64 lanes_place(struct lanes *l, u64 start, u64 end);
void lanes_release(struct lanes *l);

#endif
