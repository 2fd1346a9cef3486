/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rows.h - arrays that grow row by row, and an index that finds the row of a key.
 *
 * The rows stay the caller's: an array in the order in which the keys were first heard of, so that
 * a walk over it is the same on every machine, and a row's number holds when the array moves. The
 * index is open addressing over keys of up to 128 bits, kept beside the row's number: a probe
 * touches no row.
 */
#ifndef KVM_IPI_ROWS_H
#define KVM_IPI_ROWS_H

#include "util/types.h"

/* For rows_grown(). */
void *rows_move(void *rows, u32 *room, u32 nr, size_t size);

/*
 * The array with room for row nr, moved where it had to be: *room rows then fit. NULL: out of
 * memory, and the array is as it was.
 */
static inline void *rows_grown(void *rows, u32 *room, u32 nr, size_t size)
{
	return likely(nr < *room) ? rows : rows_move(rows, room, nr, size);
}

/* For rows_zeroed(). */
void *rows_fill(void *rows, u32 *nr, u32 at, size_t size);

/*
 * The array with row `at` in it: *nr rows are there, the new ones all zero. For what is numbered
 * elsewhere. NULL: out of memory, and the array is as it was.
 */
static inline void *rows_zeroed(void *rows, u32 *nr, u32 at, size_t size)
{
	return likely(at < *nr) ? rows : rows_fill(rows, nr, at, size);
}

struct rows_slot {
	u64 hi, lo;
	u32 row; /* + 1; 0: empty */
};

struct rows_index {
	struct rows_slot *slot;
	u32 nr;	      /* keys, numbered from 0 */
	u32 nr_slots; /* a power of two, at least 2 * nr; or 0 */
};

/* All zero is empty. */
void rows_index_release(struct rows_index *ix);
/* For rows_index_add(). */
s64 rows_index_new(struct rows_index *ix, u64 hi, u64 lo);

/* Where the key is or would be; there must be slots. */
static inline struct rows_slot *rows_index_slot(const struct rows_index *ix, u64 hi, u64 lo)
{
	u64 h = (hi * 0x9e3779b97f4a7c15ull ^ lo) * 0xbf58476d1ce4e5b9ull;
	u32 i = (u32)(h >> 32) & (ix->nr_slots - 1);

	while (ix->slot[i].row && (ix->slot[i].lo != lo || ix->slot[i].hi != hi))
		i = (i + 1) & (ix->nr_slots - 1);
	return &ix->slot[i];
}

/* The key's row, or -1. */
static inline s64 rows_index_find(const struct rows_index *ix, u64 hi, u64 lo)
{
	return ix->nr ? (s64)rows_index_slot(ix, hi, lo)->row - 1 : -1;
}

/*
 * The key's row; a new key gets the next one, which is ix->nr before the call. -ENOMEM: nothing
 * changed.
 */
static inline s64 rows_index_add(struct rows_index *ix, u64 hi, u64 lo)
{
	s64 row = rows_index_find(ix, hi, lo);

	return likely(row >= 0) ? row : rows_index_new(ix, hi, lo);
}

#endif
