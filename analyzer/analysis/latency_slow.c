// SPDX-License-Identifier: GPL-2.0-only
/*
 * latency_slow.c - the slowest IPIs of latency.h: the first max_slow that come, then a heap of them
 * whose first is the least slow, which the next slower one replaces; or a list of all.
 */
#include "analysis/latency.h"

#include <stdlib.h>

/* By the acknowledgement; without one, by the injection or the receiver's run. */
static u64 slowness(const struct latency_ipi *ipi)
{
	for (int s = LATENCY_ACKNOWLEDGED; s >= LATENCY_INJECTED; s--)
		if (ipi->after[s] != LATENCY_UNKNOWN)
			return ipi->after[s];
	return ipi->after[LATENCY_RUNNING] == LATENCY_UNKNOWN ? 0 : ipi->after[LATENCY_RUNNING];
}

static int compare_slow(const void *a, const void *b)
{
	const struct latency_ipi *x = a, *y = b;
	u64 s = slowness(x), t = slowness(y);

	if (s != t)
		return s > t ? -1 : 1;
	return x->sent < y->sent ? -1 : x->sent > y->sent;
}

static void sift_down(struct latency *l, u32 at)
{
	for (;;) {
		u32 least = at;

		for (u32 c = 2 * at + 1; c <= 2 * at + 2 && c < l->nr_slow; c++)
			if (compare_slow(&l->slow[c], &l->slow[least]) > 0)
				least = c;
		if (least == at)
			return;
		l->slow[l->max_slow] = l->slow[at];
		l->slow[at] = l->slow[least];
		l->slow[least] = l->slow[l->max_slow];
		at = least;
	}
}

static void list_slow(struct latency *l, const struct latency_ipi *ipi)
{
	struct latency_ipi *grown = rows_grown(l->slow, &l->slow_room, l->nr_slow, sizeof(*grown));

	l->no_memory |= !grown;
	l->slow = grown ?: l->slow;
	if (grown)
		l->slow[l->nr_slow++] = *ipi;
}

void latency_slow_offer(struct latency *l, const struct latency_ipi *ipi)
{
	if (!l->max_slow)
		return;
	if (l->max_slow == LATENCY_ALL) {
		list_slow(l, ipi);
		return;
	}
	if (l->nr_slow < l->max_slow) {
		l->slow[l->nr_slow++] = *ipi;
		if (l->nr_slow == l->max_slow)
			for (u32 i = l->nr_slow; i-- > 0;)
				sift_down(l, i);
		return;
	}
	if (compare_slow(ipi, &l->slow[0]) < 0) {
		l->slow[0] = *ipi;
		sift_down(l, 0);
	}
}

void latency_slow_sort(struct latency *l)
{
	if (l->nr_slow)
		qsort(l->slow, l->nr_slow, sizeof(*l->slow), compare_slow);
}
