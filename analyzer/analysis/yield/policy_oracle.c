// SPDX-License-Identifier: GPL-2.0-only
/*
 * policy_oracle.c - the upper bound: any awaited vCPU that can be yielded to, the first one in the
 * order of the scan. It knows from the trace what no kernel knows; where nobody is awaited it names
 * nobody.
 */
#include "analysis/yield/policy.h"

u32 policy_oracle(const struct policy_view *v, const struct policy *self)
{
	u64 *can = v->scratch;

	for (u32 w = 0; w < v->words; w++)
		can[w] = v->awaited[w] & v->vm->mask[VCPU_READY][w] & v->yields[w];
	vcpu_set(can, v->me, false);
	return policy_next(v, can);
}
