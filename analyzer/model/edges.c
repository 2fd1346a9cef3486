// SPDX-License-Identifier: GPL-2.0-only
/*
 * edges.c - see edges.h.
 *
 * The index is an open-addressed table of the edges' numbers: the bits of a slot that its number
 * leaves free hold as many of the hash, so that a wrong edge is hardly ever looked at. Four bytes a
 * slot keep the index of a usual graph in the second-level cache, beside its edges.
 *
 * Events are counted in three steps, each some events ahead of the next: where in the index the
 * edge is to be looked for, which edge that is most likely, counting. What a step will need is
 * fetched in the one before, so that the cache misses of a large graph overlap instead of queueing;
 * huge pages save it as many misses of the TLB.
 */
#include "model/edges.h"
#include "util/huge.h"
#include "util/rows.h"

#include <errno.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define SWEEP	    512	 /* events at a time */
#define AHEAD	    12	 /* events from one step to the next: about as many misses fit in at once */
#define FILL_AHEAD  64	 /* edges, when the index is filled: each takes less time */
#define ROOM_MIN    1024 /* edges */
#define SMALL_INDEX (128u << 10) /* slots: 512 KiB */

_Static_assert(sizeof(struct edge) == 64, "an edge is a cache line");

/* The key as two words; events have them, too. */
struct words {
	u64 ends;  /* src, dst */
	u32 where; /* vm, vector */
};

static inline struct words key_words(const struct edge_key *k)
{
	return (struct words){ load64(&k->src), load32(&k->vm) };
}

static inline struct words event_words(const struct ipi_event *ev)
{
	return (struct words){ load64(&ev->src), load32(&ev->vm) };
}

/* The upper half of a product depends on all of the key's bits, the lower one does not. */
static inline u32 words_hash(struct words w)
{
	return (w.ends ^ w.where * 0xd6e8feb86659fd93ull) * 0x9e3779b97f4a7c15ull >> 32;
}

static inline bool words_same(struct words a, const struct edge_key *k)
{
	return !((a.ends ^ load64(&k->src)) | (a.where ^ load32(&k->vm)));
}

/* Where in the index a hash begins: its lower bits; the others are the tag. */
static inline u64 hash_start(const struct edges *t, u32 hash)
{
	return hash & (t->nr_slots - 1);
}

/* A slot's place is below nr_slots, and its other bits are the hash's. */
static inline u32 edges_slot_of(const struct edges *t, u32 place, u32 hash)
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
	return &t->place[slot & (u32)(t->nr_slots - 1)];
}

u64 edges_bytes(const struct edges *t)
{
	return t->nr * (u64)sizeof(struct edge) + t->nr_slots * sizeof(*t->slot) +
	       t->room_odds * (u64)sizeof(struct edge_odd);
}

/* Behind the last slot stand three that are always free: edge_guess_far() looks at four. */
static size_t slots_bytes(u64 nr_slots)
{
	return (nr_slots + 3) * sizeof(u32);
}

void edges_seal(struct edges *t)
{
	huge_release(t->slot, slots_bytes(t->nr_slots));
	t->slot = NULL;
	t->nr_slots = 0;
}

void edges_release(struct edges *t)
{
	edges_seal(t);
	huge_release(t->place, t->room * sizeof(*t->place));
	free(t->odds);
	free(t->carry);
	*t = (struct edges){ 0 };
}

static void slot_put(struct edges *t, u32 place, u32 hash)
{
	u64 i = hash_start(t, hash);

	while (t->slot[i])
		i = (i + 1) & (t->nr_slots - 1);
	t->slot[i] = edges_slot_of(t, place, hash);
}

static inline u32 edge_hash(const struct edges *t, u32 i)
{
	return words_hash(key_words(&edges_at(t, i)->key));
}

/*
 * Puts all edges into the index, which is empty, in the order in which they lie in memory. Slots
 * are fetched some edges ahead.
 */
static void index_fill(struct edges *t)
{
	u32 ahead[FILL_AHEAD]; /* hashes */

	for (u64 i = 0; i < (u64)t->nr + FILL_AHEAD; i++) {
		u32 *at = &ahead[i % FILL_AHEAD];

		if (i >= FILL_AHEAD)
			slot_put(t, (u32)(i - FILL_AHEAD) + 1, *at);
		if (i >= t->nr)
			continue;
		*at = edge_hash(t, (u32)i);
		__builtin_prefetch(&t->slot[hash_start(t, *at)], 1);
	}
}

/* Doubles the index, in place; hashes are computed anew. */
static int index_grow(struct edges *t)
{
	u64 nr_slots = t->nr_slots ? 2 * t->nr_slots : 1024;
	size_t old = t->slot ? slots_bytes(t->nr_slots) : 0;
	u32 *slot = huge_grown(t->slot, old, slots_bytes(nr_slots));

	if (!slot)
		return -ENOMEM;
	memset(slot, 0, old);
	t->slot = slot;
	t->nr_slots = nr_slots;
	index_fill(t);
	return 0;
}

/* Room for nr more edges, and nobody's place. */
static int places_reserve(struct edges *t, u32 nr)
{
	u64 want = (u64)t->nr + nr + 1, room = max_of(t->room, (u32)ROOM_MIN);
	struct edge *grown;

	if (likely(want <= t->room))
		return 0;
	while (room < want)
		room *= 2;
	grown = huge_grown(t->place, t->room * sizeof(*grown), room * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	t->place = grown;
	t->room = (u32)room;
	t->place->key.vector = UINT16_MAX;
	return 0;
}

static struct edge *edge_new(struct edges *t, struct words w, u32 hash)
{
	struct edge *e = edges_at(t, t->nr++);

	slot_put(t, t->nr, hash);
	e->first = UINT64_MAX;
	memcpy(&e->key.src, &w.ends, sizeof(w.ends));
	memcpy(&e->key.vm, &w.where, sizeof(w.where));
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

/* Without a branch on what comes in no order that could be guessed. */
static inline void edge_add_event(struct edges *t, struct edge *e, const struct ipi_event *ev)
{
	if (unlikely(ev->ts < e->first))
		e->first = ev->ts;
	if (ev->ts > e->last)
		e->last = ev->ts;
	/* The sender's CPU is never unknown, so that a receiver's that equals it is known. */
	e->n[EDGE_CPU_SENDERS] += ev->dst_cpu == (s32)ev->cpu;
	e->n[EDGE_CPU_UNKNOWN] += (u32)ev->dst_cpu >> 31;
	if (unlikely(ev->state >= NR_IPI_STATES || ev->path >= NR_IPI_PATHS)) {
		edge_add_odd(t, e, ev);
		return;
	}
	_Static_assert(IPI_PATH_SLOW == 1 && NR_IPI_PATHS == 2,
		       "a path is its own count of slow ones");
	e->n[EDGE_PATH_SLOW] += ev->path;
	e->n[ev->state]++;
}

/* The edge, which is added when it is new. There must be room. */
static __attribute__((noinline)) struct edge *edge_get(struct edges *t, struct words w)
{
	u32 hash = words_hash(w);

	return edge_lookup(t, w, hash) ?: edge_new(t, w, hash);
}

/*
 * What the hash's first two slots speak of: the edge, most likely; another one; or nobody. Without
 * a branch, which would often be guessed wrongly. 1.7 % of the edges of a small index stand further
 * behind.
 */
static inline struct edge *edge_guess(const struct edges *t, u32 hash)
{
	u64 two = load64(&t->slot[hash_start(t, hash)]);

	return slot_edge(t, slot_may_be(t, (u32)two, hash) ? (u32)two : (u32)(two >> 32));
}

/*
 * What the first of four slots speaks of that is free or has the hash's tag: where edges are far
 * away, looking at four of them costs less than a wrong guess.
 */
#ifdef __SSE2__
static inline struct edge *edge_guess_far(const struct edges *t, u32 hash)
{
	const u32 *slot = &t->slot[hash_start(t, hash)];
	const __m128i four = _mm_loadu_si128((const __m128i *)slot);
	const __m128i tag = _mm_set1_epi32(~(int)(t->nr_slots - 1));
	__m128i other = _mm_and_si128(_mm_xor_si128(four, _mm_set1_epi32((int)hash)), tag);
	__m128i ends = _mm_or_si128(_mm_cmpeq_epi32(other, _mm_setzero_si128()),
				    _mm_cmpeq_epi32(four, _mm_setzero_si128()));
	u32 which = (u32)_mm_movemask_ps(_mm_castsi128_ps(ends)) | 8;

	return slot_edge(t, slot[(u32)__builtin_ctz(which)]);
}
#else
static inline struct edge *edge_guess_far(const struct edges *t, u32 hash)
{
	const u32 *slot = &t->slot[hash_start(t, hash)];
	u32 i = 0;

	while (i < 3 && slot[i] && !slot_may_be(t, slot[i], hash))
		i++;
	return slot_edge(t, slot[i]);
}
#endif

struct sweep {
	struct edges *t;
	const struct ipi_event *ev;
	union {
		u32 hash;	    /* after the first step */
		struct edge *guess; /* after the second */
	} at[SWEEP];
};

static inline void sweep_hash(struct sweep *s, const struct edges *t, size_t i)
{
	u32 hash = words_hash(event_words(&s->ev[i]));

	s->at[i].hash = hash;
	__builtin_prefetch(&t->slot[hash_start(t, hash)]);
}

static inline void sweep_guess(struct sweep *s, const struct edges *t, bool far, size_t i)
{
	u32 hash = s->at[i].hash;
	struct edge *guess = far ? edge_guess_far(t, hash) : edge_guess(t, hash);

	s->at[i].guess = guess;
	__builtin_prefetch(guess, 1);
}

static inline void sweep_count(struct sweep *s, size_t i)
{
	const struct ipi_event *ev = &s->ev[i];
	struct words w = event_words(ev);
	struct edge *e = s->at[i].guess;

	if (unlikely(!words_same(w, &e->key)))
		e = edge_get(s->t, w);
	edge_add_event(s->t, e, ev);
}

/*
 * At most SWEEP events. far: the index is large. now: counting cannot change it, for all that the
 * compiler knows.
 */
static inline __attribute__((always_inline)) void add_sweep(struct edges *t,
							    const struct ipi_event *ev, size_t nr,
							    bool far)
{
	const struct edges now = *t;
	struct sweep s;
	size_t i = 0;

	s.t = t;
	s.ev = ev;
	for (; i < min_of(nr, 2ul * AHEAD); i++) {
		sweep_hash(&s, &now, i);
		if (i >= AHEAD)
			sweep_guess(&s, &now, far, i - AHEAD);
	}
	for (; i < nr; i++) {
		sweep_hash(&s, &now, i);
		sweep_guess(&s, &now, far, i - AHEAD);
		sweep_count(&s, i - 2 * AHEAD);
	}
	for (i = nr > AHEAD ? nr - AHEAD : 0; i < nr; i++)
		sweep_guess(&s, &now, far, i);
	for (i = nr > 2 * AHEAD ? nr - 2 * AHEAD : 0; i < nr; i++)
		sweep_count(&s, i);
}

/* Compiled for either size of the index: the innermost loop has no register to spare. */
static __attribute__((noinline)) void add_sweep_near(struct edges *t, const struct ipi_event *ev,
						     size_t nr)
{
	add_sweep(t, ev, nr, false);
}

static __attribute__((noinline)) void add_sweep_far(struct edges *t, const struct ipi_event *ev,
						    size_t nr)
{
	add_sweep(t, ev, nr, true);
}

/* Before nr events or edges are added: room for them as edges, all new. Nothing moves then. */
static int edges_reserve(struct edges *t, u32 nr)
{
	return places_reserve(t, nr) ?: index_reserve(t, nr) ?: edges_odds_reserve(t, nr);
}

int edges_add(struct edges *t, const struct ipi_event *ev, u32 nr)
{
	int ret = edges_reserve(t, nr) ?: edges_counts_reserve(t, nr);
	void (*sweep)(struct edges * t, const struct ipi_event *ev, size_t nr);

	sweep = t->nr_slots > SMALL_INDEX ? add_sweep_far : add_sweep_near;
	for (u32 from = 0; from < nr && !ret; from += SWEEP)
		sweep(t, ev + from, min_of(nr - from, (u32)SWEEP));
	return ret;
}

void edges_numbers(const struct edges *t, const struct ipi_event *ev, u32 nr, u32 *number)
{
	for (u32 i = 0; i < nr; i++) {
		struct words w = event_words(&ev[i]);

		number[i] = (u32)(edge_lookup(t, w, words_hash(w)) - edges_at(t, 0));
	}
}

int edges_add_cpus(struct edges *t, const struct ipi_event *ev, u32 nr)
{
	int ret = edges_reserve(t, nr) ?: edges_counts_reserve(t, nr);

	for (u32 i = 0; i < nr && !ret; i++) {
		struct edge_key key = { .src = ev[i].cpu,
					.dst = (u32)ev[i].dst_cpu,
					.vm = ev[i].vm };

		if (ev[i].dst_cpu >= 0)
			edge_add_event(t, edge_get(t, key_words(&key)), &ev[i]);
	}
	return ret;
}

int edges_merge(struct edges *t, const struct edges *src, const u32 *vm_map)
{
	int ret = 0;

	for (u32 i = 0; i < src->nr && !ret; i++) {
		struct edge_key key = edges_at(src, i)->key;

		key.vm = (u16)vm_map[key.vm];
		ret = edges_reserve(t, 1);
		if (!ret)
			ret = edge_merge(t, edge_get(t, key_words(&key)), src, i);
	}
	return ret;
}
