/* SPDX-License-Identifier: GPL-2.0-only */
/* figure.h - one figure of two sides, and what came of its comparison. */
#ifndef KVM_IPI_FIGURE_H
#define KVM_IPI_FIGURE_H

#include "analysis/compare/tally.h"

#define FIGURES_MIN_COUNT 20 /* IPIs of the side that has more, on average over its recordings */

enum figure_verdict {
	FIGURE_SAME, /* within the noise, or less than the least change */
	FIGURE_CHANGED,
	FIGURE_NEW,  /* none before */
	FIGURE_GONE, /* none after */
	FIGURE_UNTESTED,
	NR_FIGURE_VERDICTS
};

/* Why a figure is not tested. */
enum figure_why {
	FIGURE_TESTED,
	FIGURE_FEW,	   /* too few IPIs */
	FIGURE_UNKNOWN,	   /* a side has no such figure */
	FIGURE_CORRELATED, /* its bursts are as long as the recording, nearly */
	FIGURE_SHORT,	   /* the recording has too few stretches */
	FIGURE_RECORDINGS, /* neither one a side nor three */
	FIGURE_LOSS,	   /* records are missing, not as many on both sides */
	FIGURE_SOURCE,	   /* the sides are of different sources */
	NR_FIGURE_WHYS,
	FIGURE_NO_MEMORY = NR_FIGURE_WHYS /* of sides_test() alone */
};

struct figure {
	struct tally_key key;
	/* IPIs/s, a share from 0 to 1, or ns: means over recordings; NAN: not known */
	double before, after;
	u64 n_before, n_after; /* IPIs, or durations, of all recordings */
	double change;	       /* after / before - 1; INFINITY: none before; NAN */
	bool interval;	       /* low and high are known */
	double low, high;      /* 95 % interval of change */
	double p, adjusted;    /* 1 where not tested */
	u8 verdict, why;
};

struct side {
	const struct tally *tally;
	u32 nr;
};

#endif
