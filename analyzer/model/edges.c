// SPDX-License-Identifier: GPL-2.0-only
/*
 * edges.c - see edges.h.
 *
 * The index is an open-addressed table of the edges' numbers: the bits of a slot that its number
 * leaves free hold as many of the hash, so that a wrong edge is hardly ever looked at. Four bytes a
 * slot keep the index of a usual graph in the second-level cache, beside its edges. Once they
 * outgrow it, batches are swept first to touch what they will need: the cache misses of a large
 * graph then overlap instead of queueing; huge pages save it as many misses of the TLB.
 */
#define _GNU_SOURCE
#include "model/edges.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#define CHUNK_EDGES (1u << EDGES_CHUNK_SHIFT)
#define SWEEP 128
#define HUGE_PAGE (2u << 20)
#define SMALL_INDEX (128u << 10) /* slots: 512 KiB */
#define COUNT_HALF (1u << 31)

_Static_assert(sizeof(struct edge) == 64, "an edge is a cache line");

/* The key as two words. */
struct words {
	u64 ends;	/* src, dst */
	u64 where;	/* vm, vector */
};

static inline struct words key_words(const struct edge_key *k)
{
	return (struct words){ load64(&k->src), load64(&k->vm) };
}

static inline struct words event_words(const struct ipi_event *ev)
{
	return (struct words){ load64(&ev->src), load64(&ev->vm) };
}

/* The upper half of a product depends on all of the key's bits, the lower one does not. */
static inline u32 words_hash(struct words w)
{
	u64 h = w.ends * 0x9e3779b97f4a7c15ull ^ w.where * 0xd6e8feb86659fd93ull;

	return h * 0xff51afd7ed558ccdull >> 32;
}

static inline bool words_same(struct words a, const struct edge_key *k)
{
	return !((a.ends ^ load64(&k->src)) | (a.where ^ load64(&k->vm)));
}

/* Where in the index a hash begins: its lower bits; the others are the tag. */
static inline u64 hash_start(const struct edges *t, u32 hash)
{
	return hash & (t->nr_slots - 1);
}

/* A slot's place is below nr_slots, and its other bits are the hash's. */
static inline u32 slot_of(const struct edges *t, u32 place, u32 hash)
{
	return (hash & ~(u32)(t->nr_slots - 1)) | place;
}

static inline bool slot_may_be(const struct edges *t, u32 slot, u32 hash)
{
	return !((slot ^ hash) & ~(u32)(t->nr_slots - 1));
}

/* Of a free slot: nobody, whose key is no event's. */
static inline struct edge *slot_edge(const struct edges *t, u32 slot)
{
	return edges_place(t, slot & (u32)(t->nr_slots - 1));
}

u64 edges_bytes(const struct edges *t)
{
	return t->nr * (u64)sizeof(struct edge) + t->nr_slots * sizeof(*t->slot);
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

static void slot_put(struct edges *t, u32 place, u32 hash)
{
	u64 i = hash_start(t, hash);

	while (t->slot[i])
		i = (i + 1) & (t->nr_slots - 1);
	t->slot[i] = slot_of(t, place, hash);
}

/* Edges from the first on: their slots are fetched before they are set. */
static void index_again(struct edges *t, u32 first, u32 nr)
{
	u32 hash[SWEEP];

	for (u32 i = 0; i < nr; i++) {
		hash[i] = words_hash(key_words(&edges_at(t, first + i)->key));
		__builtin_prefetch(&t->slot[hash_start(t, hash[i])], 1);
	}
	for (u32 i = 0; i < nr; i++)
		slot_put(t, first + i + 1, hash[i]);
}

/* Memory on huge pages, if the kernel has them; it is not cleared. */
static void *huge_alloc(size_t bytes)
{
	void *p;

	if (posix_memalign(&p, HUGE_PAGE, bytes))
		return NULL;
	madvise(p, bytes, MADV_HUGEPAGE);
	return p;
}

/*
 * Doubles the index; the hashes are computed anew, in the order in which the edges lie in memory.
 */
static int index_grow(struct edges *t)
{
	u64 nr_slots = t->nr_slots ? 2 * t->nr_slots : 1024;
	size_t bytes = (nr_slots + 1) * sizeof(*t->slot); /* edge_guess() looks one ahead */
	u32 *slot = bytes >= HUGE_PAGE ? huge_alloc(bytes) : malloc(bytes);

	if (!slot)
		return -ENOMEM;
	memset(slot, 0, bytes);
	free(t->slot);
	t->slot = slot;
	t->nr_slots = nr_slots;
	for (u32 i = 0; i < t->nr; i += SWEEP)
		index_again(t, i, min_of(t->nr - i, (u32)SWEEP));
	return 0;
}

/*
 * A small graph has one chunk, of which it touches what it needs; the next ones are on huge pages.
 */
static int chunk_grow(struct edges *t)
{
	struct edge **grown = realloc(t->chunk, (t->nr_chunks + 1) * sizeof(*grown));
	size_t bytes = CHUNK_EDGES * sizeof(struct edge);
	void *chunk;

	if (!grown)
		return -ENOMEM;
	t->chunk = grown;
	if (t->nr_chunks)
		chunk = huge_alloc(bytes);
	else if (posix_memalign(&chunk, 64, bytes))
		return -ENOMEM;
	if (!chunk)
		return -ENOMEM;
	t->chunk[t->nr_chunks++] = chunk;
	if (!t->nr)
		t->chunk[0]->key = (struct edge_key){ .vector = UINT32_MAX };
	return 0;
}

static struct edge *edge_new(struct edges *t, struct words w, u32 hash)
{
	struct edge *e;

	if (t->nr + 1 >= t->nr_chunks * CHUNK_EDGES && chunk_grow(t))
		return NULL;
	e = edges_at(t, t->nr++);
	slot_put(t, t->nr, hash);
	*e = (struct edge){ .first = UINT64_MAX };
	memcpy(&e->key, &w, sizeof(w));
	return e;
}

/* The edge, or NULL when it is not there. */
static inline struct edge *edge_lookup(const struct edges *t, struct words w, u32 hash)
{
	u64 mask = t->nr_slots - 1;
	u32 slot;

	for (u64 i = hash_start(t, hash); (slot = t->slot[i]); i = (i + 1) & mask) {
		struct edge *e = slot_edge(t, slot);

		if (likely(slot_may_be(t, slot, hash)) && likely(words_same(w, &e->key)))
			return e;
	}
	return NULL;
}

/*
 * Room in the index for nr more edges, at a load of at most 1/2; of at most 1/4 while the index is
 * small: there the cost of a lookup is that of the branch for a second try, which nobody can
 * predict.
 */
static int index_reserve(struct edges *t, u32 nr)
{
	while ((u64)t->nr + nr > t->nr_slots / (t->nr_slots < SMALL_INDEX ? 4 : 2)) {
		int ret = index_grow(t);

		if (ret)
			return ret;
	}
	return 0;
}

/* A part of a counter that does not fit is kept apart. Rare enough for a linear list. */
static int edge_carry(struct edges *t, const struct edge *e, unsigned int which, u64 amount)
{
	struct edge_carry *grown;

	for (u32 c = 0; c < t->nr_carries; c++)
		if (t->carry[c].edge == e && t->carry[c].which == which) {
			t->carry[c].amount += amount;
			return 0;
		}
	grown = realloc(t->carry, (t->nr_carries + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	t->carry = grown;
	grown[t->nr_carries++] = (struct edge_carry){ e, which, amount };
	return 0;
}

/*
 * Makes room in all counters for nr more events, so that adding one need not look: those over the
 * half give it to the carries. Once in some 2^31 events.
 */
static int counts_reserve(struct edges *t, u32 nr)
{
	u32 largest = 0;

	if (likely(t->largest <= UINT32_MAX - nr)) {
		t->largest += nr;
		return 0;
	}
	for (u32 i = 0; i < t->nr; i++) {
		struct edge *e = edges_at(t, i);

		for (unsigned int n = 0; n < NR_EDGE_COUNTS; n++) {
			if (e->n[n] >= COUNT_HALF && edge_carry(t, e, n, COUNT_HALF))
				return -ENOMEM;
			e->n[n] %= COUNT_HALF;
			largest = max_of(largest, e->n[n]);
		}
	}
	t->largest = largest + nr;
	return 0;
}

/* Numbers of states and paths without a name. True: one of the two. */
static bool edge_add_odd(struct edge *e, const struct ipi_event *ev)
{
	e->n[min_of((unsigned int)ev->state, (unsigned int)EDGE_STATE_OTHER)]++;
	e->n[EDGE_PATH_SLOW] += ev->path == IPI_PATH_SLOW;
	e->n[EDGE_PATH_OTHER] += ev->path > IPI_PATH_SLOW;
	return true;
}

/* Without a branch on path and state, which come in no order that could be guessed. */
static inline bool edge_add_event(struct edge *e, const struct ipi_event *ev)
{
	e->first = min_of(e->first, ev->ts);
	e->last = max_of(e->last, ev->ts);
	if (unlikely(ev->state >= NR_IPI_STATES || ev->path >= NR_IPI_PATHS))
		return edge_add_odd(e, ev);
	_Static_assert(IPI_PATH_SLOW == 1 && NR_IPI_PATHS == 2, "a path is its own count of slow ones");
	e->n[ev->state]++;
	e->n[EDGE_PATH_SLOW] += ev->path;
	return false;
}

/* The edge, which is added when it is new; NULL: out of memory. */
static struct edge *edge_get(struct edges *t, struct words w, u32 hash)
{
	return edge_lookup(t, w, hash) ?: edge_new(t, w, hash);
}


/* The guess was wrong. */
static __attribute__((noinline)) struct edge *edge_of_event(struct edges *t,
							    const struct ipi_event *ev)
{
	struct words w = event_words(ev);

	return edge_get(t, w, words_hash(w));
}

/* What the hash's first two slots speak of: the edge, most likely; another one; or nobody. */
static inline struct edge *edge_guess(const struct edges *t, u32 hash)
{
	u64 two = load64(&t->slot[hash_start(t, hash)]);

	return slot_edge(t, slot_may_be(t, (u32)two, hash) ? (u32)two : (u32)(two >> 32));
}

/*
 * The same through as many slots as it takes: where an edge is far away, a wrong branch costs less.
 */
static inline struct edge *edge_guess_far(const struct edges *t, u32 hash)
{
	u64 i = hash_start(t, hash), mask = t->nr_slots - 1;

	while (t->slot[i] && !slot_may_be(t, t->slot[i], hash))
		i = (i + 1) & mask;
	return slot_edge(t, t->slot[i]);
}

/*
 * In three rounds: where in the index each event's edge begins, which edge that is most likely,
 * counting. What a round will need is fetched in the one before, for all events at once.
 */
static int add_sweep(struct edges *t, const struct ipi_event *ev, u32 nr)
{
	struct edge *guess[SWEEP];
	u32 hash[SWEEP];
	bool odd = false, far = t->nr_slots > SMALL_INDEX;

	for (u32 i = 0; i < nr; i++) {
		hash[i] = words_hash(event_words(&ev[i]));
		__builtin_prefetch(&t->slot[hash_start(t, hash[i])]);
	}
	for (u32 i = 0; i < nr; i++) {
		guess[i] = far ? edge_guess_far(t, hash[i]) : edge_guess(t, hash[i]);
		__builtin_prefetch(guess[i], 1);
	}
	for (u32 i = 0; i < nr; i++) {
		struct edge *e = guess[i];

		if (unlikely(!words_same(event_words(&ev[i]), &e->key))) {
			e = edge_of_event(t, &ev[i]);
			if (!e)
				return -ENOMEM;
		}
		odd |= edge_add_event(e, &ev[i]);
	}
	t->odd |= odd;
	return 0;
}

/* Before events are counted: room in the index and in the counters, and nobody's place. */
static int reserve(struct edges *t, u32 nr)
{
	return index_reserve(t, nr) ?: counts_reserve(t, nr) ?: (t->nr_chunks ? 0 : chunk_grow(t));
}

int edges_add(struct edges *t, const struct ipi_event *ev, u32 nr)
{
	int ret = reserve(t, nr);

	for (u32 from = 0; from < nr && !ret; from += SWEEP)
		ret = add_sweep(t, ev + from, min_of(nr - from, (u32)SWEEP));
	return ret;
}

int edges_add_cpus(struct edges *t, const struct ipi_event *ev, u32 nr)
{
	int ret = reserve(t, nr);

	for (u32 i = 0; i < nr && !ret; i++) {
		struct edge_key key = { .src = ev[i].cpu,
					.dst = (u32)ev[i].dst_cpu,
					.vm = ev[i].vm };
		struct words w = key_words(&key);
		struct edge *e;

		if (ev[i].dst_cpu < 0)
			continue;
		e = edge_get(t, w, words_hash(w));
		if (!e)
			return -ENOMEM;
		edge_add_event(e, &ev[i]);
	}
	return ret;
}

int edges_merge(struct edges *t, const struct edges *src, const u32 *vm_map)
{
	for (u32 i = 0; i < src->nr; i++) {
		const struct edge *from = edges_at(src, i);
		struct edge_key key = from->key;
		struct words w;
		struct edge *e;
		int ret = index_reserve(t, 1);

		if (ret)
			return ret;
		key.vm = vm_map[key.vm];
		w = key_words(&key);
		e = edge_get(t, w, words_hash(w));
		if (!e)
			return -ENOMEM;
		e->first = min_of(e->first, from->first);
		e->last = max_of(e->last, from->last);
		for (unsigned int n = 0; n < NR_EDGE_COUNTS; n++) {
			u64 sum = e->n[n] + edge_count(src, i, n);

			e->n[n] = (u32)sum;
			t->largest = max_of(t->largest, e->n[n]);
			if (unlikely(sum >> 32) && edge_carry(t, e, n, sum >> 32 << 32))
				return -ENOMEM;
		}
	}
	return 0;
}

u64 edge_carried(const struct edges *t, const struct edge *e, unsigned int which)
{
	u64 n = 0;

	for (u32 c = 0; c < t->nr_carries; c++)
		if (t->carry[c].edge == e && t->carry[c].which == which)
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
