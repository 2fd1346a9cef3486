/* SPDX-License-Identifier: GPL-2.0-only */
/* order.h - the order of numbers, as qsort() and bsearch() ask for it, and of groups of them. */
#ifndef KVM_IPI_ORDER_H
#define KVM_IPI_ORDER_H

#include "util/types.h"

static inline int order_u32(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

static inline int order_u64(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/* Counts become the places where each one's begin, one behind the other. */
static inline void order_starts(u32 *n, u32 nr)
{
	u32 sum = 0;

	for (u32 i = 0; i < nr; i++) {
		u32 count = n[i];

		n[i] = sum;
		sum += count;
	}
}

#endif
