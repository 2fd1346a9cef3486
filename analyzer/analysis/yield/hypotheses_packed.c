// SPDX-License-Identifier: GPL-2.0-only
/*
 * hypotheses_packed.c - see hypotheses_rows.h. Hypotheses of a VM of up to 8 or 16 vCPUs, on a
 * kernel that leaves the right number in last_boosted_vcpu: a hypothesis is one word, or two.
 *
 * From the lowest bit on: turn flags; who is in a search; all vCPUs from the next search's start
 * on; and for each vCPU, 4 bits each, what its yield under way picked: of 8 vCPUs the slot + 1, or
 * 0; of 16 the slot, if it is in a search, in the second word.
 *
 * A search reads dozens of hypotheses, and most of its conditions are unpredictable: they are
 * computed without branches. Which of the two sizes it is, n, is a constant to all of it.
 */
#include "analysis/yield/hypotheses_rows.h"

#include <errno.h>
#include <stdlib.h>

struct packed {
	u64 *masks;		       /* of 8 vCPUs, with the picks */
	u64 *picks;		       /* of 16 */
	u64 start_of[WORDS_VCPUS + 1]; /* by pick: the start behind it, where it is in masks; 0 */
	u64 in_spin, turn;	       /* of the hypothesis that was looked at */
};

static inline struct packed *packed_of(const struct hypotheses *s)
{
	return s->rows;
}

static ALWAYS_INLINE u64 all(u32 n)
{
	return (1ull << n) - 1;
}

static int init(struct hypotheses *s, u32 n)
{
	struct packed *p = s->rows = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->masks = calloc(HYPOTHESES_ROOM, sizeof(*p->masks));
	p->picks = n > 8 ? calloc(HYPOTHESES_ROOM, sizeof(*p->picks)) : NULL;
	if (!p->masks || (n > 8 && !p->picks))
		return -ENOMEM;
	for (u32 i = 0; i < s->nr_vcpus; i++)
		p->start_of[i + 1] = (~0ull << policy_start_behind(i, s->nr_vcpus) & all(n))
				     << 2 * n;
	return 0;
}

static void packed_release(struct hypotheses *s)
{
	struct packed *p = packed_of(s);

	if (p) {
		free(p->masks);
		free(p->picks);
	}
	free(p);
	s->rows = NULL;
}

static ALWAYS_INLINE void packed_move(struct hypotheses *s, u32 n, u32 to, u32 from)
{
	struct packed *p = packed_of(s);

	p->masks[to] = p->masks[from];
	if (n > 8)
		p->picks[to] = p->picks[from];
}

static void packed_put(struct hypotheses *s, u32 i, u32 last)
{
	struct packed *p = packed_of(s);

	p->masks[i] = p->start_of[last + 1];
	if (p->picks)
		p->picks[i] = 0;
}

static ALWAYS_INLINE void packed_look(const struct hypotheses *s, u32 n, u32 i,
				      struct policy_view *v)
{
	struct packed *p = packed_of(s);
	u32 start = (u32)__builtin_ctzll(p->masks[i] >> 2 * n);

	v->last = (start ? start : s->nr_vcpus) - 1;
	p->turn = p->masks[i] & all(n);
	p->in_spin = p->masks[i] >> n & all(n);
	v->in_spin = &p->in_spin;
	v->turn = &p->turn;
}

/* Where vCPU me's pick is in its word. */
static ALWAYS_INLINE u32 pick_at(u32 n, u32 me)
{
	return (n > 8 ? 0 : 3 * n) + 4 * me;
}

/* Its yield's slot + 1, or 0. */
static ALWAYS_INLINE u32 pick_of(const struct packed *p, u32 n, u32 i, u32 me)
{
	if (n > 8)
		return ((u32)(p->picks[i] >> pick_at(n, me) & 15) + 1) &
		       -(u32)(p->masks[i] >> (n + me) & 1);
	return p->masks[i] >> pick_at(n, me) & 15;
}

static ALWAYS_INLINE double update(struct hypotheses *s, u32 n, const struct hypotheses_update *u)
{
	const struct packed *p = packed_of(s);
	double *const weight = s->weight;
	const double *factor = u->factor;
	const u32 nr = s->nr, me = u->me;
	double sum = 0;

	for (u32 i = 0; i < nr; i++) {
		double w = weight[i] * factor[pick_of(p, n, i, me)];

		weight[i] = w;
		sum += w;
	}
	return sum;
}

static ALWAYS_INLINE double packed_end(struct hypotheses *s, u32 n,
				       const struct hypotheses_update *u)
{
	struct packed *p = packed_of(s);
	double *const weight = s->weight;
	const double *factor = u->factor;
	const u32 nr = s->nr, me = u->me;
	const u64 pick = 15ull << pick_at(n, me), starts = all(n) << 2 * n;
	const u64 gone = 1ull << me | 1ull << (n + me) | starts | (n > 8 ? 0 : pick);
	double sum = 0;

	for (u32 i = 0; i < nr; i++) {
		u32 picked = pick_of(p, n, i, me);
		double w = weight[i] * factor[picked];

		weight[i] = w;
		sum += w;
		/* Without a pick the start stays. */
		p->masks[i] = (p->masks[i] & (~gone | (starts & -(u64)!picked))) |
			      p->start_of[picked];
		if (n > 8)
			p->picks[i] &= ~pick;
	}
	return sum;
}

static ALWAYS_INLINE u32 hash(const struct hypotheses *s, u32 n, u32 i)
{
	const u64 much = 0x9e3779b97f4a7c15ull;
	const struct packed *p = packed_of(s);

	return (u32)((n > 8 ? p->masks[i] ^ p->picks[i] * much : p->masks[i]) * much >>
		     48); /* the bits where all of a hypothesis has come */
}

static ALWAYS_INLINE bool same(const struct hypotheses *s, u32 n, u32 a, u32 b)
{
	const struct packed *p = packed_of(s);

	return p->masks[a] == p->masks[b] && (n == 8 || p->picks[a] == p->picks[b]);
}

/* A search, for a hypothesis. */
struct where {
	u32 n;
	u64 stock, can;	   /* that the rule lets pass, and that can be yielded to */
	u64 none;	   /* the bit behind the vCPUs' */
	u64 in_spin, pick; /* where the spinner's are */
	u32 pick_at;
};

/* A hypothesis before it. */
struct word {
	u64 masks, picks;
};

/* The pick as a bit, or 0: the first one from the start on, or else before it. */
static ALWAYS_INLINE u64 own_pick(const struct where *q, u64 masks)
{
	u64 can = q->can & (~(masks >> q->n) | masks), first = can & masks >> 2 * q->n;

	first |= can & -(u64)!first;
	return first & -first;
}

/* The same where tries can fail, and take a search further. */
static u64 own_pick_singly(const struct hypotheses *s, u32 n, u32 i, const struct search *q)
{
	struct policy_view v = *q->view;
	u32 pick;

	packed_look(s, n, i, &v);
	pick = policy_stock(&v);
	return pick == POLICY_NONE ? 0 : 1ull << pick;
}

/*
 * Row i is what becomes of the hypothesis by a search that ends with that bit: a vCPU that it
 * looked at and that was in a search of its own has its flag on, the picked one off. From the start
 * on these are all below the bit; where the search went around, or found none, all but those
 * between. Returns the slot.
 */
static ALWAYS_INLINE u32 packed_branch(struct packed *p, const struct where *q, u32 i,
				       struct word g, u64 bit)
{
	u64 behind = g.masks >> 2 * q->n, below = bit - 1, any = -(u64) !!bit;
	u64 before = (below & behind) | ((below | behind) & -(u64) !(bit & behind));
	u64 seen = q->stock & g.masks >> q->n & before;
	u32 slot = (u32)__builtin_ctzll(bit | q->none);
	u64 masks = ((g.masks | seen) & ~bit) | (q->in_spin & any);

	if (q->n > 8) {
		p->masks[i] = masks;
		p->picks[i] = (g.picks & ~q->pick) | ((u64)slot << q->pick_at & any);
	} else {
		p->masks[i] = (masks & ~q->pick) | ((u64)(slot + 1) << q->pick_at & any);
	}
	return slot;
}

static ALWAYS_INLINE void packed_add_other(struct hypotheses *s, const struct where *at,
					   struct search *q, struct word g, u64 bit, double weight)
{
	if (q->nr < HYPOTHESES_ROOM)
		rows_added(s, q, packed_branch(packed_of(s), at, q->nr, g, bit), weight);
}

static ALWAYS_INLINE void packed_add_others(struct hypotheses *s, const struct where *at,
					    struct search *q, struct word g, u64 own, double weight)
{
	for (u64 left = at->can & ~own; left; left &= left - 1)
		packed_add_other(s, at, q, g, left & -left, weight);
	if (own)
		packed_add_other(s, at, q, g, 0, weight);
}

static ALWAYS_INLINE void pick(struct hypotheses *s, u32 n, struct search *q)
{
	const struct policy_view *v = q->view;
	const struct where at = { n,
				  v->stock[0],
				  q->others[0],
				  1ull << s->nr_vcpus,
				  1ull << (n + v->me),
				  15ull << pick_at(n, v->me),
				  pick_at(n, v->me) };
	double *const weight = s->weight, *const posterior = s->posterior;
	const double heavy = q->heavy;
	struct packed *p = packed_of(s);
	const u32 nr = s->nr;
	double own = 0;

	for (u32 i = 0; i < nr; i++) {
		struct word g = { p->masks[i], n > 8 ? p->picks[i] : 0 };
		u64 bit = likely(!v->esrch) ? own_pick(&at, g.masks) : own_pick_singly(s, n, i, q);
		double w = weight[i];

		posterior[packed_branch(p, &at, i, g, bit)] += w;
		own += w;
		if (unlikely(w >= heavy))
			packed_add_others(s, &at, q, g, bit, w * q->other);
	}
	q->own = own;
}

/* The two sizes. */
#define WORDS(n)                                                                                   \
	static int init_##n(struct hypotheses *s)                                                  \
	{                                                                                          \
		return init(s, n);                                                                 \
	}                                                                                          \
	static void move_##n(struct hypotheses *s, u32 to, u32 from)                               \
	{                                                                                          \
		packed_move(s, n, to, from);                                                       \
	}                                                                                          \
	static void look_##n(const struct hypotheses *s, u32 i, struct policy_view *v)             \
	{                                                                                          \
		packed_look(s, n, i, v);                                                           \
	}                                                                                          \
	static double update_##n(struct hypotheses *s, const struct hypotheses_update *u)          \
	{                                                                                          \
		return update(s, n, u);                                                            \
	}                                                                                          \
	static double end_##n(struct hypotheses *s, const struct hypotheses_update *u)             \
	{                                                                                          \
		return packed_end(s, n, u);                                                        \
	}                                                                                          \
	static u32 hash_##n(const struct hypotheses *s, u32 i)                                     \
	{                                                                                          \
		return hash(s, n, i);                                                              \
	}                                                                                          \
	static bool same_##n(const struct hypotheses *s, u32 a, u32 b)                             \
	{                                                                                          \
		return same(s, n, a, b);                                                           \
	}                                                                                          \
	static void prune_##n(struct hypotheses *s, double least)                                  \
	{                                                                                          \
		rows_prune(s, least, hash_##n, same_##n, move_##n);                                \
	}                                                                                          \
	static void pick_##n(struct hypotheses *s, struct search *q)                               \
	{                                                                                          \
		pick(s, n, q);                                                                     \
	}                                                                                          \
	const struct rows_ops hypotheses_packed_##n = {                                            \
		.init = init_##n,                                                                  \
		.release = packed_release,                                                         \
		.put = packed_put,                                                                 \
		.move = move_##n,                                                                  \
		.look = look_##n,                                                                  \
		.update = update_##n,                                                              \
		.end = end_##n,                                                                    \
		.prune = prune_##n,                                                                \
		.pick = pick_##n,                                                                  \
	}

WORDS(8);
WORDS(16);
