/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * waits.h - the spins of one vCPU whose awaited vCPUs have not run since.
 *
 * Each spin waits for the set of vCPUs that were awaited when it began, until one of them runs.
 * Every spin is kept with its time, up to WAITS_EXACT of them. Beyond that, neighbours are joined
 * where their times differ by at most 1 part in WAITS_PARTS of their age, so that memory grows with
 * the logarithm of the longest wait, not with the number of spins.
 */
#ifndef KVM_IPI_YIELD_WAITS_H
#define KVM_IPI_YIELD_WAITS_H

#include "model/hist.h"

#define WAITS_EXACT 4096
#define WAITS_PARTS 16384
/*
 * Different sets of one vCPU at once. Sets differ where it has sent to others, or a window has
 * ended, since none of them ran. One more: it is joined to the newest, which then waits for both.
 */
#define WAITS_SETS 64

/* Spins from first to last; sum: of their times after first. */
struct wait_group {
	u64 first, last, nr;
	unsigned __int128 sum;
};

struct wait_set {
	u64 *mask;		  /* of awaited slots; owned, as group */
	struct wait_group *group; /* ascending */
	u32 nr, room;
};

struct waits {
	struct wait_set *set;
	u32 nr, room;
};

/* All zero is empty. */
void waits_release(struct waits *w);
/* A spin at ts, no earlier than the last one, for the slots of a mask. 0 or -ENOMEM. */
int waits_add(struct waits *w, const u64 *mask, u32 words, u64 ts);
/* A slot runs at ts: the waits for it end, into h. 0 or -ENOMEM. */
int waits_end(struct waits *w, u32 slot, u64 ts, struct hist *h);
/* Nothing is known of them any more: forgets them. Returns how many spins they were. */
u64 waits_forget(struct waits *w);

#endif
