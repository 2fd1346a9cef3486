// SPDX-License-Identifier: GPL-2.0-only
/* tally_delays.c - see tally_delays.h: quantiles of latencies. */
#include "analysis/compare/tally_delays.h"

#include <errno.h>
#include <stdlib.h>

/* A quantile needs ten values beyond it, or it is that of a few. */
static const struct {
	u32 percent;
	u64 least;
} quantiles[] = { { 50, 20 }, { 90, 100 }, { 99, 1000 } };

static struct tally_row *delay_row(struct tally *t, u32 vm, u32 stage, u32 percent, u64 nr,
				   double value)
{
	struct tally_row *r = tally_row(t, (struct tally_key){ vm, TALLY_DELAY, stage, percent });

	if (r) {
		r->n = nr;
		r->value = value;
	}
	return r;
}

static int add_series(struct tally *t, struct tally_row *r, const struct durations *d, u32 bucket)
{
	double x[STRETCHES_MAX];

	r->x = tally_new_series(t, &r->key);
	if (!r->x)
		return -ENOMEM;
	durations_above(d, bucket, x);
	for (u32 i = 0; i < tally_stretches(t, &r->key); i++)
		r->x[i] = (float)x[i];
	return 0;
}

static int add_table(struct tally *t, const struct delays_table *table, u32 vm, u32 stage)
{
	struct series_range range = tally_vm(t, vm).stretch;
	int ret = 0;

	for (size_t i = 0; i < ARRAY_SIZE(quantiles) && table->nr >= quantiles[i].least; i++) {
		struct delays_shape *shape = calloc(1, sizeof(*shape));
		struct tally_row *r;
		u32 bucket;

		if (!shape)
			return -ENOMEM;
		ret = delays_shape_init(shape, table, range.from, range.nr);
		bucket = ret ? 0 : durations_quantile(&shape->d, quantiles[i].percent / 100.0);
		r = ret ? NULL
			: delay_row(t, vm, stage, quantiles[i].percent, table->nr,
				    shape->at[bucket]);
		if (!r) {
			delays_shape_release(shape);
			free(shape);
			return -ENOMEM;
		}
		r->delays = shape;
		if (range.nr && add_series(t, r, &shape->d, bucket))
			return -ENOMEM;
	}
	return ret;
}

int tally_add_delays(struct tally *t, const struct delays *d, const u32 *match)
{
	int ret = 0;

	for (u32 vm = 0; vm < d->nr_vm; vm++)
		for (u32 s = 0; s < NR_LATENCY_STAGES && !ret; s++)
			/* Rows ahead of the VMs that were met have no place in the list. */
			if (d->vm[vm].stage[s].nr && match[vm] != TALLY_NO_VM)
				ret = add_table(t, &d->vm[vm].stage[s], match[vm], s);
	return ret;
}

static int add_hist(struct tally *t, const struct hist *h, u32 vm, u32 stage)
{
	for (size_t i = 0; i < ARRAY_SIZE(quantiles) && h->nr >= quantiles[i].least; i++) {
		u64 value = hist_percentile(h, quantiles[i].percent, 100);

		if (!delay_row(t, vm, stage, quantiles[i].percent, h->nr,
			       max_of((double)value, 0.5)))
			return -ENOMEM;
	}
	return 0;
}

int tally_add_latency(struct tally *t, const struct latency *l, const u32 *match)
{
	int ret = 0;

	for (u32 i = 0; i < l->nr_rows; i++) {
		const struct latency_row *r = &l->row[i];
		bool whole = r->key.src == LATENCY_ANY && r->key.vector == LATENCY_ANY &&
			     r->key.state == LATENCY_ANY;

		for (u32 s = 0; whole && s < NR_LATENCY_STAGES && !ret; s++)
			if (match[r->key.vm] != TALLY_NO_VM)
				ret = add_hist(t, &r->hist[s], match[r->key.vm], s);
	}
	return ret;
}
