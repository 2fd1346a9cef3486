/* SPDX-License-Identifier: GPL-2.0-only */
/* tally_delays.h - a tally of latencies. */
#ifndef KVM_IPI_TALLY_DELAYS_H
#define KVM_IPI_TALLY_DELAYS_H

#include "analysis/compare/tally.h"

/*
 * After tally_add_series(): the delays of a recording that stands alone, in the same stretches; and
 * those of one of several. 0 or -ENOMEM.
 */
int tally_add_delays(struct tally *t, const struct delays *d, const u32 *match);
int tally_add_latency(struct tally *t, const struct latency *l, const u32 *match);

#endif
