// SPDX-License-Identifier: GPL-2.0-only
/* live_view.c - see live_view.h. */
#define _GNU_SOURCE
#include "view/live_view.h"

#include <errno.h>
#include <stdlib.h>

const char *const live_sort_names[] = { "rate", "ipis",	 "runnable", "p50", "p99", "run",
					"pair", "vcpus", "name",     "vm",  NULL };

static struct live_view_latency latency_of(const struct hist *h)
{
	return (struct live_view_latency){
		h->nr,
		hist_percentile(h, 50, 100),
		hist_percentile(h, 99, 100),
	};
}

static void fill_trend(struct live_view_vm *to, const struct totals_vm *vm)
{
	u32 first;

	to->nr_trend = min_of(vm->intervals, (u32)LIVE_VIEW_TREND);
	first = vm->trend_at + TOTALS_TREND - to->nr_trend;
	for (u32 i = 0; i < to->nr_trend; i++)
		to->trend[i] = vm->trend[(first + i) % TOTALS_TREND];
}

static void fill_vm(struct live_view_vm *to, const struct totals *t, u32 number)
{
	const struct totals_vm *vm = &t->vm[number];

	*to = (struct live_view_vm){
		.pid = vm->pid,
		.id = vm->id,
		.have_id = t->vm_ids,
		.vcpus = vm->vcpus,
		.ipis = vm->ipis,
		.new_ipis = vm->new_ipis,
		.number = number,
		.quiet = vm->quiet,
		.new_runnable = vm->new_state[LIVE_PREEMPTED] + vm->new_state[LIVE_WOKEN],
		.have_hottest = vm->hottest != TOTALS_NO_PAIR,
	};
	for (u32 p = 0; p < LIVE_VIEW_PATHS; p++)
		to->path[p] = vm->path[p];
	for (u32 s = 0; s < LIVE_VIEW_STATES; s++)
		to->state[s] = vm->state[s];
	for (u32 s = 0; s < LIVE_VIEW_STAGES; s++)
		to->recent[s] = latency_of(&vm->stage[s]);
	fill_trend(to, vm);
	if (to->have_hottest) {
		const struct totals_pair *p = &t->pair[vm->hottest];

		to->hottest = (struct live_view_pair){ p->src, p->dst, p->ipis, p->new_ipis };
	}
}

/* What is larger comes first; 0: equal. */
static u64 sort_value(const struct live_view_vm *vm, enum live_sort sort)
{
	switch (sort) {
	case LIVE_SORT_IPIS: return vm->ipis;
	case LIVE_SORT_RUNNABLE: /* the share, in millionths */
		return vm->new_ipis ? vm->new_runnable * 1000000 / vm->new_ipis : 0;
	case LIVE_SORT_P50: return vm->recent[LIVE_EOI].p50_ns;
	case LIVE_SORT_P99: return vm->recent[LIVE_EOI].p99_ns;
	case LIVE_SORT_RUN: return vm->recent[LIVE_SCHEDULED_IN].p99_ns;
	case LIVE_SORT_PAIR: return vm->have_hottest ? vm->hottest.new_ipis : 0;
	case LIVE_SORT_VCPUS: return vm->vcpus;
	default: return vm->new_ipis;
	}
}

static int compare_names(const char *a, const char *b)
{
	if (!a || !b)
		return !a - !b;
	return strcmp(a, b);
}

static int compare_vms(const void *a, const void *b, void *ctx)
{
	const struct live_view_vm *x = a, *y = b;
	enum live_sort sort = *(enum live_sort *)ctx;
	int by_name = sort == LIVE_SORT_NAME ? compare_names(x->name, y->name) : 0;
	u64 s = sort_value(x, sort), t = sort_value(y, sort);

	if (by_name)
		return by_name;
	if (sort != LIVE_SORT_NAME && sort != LIVE_SORT_VM && s != t)
		return s > t ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static int make_vms(struct live_view_made *made, const struct totals *t, enum live_sort sort,
		    const struct live_view_host *host)
{
	made->vm = calloc(t->nr_vms + 1, sizeof(*made->vm));
	if (!made->vm)
		return -ENOMEM;
	made->v.vm = made->vm;
	for (u32 i = 0; i < t->nr_vms; i++) {
		struct live_view_vm *vm = &made->vm[made->v.nr_vms];

		fill_vm(vm, t, i);
		vm->name = host->name ? host->name(host->ctx, vm->pid) : NULL;
		vm->gone = host->gone && host->gone(host->ctx, vm->pid);
		made->v.nr_vms += !host->keep || host->keep(host->ctx, vm);
	}
	qsort_r(made->vm, made->v.nr_vms, sizeof(*made->vm), compare_vms, &sort);
	return 0;
}

/* Where each VM of the totals stands in the view; UINT32_MAX: filtered out. To be freed. */
static u32 *places_of(const struct live_view_made *made, const struct totals *t)
{
	u32 *place = malloc((t->nr_vms + 1) * sizeof(*place));

	for (u32 i = 0; place && i < t->nr_vms; i++)
		place[i] = UINT32_MAX;
	for (u32 i = 0; place && i < made->v.nr_vms; i++)
		place[made->vm[i].number] = i;
	return place;
}

static int compare_pairs(const void *a, const void *b)
{
	const struct live_view_pair *x = a, *y = b;

	if (x->src != y->src)
		return x->src < y->src ? -1 : 1;
	return x->dst < y->dst ? -1 : x->dst > y->dst;
}

static int make_pairs(struct live_view_made *made, const struct totals *t, const u32 *place)
{
	u32 at = 0;

	made->pair = calloc(t->nr_pairs + 1, sizeof(*made->pair));
	if (!made->pair)
		return -ENOMEM;
	for (u32 i = 0; i < t->nr_pairs; i++)
		if (place[t->pair[i].vm] != UINT32_MAX)
			made->vm[place[t->pair[i].vm]].nr_pairs++;
	for (u32 i = 0; i < made->v.nr_vms; i++) {
		made->vm[i].first_pair = at;
		at += made->vm[i].nr_pairs;
		made->vm[i].nr_pairs = 0;
	}
	for (u32 i = 0; i < t->nr_pairs; i++) {
		const struct totals_pair *p = &t->pair[i];
		struct live_view_vm *vm = &made->vm[place[p->vm]];

		if (place[p->vm] != UINT32_MAX)
			made->pair[vm->first_pair + vm->nr_pairs++] =
				(struct live_view_pair){ p->src, p->dst, p->ipis, p->new_ipis };
	}
	for (u32 i = 0; i < made->v.nr_vms; i++)
		qsort(made->pair + made->vm[i].first_pair, made->vm[i].nr_pairs,
		      sizeof(*made->pair), compare_pairs);
	made->v.pair = made->pair;
	return 0;
}

/* A row with its place, for sorting. */
struct placed_row {
	u32 vm;
	struct live_view_vector v;
};

static int compare_rows(const void *a, const void *b)
{
	const struct placed_row *x = a, *y = b;

	if (x->vm != y->vm)
		return x->vm < y->vm ? -1 : 1;
	if (x->v.src != y->v.src)
		return x->v.src < y->v.src ? -1 : 1;
	if (x->v.dst != y->v.dst)
		return x->v.dst < y->v.dst ? -1 : 1;
	return x->v.vector < y->v.vector ? -1 : x->v.vector > y->v.vector;
}

/* Rows that differ in path or state alone become one. */
static void sum_rows(struct live_view_made *made, const struct placed_row *rows, u32 nr)
{
	u32 at = 0, vm = 0;

	for (u32 i = 0; i < nr; i++) {
		if (i && !compare_rows(&rows[i], &rows[i - 1])) {
			made->vector[at - 1].ipis += rows[i].v.ipis;
			for (u32 p = 0; p < LIVE_VIEW_PATHS; p++)
				made->vector[at - 1].path[p] += rows[i].v.path[p];
			continue;
		}
		while (vm <= rows[i].vm)
			made->first_vector[vm++] = at;
		made->vector[at++] = rows[i].v;
	}
	while (vm <= made->v.nr_vms)
		made->first_vector[vm++] = at;
}

static int make_vectors(struct live_view_made *made, const struct totals *t, const u32 *place)
{
	struct placed_row *rows = malloc((t->nr_rows + 1) * sizeof(*rows));
	u32 nr = 0;

	made->vector = malloc((t->nr_rows + 1) * sizeof(*made->vector));
	made->first_vector = calloc(made->v.nr_vms + 1, sizeof(*made->first_vector));
	if (!rows || !made->vector || !made->first_vector) {
		free(rows);
		return -ENOMEM;
	}
	for (u32 i = 0; i < t->nr_rows; i++) {
		const struct totals_row *r = &t->row[i];
		const struct totals_pair *p = &t->pair[r->pair];

		if (place[p->vm] == UINT32_MAX)
			continue;
		rows[nr] = (struct placed_row){
			place[p->vm], { p->src, p->dst, r->key.vector, totals_row_count(r), { 0 } }
		};
		rows[nr].v.path[min_of(r->key.path, (u8)NR_LIVE_PATHS)] = totals_row_count(r);
		nr++;
	}
	qsort(rows, nr, sizeof(*rows), compare_rows);
	sum_rows(made, rows, nr);
	free(rows);
	made->v.vector = made->vector;
	made->v.first_vector = made->first_vector;
	return 0;
}

static int compare_buckets(const void *a, const void *b)
{
	const struct totals_bucket *x = a, *y = b;

	if (x->vm != y->vm)
		return x->vm < y->vm ? -1 : 1;
	if (x->stage != y->stage)
		return x->stage < y->stage ? -1 : 1;
	if (x->state != y->state)
		return x->state < y->state ? -1 : 1;
	return x->bucket < y->bucket ? -1 : x->bucket > y->bucket;
}

static int make_buckets(struct live_view_made *made, const struct totals *t, const u32 *place)
{
	struct totals_bucket *sorted = malloc((t->nr_buckets + 1) * sizeof(*sorted));
	u32 nr = 0, vm = 0;

	made->bucket = malloc((t->nr_buckets + 1) * sizeof(*made->bucket));
	made->first_bucket = calloc(made->v.nr_vms + 1, sizeof(*made->first_bucket));
	if (!sorted || !made->bucket || !made->first_bucket) {
		free(sorted);
		return -ENOMEM;
	}
	for (u32 i = 0; i < t->nr_buckets; i++) {
		sorted[nr] = t->bucket[i];
		sorted[nr].vm = place[t->bucket[i].vm];
		sorted[nr].state = min_of(sorted[nr].state, (u8)NR_LIVE_STATES);
		nr += sorted[nr].vm != UINT32_MAX;
	}
	qsort(sorted, nr, sizeof(*sorted), compare_buckets);
	for (u32 i = 0; i < nr; i++) {
		while (vm <= sorted[i].vm)
			made->first_bucket[vm++] = i;
		made->bucket[i] = (struct live_view_bucket){ sorted[i].stage, sorted[i].state,
							     sorted[i].bucket, sorted[i].count };
	}
	while (vm <= made->v.nr_vms)
		made->first_bucket[vm++] = nr;
	free(sorted);
	made->v.bucket = made->bucket;
	made->v.first_bucket = made->first_bucket;
	return 0;
}

int live_view_make(struct live_view_made *made, const struct totals *t, enum live_sort sort,
		   u32 with, const struct live_view_host *host)
{
	u32 *place = NULL;
	int ret;

	*made = (struct live_view_made){ .v = { .remark = "",
						.latency_bits = LIVE_BITS,
						.ipis = t->ipis,
						.new_ipis = t->new_ipis } };
	ret = make_vms(made, t, sort, host);
	if (!ret && with)
		place = places_of(made, t);
	if (!ret && with && !place)
		ret = -ENOMEM;
	if (!ret && with & LIVE_WITH_PAIRS)
		ret = make_pairs(made, t, place);
	if (!ret && with & LIVE_WITH_VECTORS)
		ret = make_vectors(made, t, place);
	if (!ret && with & LIVE_WITH_VECTORS)
		ret = make_buckets(made, t, place);
	free(place);
	return ret;
}

void live_view_release(struct live_view_made *made)
{
	free(made->vm);
	free(made->pair);
	free(made->vector);
	free(made->bucket);
	free(made->first_vector);
	free(made->first_bucket);
	*made = (struct live_view_made){ 0 };
}
