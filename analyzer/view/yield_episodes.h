/* SPDX-License-Identifier: GPL-2.0-only */
/* yield_episodes.h - the view of a VM's wait episodes: shares, intervals, and what these say. */
#ifndef KVM_IPI_VIEW_YIELD_EPISODES_H
#define KVM_IPI_VIEW_YIELD_EPISODES_H

#include "analysis/yield/episodes.h"
#include "output/yield_view.h"

void yield_times_of(struct yield_times *to, const struct hist *h);

/* Fills the episodes and each policy's part of them; policy has NR_POLICIES. 0 or -ENOMEM. */
int yield_episodes_build(struct yield_episodes *to, struct yield_policy *policy,
			 const struct episodes_vm *vm);

#endif
