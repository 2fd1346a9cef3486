// SPDX-License-Identifier: GPL-2.0-only
/* policy_stock.c - what kernels do today; which generation is the view's order. */
#include "analysis/policy.h"

u32 policy_stock(const struct policy_view *v, const struct policy *self)
{
	u64 *accept = v->scratch, *turn = v->scratch + v->words;

	policy_accept_stock(v, accept);
	memcpy(turn, v->turn, v->words * sizeof(*turn));
	return policy_scan(v, accept, turn);
}
