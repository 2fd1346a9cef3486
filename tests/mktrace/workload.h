/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a workload differs from a steady one, and one recording of it from another: bursts, a pace of
 * each run's own, and what is planted to be found (a pair, a state). It has random numbers of its
 * own, so that a stream without any of this is what it always was.
 */
#ifndef MKTRACE_WORKLOAD_H
#define MKTRACE_WORKLOAD_H

#include "options.h"

struct workload {
	const struct options *o;
	struct rng rng;
	double pace; /* steps are so much longer in this run */
	double left; /* ns of the present burst */
};

void workload_init(struct workload *w, const struct options *o);

/* How far the time goes on, where a steady workload's would by step. */
u64 workload_step(struct workload *w, u64 step);

/* The edge's index and the state's, or those that are planted. */
u64 workload_edge(struct workload *w, u64 edge);
u8 workload_state(struct workload *w, u8 state);

#endif
