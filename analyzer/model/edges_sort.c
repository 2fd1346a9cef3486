// SPDX-License-Identifier: GPL-2.0-only
/*
 * edges_sort.c - see edges.h: the order in which edges are shown.
 *
 * First by VM, then the edges of one VM among themselves: what is sorted at a time mostly fits into
 * a cache, and a writer that shows some VMs sorts only those.
 */
#include "model/edges.h"
#include "util/order.h"

#include <errno.h>
#include <stdlib.h>

#define RADIX_BITS  11
#define RADIX_LEAST 1024 /* fewer are compared: a pass costs its table */
#define KEYS_AHEAD  32

u32 *edges_grouped(const u16 *rank, u32 nr, u32 *start)
{
	u32 *number = malloc(max_of(nr, 1u) * sizeof(*number));

	for (u32 i = 0; number && i < nr; i++)
		number[start[rank[i]]++] = i;
	return number;
}

/* What is compared. */
struct sort_item {
	u64 ends;
	u32 vector, number;
};

static int compare_items(const void *a, const void *b)
{
	const struct sort_item *x = a, *y = b;

	if (x->ends != y->ends)
		return x->ends < y->ends ? -1 : 1;
	return x->vector < y->vector ? -1 : x->vector > y->vector;
}

/* The general case: any ids. */
static s64 sort_by_compare(const struct edges *t, u32 *number, u32 nr)
{
	struct sort_item *item = malloc(max_of(nr, 1u) * sizeof(*item));
	s64 pairs = 0;

	if (!item)
		return -ENOMEM;
	for (u32 i = 0; i < nr; i++) {
		const struct edge_key *k = &edges_at(t, number[i])->key;

		item[i] = (struct sort_item){ (u64)k->src << 32 | k->dst, k->vector, number[i] };
	}
	qsort(item, nr, sizeof(*item), compare_items);
	for (u32 i = 0; i < nr; i++) {
		number[i] = item[i].number;
		pairs += !i || item[i].ends != item[i - 1].ends;
	}
	free(item);
	return pairs;
}

/* Numbers and their keys; a pass of the sort goes from one to another. */
struct keyed {
	u64 *key;
	u32 *number;
};

/* One stable pass by the bits from shift on. */
static void radix_pass(const struct keyed *from, const struct keyed *to, u32 nr, unsigned int shift)
{
	u32 start[1u << RADIX_BITS] = { 0 };

	for (u32 i = 0; i < nr; i++)
		start[from->key[i] >> shift & ((1u << RADIX_BITS) - 1)]++;
	order_starts(start, 1u << RADIX_BITS);
	for (u32 i = 0; i < nr; i++) {
		u32 at = start[from->key[i] >> shift & ((1u << RADIX_BITS) - 1)]++;

		to->key[at] = from->key[i];
		to->number[at] = from->number[i];
	}
}

/* How many bits the parts of a key take: src, dst, vector. */
struct widths {
	unsigned int src, dst, vector;
};

static unsigned int bits_of(u32 max)
{
	return max ? 32 - (unsigned int)__builtin_clz(max) : 0;
}

static struct widths key_widths(const struct edges *t, const u32 *number, u32 nr)
{
	struct edge_key any = { 0 };

	for (u32 i = 0; i < nr; i++) {
		const struct edge_key *k = &edges_at(t, number[i])->key;

		if (i + KEYS_AHEAD < nr)
			edges_prefetch(t, number[i + KEYS_AHEAD]);
		any.src |= k->src;
		any.dst |= k->dst;
		any.vector |= k->vector;
	}
	return (struct widths){ bits_of(any.src), bits_of(any.dst), bits_of(any.vector) };
}

static void pack_keys(const struct edges *t, const struct keyed *k, u32 nr, struct widths w)
{
	for (u32 i = 0; i < nr; i++) {
		const struct edge_key *key = &edges_at(t, k->number[i])->key;

		if (i + KEYS_AHEAD < nr)
			edges_prefetch(t, k->number[i + KEYS_AHEAD]);
		k->key[i] = ((u64)key->src << w.dst | key->dst) << w.vector | key->vector;
	}
}

static u32 count_pairs(const u64 *key, u32 nr, unsigned int vector_bits)
{
	u32 pairs = 0;

	for (u32 i = 0; i < nr; i++)
		pairs += !i || key[i] >> vector_bits != key[i - 1] >> vector_bits;
	return pairs;
}

static s64 sort_by_radix(const struct edges *t, u32 *number, u32 nr, struct widths w)
{
	u64 *keys = malloc(2 * (size_t)nr * sizeof(*keys));
	u32 *spare = malloc(nr * sizeof(*spare));
	struct keyed now = { keys, number }, next = { keys + nr, spare };
	unsigned int width = w.src + w.dst + w.vector;
	s64 pairs = -ENOMEM;

	if (keys && spare) {
		pack_keys(t, &now, nr, w);
		for (unsigned int shift = 0; shift < width; shift += RADIX_BITS) {
			struct keyed before = now;

			radix_pass(&now, &next, nr, shift);
			now = next;
			next = before;
		}
		if (now.number != number)
			memcpy(number, now.number, nr * sizeof(*number));
		pairs = count_pairs(now.key, nr, w.vector);
	}
	free(keys);
	free(spare);
	return pairs;
}

s64 edges_sort(const struct edges *t, u32 *number, u32 nr)
{
	struct widths w;

	if (nr < RADIX_LEAST)
		return sort_by_compare(t, number, nr);
	w = key_widths(t, number, nr);
	if (w.src + w.dst + w.vector > 64)
		return sort_by_compare(t, number, nr);
	return sort_by_radix(t, number, nr, w);
}

/* Each edge's rank, and where in the order those of each begin. */
static void find_ranks(const struct edges *t, const u32 *vm_rank, u32 nr_ranks, u16 *rank,
		       u32 *start)
{
	for (u32 i = 0; i < t->nr; i++) {
		rank[i] = (u16)vm_rank[edges_at(t, i)->key.vm];
		start[rank[i]]++;
	}
	order_starts(start, nr_ranks);
}

u32 *edges_sorted(const struct edges *t, const u32 *vm_rank, u32 nr_ranks)
{
	u32 *start = calloc(max_of(nr_ranks, 1u), sizeof(*start)), *number = NULL;
	u16 *rank = malloc(max_of(t->nr, 1u) * sizeof(*rank));
	u32 first = 0;
	s64 ret = 0;

	if (start && rank) {
		find_ranks(t, vm_rank, nr_ranks, rank, start);
		number = edges_grouped(rank, t->nr, start);
	}
	for (u32 r = 0; r < nr_ranks && number && ret >= 0; r++) {
		ret = edges_sort(t, number + first, start[r] - first);
		first = start[r];
	}
	free(start);
	free(rank);
	if (ret >= 0)
		return number;
	free(number);
	return NULL;
}
