// SPDX-License-Identifier: GPL-2.0-only
/*
 * policy_ipi.c - the IPI-aware series: a filter in the place of the stock rule.
 *
 * It lets pass who is the spinner's confirmed receiver; else who was preempted, and, where kernel
 * mode is asked for, in kernel mode. (Its middle lane, a pending interrupt, is never true without
 * APICv, and not visible with it.) The relaxed round runs when the strict one yielded to nobody:
 * preempted alone.
 */
#include "analysis/yield/policy.h"

u32 policy_ipi(const struct policy_view *v, const struct policy *self)
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
