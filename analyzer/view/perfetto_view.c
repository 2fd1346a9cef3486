// SPDX-License-Identifier: GPL-2.0-only
/*
 * perfetto_view.c - see perfetto_view.h.
 *
 * Numbers: a VM is a process, its place times `unit`; a vCPU's own track is that plus 1 plus its
 * id; the tracks of IPIs come behind all of them. No two tracks share a number, which viewers take
 * for the thread.
 */
#include "view/perfetto_view.h"
#include "util/rows.h"
#include "view/picture_view.h"

#include <errno.h>
#include <stdlib.h>

#define COUNTER_BINS 1000

/* Places of a vCPU's tracks among its VM's. */
#define TRACKS_EACH 10000

u32 perfetto_kinds(void)
{
	return needs_kinds(tracks_needs) | EV_BIT(EV_PROBE_TARGET) | EV_BIT(EV_PROBE_RESULT);
}

static struct perfetto_track track_id(const struct perfetto_builder *b, u32 track)
{
	const struct track_state *s = &b->tracks.track[track];
	u64 pid = b->place[s->vm] * b->unit;

	return (struct perfetto_track){ pid, pid + 1 + s->vcpu };
}

static u64 since_start(const struct perfetto_builder *b, u64 ts)
{
	return ts > b->start_ts ? ts - b->start_ts : 0;
}

/* The span in which an IPI was sent. A time filter has been applied already, to its record. */
static const struct perfetto_span *span_of(const struct perfetto_builder *b, u64 sent)
{
	if (b->nr_spans == 1 && !b->slow)
		return b->span;
	for (u32 i = 0; i < b->nr_spans; i++)
		if (sent >= b->span[i].from && sent <= b->span[i].to)
			return &b->span[i];
	return NULL;
}

/*
 * Its place among the slowest, from 1; 0: none. By the thread, not the VM: one that was inferred
 * can have another number in another run.
 */
static u32 rank_of(const struct perfetto_builder *b, const struct latency_ipi *ipi)
{
	for (u32 i = 0; i < b->nr_slow; i++) {
		const struct latency_ipi *s = &b->slow[i];

		if (s->sent == ipi->sent && s->src_pid == ipi->src_pid && s->dst == ipi->dst &&
		    s->vector == ipi->vector)
			return i + 1;
	}
	return 0;
}

static void fill_ipi(const struct perfetto_builder *b, const struct latency_ipi *from,
		     const struct perfetto_span *span, struct perfetto_ipi *to)
{
	static const char *const paths[] = { "fast", "slow", "avic" };
	static const enum latency_stage stages[NR_PERFETTO_STAGES] = {
		LATENCY_ACCEPTED, LATENCY_RUNNING, LATENCY_INJECTED, LATENCY_ACKNOWLEDGED
	};
	const struct user_vectors *names = &b->s->vectors;

	*to = (struct perfetto_ipi){
		.id = from->number,
		.sent_ns = since_start(b, from->sent),
		.from_ns = since_start(b, span->from),
		.to_ns = since_start(b, span->to),
		.src_id = from->src,
		.dst_id = from->dst,
		.vector = min_of((u32)from->vector, (u32)VIEW_NO_VECTOR),
		.vector_name = names->given ? vector_name(names->names, from->vector) : NULL,
		.state = from->state < NR_IPI_STATES ? view_state_names[from->state] : NULL,
		.path = from->path < ARRAY_SIZE(paths) ? paths[from->path] : NULL,
		.cpu = from->cpu,
		.dst_cpu = from->dst_cpu,
		.rank = rank_of(b, from),
	};
	_Static_assert(PERFETTO_NEVER == LATENCY_UNKNOWN, "unknown times are the same");
	for (int s = 0; s < NR_PERFETTO_STAGES; s++)
		to->after_ns[s] = from->after[stages[s]];
}

/* A new lane gets a number and a name. */
static int add_lane(struct perfetto_builder *b, struct perfetto_lanes *l, u32 track, u32 lane)
{
	bool sent = l == &b->vcpu[track].sent;
	u64 *grown = rows_grown(l->tid, &l->room, lane, sizeof(*grown));
	char name[64], more[24] = "";

	if (!grown)
		return -ENOMEM;
	l->tid = grown;
	l->tid[lane] = b->next_tid++;
	if (lane)
		snprintf(more, sizeof(more), " (%u)", lane + 1);
	snprintf(name, sizeof(name), "vCPU %u %s%s", b->tracks.track[track].vcpu,
		 sent ? "sends" : "receives", more);
	perfetto_thread(&b->out, (struct perfetto_track){ track_id(b, track).pid, l->tid[lane] },
			name, (u64)track * TRACKS_EACH + (sent ? 1 : 100) + min_of(lane, 9000u));
	return 0;
}

/* Where a span of a vCPU's IPIs is drawn; pid 0: no memory. */
static struct perfetto_track place(struct perfetto_builder *b, struct perfetto_lanes *l, u32 track,
				   u64 start, u64 end)
{
	u32 had = l->lanes.nr;
	s64 lane = lanes_place(&l->lanes, start, end);

	if (lane < 0 || (lane == had && add_lane(b, l, track, had))) {
		b->ret = -ENOMEM;
		return (struct perfetto_track){ 0 };
	}
	return (struct perfetto_track){ track_id(b, track).pid, l->tid[lane] };
}

/* A bin's counters, as rates of the part of it that is shown. */
static void put_rates(struct perfetto_builder *b, u32 vm, u64 bin, u64 ipis, u64 runnable)
{
	u64 first = since_start(b, b->span[0].from);
	u64 last = since_start(b, b->span[b->nr_spans - 1].to);
	u64 from = max_of(bin * b->bin_ns, first), to = min_of((bin + 1) * b->bin_ns, last);
	u64 width = max_of(to, from + 1) - from, pid = b->place[vm] * b->unit;

	if (from > last)
		return;
	perfetto_counter(&b->out, pid, from, 0, ipis * 1000000000 / width);
	if (!b->s->stock)
		perfetto_counter(&b->out, pid, from, 1, runnable * 1000000000 / width);
}

/* A bin is complete. Of several in which there was nothing, the first is written. */
static void put_bin(struct perfetto_builder *b, u32 vm, u64 bin)
{
	struct perfetto_count *c = &b->count[vm];
	u64 *ipis = &c->ipis[bin & 1], *runnable = &c->runnable[bin & 1];

	if (c->shown && (bin > c->last + 1 || !*ipis)) {
		put_rates(b, vm, c->last + 1, 0, 0);
		c->shown = false;
	}
	if (*ipis) {
		put_rates(b, vm, bin, *ipis, *runnable);
		c->shown = true;
		c->last = bin;
	}
	*ipis = *runnable = 0;
}

static void count_ipi(struct perfetto_builder *b, const struct latency_ipi *ipi)
{
	struct perfetto_count *c = &b->count[ipi->vm];
	u64 bin = since_start(b, ipi->sent) / b->bin_ns;

	if (!c->open || bin > c->bin) {
		if (c->open && c->bin)
			put_bin(b, ipi->vm, c->bin - 1);
		if (c->open && bin > c->bin + 1)
			put_bin(b, ipi->vm, c->bin);
		c->bin = bin;
		c->open = true;
	}
	if (bin + 1 < c->bin)
		bin = c->bin - 1;
	c->ipis[bin & 1]++;
	c->runnable[bin & 1] += ipi->state == IPI_STATE_PREEMPTED || ipi->state == IPI_STATE_WOKEN;
}

static void end_counts(struct perfetto_builder *b, u32 vm)
{
	u64 bin = b->count[vm].bin;

	if (!b->count[vm].open)
		return;
	if (bin)
		put_bin(b, vm, bin - 1);
	put_bin(b, vm, bin);
	put_bin(b, vm, bin + 1);
}

static void take_sent(void *ctx, const struct latency_ipi *from)
{
	struct perfetto_builder *b = ctx;
	const struct perfetto_span *span = span_of(b, from->sent);
	u32 track = tracks_find(&b->tracks, from->vm, from->src);
	struct perfetto_track at;
	struct perfetto_ipi ipi;
	u64 start;

	if (!span || track == b->tracks.nr)
		return;
	count_ipi(b, from);
	fill_ipi(b, from, span, &ipi);
	start = max_of(ipi.sent_ns, ipi.from_ns);
	at = place(b, &b->vcpu[track].sent, track, start, perfetto_last(&ipi));
	if (at.pid)
		perfetto_sent(&b->out, at, &ipi);
}

static void take_over(void *ctx, const struct latency_ipi *from)
{
	struct perfetto_builder *b = ctx;
	const struct perfetto_span *span = span_of(b, from->sent);
	u32 track = tracks_find(&b->tracks, from->vm, from->dst);
	struct perfetto_track at;
	struct perfetto_ipi ipi;
	u64 start;

	if (!span || track == b->tracks.nr)
		return;
	fill_ipi(b, from, span, &ipi);
	start = max_of(ipi.sent_ns, ipi.from_ns);
	at = place(b, &b->vcpu[track].received, track, start, perfetto_last(&ipi));
	if (at.pid)
		perfetto_received(&b->out, at, &ipi);
}

static const struct latency_watch watch = { take_sent, take_over };

/* How deep slices can lie in each other: their beginnings, when cut off, keep that order. */
enum { DEPTH_SPIN, DEPTH_PICK, DEPTH_SCHED };

/* The part of a slice that is in a span. */
static bool cut(const struct perfetto_builder *b, u32 span, u32 depth, u64 *start, u64 *end)
{
	const struct perfetto_span *s = &b->span[span];
	u64 from = s->from + depth;

	if (*start > s->to || *end < from)
		return false;
	*start = since_start(b, max_of(*start, from));
	*end = since_start(b, min_of(*end, s->to));
	return *start <= *end;
}

static void put_slice(void *ctx, u32 track, enum slice_kind kind, u64 start, u64 end, u32 picks)
{
	static const char *const names[NR_SLICE_KINDS] = { "spin", "preempted", "blocked",
							   "woken, waits for a CPU" };
	struct perfetto_builder *b = ctx;

	for (u32 i = 0; i < b->nr_spans; i++) {
		u64 from = start, to = end;

		if (!cut(b, i, kind == SLICE_SPIN ? DEPTH_SPIN : DEPTH_SCHED, &from, &to))
			continue;
		if (kind == SLICE_SPIN)
			perfetto_spin(&b->out, track_id(b, track), from, to, picks);
		else
			perfetto_plain(&b->out, track_id(b, track), from, to, names[kind], "sched");
	}
}

static void put_pick(void *ctx, u32 track, const struct track_pick *pick)
{
	struct perfetto_builder *b = ctx;

	_Static_assert(PERFETTO_NO_VCPU == VCPU_NONE, "no vCPU is the same");
	for (u32 i = 0; i < b->nr_spans; i++) {
		u64 from = pick->start, to = pick->end;

		if (cut(b, i, DEPTH_PICK, &from, &to))
			perfetto_pick(&b->out, track_id(b, track), from, to, pick->vcpu,
				      pick->result);
	}
}

static void put_gap(void *ctx, u64 ts, u32 cpu)
{
	struct perfetto_builder *b = ctx;

	for (u32 i = 0; i < b->nr_spans; i++)
		if (ts >= b->span[i].from && ts <= b->span[i].to)
			perfetto_gap(&b->out, b->first, since_start(b, ts), cpu);
}

static const struct tracks_ops ops = { put_slice, put_pick, put_gap };

/* The tracks of a VM stand together, by vcpu_id. VMs' own numbers depend on who read what first. */
static void put_threads(struct perfetto_builder *b, u32 vm)
{
	const struct tracks *t = &b->tracks;
	char name[24];

	for (u32 i = tracks_first(t, vm); i < t->nr && t->track[i].vm == vm; i++) {
		if (!b->first.pid)
			b->first = track_id(b, i);
		snprintf(name, sizeof(name), "vCPU %u", t->track[i].vcpu);
		perfetto_thread(&b->out, track_id(b, i), name, (u64)i * TRACKS_EACH);
	}
}

/* Names of VMs and vCPUs, and numbers for them that no two share. */
static int put_names(struct perfetto_builder *b)
{
	const struct graph_builder *g = b->graph;
	u32 most = 0;
	int ret = 0;

	for (u32 i = 0; i < b->tracks.nr; i++)
		most = max_of(most, b->tracks.track[i].vcpu);
	for (b->unit = 10; b->unit < (u64)most + 2; b->unit *= 10)
		;
	b->next_tid = (g->g.nr_vm + 1) * b->unit;
	for (u32 i = 0; i < g->g.nr_vm && !ret; i++) {
		char *title = vm_title(&g->vm[i]);

		b->place[g->pairs->summary[i].vm] = i + 1;
		if (title)
			perfetto_process(&b->out, (i + 1) * b->unit, title, i);
		else
			ret = -ENOMEM;
		free(title);
	}
	for (u32 i = 0; i < g->g.nr_vm && !ret; i++)
		put_threads(b, g->pairs->summary[i].vm);
	return ret;
}

static int declare_tracks(struct perfetto_builder *b)
{
	const struct edges *edges = &b->graph->pairs->edges;
	struct tracks *t = &b->tracks;
	u32 vms = b->s->trace.vms.nr;
	int ret = 0;

	for (u32 i = 0; i < edges->nr && !ret; i++) {
		const struct edge_key *k = &edges_at(edges, i)->key;

		/* Rows of one sender come together: it is declared once. */
		ret = t->nr && t->track[t->nr - 1].vm == k->vm && t->track[t->nr - 1].vcpu == k->src
			      ? 0
			      : tracks_add(t, k->vm, k->src);
		if (!ret)
			ret = tracks_add(t, k->vm, k->dst);
	}
	tracks_ready(t);
	t->ops = &ops;
	t->ctx = b;
	t->threads = b->threads;
	b->place = calloc((size_t)vms + 1, sizeof(*b->place));
	b->count = calloc((size_t)vms + 1, sizeof(*b->count));
	b->vcpu = calloc((size_t)t->nr + 1, sizeof(*b->vcpu));
	return b->place && b->count && b->vcpu ? ret : -ENOMEM;
}

/* The narrowest of 1, 2 or 5 times a power of ten that makes at most COUNTER_BINS. */
static u64 choose_bin(u64 ns)
{
	for (u64 tens = 1000;; tens *= 10)
		for (u64 i = 0; i < 3; i++) {
			u64 bin = tens * (u64[]){ 1, 2, 5 }[i];

			if (ns / bin < COUNTER_BINS)
				return bin;
		}
}

/*
 * Event by event, not analysis by analysis: what a file says does not depend on where its batches
 * end.
 */
static int take_records(void *self, const struct event *ev, u32 nr)
{
	struct perfetto_builder *b = self;
	int ret = 0;

	for (u32 i = 0; i < nr && !ret; i++) {
		tracks_event(&b->tracks, &ev[i]);
		ret = latency_event(&b->latency, &ev[i]);
	}
	return ret;
}

static const struct ordered_ops perfetto_view_ops = { .name = "perfetto",
						      .needs = latency_needs,
						      .records = take_records };

int perfetto_view_begin(struct perfetto_builder *b, FILE *out,
			struct ordered list[PERFETTO_ANALYSES])
{
	const struct stream_totals *totals = &b->s->trace.totals;
	u64 from = max_of(b->span[0].from, totals->first_ts);
	u64 to = min_of(b->span[b->nr_spans - 1].to, totals->last_ts);
	int ret = declare_tracks(b);

	b->start_ts = totals->first_ts;
	b->bin_ns = choose_bin(to > from ? to - from : 0);
	perfetto_begin(&b->out, b->format, &b->graph->g, out);
	if (!ret)
		ret = put_names(b);
	if (!ret)
		ret = latency_init(&b->latency, b->threads, 0, (struct filter *)&b->s->filter,
				   &b->s->trace.vms);
	b->latency.watch = &watch;
	b->latency.watch_ctx = b;
	b->latency.no_rows = true;
	list[0] = (struct ordered){ &perfetto_view_ops, b };
	return ret;
}

int perfetto_view_finish(struct perfetto_builder *b)
{
	int ret = latency_finish(&b->latency), end;

	for (u32 vm = 0; b->count && vm < b->s->trace.vms.nr; vm++)
		end_counts(b, vm);
	end = perfetto_end(&b->out);
	return ret ?: end ?: b->ret;
}

void perfetto_view_release(struct perfetto_builder *b)
{
	for (u32 i = 0; b->vcpu && i < b->tracks.nr; i++) {
		lanes_release(&b->vcpu[i].sent.lanes);
		lanes_release(&b->vcpu[i].received.lanes);
		free(b->vcpu[i].sent.tid);
		free(b->vcpu[i].received.tid);
	}
	free(b->vcpu);
	free(b->count);
	free(b->place);
	tracks_release(&b->tracks);
	latency_release(&b->latency);
}
