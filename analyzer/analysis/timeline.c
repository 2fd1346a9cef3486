// SPDX-License-Identifier: GPL-2.0-only
/* timeline.c - see timeline.h. */
#include "analysis/timeline.h"

#include <errno.h>
#include <stdlib.h>

#define CELLS_MAX (4u << 20) /* of 8 bytes, when the width of bins is ours to choose */

static int timeline_compare_pairs(const void *a, const void *b)
{
	const struct timeline_pair *x = a, *y = b;

	if (x->vm != y->vm)
		return x->vm < y->vm ? -1 : 1;
	if (x->src != y->src)
		return x->src < y->src ? -1 : 1;
	return x->dst < y->dst ? -1 : x->dst > y->dst;
}

/* The narrowest of 1, 2, 5, 10, … of which max cover the span. */
static u64 round_width(u64 span, u32 max)
{
	for (u64 unit = 1;; unit *= 10)
		for (u64 i = 1; i <= 5; i += i == 2 ? 3 : 1)
			if (span / (unit * i) < max || unit >= 1000000000000000000ull)
				return unit * i;
}

static int allocate(struct timeline *t, const struct timeline_pair *pairs)
{
	size_t pair_bins = (size_t)t->nr_pairs * t->nr_bins + 1;

	t->pair = malloc(((size_t)t->nr_pairs + 1) * sizeof(*t->pair));
	t->vm_count = calloc((size_t)t->nr_vms * t->nr_bins + 1, sizeof(*t->vm_count));
	t->pair_count = calloc(pair_bins, sizeof(*t->pair_count));
	t->pair_known = calloc(pair_bins, sizeof(*t->pair_known));
	t->pair_runnable = calloc(pair_bins, sizeof(*t->pair_runnable));
	if (!t->pair || !t->vm_count || !t->pair_count || !t->pair_known || !t->pair_runnable)
		return -ENOMEM;
	if (t->nr_pairs)
		memcpy(t->pair, pairs, t->nr_pairs * sizeof(*pairs));
	return 0;
}

int timeline_init(struct timeline *t, u64 start_ts, u64 end_ts, u64 bin_ns, u32 max_bins,
		  u32 nr_vms, const struct timeline_pair *pairs, u32 nr_pairs)
{
	u64 span = end_ts > start_ts ? end_ts - start_ts : 0;

	*t = (struct timeline){ .start_ts = start_ts, .nr_vms = nr_vms, .nr_pairs = nr_pairs };
	/* With very many VMs there are fewer bins: memory is for all of them. */
	max_bins = (u32)min_of((u64)max_bins, CELLS_MAX / (nr_vms + 3ull * nr_pairs + 1) + 1);
	t->bin_ns = bin_ns ? bin_ns : round_width(span, max_bins);
	if (span / t->bin_ns >= TIMELINE_BINS_MAX)
		return -EFBIG;
	t->nr_bins = (u32)(span / t->bin_ns) + 1;
	if (allocate(t, pairs))
		return -ENOMEM;
	qsort(t->pair, nr_pairs, sizeof(*t->pair), timeline_compare_pairs);
	return 0;
}

void timeline_release(struct timeline *t)
{
	free(t->pair);
	free(t->vm_count);
	free(t->pair_count);
	free(t->pair_known);
	free(t->pair_runnable);
	*t = (struct timeline){ 0 };
}

u32 timeline_find(const struct timeline *t, u32 vm, u32 src, u32 dst)
{
	struct timeline_pair want = { vm, src, dst };
	const struct timeline_pair *p = bsearch(&want, t->pair, t->nr_pairs, sizeof(want),
						timeline_compare_pairs);

	return p ? (u32)(p - t->pair) : t->nr_pairs;
}

static int timeline_events(void *self, const struct ipi_event *ev, u32 nr)
{
	struct timeline *t = self;

	for (u32 i = 0; i < nr; i++) {
		u64 bin = ev[i].ts < t->start_ts ? 0 : (ev[i].ts - t->start_ts) / t->bin_ns;
		bool runnable = ev[i].state == IPI_STATE_PREEMPTED ||
				ev[i].state == IPI_STATE_WOKEN;
		u32 row;

		/*
		 * The span was that of the same events: what is outside came from a file that
		 * changed.
		 */
		if (bin >= t->nr_bins || ev[i].vm >= t->nr_vms)
			continue;
		t->vm_count[(size_t)ev[i].vm * t->nr_bins + bin]++;
		row = timeline_find(t, ev[i].vm, ev[i].src, ev[i].dst);
		if (row == t->nr_pairs)
			continue;
		t->pair_count[(size_t)row * t->nr_bins + bin]++;
		t->pair_known[(size_t)row * t->nr_bins + bin] += ev[i].state < NR_IPI_STATES;
		t->pair_runnable[(size_t)row * t->nr_bins + bin] += runnable;
	}
	return 0;
}

static void *timeline_fork(const void *self)
{
	const struct timeline *t = self;
	struct timeline *part = malloc(sizeof(*part));

	if (!part)
		return NULL;
	*part = *t;
	if (!allocate(part, t->pair))
		return part;
	timeline_release(part);
	free(part);
	return NULL;
}

static void add_counts(u64 *to, const u64 *from, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		to[i] += from[i];
}

/* The VMs' numbers are those of the run before, which both have; others are counted in neither. */
static int timeline_join(void *self, void *other, const u32 *vm_map)
{
	struct timeline *t = self, *part = other;
	size_t pair_bins = (size_t)t->nr_pairs * t->nr_bins;

	add_counts(t->vm_count, part->vm_count, (size_t)t->nr_vms * t->nr_bins);
	add_counts(t->pair_count, part->pair_count, pair_bins);
	add_counts(t->pair_known, part->pair_known, pair_bins);
	add_counts(t->pair_runnable, part->pair_runnable, pair_bins);
	return 0;
}

static void timeline_drop(void *part)
{
	timeline_release(part);
	free(part);
}

const struct analysis_ops timeline_ops = {
	.name = "timeline",
	.needs = graph_needs,
	.events = timeline_events,
	.fork = timeline_fork,
	.join = timeline_join,
	.drop = timeline_drop,
};
