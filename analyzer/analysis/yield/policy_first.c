// SPDX-License-Identifier: GPL-2.0-only
/*
 * policy_first.c - the same hints as a priority: the confirmed receiver is taken if it can be
 * yielded to, wherever the scan stands and whatever its turn flag says; else the stock search.
 */
#include "analysis/yield/policy.h"

u32 policy_first(const struct policy_view *v, const struct policy *self)
{
	u32 hint = v->hint[self->rule];

	if (hint != POLICY_NONE && hint != v->me && vcpu_bit(v->vm->mask[VCPU_READY], hint) &&
	    vcpu_bit(v->yields, hint))
		return hint;
	return policy_stock(v, self);
}
