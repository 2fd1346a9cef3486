// SPDX-License-Identifier: GPL-2.0-only
/* policy_stock.c - what kernels do today; which generation is the view's order. */
#include "analysis/yield/policy.h"

u32 policy_stock(const struct policy_view *v, const struct policy *self)
{
	return policy_scan(v, v->stock, NULL);
}
