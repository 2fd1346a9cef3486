/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * figures.h - what changed between two sides of one or several recordings each, beyond the noise.
 *
 * How much recordings of an equal system differ is taken from the recordings themselves:
 *
 *	three or more a side	their values, one each (Welch's test)
 *	one a side		blocks of its own time (blocks.h, resample.h), and --run-spread for
 *				what one recording cannot know: how much another run would differ
 *	else			nothing is tested
 *
 * Neither is below what counting itself varies by (Poisson, binomial) or what a bucket is wide.
 * Many figures are looked at together, so probabilities are adjusted: where nothing has changed,
 * the probability that any figure is called changed is at most that level.
 */
#ifndef KVM_IPI_FIGURES_H
#define KVM_IPI_FIGURES_H

#include "analysis/compare/figure.h"

#define FIGURES_LEVEL	     0.05
#define FIGURES_LEVEL_BLOCKS 0.03 /* one a side: what bursts hide has to fit in, too */

struct figures_choice {
	double min_change; /* least change to call one, as a part of 1 */
	double run_spread; /* standard deviation between runs, as a part of 1; for blocks */
	enum figure_why rates, shares, delays, states; /* FIGURE_TESTED, or why not */
	const u32 *number; /* [VM]: TALLY_NO_VM leaves it out; NULL: none is */
};

struct figures {
	struct figure *f;
	u32 nr, room;
	bool blocks;	/* one a side */
	u32 *joined[2]; /* of one recording a side: see sides_joined() */
	double level;
	u32 tested, changed;
};

/* Compares every figure that a side has. 0 or -ENOMEM; release it in any case. */
int figures_compare(struct figures *to, const struct side side[2], const struct figures_choice *c);
void figures_release(struct figures *f);

#endif
