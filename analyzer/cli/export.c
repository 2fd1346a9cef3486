// SPDX-License-Identifier: GPL-2.0-only
/*
 * export.c - kvm-ipi export: the IPIs as arrows between vCPUs, for Perfetto.
 *
 * The trace is read twice: which VMs and vCPUs there are (they are named at the beginning of the
 * document) and which threads they are; and what happened. None of it is kept.
 */
#include "analysis/tracks.h"
#include "cli/commands.h"
#include "output/perfetto.h"
#include "view/picture_view.h"
#include "trace/stock_order.h"
#include "util/outfile.h"

#include <errno.h>
#include <stdlib.h>

/* .json is what viewers expect a file to be called. */
static const char *const formats[] = { "perfetto", "json", NULL };

struct export {
	struct session s;
	struct opts opts;
	struct pairs pairs;
	struct graph_builder view;
	struct tracks tracks;
	bool have_threads; /* from the first reading */
	struct perfetto out;
	u32 *place;	/* by the VM's number: 1 for the first that is shown */
	struct perfetto_track first;	/* the first one that is shown */
	u64 start_ts;
	u64 unit;	/* a VM's process is its place times this; threads follow */
	struct err err;
};

static struct perfetto_track track_id(const struct export *e, u32 track)
{
	const struct track_state *s = &e->tracks.track[track];
	u64 pid = e->place[s->vm] * e->unit;

	return (struct perfetto_track){ pid, pid + 1 + s->vcpu };
}

static u64 export_since_start(const struct export *e, u64 ts)
{
	return ts > e->start_ts ? ts - e->start_ts : 0;
}

static void export_put_ipi(void *ctx, const struct ipi_event *ev, const u32 track[2],
			   const u64 end[2])
{
	static const char *const paths[NR_IPI_PATHS] = { "fast", "slow" };
	struct export *e = ctx;
	struct perfetto_ipi ipi = {
		.ts_ns = export_since_start(e, ev->ts),
		.src_end_ns = export_since_start(e, end[0]),
		.dst_end_ns = export_since_start(e, end[1]),
		.src = track_id(e, track[0]),
		.dst = track_id(e, track[1]),
		.src_id = ev->src,
		.dst_id = ev->dst,
		.vector = ev->vector,
		.vector_name = e->s.rec.vectors.given
				       ? vector_name(e->s.rec.vectors.names, ev->vector)
				       : NULL,
		.state = ev->state < NR_IPI_STATES ? view_state_names[ev->state] : NULL,
		.path = ev->path < NR_IPI_PATHS ? paths[ev->path] : NULL,
		.cpu = ev->cpu,
		.dst_cpu = ev->dst_cpu,
	};

	perfetto_ipi(&e->out, &ipi);
}

static void put_slice(void *ctx, u32 track, enum slice_kind kind, u64 start, u64 end)
{
	static const char *const names[NR_SLICE_KINDS] = {
		"spin", "preempted", "blocked", "woken, waits for a CPU"
	};
	struct export *e = ctx;

	perfetto_slice(&e->out, track_id(e, track), export_since_start(e, start),
		       export_since_start(e, end), names[kind],
		       kind == SLICE_SPIN ? "spin" : "sched");
}

static void put_gap(void *ctx, u64 ts, u32 cpu)
{
	struct export *e = ctx;

	perfetto_gap(&e->out, e->first, export_since_start(e, ts), cpu);
}

static const struct tracks_ops ops = { export_put_ipi, put_slice, put_gap };

/* The tracks of a VM stand together, by vcpu_id. VMs' own numbers depend on who read what first. */
static void put_threads(struct export *e, u32 vm)
{
	const struct tracks *t = &e->tracks;

	for (u32 i = tracks_first(t, vm); i < t->nr && t->track[i].vm == vm; i++) {
		if (!e->first.pid)
			e->first = track_id(e, i);
		perfetto_thread(&e->out, track_id(e, i), t->track[i].vcpu);
	}
}

/* Names of VMs and vCPUs, and numbers for them that no two share. */
static int put_names(struct export *e)
{
	u32 most = 0;
	int ret = 0;

	for (u32 i = 0; i < e->tracks.nr; i++)
		most = max_of(most, e->tracks.track[i].vcpu);
	for (e->unit = 10; e->unit < (u64)most + 2; e->unit *= 10)
		;
	for (u32 i = 0; i < e->view.g.nr_vm && !ret; i++) {
		char *title = vm_title(&e->view.vm[i]);

		e->place[e->pairs.summary[i].vm] = i + 1;
		if (title)
			perfetto_process(&e->out, (i + 1) * e->unit, title, i);
		else
			ret = -ENOMEM;
		free(title);
	}
	for (u32 i = 0; i < e->view.g.nr_vm && !ret; i++)
		put_threads(e, e->pairs.summary[i].vm);
	return ret;
}

/* -EIO after a message. */
static int run_tracks(struct export *e)
{
	struct ordered_want want = { 0 };
	struct ordered list[] = { { &tracks_analysis_ops, &e->tracks } };
	u32 kinds;

	if (e->s.rec.stock)
		return trace_run_ordered_stock(&e->s.rec.trace, &want, &e->s.rec.threads, list,
					       ARRAY_SIZE(list), &kinds, &e->err);
	return trace_run_ordered(&e->s.rec.trace, &want, list, ARRAY_SIZE(list), &kinds, &e->err);
}

static int export_put(struct export *e, FILE *out)
{
	int ret;

	perfetto_begin(&e->out, &e->view.g, out);
	ret = put_names(e);
	if (!ret)
		ret = run_tracks(e);
	tracks_finish(&e->tracks);
	perfetto_end(&e->out);
	return ret;
}

static int declare_tracks(struct export *e)
{
	struct tracks *t = &e->tracks;
	int ret = 0;

	for (u32 i = 0; i < e->pairs.edges.nr && !ret; i++) {
		const struct edge_key *k = &edges_at(&e->pairs.edges, i)->key;

		/* Rows of one sender come together: it is declared once. */
		ret = t->nr && t->track[t->nr - 1].vm == k->vm && t->track[t->nr - 1].vcpu == k->src
			      ? 0
			      : tracks_add(t, k->vm, k->src);
		if (!ret)
			ret = tracks_add(t, k->vm, k->dst);
	}
	if (!ret)
		ret = tracks_ready(t);
	t->ops = &ops;
	t->ctx = e;
	t->threads = &e->s.rec.threads;
	t->filter = &e->s.rec.filter;
	t->vms = &e->s.rec.trace.vms;
	e->place = calloc((size_t)e->s.rec.trace.vms.nr + 1, sizeof(*e->place));
	return e->place ? ret : -ENOMEM;
}

static int export_show(struct export *e)
{
	struct outfile out;
	int ret;

	if (pairs_finish(&e->pairs, &e->s.rec.trace.vms) ||
	    graph_view_init(&e->view, &e->s.rec, &e->pairs, "kvm-ipi.export/1") ||
	    declare_tracks(e))
		return complain_memory();
	e->start_ts = e->s.rec.trace.totals.first_ts;
	ret = e->have_threads ? 0 : session_threads(&e->s);
	if (!ret)
		ret = outfile_open(&out, e->opts.output, &e->err);
	if (!ret) {
		ret = export_put(e, out.f);
		if (ret)
			outfile_abort(&out);
		else
			ret = outfile_commit(&out, &e->err);
	}
	if (!ret)
		return 0;
	if (ret == -ENOMEM)
		return complain_memory();
	if (e->err.msg[0])
		complain("%s", e->err.msg);
	return -EIO;
}

static int cmd_export(const struct command *cmd, int argc, char **argv)
{
	struct export e = { 0 };
	struct analysis list[] = { { &pairs_ops, &e.pairs } };
	int code = session_begin(&e.s, cmd, argc, argv, &e.opts);

	if (!code)
		code = session_run_threads(&e.s, &e.opts, list, ARRAY_SIZE(list), &e.have_threads);
	if (!code && !e.have_threads)
		code = session_run(&e.s, &e.opts, list, ARRAY_SIZE(list));
	if (!code)
		code = export_show(&e);
	tracks_release(&e.tracks);
	free(e.place);
	graph_view_release(&e.view);
	pairs_release(&e.pairs);
	session_end(&e.s, &e.opts);
	return code;
}

static const struct option_row *const tables[] = { opts_input_rows, opts_filter_rows,
						   opts_output_rows, NULL };

const struct command command_export = {
	.name = "export",
	.usage = "[options] [FILE...]",
	.run = cmd_export,
	.tables = tables,
	.formats = formats,
	.summary = "arrows from sender to receiver, for ui.perfetto.dev",
	.help = "Writes JSON for ui.perfetto.dev and chrome://tracing: a process for each VM, a track for\n"
		"each vCPU, an arrow for each IPI. Where the trace has kvm_entry, kvm_exit or\n"
		"sched_switch, tracks show spins, and when the vCPU was preempted or blocked.",
};
