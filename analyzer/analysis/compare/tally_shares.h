/* SPDX-License-Identifier: GPL-2.0-only */
/* tally_shares.h - a tally of shares, when that of the rates is there; see tally_rates.h. */
#ifndef KVM_IPI_TALLY_SHARES_H
#define KVM_IPI_TALLY_SHARES_H

#include "analysis/compare/tally.h"

int tally_add_shares(struct tally *t, const struct series *s, const u32 *match); /* 0 or -ENOMEM */
/* The pairs' series are still counts. 0 or -ENOMEM. */
int tally_add_one_way(struct tally *t);

#endif
