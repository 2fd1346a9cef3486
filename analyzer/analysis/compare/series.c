// SPDX-License-Identifier: GPL-2.0-only
/*
 * series.c - see series.h.
 *
 * Counts lie stretch by stretch: the events of a CPU come in the order of time, so that those of
 * one stretch stay in the cache while they are counted.
 */
#include "analysis/compare/series.h"
#include "util/rows.h"

#include <errno.h>
#include <stdlib.h>

#define SWEEP	 256 /* events at a time */
#define ROOM_MIN 256 /* edges */

void series_release(struct series *s)
{
	pairs_release(&s->pairs);
	for (u32 i = 0; i < STRETCHES_MAX; i++)
		free(s->stretch[i].n);
	free(s->vm);
	*s = (struct series){ .in_time = s->in_time, .start = s->start };
}

struct series_range series_range(const struct series *s, u64 first, u64 last)
{
	u64 from = first > s->start ? first - s->start : 0;
	u64 to = last > s->start ? last - s->start : 0;

	if (!s->width)
		return (struct series_range){ 0 };
	from = (from + s->width - 1) / s->width;
	to = min_of(to / s->width, (u64)STRETCHES_MAX);
	return (struct series_range){ (u32)min_of(from, to), (u32)(to - min_of(from, to)) };
}

static int make_room(struct series_stretch *to, u32 nr)
{
	u32 room = max_of(to->room, (u32)ROOM_MIN);
	u32 *grown;

	if (likely(nr <= to->room))
		return 0;
	while (room < nr)
		room *= 2;
	grown = realloc(to->n, room * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	memset(grown + to->room, 0, (room - to->room) * sizeof(*grown));
	to->n = grown;
	to->room = room;
	return 0;
}

/* Adds what is counted elsewhere of the same edges. */
static int add_stretch(struct series_stretch *to, const struct series_stretch *from)
{
	int ret = make_room(to, from->room);

	for (u32 i = 0; i < from->room && !ret; i++)
		to->n[i] += from->n[i];
	return ret;
}

static void fold_vm(struct series_vm *vm)
{
	for (u32 i = 0; i < STRETCHES_MAX / 2; i++)
		for (int part = 0; part < NR_SERIES_PARTS; part++)
			vm->n[i][part] = vm->n[2 * i][part] + vm->n[2 * i + 1][part];
	memset(vm->n[STRETCHES_MAX / 2], 0, sizeof(vm->n) / 2);
}

/* Neighbouring stretches become one. */
static int fold(struct series *s)
{
	for (u32 i = 0; i < STRETCHES_MAX / 2; i++) {
		struct series_stretch *one = &s->stretch[2 * i], *two = one + 1;

		if (add_stretch(one, two))
			return -ENOMEM;
		free(two->n);
		*two = (struct series_stretch){ 0 };
		if (i) {
			s->stretch[i] = *one;
			*one = (struct series_stretch){ 0 };
		}
	}
	for (u32 i = 0; i < s->nr_vm; i++)
		fold_vm(&s->vm[i]);
	s->width *= 2;
	return 0;
}

/* The stretch of this time; -ENOMEM. */
static s64 stretch_of(struct series *s, u64 ts)
{
	u64 since = ts > s->start ? ts - s->start : 0;

	while (unlikely(since / s->width >= STRETCHES_MAX))
		if (fold(s))
			return -ENOMEM;
	return (s64)(since / s->width);
}

static void count_parts(u32 n[NR_SERIES_PARTS], const struct ipi_event *ev)
{
	n[min_of(ev->state, (u8)SERIES_STATE_OTHER)]++;
	n[SERIES_PATH_SLOW] += ev->path == IPI_PATH_SLOW;
	n[SERIES_PATH_OTHER] += ev->path >= NR_IPI_PATHS;
	n[SERIES_CPU_SAME] += ev->dst_cpu == (s32)ev->cpu;
	n[SERIES_CPU_UNKNOWN] += ev->dst_cpu < 0;
}

/* Room for the VMs of all events, so that counting one need not look. */
static int make_vms(struct series *s, const struct ipi_event *ev, u32 nr)
{
	struct series_vm *vm;
	u32 last = 0;

	for (u32 i = 0; i < nr; i++)
		last = max_of(last, (u32)ev[i].vm);
	vm = rows_zeroed(s->vm, &s->nr_vm, last, sizeof(*vm));
	if (!vm)
		return -ENOMEM;
	s->vm = vm;
	return 0;
}

/* The events of one stretch: returns how many come before the first of another one. */
static u32 count_stretch(struct series *s, const struct ipi_event *ev, const u32 *edge, u32 nr,
			 u32 stretch)
{
	/* The first one has what is earlier than all, the last one nothing that is later. */
	u64 from = stretch ? s->start + stretch * s->width : 0;
	u64 to = s->start + (stretch + 1) * s->width;
	u32 *n = s->stretch[stretch].n, i = 0;

	for (; i < nr && ev[i].ts >= from && ev[i].ts < to; i++) {
		n[edge[i]]++;
		count_parts(s->vm[ev[i].vm].n[stretch], &ev[i]);
	}
	return i;
}

static int count_sweep(struct series *s, const struct ipi_event *ev, u32 nr)
{
	u32 edge[SWEEP];
	int ret = make_vms(s, ev, nr);

	edges_numbers(&s->pairs.edges, ev, nr, edge);
	for (u32 i = 0; i < nr && !ret;) {
		s64 stretch = stretch_of(s, ev[i].ts);

		ret = stretch < 0 ? -ENOMEM : make_room(&s->stretch[stretch], s->pairs.edges.nr);
		if (!ret)
			i += count_stretch(s, ev + i, edge + i, nr - i, (u32)stretch);
	}
	return ret;
}

static int series_events(void *self, const struct ipi_event *ev, u32 nr)
{
	struct series *s = self;
	int ret = pairs_add(&s->pairs, ev, nr);

	if (!s->width)
		s->width = SERIES_WIDTH_MIN;
	for (u32 i = 0; i < nr && s->in_time && !ret; i += SWEEP)
		ret = count_sweep(s, ev + i, min_of(nr - i, (u32)SWEEP));
	return ret;
}

static void *series_fork(const void *self)
{
	const struct series *s = self;
	struct series *part = calloc(1, sizeof(*part));

	if (part) {
		part->in_time = s->in_time;
		part->start = s->start;
	}
	return part;
}

/* Of both, the same width. */
static int same_width(struct series *a, struct series *b)
{
	int ret = 0;

	a->width = max_of(a->width, (u64)SERIES_WIDTH_MIN);
	b->width = max_of(b->width, (u64)SERIES_WIDTH_MIN);
	while (a->width != b->width && !ret)
		ret = fold(a->width < b->width ? a : b);
	return ret;
}

static int merge_edges(struct series *s, const struct series *part, const u32 *vm_map)
{
	for (u32 i = 0; i < part->pairs.edges.nr; i++) {
		const struct edge_key *key = &edges_at(&part->pairs.edges, i)->key;
		struct ipi_event ev = { .src = key->src,
					.dst = key->dst,
					.vector = key->vector,
					.vm = (u16)vm_map[key->vm] };
		u32 edge;

		edges_numbers(&s->pairs.edges, &ev, 1, &edge);
		for (u32 t = 0; t < STRETCHES_MAX; t++) {
			u32 n = series_count(part, t, i);

			if (n && make_room(&s->stretch[t], edge + 1))
				return -ENOMEM;
			if (n)
				s->stretch[t].n[edge] += n;
		}
	}
	return 0;
}

static int merge_vms(struct series *s, const struct series *part, const u32 *vm_map)
{
	static const struct series_vm none;

	for (u32 i = 0; i < part->nr_vm; i++) {
		struct series_vm *vm;

		/* Rows ahead of the VMs that were met have no place in the map. */
		if (!memcmp(&part->vm[i], &none, sizeof(none)))
			continue;
		vm = rows_zeroed(s->vm, &s->nr_vm, vm_map[i], sizeof(*vm));
		if (!vm)
			return -ENOMEM;
		s->vm = vm;
		for (u32 t = 0; t < STRETCHES_MAX; t++)
			for (int p = 0; p < NR_SERIES_PARTS; p++)
				vm[vm_map[i]].n[t][p] += part->vm[i].n[t][p];
	}
	return 0;
}

static int series_join(void *self, void *other, const u32 *vm_map)
{
	struct series *s = self, *part = other;
	int ret = pairs_merge(&s->pairs, &part->pairs, vm_map);

	if (!ret && s->in_time)
		ret = same_width(s, part) ?: merge_edges(s, part, vm_map) ?:
		      merge_vms(s, part, vm_map);
	return ret;
}

static void series_drop(void *part)
{
	series_release(part);
	free(part);
}

static u64 series_bytes(const void *self)
{
	const struct series *s = self;
	u64 bytes = edges_bytes(&s->pairs.edges) + s->nr_vm * (u64)sizeof(*s->vm);

	for (u32 i = 0; i < STRETCHES_MAX; i++)
		bytes += s->stretch[i].room * (u64)sizeof(u32);
	return bytes;
}

const struct analysis_ops series_ops = {
	.name = "series",
	.needs = graph_needs,
	.events = series_events,
	.fork = series_fork,
	.join = series_join,
	.drop = series_drop,
	.bytes = series_bytes,
};
