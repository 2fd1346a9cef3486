// SPDX-License-Identifier: GPL-2.0-only
/*
 * policy_oracle.c - the upper bound: any awaited vCPU that can be yielded to, the first one in the order
 * of the scan. It knows from the trace what no kernel knows; where nobody is awaited it names nobody.
 */
#include "analysis/policy.h"

u32 policy_oracle(const struct policy_view *v, const struct policy *self)
{
	for (u32 k = 0; k < v->nr; k++) {
		u32 slot = (v->last + 1 + k) % v->nr;

		if (slot != v->me && vcpu_bit(v->awaited, slot) &&
		    vcpu_bit(v->vm->mask[VCPU_READY], slot) && policy_can_yield(v, slot))
			return slot;
	}
	return POLICY_NONE;
}
