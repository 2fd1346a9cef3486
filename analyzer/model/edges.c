// SPDX-License-Identifier: GPL-2.0-only
/*
 * edges.c - see edges.h.
 *
 * Adding works on a batch in three sweeps (hash and touch the index, find the edge and touch it,
 * count), so that the cache misses of a large graph overlap instead of queueing.
 */
#define _GNU_SOURCE
#include "model/edges.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#define CHUNK_EDGES (1u << EDGES_CHUNK_SHIFT)
#define SWEEP 128
#define HUGE_PAGE (2u << 20)

static inline u64 key_hash(const struct edge_key *k)
{
	u64 h = ((u64)k->src << 32 | k->dst) * 0x9e3779b97f4a7c15ull;

	h ^= ((u64)k->vm << 9 ^ k->vector) * 0xd6e8feb86659fd93ull;
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93ull;
	return h ^ h >> 29;
}

static inline bool key_same(const struct edge_key *a, const struct edge_key *b)
{
	return a->src == b->src && a->dst == b->dst && a->vector == b->vector && a->vm == b->vm;
}

void edges_seal(struct edges *t)
{
	free(t->slot);
	t->slot = NULL;
	t->nr_slots = 0;
}

void edges_release(struct edges *t)
{
	for (u32 i = 0; i < t->nr_chunks; i++)
		free(t->chunk[i]);
	free(t->chunk);
	free(t->slot);
	free(t->carry);
	*t = (struct edges){ 0 };
}

static void slot_put(u64 *slot, u64 nr_slots, u64 hash, u32 number)
{
	u64 i = hash & (nr_slots - 1);

	while (slot[i])
		i = (i + 1) & (nr_slots - 1);
	slot[i] = (hash >> 32 << 32) | (number + 1);
}

/* Doubles the index; the hashes are computed anew, in the order in which the edges lie in memory. */
static int index_grow(struct edges *t)
{
	u64 nr_slots = t->nr_slots ? 2 * t->nr_slots : 1024;
	size_t bytes = nr_slots * sizeof(*t->slot);
	u64 *slot = NULL;

	if (bytes >= HUGE_PAGE) {
		if (!posix_memalign((void **)&slot, HUGE_PAGE, bytes)) {
			madvise(slot, bytes, MADV_HUGEPAGE);
			memset(slot, 0, bytes);
		}
	} else {
		slot = calloc(nr_slots, sizeof(*slot));
	}
	if (!slot)
		return -ENOMEM;
	free(t->slot);
	t->slot = slot;
	t->nr_slots = nr_slots;
	for (u32 i = 0; i < t->nr; i++)
		slot_put(slot, nr_slots, key_hash(&edges_at(t, i)->key), i);
	return 0;
}

static int chunk_grow(struct edges *t)
{
	struct edge **grown = realloc(t->chunk, (t->nr_chunks + 1) * sizeof(*grown));
	void *chunk;

	if (!grown)
		return -ENOMEM;
	t->chunk = grown;
	if (posix_memalign(&chunk, 64, CHUNK_EDGES * sizeof(struct edge)))
		return -ENOMEM;
	t->chunk[t->nr_chunks++] = chunk;
	return 0;
}

static struct edge *edge_new(struct edges *t, const struct edge_key *key, u64 hash)
{
	struct edge *e;

	if (t->nr == t->nr_chunks * CHUNK_EDGES && chunk_grow(t))
		return NULL;
	e = edges_at(t, t->nr);
	*e = (struct edge){ .key = *key, .first = UINT64_MAX };
	slot_put(t->slot, t->nr_slots, hash, t->nr++);
	return e;
}

/* The edge, or NULL when it is not there. */
static inline struct edge *edge_lookup(const struct edges *t, const struct edge_key *key, u64 hash)
{
	u64 mask = t->nr_slots - 1;

	for (u64 i = hash & mask; t->slot[i]; i = (i + 1) & mask) {
		struct edge *e;

		if (t->slot[i] >> 32 != hash >> 32)
			continue;
		e = edges_at(t, (u32)t->slot[i] - 1);
		if (likely(key_same(&e->key, key)))
			return e;
	}
	return NULL;
}

/* Room in the index for nr more edges at a load of at most 7/8. */
static int index_reserve(struct edges *t, u32 nr)
{
	while ((u64)t->nr + nr > t->nr_slots / 8 * 7) {
		int ret = index_grow(t);

		if (ret)
			return ret;
	}
	return 0;
}

/* A counter passed 2^32: keeps the carry apart. Rare enough for a linear list. */
static int edge_carry(struct edges *t, const struct edge_key *key, unsigned int which, u64 amount)
{
	u64 hash = key_hash(key);
	u64 mask = t->nr_slots - 1, i = hash & mask;
	struct edge_carry *grown;
	u32 number;

	while (!key_same(&edges_at(t, (u32)t->slot[i] - 1)->key, key))
		i = (i + 1) & mask;
	number = (u32)t->slot[i] - 1;
	for (u32 c = 0; c < t->nr_carries; c++)
		if (t->carry[c].edge == number && t->carry[c].which == which) {
			t->carry[c].amount += amount;
			return 0;
		}
	grown = realloc(t->carry, (t->nr_carries + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	t->carry = grown;
	grown[t->nr_carries++] = (struct edge_carry){ number, which, amount };
	return 0;
}

static inline int edge_bump(struct edges *t, struct edge *e, unsigned int which)
{
	return likely(++e->n[which]) ? 0 : edge_carry(t, &e->key, which, 1ull << 32);
}

static inline int edge_add_event(struct edges *t, struct edge *e, const struct ipi_event *ev)
{
	int ret;

	e->first = min_of(e->first, ev->ts);
	e->last = max_of(e->last, ev->ts);
	ret = edge_bump(t, e, min_of(ev->state, (u8)EDGE_STATE_OTHER));
	if (unlikely(ev->path != IPI_PATH_FAST) && !ret)
		ret = edge_bump(t, e, ev->path == IPI_PATH_SLOW ? EDGE_PATH_SLOW : EDGE_PATH_OTHER);
	return ret;
}

/* At most SWEEP events, with their keys. */
static int add_sweep(struct edges *t, const struct ipi_event *ev, const struct edge_key *key, u32 nr)
{
	struct edge *found[SWEEP];
	u64 hash[SWEEP];
	int ret = index_reserve(t, nr);

	if (ret)
		return ret;
	for (u32 i = 0; i < nr; i++) {
		hash[i] = key_hash(&key[i]);
		__builtin_prefetch(&t->slot[hash[i] & (t->nr_slots - 1)]);
	}
	for (u32 i = 0; i < nr; i++) {
		u64 slot = t->slot[hash[i] & (t->nr_slots - 1)];

		if (slot)
			__builtin_prefetch(edges_at(t, (u32)slot - 1), 1);
	}
	for (u32 i = 0; i < nr; i++) {
		found[i] = edge_lookup(t, &key[i], hash[i]);
		if (unlikely(!found[i]))
			found[i] = edge_new(t, &key[i], hash[i]);
		if (unlikely(!found[i]))
			return -ENOMEM;
		ret |= edge_add_event(t, found[i], &ev[i]);
	}
	return ret;
}

int edges_add(struct edges *t, const struct ipi_event *ev, u32 nr)
{
	struct edge_key key[SWEEP];

	for (u32 from = 0; from < nr; from += SWEEP) {
		u32 part = min_of(nr - from, (u32)SWEEP);
		int ret;

		for (u32 i = 0; i < part; i++) {
			const struct ipi_event *e = &ev[from + i];

			key[i] = (struct edge_key){ e->vm, e->src, e->dst, e->vector };
		}
		ret = add_sweep(t, ev + from, key, part);
		if (ret)
			return ret;
	}
	return 0;
}

int edges_add_cpus(struct edges *t, const struct ipi_event *ev, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		struct edge_key key = { ev[i].vm, ev[i].cpu, (u32)ev[i].dst_cpu, 0 };
		int ret;

		if (ev[i].dst_cpu < 0)
			continue;
		ret = add_sweep(t, &ev[i], &key, 1);
		if (ret)
			return ret;
	}
	return 0;
}

int edges_merge(struct edges *t, const struct edges *src, const u32 *vm_map)
{
	for (u32 i = 0; i < src->nr; i++) {
		const struct edge *from = edges_at(src, i);
		struct edge_key key = from->key;
		struct edge *e;
		u64 hash;
		int ret = index_reserve(t, 1);

		if (ret)
			return ret;
		key.vm = vm_map[key.vm];
		hash = key_hash(&key);
		e = edge_lookup(t, &key, hash);
		if (!e)
			e = edge_new(t, &key, hash);
		if (!e)
			return -ENOMEM;
		e->first = min_of(e->first, from->first);
		e->last = max_of(e->last, from->last);
		for (unsigned int n = 0; n < NR_EDGE_COUNTS; n++) {
			u64 sum = e->n[n] + edge_count(src, i, n);

			e->n[n] = (u32)sum;
			if (unlikely(sum >> 32) && edge_carry(t, &key, n, sum >> 32 << 32))
				return -ENOMEM;
		}
	}
	return 0;
}

u64 edge_count(const struct edges *t, u32 i, unsigned int which)
{
	u64 n = edges_at(t, i)->n[which];

	for (u32 c = 0; c < t->nr_carries; c++)
		if (t->carry[c].edge == i && t->carry[c].which == which)
			n += t->carry[c].amount;
	return n;
}

u64 edge_total(const struct edges *t, u32 i)
{
	u64 sum = 0;

	for (unsigned int n = 0; n <= EDGE_STATE_OTHER; n++)
		sum += edge_count(t, i, n);
	return sum;
}

/* What is sorted: the key's parts, packed, and the edge's number. */
struct sort_item {
	u64 high, low;
	u32 number;
};

static int compare_items(const void *a, const void *b)
{
	const struct sort_item *x = a, *y = b;

	if (x->high != y->high)
		return x->high < y->high ? -1 : 1;
	return x->low < y->low ? -1 : x->low > y->low;
}

/* The general case: any ids. */
static u32 *sorted_by_compare(const struct edges *t, const u32 *vm_rank)
{
	struct sort_item *item = malloc(max_of(t->nr, 1u) * sizeof(*item));
	u32 *order = malloc(max_of(t->nr, 1u) * sizeof(*order));

	if (!item || !order) {
		free(item);
		free(order);
		return NULL;
	}
	for (u32 i = 0; i < t->nr; i++) {
		const struct edge_key *k = &edges_at(t, i)->key;

		item[i] = (struct sort_item){ .high = (u64)vm_rank[k->vm] << 32 | k->src,
					      .low = (u64)k->dst << 32 | k->vector, .number = i };
	}
	qsort(item, t->nr, sizeof(*item), compare_items);
	for (u32 i = 0; i < t->nr; i++)
		order[i] = item[i].number;
	free(item);
	return order;
}

static unsigned int bits_of(u64 max)
{
	return max ? 64 - __builtin_clzll(max) : 0;
}

#define RADIX_BITS 11

/* One stable pass over (key, number) by the bits from shift on. */
static void radix_pass(const u64 *key, const u32 *number, u64 *key_to, u32 *number_to, u32 nr,
		       unsigned int shift)
{
	u32 start[1u << RADIX_BITS] = { 0 };
	u32 sum = 0;

	for (u32 i = 0; i < nr; i++)
		start[key[i] >> shift & ((1u << RADIX_BITS) - 1)]++;
	for (u32 d = 0; d < 1u << RADIX_BITS; d++) {
		u32 n = start[d];

		start[d] = sum;
		sum += n;
	}
	for (u32 i = 0; i < nr; i++) {
		u32 to = start[key[i] >> shift & ((1u << RADIX_BITS) - 1)]++;

		key_to[to] = key[i];
		number_to[to] = number[i];
	}
}

static u32 *sorted_by_radix(const struct edges *t, const u32 *vm_rank, const unsigned int bits[4])
{
	size_t nr = max_of(t->nr, 1u);
	u64 *key = malloc(nr * sizeof(*key)), *key2 = malloc(nr * sizeof(*key));
	u32 *number = malloc(nr * sizeof(*number)), *number2 = malloc(nr * sizeof(*number));
	unsigned int width = bits[0] + bits[1] + bits[2] + bits[3];
	bool ok = key && key2 && number && number2;

	for (u32 i = 0; ok && i < t->nr; i++) {
		const struct edge_key *k = &edges_at(t, i)->key;

		key[i] = vm_rank[k->vm];
		key[i] = key[i] << bits[1] | k->src;
		key[i] = key[i] << bits[2] | k->dst;
		key[i] = key[i] << bits[3] | k->vector;
		number[i] = i;
	}
	for (unsigned int shift = 0; ok && shift < width; shift += RADIX_BITS) {
		u64 *k = key;
		u32 *n = number;

		radix_pass(key, number, key2, number2, t->nr, shift);
		key = key2;
		number = number2;
		key2 = k;
		number2 = n;
	}
	free(key);
	free(key2);
	free(number2);
	if (ok)
		return number;
	free(number);
	return NULL;
}

u32 *edges_sorted(const struct edges *t, const u32 *vm_rank)
{
	u64 max[4] = { 0 };
	unsigned int bits[4];

	for (u32 i = 0; i < t->nr; i++) {
		const struct edge_key *k = &edges_at(t, i)->key;

		max[0] = max_of(max[0], (u64)vm_rank[k->vm]);
		max[1] = max_of(max[1], (u64)k->src);
		max[2] = max_of(max[2], (u64)k->dst);
		max[3] = max_of(max[3], (u64)k->vector);
	}
	for (int i = 0; i < 4; i++)
		bits[i] = bits_of(max[i]);
	if (bits[0] + bits[1] + bits[2] + bits[3] > 64)
		return sorted_by_compare(t, vm_rank);
	return sorted_by_radix(t, vm_rank, bits);
}
