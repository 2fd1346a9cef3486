/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * blocks.h - how well one recording knows a mean, when what happens at one moment depends on the
 * moments before.
 *
 * IPIs come in bursts: counts of neighbouring milliseconds are alike, and the spread of single
 * counts says far too little of the mean's. The recording is cut into stretches of equal length.
 * Stretches are joined, twice as many each time, until neighbouring blocks are hardly correlated;
 * the mean's variance is then that of the blocks' means, or of any coarser ones if that is larger.
 * There are at least BLOCKS_MIN blocks: where so few are still correlated, the recording is too
 * short to tell.
 */
#ifndef KVM_IPI_BLOCKS_H
#define KVM_IPI_BLOCKS_H

#include "util/types.h"

#define BLOCKS_MIN	  8
#define BLOCKS_CORRELATED 0.2 /* between neighbours; more is too much */
#define STRETCHES_MAX	  128

struct blocks {
	u32 joined; /* stretches in a block; 0: too few stretches, or correlated to the end */
	u32 nr;	    /* of the coarsest blocks that var is taken from */
	double var; /* of the mean over all stretches */
};

/*
 * x: a value for each of nr <= STRETCHES_MAX stretches, in their order. least: join so many at
 * least (1, 2, 4, ...; 0: no number is enough).
 */
struct blocks blocks_of(const double *x, u32 nr, u32 least);

/*
 * Between neighbouring blocks of so many stretches, corrected for what few blocks underestimate; 0
 * where all are equal.
 */
double blocks_correlation(const double *x, u32 nr, u32 joined);

/*
 * The same question for many series together, which answers it better than one can: sum[i] is the
 * sum over nr_series series of blocks_correlation() at 1 << i joined. Returns the fewest that are
 * hardly correlated, or 0.
 */
#define BLOCKS_STEPS 5 /* 1 to 16 joined leave 8 of STRETCHES_MAX */
u32 blocks_common(const double sum[BLOCKS_STEPS], u32 nr_series, u32 nr);

#endif
