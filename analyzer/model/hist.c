// SPDX-License-Identifier: GPL-2.0-only
/* hist.c - see hist.h. */
#include "model/hist.h"

#include <errno.h>
#include <stdlib.h>

void hist_init(struct hist *h, u8 bits)
{
	*h = (struct hist){ .bits = bits };
}

void hist_release(struct hist *h)
{
	free(h->count);
	hist_init(h, h->bits);
}

static inline u32 bucket_of(u8 bits, u64 value)
{
	u32 shift;

	if (value < (1ull << bits))
		return (u32)value;
	shift = 63u - (u32)__builtin_clzll(value) - bits;
	/* The octave's number, then the top bits below the leading one. */
	return ((shift + 1) << bits) + (u32)((value >> shift) - (1ull << bits));
}

u32 hist_bucket(u8 bits, u64 value)
{
	return bucket_of(bits, value);
}

u64 hist_bucket_middle(u8 bits, u32 bucket)
{
	u32 octave = bucket >> bits, shift;
	u64 low;

	if (!octave)
		return bucket;
	shift = octave - 1;
	low = ((1ull << bits) + (bucket & ((1u << bits) - 1))) << shift;
	return low + ((1ull << shift) - 1) / 2;
}

static int hist_grow(struct hist *h, u32 want)
{
	/* To the end of the octave: few steps, little waste. */
	u32 room = (want | ((1u << h->bits) - 1)) + 1;
	u64 *count = realloc(h->count, room * sizeof(*count));

	if (!count)
		return -ENOMEM;
	memset(count + h->room, 0, (room - h->room) * sizeof(*count));
	h->count = count;
	h->room = room;
	return 0;
}

int hist_add(struct hist *h, u64 value, u64 times)
{
	u32 bucket = bucket_of(h->bits, value);

	if (!times)
		return 0;
	if (unlikely(bucket >= h->room) && hist_grow(h, bucket))
		return -ENOMEM;
	h->count[bucket] += times;
	h->min = h->nr ? min_of(h->min, value) : value;
	h->max = h->nr ? max_of(h->max, value) : value;
	h->nr += times;
	h->sum += (unsigned __int128)value * times;
	return 0;
}

int hist_add_bucket(struct hist *h, u32 bucket, u64 times)
{
	/* Octave 63 - bits has the largest values. */
	if (bucket >> h->bits > 64u - h->bits)
		return -EINVAL;
	return hist_add(h, hist_bucket_middle(h->bits, bucket), times);
}

int hist_merge(struct hist *h, const struct hist *other)
{
	if (h->bits != other->bits)
		return -EINVAL;
	if (!other->nr)
		return 0;
	if (other->room > h->room && hist_grow(h, other->room - 1))
		return -ENOMEM;
	for (u32 i = 0; i < other->room; i++)
		h->count[i] += other->count[i];
	h->min = h->nr ? min_of(h->min, other->min) : other->min;
	h->max = h->nr ? max_of(h->max, other->max) : other->max;
	h->nr += other->nr;
	h->sum += other->sum;
	return 0;
}

u64 hist_percentile(const struct hist *h, u64 num, u64 den)
{
	u64 rank, seen = 0;

	if (!h->nr)
		return 0;
	rank = (u64)(((unsigned __int128)h->nr * num + den - 1) / den);
	rank = max_of(rank, (u64)1);
	if (rank >= h->nr)
		return h->max;
	for (u32 i = 0; i < h->room; i++) {
		seen += h->count[i];
		if (seen >= rank) {
			u64 middle = hist_bucket_middle(h->bits, i);

			return min_of(max_of(middle, h->min), h->max);
		}
	}
	return h->max;
}

u64 hist_mean(const struct hist *h)
{
	return h->nr ? (u64)((h->sum + h->nr / 2) / h->nr) : 0;
}

u64 hist_error_parts(const struct hist *h)
{
	return 2ull << h->bits;
}
