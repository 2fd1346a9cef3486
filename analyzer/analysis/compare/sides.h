/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sides.h - one figure of two sides: what it is on each, and how well that is known. For figures.c.
 */
#ifndef KVM_IPI_SIDES_H
#define KVM_IPI_SIDES_H

#include "analysis/compare/estimate.h"
#include "analysis/compare/figure.h"

/* Fills before, after, n_before and n_after of the figure with this key. */
void sides_values(const struct side side[2], struct figure *f);

/*
 * How many of its stretches are one block at least, for each VM: by all of its rates together; 0:
 * no number is enough. To be freed; NULL: out of memory.
 */
u32 *sides_joined(const struct tally *t);

/*
 * The difference; FIGURE_TESTED, or why there is none. joined: of both, for one recording a side.
 */
enum figure_why sides_test(const struct side side[2], const struct tally_key *key,
			   const u32 joined[2], double run_spread, struct difference *d);

#endif
