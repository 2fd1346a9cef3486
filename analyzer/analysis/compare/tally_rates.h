/* SPDX-License-Identifier: GPL-2.0-only */
/* tally_rates.h - a tally of what was counted: rates, and the shares that follow from them. */
#ifndef KVM_IPI_TALLY_RATES_H
#define KVM_IPI_TALLY_RATES_H

#include "analysis/compare/tally.h"

/*
 * Takes what was counted; match[i]: the common number of the i-th of vms, or TALLY_NO_VM. The
 * series' pairs are summed up. 0 or -ENOMEM.
 */
int tally_add_series(struct tally *t, struct series *s, const struct vms *vms, const u32 *match);

#endif
