// SPDX-License-Identifier: GPL-2.0-only
/*
 * Planting the stream.
 *
 * The edges are spread over each VM's pairs by a step that is coprime to their number, which
 * gives distinct tuples without a table of those taken. Each edge is used once before chance
 * decides, so that a file with as many events as edges shows all of them. Chance is uniform: the
 * hard case for a reader's caches, harder than real traces, where a few pairs do most of the work.
 */
#include <stdlib.h>

#include "stream.h"

const u8 path_values[NR_PATHS] = { 0, 1, 2, 7, 254 };
const u8 state_values[NR_STATES] = { 0, 1, 2, 3, 4, 5, 9, 254 };

static u64 gcd(u64 a, u64 b)
{
	while (b) {
		u64 r = a % b;

		a = b;
		b = r;
	}
	return a;
}

/* vCPU ids are APIC ids: with odd topologies they have holes. */
static u32 vcpu_id(const struct options *o, u32 index)
{
	return o->sparse_vcpus ? index * 4 + (index >> 2) * 256 : index;
}

static u8 vector_value(u32 index)
{
	static const u8 linux_vectors[] = { 0xfd, 0xfb, 0xfc, 0xf6, 0xf7 };
	u32 rest;

	if (index < ARRAY_SIZE(linux_vectors))
		return linux_vectors[index];
	rest = index - ARRAY_SIZE(linux_vectors);
	return rest < 0xf6 - 0x20 ? 0xf5 - rest : 0xf8 + rest - (0xf6 - 0x20);
}

static void plant_edges(struct stream *s)
{
	const struct options *o = s->o;
	u64 pairs = o->vcpus * (o->vcpus - 1), all = pairs * o->vectors, step = all * 5 / 8 | 1, i;

	while (gcd(step, all) != 1)
		step += 2;
	s->edges = calloc(o->edges, sizeof(*s->edges));
	if (!s->edges)
		die("out of memory");
	for (i = 0; i < o->edges; i++) {
		u64 at = (i / o->vms + 1) * step % all, pair = at % pairs;
		u32 src = pair / (o->vcpus - 1), dst = pair % (o->vcpus - 1);
		struct edge *e = &s->edges[i];

		e->vm = i % o->vms;
		e->src = vcpu_id(o, src);
		e->dst = vcpu_id(o, dst + (dst >= src));
		e->vector = vector_value(at / pairs);
	}
}

void stream_init(struct stream *s, const struct options *o)
{
	memset(s, 0, sizeof(*s));
	s->o = o;
	s->rng.s = o->seed;
	s->ns = o->start_ns;
	workload_init(&s->work, o);
	plant_edges(s);
}

void stream_release(struct stream *s)
{
	free(s->edges);
	s->edges = NULL;
}

/* What comes before the next event, and with it. */
static void plan_round(struct stream *s)
{
	const struct options *o = s->o;

	s->event_due = true;
	s->foreign_left = o->foreign / 100;
	if (o->foreign % 100)
		s->foreign_left += rng_below(&s->rng, 100) < o->foreign % 100;
	s->big_due = o->big_records && !rng_below(&s->rng, 32);
	s->discarded_due = o->padding && !rng_below(&s->rng, 16);
}

static void advance(struct stream *s, struct item *it)
{
	const struct options *o = s->o;
	u64 r = rng_next(&s->rng);

	s->ns += workload_step(&s->work, 1 + ((u32)r * (2 * o->step_ns - 1) >> 32));
	/* 2^27 ns is the most that a record's own 27 bits hold. */
	if (o->time_extend && !rng_below(&s->rng, 256))
		s->ns += (1ull << 27) - 2 + rng_below(&s->rng, 4) * 1000000000ull;
	it->ns = s->ns;
	it->number = s->number++;
	it->cpu = (r >> 32) * o->cpus >> 32;
	it->edge = NULL;
	it->random = rng_next(&s->rng);
}

static void fill_track(struct stream *s, struct item *it)
{
	const struct options *o = s->o;
	u64 r = rng_next(&s->rng);

	if (it->kind == KIND_TRACK && s->events < o->edges)
		it->edge = &s->edges[s->events];
	else
		it->edge = &s->edges[workload_edge(&s->work, (u32)r * o->edges >> 32)];
	it->path = (r >> 32 & 3) == 3; /* one of four is slow */
	it->state = workload_state(&s->work, (r >> 34 & 0xff) * 5 >> 8);
	it->dst_cpu = (s32)((r >> 42 & 0xfffff) * (o->cpus + 1) >> 20) - 1;
	if (o->odd_values && !(r >> 62)) {
		it->path = rng_below(&s->rng, NR_PATHS);
		it->state = rng_below(&s->rng, NR_STATES);
	}
}

static enum kind next_kind(struct stream *s)
{
	if (s->discarded_due) {
		s->discarded_due = false;
		return KIND_DISCARDED;
	}
	if (s->big_due) {
		s->big_due = false;
		return KIND_BIG;
	}
	if (s->foreign_left) {
		s->foreign_left--;
		return s->number & 1 ? KIND_SWITCH : KIND_EOI;
	}
	s->event_due = false;
	return s->o->no_track ? (s->number & 1 ? KIND_SWITCH : KIND_EOI) : KIND_TRACK;
}

bool stream_next(struct stream *s, struct item *it)
{
	if (s->o->core && s->events >= s->o->events / 2 && s->described < s->o->cpus) {
		it->kind = KIND_MARK;
		advance(s, it);
		it->described = s->described++;
		return true;
	}
	if (!s->event_due) {
		if (s->events == s->o->events)
			return false;
		plan_round(s);
	}
	it->kind = next_kind(s);
	advance(s, it);
	if (it->kind == KIND_TRACK || it->kind == KIND_DISCARDED)
		fill_track(s, it);
	if (!s->event_due)
		s->events++;
	return true;
}
