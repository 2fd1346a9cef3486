// SPDX-License-Identifier: GPL-2.0-only
/* delays.c - see delays.h. */
#include "analysis/compare/delays.h"
#include "model/hist.h"
#include "util/rows.h"

#include <errno.h>
#include <stdlib.h>

#define WIDTH_MIN (1ull << 17) /* ns */

void delays_release(struct delays *d)
{
	for (u32 i = 0; i < d->nr_vm; i++)
		for (int s = 0; s < NR_LATENCY_STAGES; s++)
			free(d->vm[i].stage[s].count);
	free(d->vm);
	*d = (struct delays){ .start = d->start };
}

static void fold_bucket(u32 *n)
{
	for (u32 i = 0; i < STRETCHES_MAX / 2; i++)
		n[i] = n[2 * i] + n[2 * i + 1];
	memset(n + STRETCHES_MAX / 2, 0, STRETCHES_MAX / 2 * sizeof(*n));
}

static void fold(struct delays *d)
{
	for (u32 i = 0; i < d->nr_vm; i++)
		for (int s = 0; s < NR_LATENCY_STAGES; s++) {
			const struct delays_table *t = &d->vm[i].stage[s];

			for (u32 b = 0; b < t->nr_buckets; b++)
				fold_bucket(&t->count[(size_t)b * STRETCHES_MAX]);
		}
	d->width *= 2;
}

static int make_room(struct delays_table *t, u32 bucket)
{
	u32 want = (bucket | ((1u << DELAYS_BITS) - 1)) + 1;
	const size_t row = STRETCHES_MAX * sizeof(*t->count);
	u32 *grown;

	if (likely(bucket < t->nr_buckets))
		return 0;
	grown = realloc(t->count, want * row);
	if (!grown)
		return -ENOMEM;
	memset(grown + (size_t)t->nr_buckets * STRETCHES_MAX, 0, (want - t->nr_buckets) * row);
	t->count = grown;
	t->nr_buckets = want;
	return 0;
}

int delays_reached(void *ctx, const struct latency_ipi *ipi, enum latency_stage stage)
{
	struct delays *d = ctx;
	struct delays_vm *vm = rows_zeroed(d->vm, &d->nr_vm, ipi->vm, sizeof(*vm));
	u64 since = ipi->sent > d->start ? ipi->sent - d->start : 0;
	u32 bucket = hist_bucket(DELAYS_BITS, ipi->after[stage]);
	struct delays_table *t;

	if (!vm)
		return -ENOMEM;
	d->vm = vm;
	d->width = max_of(d->width, (u64)WIDTH_MIN);
	while (since / d->width >= STRETCHES_MAX)
		fold(d);
	t = &vm[ipi->vm].stage[stage];
	if (make_room(t, bucket))
		return -ENOMEM;
	t->count[(size_t)bucket * STRETCHES_MAX + since / d->width]++;
	t->nr++;
	return 0;
}

static bool is_empty(const u32 *n)
{
	for (u32 i = 0; i < STRETCHES_MAX; i++)
		if (n[i])
			return false;
	return true;
}

/* The counts of one bucket, to its column. */
static void shape_bucket(struct delays_shape *s, u32 column, const u32 *n, u32 from)
{
	for (u32 i = 0; i < STRETCHES_MAX; i++) {
		u32 stretch = min_of(max_of(i, from) - from, s->d.nr_stretches - 1);

		s->count[(size_t)stretch * s->d.nr_buckets + column] += n[i];
	}
}

int delays_shape_init(struct delays_shape *s, const struct delays_table *t, u32 from, u32 nr)
{
	u32 column = 0;

	*s = (struct delays_shape){ .d.nr_stretches = max_of(nr, 1u) };
	for (u32 b = 0; b < t->nr_buckets; b++)
		s->d.nr_buckets += !is_empty(&t->count[(size_t)b * STRETCHES_MAX]);
	s->count = calloc((size_t)s->d.nr_stretches * s->d.nr_buckets + 1, sizeof(*s->count));
	s->at = calloc((size_t)s->d.nr_buckets + 1, sizeof(*s->at));
	if (!s->count || !s->at)
		return -ENOMEM;
	for (u32 b = 0; b < t->nr_buckets; b++) {
		const u32 *n = &t->count[(size_t)b * STRETCHES_MAX];

		if (is_empty(n))
			continue;
		/* A delay of 0 has no logarithm: it is taken for one below a nanosecond. */
		s->at[column] = max_of((double)hist_bucket_middle(DELAYS_BITS, b), 0.5);
		shape_bucket(s, column++, n, from);
	}
	s->d.count = s->count;
	s->d.at = s->at;
	return 0;
}

void delays_shape_release(struct delays_shape *s)
{
	free(s->count);
	free(s->at);
	*s = (struct delays_shape){ 0 };
}
