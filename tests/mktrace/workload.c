// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bursts and pauses have exponential lengths, so that their beginnings tell nothing of their ends;
 * in a burst IPIs come faster, so that the mean rate stays. A run's pace is lognormal, with a mean
 * of 1.
 */
#include <math.h>

#include "workload.h"

static double uniform(struct rng *r)
{
	return ((double)(rng_next(r) >> 11) + 0.5) / 9007199254740992.0;
}

static double exponential(struct rng *r, double mean)
{
	return -log(uniform(r)) * mean;
}

static double normal(struct rng *r)
{
	double radius = sqrt(-2 * log(uniform(r)));

	return radius * cos(2 * M_PI * uniform(r));
}

void workload_init(struct workload *w, const struct options *o)
{
	double spread = (double)o->run_spread / 100;

	*w = (struct workload){ .o = o, .rng = { o->seed ^ 0x776f726b6c6f6164ull }, .pace = 1 };
	if (o->run_spread)
		w->pace = exp(normal(&w->rng) * spread - spread * spread / 2);
	if (o->burst_ns)
		w->left = exponential(&w->rng, (double)o->burst_ns);
}

u64 workload_step(struct workload *w, u64 step)
{
	double burst = (double)w->o->burst_ns, share = (double)w->o->burst_share / 100;
	double in_burst, pause = 0;

	if (!w->o->run_spread && !w->o->burst_ns)
		return step;
	in_burst = (double)step * w->pace;
	if (!w->o->burst_ns)
		return (u64)in_burst + 1;
	in_burst *= share;
	while (w->left < in_burst) {
		pause += exponential(&w->rng, burst * (1 - share) / share);
		w->left += exponential(&w->rng, burst);
	}
	w->left -= in_burst;
	return (u64)(in_burst + pause) + 1;
}

u64 workload_edge(struct workload *w, u64 edge)
{
	const struct options *o = w->o;

	if (o->favour_share && rng_below(&w->rng, 100) < o->favour_share)
		return o->favour_edge < o->edges ? o->favour_edge : edge;
	return edge;
}

u8 workload_state(struct workload *w, u8 state)
{
	const struct options *o = w->o;

	if (o->state_share && rng_below(&w->rng, 100) < o->state_share)
		return (u8)o->favour_state;
	return state;
}
