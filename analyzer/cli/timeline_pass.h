/* SPDX-License-Identifier: GPL-2.0-only */
/* timeline_pass.h - the second reading of a trace, for counts over time. */
#ifndef KVM_IPI_TIMELINE_PASS_H
#define KVM_IPI_TIMELINE_PASS_H

#include "analysis/pairs.h"
#include "analysis/metrics.h"
#include "analysis/timeline.h"
#include "cli/session.h"

/*
 * Counts the VMs and the `top` pairs with most IPIs of each by time, in a second reading of the
 * trace. max_bins: as timeline_init(). 0 or -errno, after its message.
 */
int timeline_pass(struct timeline *t, struct session *s, const struct opts *opts,
		  const struct pairs *pairs, u32 top, u64 bin_ns, u32 max_bins);

#endif
