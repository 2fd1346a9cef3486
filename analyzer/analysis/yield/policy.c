// SPDX-License-Identifier: GPL-2.0-only
/* policy.c - see policy.h: what the policies share. */
#include "analysis/yield/policy.h"

#include <stdlib.h>

#define TRIES 3 /* failing yield_to()s that end a search */

const char *const scan_order_names[] = { "two-passes", "loop-index", "loop", NULL };

void policy_prepare(struct policy_view *v)
{
	u64 *const *m = v->vm->mask;
	const u64 kernel = -(u64)v->kernel, *esrch = v->esrch;
	const u32 words = v->words;
	u64 *open = v->scratch + 5 * words, *stock = open + words, *yields = stock + words;
	u64 fail = 0;

	for (u32 w = 0; w < words; w++) {
		u64 me = v->me / 64 == w ? 1ull << v->me % 64 : 0, some = esrch ? esrch[w] : 0;
		u64 can = m[VCPU_READY][w] & ~(m[VCPU_BLOCKING][w] & ~m[VCPU_EVENT][w]) & ~me;
		u64 user = m[VCPU_PREEMPTED][w] & m[VCPU_USER][w];
		u64 off = m[VCPU_RUN][w] | m[VCPU_ASLEEP][w] | some;

		open[w] = can;
		/* All but those preempted in user mode, when kernel mode is asked for. */
		stock[w] = can & ~(user & kernel);
		yields[w] = ~off;
		fail |= some & can;
	}
	v->open = open;
	v->stock = stock;
	v->yields = yields;
	/* vCPUs that are not candidates cannot cause -ESRCH. */
	if (!fail)
		v->esrch = NULL;
}

/* The bits of word w that are in [from, to). */
static inline u64 word_range(u32 w, u32 from, u32 to)
{
	u64 mask = ~0ull;

	if (to <= w * 64 || from >= w * 64 + 64)
		return 0;
	if (from > w * 64)
		mask <<= from % 64;
	if (to < w * 64 + 64)
		mask &= (1ull << (to % 64)) - 1;
	return mask;
}

static u32 first_in(const u64 *mask, u32 from, u32 to)
{
	for (u32 w = from / 64; w * 64 < to; w++) {
		u64 left = mask[w] & word_range(w, from, to);

		if (left)
			return w * 64 + (u32)__builtin_ctzll(left);
	}
	return POLICY_NONE;
}

u32 policy_next(const struct policy_view *v, const u64 *mask)
{
	u32 start = policy_start(v), pick;

	if (likely(v->words == 1))
		return policy_slot(policy_next_bit(*mask, start));
	pick = first_in(mask, start, v->nr);
	return pick != POLICY_NONE || !start ? pick : first_in(mask, 0, start);
}

/* The slots of word w that are among the nr from `from` on, around the end. */
static inline u64 around(const struct policy_view *v, u32 w, u32 from, u32 nr)
{
	u64 mask;

	if (likely(v->nr < 64)) {
		u64 some = (1ull << nr) - 1;

		return (some << from | some >> (v->nr - from)) & ((1ull << v->nr) - 1);
	}
	mask = word_range(w, from, min_of(from + nr, v->nr));

	return from + nr > v->nr ? mask | word_range(w, 0, from + nr - v->nr) : mask;
}

u32 policy_place(const struct policy_view *v, u32 slot)
{
	u32 start = policy_start(v);

	return slot < start ? slot + v->nr - start : slot - start;
}

/*
 * Where no try can fail with -ESRCH, nothing but the turn flags is carried from candidate to
 * candidate, and each of these concerns its own vCPU: the scan is a search for one bit.
 */
static u32 scan_words(const struct policy_view *v, const u64 *accept, u64 *turn)
{
	const u64 *flags = turn ? turn : v->turn;
	u64 *good = v->scratch + 4 * v->words;
	u32 start = policy_start(v), pick, nr;

	for (u32 w = 0; w < v->words; w++)
		good[w] = accept[w] & v->open[w] & v->yields[w] & (~v->in_spin[w] | flags[w]);
	pick = policy_next(v, good);
	if (!turn)
		return pick;
	nr = pick == POLICY_NONE ? v->nr : policy_place(v, pick) + 1;
	for (u32 w = 0; w < v->words; w++)
		turn[w] ^= accept[w] & v->open[w] & v->in_spin[w] & around(v, w, start, nr);
	return pick;
}

/* What a search carries from candidate to candidate otherwise. */
struct scan {
	const struct policy_view *v;
	const u64 *accept, *flags;
	u64 *turn;
	u32 failed; /* tries that returned < 0 */
	bool last_failed;
};

/* Looks at one candidate: true ends the search with it. */
static bool policy_look(struct scan *s, u32 slot)
{
	const struct policy_view *v = s->v;

	if (vcpu_bit(v->in_spin, slot)) {
		bool turn = vcpu_bit(s->flags, slot);

		if (s->turn)
			vcpu_set(s->turn, slot, !turn);
		if (!turn)
			return false;
	}
	s->last_failed = vcpu_bit(v->esrch, slot);
	s->failed += s->last_failed;
	return vcpu_bit(v->yields, slot);
}

/* The candidates in [from, to): the pick, or POLICY_NONE: go on, unless enough have failed. */
static u32 scan_range(struct scan *s, u32 from, u32 to)
{
	for (u32 w = from / 64; w * 64 < to; w++)
		for (u64 left = s->accept[w] & s->v->open[w] & word_range(w, from, to); left;
		     left &= left - 1) {
			u32 slot = w * 64 + (u32)__builtin_ctzll(left);

			if (policy_look(s, slot))
				return slot;
			if (s->failed == TRIES)
				return POLICY_NONE;
		}
	return POLICY_NONE;
}

u32 policy_scan_any(const struct policy_view *v, const u64 *accept, u64 *turn)
{
	struct scan s;
	u32 start, pick;

	if (!v->esrch)
		return scan_words(v, accept, turn);
	s = (struct scan){ .v = v, .accept = accept, .turn = turn, .flags = turn ? turn : v->turn };
	start = min_of(v->last + 1, v->nr);
	pick = scan_range(&s, start, v->nr);
	if (pick != POLICY_NONE || s.failed == TRIES)
		return pick;
	/* The second pass begins only while nothing was yielded, not even -ESRCH. */
	if (v->order == SCAN_TWO_PASSES && s.last_failed)
		return POLICY_NONE;
	return scan_range(&s, 0, start);
}

u32 policy_commit(const struct policy_view *v, const u64 *accept, u32 done, u32 tried, u64 *turn)
{
	u32 start = policy_start(v), end = v->nr;
	bool found;

	if (done >= v->nr)
		return done;
	if (tried != POLICY_NONE && policy_place(v, tried) >= done)
		end = policy_place(v, tried);
	found = end < v->nr;
	start = start + done < v->nr ? start + done : start + done - v->nr;
	for (u32 w = 0; w < v->words; w++)
		turn[w] |= accept[w] & v->in_spin[w] & around(v, w, start, end - done);
	if (found && vcpu_bit(v->in_spin, tried))
		vcpu_set(turn, tried, false);
	return found ? end + 1 : end;
}

enum scan_order policy_order_of(const char *release)
{
	char *end;
	unsigned long major, minor = 0;

	major = strtoul(release, &end, 10);
	if (end == release)
		return NR_SCAN_ORDERS;
	if (*end == '.')
		minor = strtoul(end + 1, NULL, 10);
	if (major < 6 || (major == 6 && minor <= 12))
		return SCAN_TWO_PASSES;
	return major == 6 && minor <= 18 ? SCAN_LOOP_INDEX : SCAN_LOOP;
}
