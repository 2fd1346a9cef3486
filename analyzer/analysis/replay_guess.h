/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * replay_guess.h - one guess of replay_states.h: how it is laid out, and taken apart.
 *
 * A row of bits: last_boosted_vcpu; who is in a search; turn flags; then for each vCPU the pick of
 * its yield that is under way (slot + 1, or 0), and, where the kernel makes something else of it,
 * for each what last_boosted_vcpu becomes. Of eight vCPUs all that is one word, of 16 two; equal
 * guesses are merged, so they are compared and hashed as words. Beyond 29 vCPUs the masks have
 * words of their own.
 *
 * A spin takes hundreds of guesses apart, so nothing here is a call: with the layout as a constant
 * there is no loop over words, and where something is costs next to nothing.
 */
#ifndef KVM_IPI_REPLAY_GUESS_H
#define KVM_IPI_REPLAY_GUESS_H

#include "analysis/policy.h"

/* Where in a guess something begins. */
struct guess_at {
	u32 word, shift;
};

/* How a guess is laid out. */
struct guess_layout {
	u32 vcpus, words;	/* it has room for so many; words of their masks */
	u32 size;		/* u64s of one guess */
	bool compact;		/* its first word holds all but vCPUs' picks */
	bool boosts;		/* what last_boosted_vcpu becomes is kept beside a pick */
	u32 bits;		/* of a number: last_boosted_vcpu, or a pick */
	struct guess_at in_spin, turn;
	u32 head_picks, head_shift; /* picks that fit into the first word, from this bit on */
	u32 first_word, word_picks; /* the others: so many in each word from this one on */
};

static inline u64 guess_bits(u32 nr)
{
	return nr < 64 ? (1ull << nr) - 1 : ~0ull;
}

static ALWAYS_INLINE u64 *guess_row(u64 *rows, u32 size, u32 i)
{
	return rows + (size_t)i * size;
}

static ALWAYS_INLINE u32 guess_last(const struct guess_layout *at, const u64 *g)
{
	return (u32)(g[0] & guess_bits(at->bits));
}

/* A mask of a VM that fits into one word. */
static ALWAYS_INLINE u64 guess_mask(const struct guess_layout *at, const u64 *g, struct guess_at m)
{
	return g[m.word] >> m.shift & guess_bits(at->vcpus);
}

static ALWAYS_INLINE u32 guess_number(const struct guess_layout *at, const u64 *g,
				   struct guess_at n)
{
	return (u32)(g[n.word] >> n.shift & guess_bits(at->bits));
}

static ALWAYS_INLINE void guess_put(const struct guess_layout *at, u64 *g, struct guess_at n,
				     u32 value)
{
	g[n.word] = (g[n.word] & ~(guess_bits(at->bits) << n.shift)) | (u64)value << n.shift;
}

/* Where vCPU i's pick is; of at->vcpus + i: what becomes of it. */
static inline struct guess_at guess_pick_at(const struct guess_layout *at, u32 i)
{
	if (i < at->head_picks)
		return (struct guess_at){ 0, at->head_shift + i * at->bits };
	i -= at->head_picks;
	return (struct guess_at){ at->first_word + i / at->word_picks,
				   i % at->word_picks * at->bits };
}

/* The same place, plainly in the first word where there is no other. */
static ALWAYS_INLINE struct guess_at guess_near(const struct guess_layout *at, struct guess_at n)
{
	return at->size > 1 ? n : (struct guess_at){ 0, n.shift };
}

static inline struct guess_at guess_boost_at(const struct guess_layout *at, u32 i)
{
	return guess_pick_at(at, at->boosts ? at->vcpus + i : i);
}

/* For at->vcpus vCPUs, at->words and at->boosts. */
static inline void guess_lay_out(struct guess_layout *at)
{
	u32 n = at->vcpus, picks = at->boosts ? 2 * n : n;

	at->bits = 64 - (u32)__builtin_clzll(n);
	at->word_picks = 64 / at->bits;
	at->compact = at->bits + 2 * n <= 64;
	if (at->compact) {
		at->in_spin = (struct guess_at){ 0, at->bits };
		at->turn = (struct guess_at){ 0, at->bits + n };
		at->head_shift = at->bits + 2 * n;
		at->head_picks = min_of((64 - at->head_shift) / at->bits, picks);
		at->first_word = 1;
	} else {
		at->in_spin = (struct guess_at){ 1, 0 };
		at->turn = (struct guess_at){ 1 + at->words, 0 };
		at->first_word = 1 + 2 * at->words;
	}
	picks -= at->head_picks;
	at->size = at->first_word + (picks + at->word_picks - 1) / at->word_picks;
}

/*
 * What guess_lay_out() makes for VMs of up to 8 and 16 vCPUs, most VMs. Where picks are is asked of
 * the states' own layout, once for all rows.
 */
static const struct guess_layout guess_layout_8 = {
	.vcpus = 8, .words = 1, .size = 1, .compact = true, .bits = 4, .in_spin = { 0, 4 },
	.turn = { 0, 12 },
};
static const struct guess_layout guess_layout_16 = {
	.vcpus = 16, .words = 1, .size = 2, .compact = true, .bits = 5, .in_spin = { 0, 5 },
	.turn = { 0, 21 },
};

static ALWAYS_INLINE bool guess_same(const u64 *a, const u64 *b, u32 size)
{
	u64 other = 0;

	for (u32 i = 0; i < size; i++)
		other |= a[i] ^ b[i];
	return !other;
}

static ALWAYS_INLINE void guess_copy(u64 *to, const u64 *from, u32 size)
{
	for (u32 i = 0; i < size; i++)
		to[i] = from[i];
}

static ALWAYS_INLINE u32 guess_hash(const u64 *g, u32 size)
{
	u64 h = 0;

	for (u32 i = 0; i < size; i++)
		h = (h ^ g[i]) * 0x9e3779b97f4a7c15ull;
	return (u32)(h >> 48); /* where all bits of a guess have come */
}

/* A guess, taken apart; of a compact one the masks are here. */
struct guess_look {
	u64 *g;
	u64 in_spin, turn;
	u32 last, start;	/* of its search */
};

static ALWAYS_INLINE struct guess_look guess_look(const struct guess_layout *at, u32 nr_vcpus,
						  u64 *g)
{
	struct guess_look l = { .g = g, .last = guess_last(at, g) };

	l.start = policy_start_behind(l.last, nr_vcpus);
	if (at->compact) {
		l.in_spin = guess_mask(at, g, at->in_spin);
		l.turn = guess_mask(at, g, at->turn);
	}
	return l;
}

/* Lets the view stand for the guess. */
static inline void guess_view(const struct guess_layout *at, struct policy_view *v,
			      const struct guess_look *l)
{
	v->last = l->last;
	v->in_spin = at->compact ? &l->in_spin : l->g + at->in_spin.word;
	v->turn = at->compact ? &l->turn : l->g + at->turn.word;
}

#endif
