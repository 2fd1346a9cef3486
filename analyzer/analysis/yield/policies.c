// SPDX-License-Identifier: GPL-2.0-only
/* policies.c - see policies.h: each policy's function, and the table of them. */
#include "analysis/yield/policies.h"

static u32 pick_stock(const struct policy_view *v, const struct policy *self)
{
	return policy_stock(v);
}

/*
 * Would one bool per vCPU do? The stock rule, where "has a pending interrupt" (which hosts without
 * APICv cannot update) is "a tracked IPI from any sender waits for its EOI".
 */
static u32 pick_pending(const struct policy_view *v, const struct policy *self)
{
	u64 *accept = v->scratch;

	for (u32 w = 0; w < v->words; w++)
		accept[w] = v->stock[w] | v->pending[w];
	return policy_scan(v, accept, NULL);
}

/*
 * The IPI-aware series: a filter in the place of the stock rule. It accepts the spinner's confirmed
 * receiver, or a vCPU that was preempted (where kernel mode is asked for: in kernel mode). Its
 * middle lane, a pending interrupt, is never true without APICv, and not visible with it. The
 * relaxed round runs when the strict one found no vCPU: preempted alone.
 */
static u32 pick_ipi(const struct policy_view *v, const struct policy *self)
{
	u64 *accept = v->scratch, *turn = v->scratch + v->words;
	u64 *const *m = v->vm->mask;
	u32 pick;

	for (u32 w = 0; w < v->words; w++)
		accept[w] = m[VCPU_PREEMPTED][w] & (v->kernel ? ~m[VCPU_USER][w] : ~0ull);
	if (v->hint[self->rule] != POLICY_NONE)
		vcpu_set(accept, v->hint[self->rule], true);
	pick = policy_scan(v, accept, NULL);
	if (pick != POLICY_NONE || !self->relaxed)
		return pick;
	/* Once more, for the flags that the strict round leaves to the other. */
	memcpy(turn, v->turn, v->words * sizeof(*turn));
	policy_scan(v, accept, turn);
	return policy_scan(v, m[VCPU_PREEMPTED], turn);
}

/*
 * The same hints as a priority: the confirmed receiver is taken if it is ready, not blocking
 * without an event, and can be yielded to, wherever the scan stands and whatever its turn flag
 * says; else the stock search.
 */
static u32 pick_first(const struct policy_view *v, const struct policy *self)
{
	u32 hint = v->hint[self->rule];

	if (policy_tries_first(v, hint) && vcpu_bit(v->yields, hint))
		return hint;
	return policy_stock(v);
}

/*
 * The upper bound: any awaited vCPU that can be yielded to, the first one in the order of the scan.
 * It knows from the trace what no kernel knows; without an awaited vCPU it names none.
 */
static u32 pick_oracle(const struct policy_view *v, const struct policy *self)
{
	u64 *can = v->scratch;

	for (u32 w = 0; w < v->words; w++)
		can[w] = v->awaited[w] & v->vm->mask[VCPU_READY][w] & v->yields[w];
	vcpu_set(can, v->me, false);
	return policy_next(v, can);
}

const struct policy policies[NR_POLICIES] = {
	[POLICY_STOCK] = { "stock", false, pick_stock, ACK_NONE },
	[POLICY_ANY_PENDING] = { "any-pending", false, pick_pending, ACK_V3 },
	[POLICY_V2] = { "ipi-v2", false, pick_ipi, ACK_V2 },
	[POLICY_V2_RELAXED] = { "ipi-v2", true, pick_ipi, ACK_V2 },
	[POLICY_V3] = { "ipi-v3", false, pick_ipi, ACK_V3 },
	[POLICY_V3_RELAXED] = { "ipi-v3", true, pick_ipi, ACK_V3 },
	[POLICY_FIRST] = { "ipi-first", false, pick_first, ACK_V3 },
	[POLICY_ORACLE] = { "oracle", false, pick_oracle, ACK_V3 },
};

int policy_of_name(const char *name)
{
	for (int i = 0; i < NR_POLICIES; i++) {
		size_t len = strlen(policies[i].name);
		const char *rest = name + len;

		if (strncmp(name, policies[i].name, len))
			continue;
		if (policies[i].relaxed ? !strcmp(rest, "+relaxed") || !strcmp(rest, "-relaxed")
					: !*rest)
			return i;
	}
	return NR_POLICIES;
}

void policy_rule(const struct policy_view *v, int policy, bool relaxed, u32 hint, u64 *accept)
{
	u64 *const *m = v->vm->mask;
	bool ipi = policies[policy].pick == pick_ipi;

	for (u32 w = 0; w < v->words; w++) {
		accept[w] = v->stock[w];
		if (policy == POLICY_ANY_PENDING)
			accept[w] |= v->pending[w];
		if (ipi)
			accept[w] = m[VCPU_PREEMPTED][w] &
				    (v->kernel && !relaxed ? ~m[VCPU_USER][w] : ~0ull);
	}
	if (ipi && !relaxed && hint != POLICY_NONE)
		vcpu_set(accept, hint, true);
	for (u32 w = 0; w < v->words; w++)
		accept[w] &= v->open[w];
}
