// SPDX-License-Identifier: GPL-2.0-only
/* policy.c - see policy.h. The table, and what the policies share. */
#include "analysis/policy.h"

#include <stdlib.h>

#define TRIES 3	/* failing yield_to()s that end a search */

const char *const scan_order_names[] = { "two-passes", "loop-index", "loop", NULL };

const struct policy policies[NR_POLICIES] = {
	[POLICY_STOCK] = { "stock", false, policy_stock, ACK_NONE },
	[POLICY_ANY_PENDING] = { "any-pending", false, policy_pending, ACK_V3 },
	[POLICY_V2] = { "ipi-v2", false, policy_ipi, ACK_V2 },
	[POLICY_V2_RELAXED] = { "ipi-v2", true, policy_ipi, ACK_V2 },
	[POLICY_V3] = { "ipi-v3", false, policy_ipi, ACK_V3 },
	[POLICY_V3_RELAXED] = { "ipi-v3", true, policy_ipi, ACK_V3 },
	[POLICY_FIRST] = { "ipi-first", false, policy_first, ACK_V3 },
	[POLICY_ORACLE] = { "oracle", false, policy_oracle, ACK_V3 },
};

bool policy_can_yield(const struct policy_view *v, u32 slot)
{
	return !vcpu_bit(v->vm->mask[VCPU_RUN], slot) && !vcpu_bit(v->vm->mask[VCPU_ASLEEP], slot) &&
	       !(v->lonely && vcpu_bit(v->lonely, slot));
}

/* What a search carries from candidate to candidate. */
struct scan {
	const struct policy_view *v;
	const u64 *accept;
	u64 *turn;
	u32 failed;	/* tries that returned < 0 */
	bool last_failed;
};

static inline u64 candidates(const struct scan *s, u32 word)
{
	u64 *const *m = s->v->vm->mask;

	return s->accept[word] & m[VCPU_READY][word] & ~(m[VCPU_BLOCKING][word] & ~m[VCPU_EVENT][word]);
}

/* Looks at one candidate: true ends the search with it. */
static inline bool look(struct scan *s, u32 slot)
{
	const struct policy_view *v = s->v;

	if (vcpu_bit(v->in_spin, slot)) {
		bool turn = vcpu_bit(s->turn, slot);

		vcpu_set(s->turn, slot, !turn);
		if (!turn)
			return false;
	}
	s->last_failed = v->lonely && vcpu_bit(v->lonely, slot);
	s->failed += s->last_failed;
	return !s->last_failed && policy_can_yield(v, slot);
}

/* The candidates in [from, to): the pick, POLICY_NONE: go on, or -1 through s->failed. */
static u32 scan_range(struct scan *s, u32 from, u32 to)
{
	for (u32 w = from / 64; w * 64 < to; w++) {
		u64 left = candidates(s, w);

		if (w == from / 64)
			left &= ~0ull << (from % 64);
		if (to - w * 64 < 64)
			left &= (1ull << (to - w * 64)) - 1;
		for (; left; left &= left - 1) {
			u32 slot = w * 64 + (u32)__builtin_ctzll(left);

			if (slot == s->v->me)
				continue;
			if (look(s, slot))
				return slot;
			if (s->failed == TRIES)
				return POLICY_NONE;
		}
	}
	return POLICY_NONE;
}

u32 policy_scan(const struct policy_view *v, const u64 *accept, u64 *turn)
{
	struct scan s = { .v = v, .accept = accept, .turn = turn };
	u32 start = min_of(v->last + 1, v->nr), pick = scan_range(&s, start, v->nr);

	if (pick != POLICY_NONE || s.failed == TRIES)
		return pick;
	/* The second pass begins only while nothing was yielded, not even -ESRCH. */
	if (v->order == SCAN_TWO_PASSES && s.last_failed)
		return POLICY_NONE;
	return scan_range(&s, 0, start);
}

void policy_accept_stock(const struct policy_view *v, u64 *accept)
{
	for (u32 w = 0; w < v->words; w++)
		accept[w] = v->kernel ? ~(v->vm->mask[VCPU_PREEMPTED][w] & v->vm->mask[VCPU_USER][w]) : ~0ull;
}

void policy_candidates(const struct policy_view *v, u64 *mask)
{
	u64 *const *m = v->vm->mask;

	policy_accept_stock(v, mask);
	for (u32 w = 0; w < v->words; w++)
		mask[w] &= m[VCPU_READY][w] & ~(m[VCPU_BLOCKING][w] & ~m[VCPU_EVENT][w]);
	vcpu_set(mask, v->me, false);
}

u32 policy_commit(const struct policy_view *v, u32 done, u32 tried, u64 *turn)
{
	u64 *seen = v->scratch + 3 * v->words;
	u32 at = (v->last + 1 + done) % v->nr;

	policy_candidates(v, seen);
	for (; done < v->nr; done++, at = at + 1 == v->nr ? 0 : at + 1) {
		if (at == tried) {
			if (vcpu_bit(v->in_spin, at))
				vcpu_set(turn, at, false);
			return done + 1;
		}
		if (vcpu_bit(seen, at) && vcpu_bit(v->in_spin, at))
			vcpu_set(turn, at, true);
	}
	return done;
}

u32 policy_boosted(const struct policy_view *v, u32 pick)
{
	if (v->order == SCAN_LOOP_INDEX)
		return (pick + v->nr - (v->last + 1) % v->nr) % v->nr;
	return pick;
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
