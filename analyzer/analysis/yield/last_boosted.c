// SPDX-License-Identifier: GPL-2.0-only
/* last_boosted.c - see last_boosted.h. */
#include "analysis/yield/last_boosted.h"

#include <errno.h>
#include <stdlib.h>

/*
 * How often the order of two searches, which is in no event, makes the true value try another one,
 * or makes another value of it.
 */
#define P_RACE 0.03

int last_boosted_init(struct last_boosted *l, u32 nr)
{
	*l = (struct last_boosted){ .nr = nr };
	l->weight = calloc((size_t)nr + 1, sizeof(*l->weight));
	l->begun = calloc((size_t)nr * nr + 1, sizeof(*l->begun));
	if (!l->weight || !l->begun)
		return -ENOMEM;
	last_boosted_forget(l);
	return 0;
}

void last_boosted_release(struct last_boosted *l)
{
	free(l->weight);
	free(l->begun);
	*l = (struct last_boosted){ 0 };
}

void last_boosted_forget(struct last_boosted *l)
{
	for (u32 i = 0; i < l->nr; i++)
		l->weight[i] = last_boosted_prior(i, l->nr);
	for (u32 me = 0; me < l->nr; me++)
		memcpy(l->begun + (size_t)me * l->nr, l->weight, l->nr * sizeof(*l->weight));
}

u32 last_boosted_best(const struct last_boosted *l)
{
	u32 best = 0;

	for (u32 i = 1; i < l->nr; i++)
		if (l->weight[i] > l->weight[best])
			best = i;
	return best;
}

void last_boosted_search(struct last_boosted *l, const struct policy_view *view, u32 tried)
{
	struct policy_view v = *view;
	double sum = 0;

	for (v.last = 0; v.last < l->nr; v.last++) {
		l->weight[v.last] *= policy_stock(&v) == tried ? 1 : P_RACE;
		sum += l->weight[v.last];
	}
	for (u32 i = 0; i < l->nr; i++)
		l->weight[i] = l->weight[i] / sum * (1 - P_RACE) + P_RACE / l->nr;
	memcpy(l->begun + (size_t)view->me * l->nr, l->weight, l->nr * sizeof(*l->weight));
}

void last_boosted_end(struct last_boosted *l, u32 me, u32 pick)
{
	struct policy_view v = { .nr = l->nr, .order = SCAN_LOOP_INDEX };
	const double *begun = l->begun + (size_t)me * l->nr;

	for (v.last = 0; v.last < l->nr; v.last++)
		l->weight[policy_boosted(&v, pick)] = begun[v.last];
}
