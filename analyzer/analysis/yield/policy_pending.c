// SPDX-License-Identifier: GPL-2.0-only
/*
 * policy_pending.c - would one bool per vCPU do? The stock rule, where "has a pending interrupt" (which
 * hosts without APICv cannot tell) is "a tracked IPI from anybody waits for its EOI".
 */
#include "analysis/yield/policy.h"

u32 policy_pending(const struct policy_view *v, const struct policy *self)
{
	u64 *accept = v->scratch;

	for (u32 w = 0; w < v->words; w++)
		accept[w] = v->stock[w] | v->pending[w];
	return policy_scan(v, accept, NULL);
}
