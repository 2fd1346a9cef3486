/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * estimate.h - a figure of one side with its error, and the difference of two of them.
 *
 * All figures are compared on a scale on which errors are about symmetrical and the same for large
 * and small values: the logarithm of a rate or a duration, the logit of a share. A difference there
 * is a ratio of rates, or of odds. Differences are tested with Welch's t test: neither the sides'
 * variances nor their numbers need be equal.
 */
#ifndef KVM_IPI_ESTIMATE_H
#define KVM_IPI_ESTIMATE_H

#include "util/types.h"

struct estimate {
	double at;  /* on the scale */
	double var; /* of at */
	double df;  /* degrees of freedom of var; INFINITY: it is known, not estimated */
};

struct difference {
	double by;	  /* after - before, on the scale */
	double se, df;	  /* its standard error */
	double p;	  /* two-sided, that it is 0 */
	double low, high; /* 95 % interval of by */
};

/*
 * extra: a variance that is added to the difference's, known rather than estimated. A difference
 * without any variance is certain: p is 0 or 1.
 */
struct difference difference_of(const struct estimate *before, const struct estimate *after,
				double extra);

/*
 * The mean of nr >= 2 independent values. least: a variance of one value that is known, below which
 * it is not estimated.
 */
struct estimate estimate_of_values(const double *x, u32 nr, double least);

/*
 * Adjusted probabilities (Benjamini and Hochberg, 1995; with weights: Genovese, Roeder and
 * Wasserman, 2006): of those figures whose adjusted one is at most a, the expected share that
 * differs by chance alone is at most a; and where nothing differs, the probability that any is
 * below a is. weight: positive, their sum is nr. nr numbers in order, which is scratch.
 */
void discoveries_adjust(double *p, const double *weight, u32 *order, u32 nr);

#endif
