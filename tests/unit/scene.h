/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scene.h - a VM of six vCPUs at a spin, for the tests of policies: all asleep until told
 * otherwise.
 */
#ifndef KVM_IPI_SCENE_H
#define KVM_IPI_SCENE_H

#include "analysis/yield/policies.h"

/* Six vCPUs; bit i is vCPU i. */
struct scene {
	struct vcpu_vm vm;
	struct policy_view v;
	u64 mask[NR_VCPU_BITS];
	u64 in_spin, turn, esrch, pending, awaited, scratch[POLICY_SCRATCH];
};

static inline void scene_begin(struct scene *s)
{
	memset(s, 0, sizeof(*s));
	s->vm.nr = 6;
	s->vm.words = 1;
	for (int i = 0; i < NR_VCPU_BITS; i++)
		s->vm.mask[i] = &s->mask[i];
	s->v = (struct policy_view){
		.vm = &s->vm,
		.nr = 6,
		.words = 1,
		.me = 0,
		.order = SCAN_TWO_PASSES,
		.kernel = true,
		.in_spin = &s->in_spin,
		.turn = &s->turn,
		.pending = &s->pending,
		.awaited = &s->awaited,
		.hint = { POLICY_NONE, POLICY_NONE, POLICY_NONE },
		.scratch = s->scratch,
	};
}

/* Preempted in kernel mode: an ordinary candidate. */
static inline void scene_preempt(struct scene *s, u64 mask)
{
	s->mask[VCPU_READY] |= mask;
	s->mask[VCPU_PREEMPTED] |= mask;
}

/* Halted and woken, not run yet. */
static inline void scene_woken(struct scene *s, u64 mask)
{
	s->mask[VCPU_READY] |= mask;
	s->mask[VCPU_BLOCKING] |= mask;
	s->mask[VCPU_EVENT] |= mask;
}

static inline u32 scene_pick(struct scene *s, int policy)
{
	policy_prepare(&s->v);
	return policies[policy].pick(&s->v, &policies[policy]);
}

#endif
