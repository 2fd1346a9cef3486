// SPDX-License-Identifier: GPL-2.0-only
/*
 * graph.c - kvm-ipi graph: every edge, for programs. CSV has a row for each pair and vector;
 * DOT and GraphML have an edge for each pair. With --metrics: what the graph looks like.
 */
#define _GNU_SOURCE
#include "cli/commands.h"
#include "output/dot.h"
#include "output/graph_json.h"
#include "output/graph_text.h"
#include "output/graphml.h"
#include "output/net_tables.h"
#include "output/remarks.h"
#include "output/table.h"
#include "view/picture_view.h"
#include "cli/picture_file.h"
#include "view/graph_view.h"

#include <errno.h>
#include <stdlib.h>

static const char *const formats[] = { "csv", "json", "text", "dot", "graphml", NULL };
enum { FORMAT_CSV, FORMAT_JSON, FORMAT_TEXT, FORMAT_DOT, FORMAT_GRAPHML };

struct graph_opts {
	struct opts o;
	bool metrics;
};

struct graph {
	struct session s;
	struct graph_opts opts;
	struct graph_builder view;
	u32 *row;    /* the rows to show, in their order; NULL: all, as they are */
	u32 *row_vm; /* beside it: the VM of each row of the graph */
};

static const char *const csv_titles[] = { "vm_pid",    "vm_id", "src",	  "dst",     "vector",
					  "count",     "fast",	"slow",	  "guest",   "host",
					  "preempted", "woken", "halted", "unknown", "first_ns",
					  "last_ns",   "known", NULL };

static void graph_csv_row(const void *ctx, u64 at, struct cell *cells)
{
	const struct graph *g = ctx;
	u32 row = g->row ? g->row[at] : (u32)at;
	const struct vm_view *vm = &g->view.vm[g->row_vm[row]];
	struct edge_view e;

	g->view.g.edge(&g->view, row, &e);
	if (vm->have_pid)
		cell_s64(&cells[0], vm->pid);
	if (vm->have_id)
		cell_u64(&cells[1], vm->id);
	cell_u64(&cells[2], e.src);
	cell_u64(&cells[3], e.dst);
	if (e.vector != VIEW_NO_VECTOR)
		cell_u64(&cells[4], e.vector);
	cell_u64(&cells[5], e.count);
	if (vm->have_paths) {
		cell_u64(&cells[6], e.fast);
		cell_u64(&cells[7], e.slow);
	}
	for (int n = 0; n < VIEW_STATES + 1; n++)
		cell_u64(&cells[8 + n], e.state[view_state_order[n]]);
	cell_time(&cells[14], e.first_ns);
	cell_time(&cells[15], e.last_ns);
	cell_text(&cells[16], e.known);
}

static int graph_compare_rows(const void *a, const void *b, void *ctx)
{
	const struct graph *g = ctx;
	u32 x = *(const u32 *)a, y = *(const u32 *)b;
	struct edge_view e, f;

	g->view.g.edge(&g->view, x, &e);
	g->view.g.edge(&g->view, y, &f);
	return edge_view_compare((enum graph_sort)g->opts.o.sort, &e, &f) ?: (x < y ? -1 : x > y);
}

/* Which VM each row belongs to; and with -k another order of the rows. */
static int arrange(struct graph *g)
{
	u32 nr = g->view.pairs->edges.nr;

	g->row_vm = malloc(((size_t)nr + 1) * sizeof(*g->row_vm));
	if (!g->row_vm)
		return -ENOMEM;
	for (u32 i = 0; i < g->view.g.nr_vm; i++)
		for (u32 k = 0; k < g->view.vm[i].nr_rows; k++)
			g->row_vm[g->view.vm[i].first_row + k] = i;
	if (g->opts.o.sort < 0)
		return 0;
	g->row = malloc(((size_t)nr + 1) * sizeof(*g->row));
	if (!g->row)
		return -ENOMEM;
	for (u32 i = 0; i < nr; i++)
		g->row[i] = i;
	qsort_r(g->row, nr, sizeof(*g->row), graph_compare_rows, g);
	return 0;
}

static const struct option_row own_rows[] = {
	{ "metrics", 0, OPT_FLAG, offsetof(struct graph_opts, metrics), NULL,
	  "in place of the edges: degrees, weights, hubs, groups\nof vCPUs that talk among themselves" },
	{ 0 },
};

/* first: of text, nothing stands before it. */
static void put_net(const struct graph *g, const struct net *n, u32 i, struct json *j, bool first,
		    FILE *out)
{
	if (!g->opts.metrics && g->s.format == FORMAT_DOT) {
		dot_vm(n, i, out);
	} else if (!g->opts.metrics) {
		graphml_vm(n, i, out);
	} else if (g->s.format == FORMAT_JSON) {
		json_object(j, NULL);
		json_vm_head(j, n->vm);
		net_json(n, j);
		json_object_end(j);
	} else if (g->s.format == FORMAT_CSV) {
		net_csv(n, out);
	} else {
		fputs(first ? "" : "\n", out);
		net_text(n, (u32)g->opts.o.entries, out);
	}
}

static int put_nets(const struct graph *g, struct json *j, bool first, FILE *out)
{
	u32 entries = g->opts.o.entries	  ? (u32)g->opts.o.entries
		      : g->opts.o.verbose ? UINT32_MAX
					  : 0;
	int ret = 0;

	for (u32 i = 0; i < g->view.g.nr_vm && !ret; i++) {
		struct net_builder net;

		ret = net_view_init(&net, &g->view, i, entries);
		if (!ret)
			put_net(g, &net.n, i, j, first && !i, out);
		net_view_release(&net);
	}
	return ret;
}

static int graph_put_metrics(void *ctx, FILE *out)
{
	const struct graph *g = ctx;
	const struct graph_view *view = &g->view.g;
	struct json j;
	int ret;

	if (g->s.format != FORMAT_JSON) {
		bool said = remarks_loss(view->in, view->nr_in, out);

		if (g->s.format == FORMAT_CSV)
			net_csv_header(out);
		return put_nets(g, NULL, !said, out);
	}
	json_init(&j, out);
	json_object(&j, NULL);
	json_string(&j, "schema", "kvm-ipi.metrics/1");
	json_string(&j, "source", view->source);
	json_inputs(&j, view->in, view->nr_in);
	json_array(&j, "vms");
	ret = put_nets(g, &j, true, out);
	json_array_end(&j);
	json_object_end(&j);
	json_finish(&j);
	return ret;
}

/* DOT and GraphML. */
static int put_picture(void *ctx, FILE *out)
{
	const struct graph *g = ctx;
	bool dot = g->s.format == FORMAT_DOT;
	char **note;
	u32 nr;
	int ret = notes_loss(g->view.in, g->view.g.nr_in, &note, &nr);

	if (!ret) {
		(dot ? dot_begin : graphml_begin)(note, nr, out);
		ret = put_nets(g, NULL, true, out);
		(dot ? dot_end : graphml_end)(out);
	}
	notes_release(note, nr);
	return ret;
}

static int graph_put_edges(void *ctx, FILE *out)
{
	struct graph *g = ctx;
	const struct graph_view *view = &g->view.g;
	u32 nr = g->view.pairs->edges.nr, shown = nr;
	struct table t = { .title = csv_titles, .ctx = g, .row = graph_csv_row };
	int ret;

	if (g->s.format == FORMAT_JSON) {
		graph_json(view, out);
		return 0;
	}
	ret = arrange(g);
	if (ret)
		return ret;
	if (g->opts.o.entries)
		shown = min_of((u32)g->opts.o.entries, nr);
	t.nr_rows = shown;
	remarks_loss(view->in, view->nr_in, out);
	if (shown < nr)
		fprintf(out, "# %u more rows were cut by -E\n", nr - shown);
	if (g->s.format == FORMAT_CSV)
		table_csv(&t, out);
	else
		table_text(&t, out);
	return 0;
}

/* Metrics have no DOT; without a word on the format they are for people. 0 or -errno. */
static int check_format(struct graph *g)
{
	if (!g->opts.metrics)
		return 0;
	if (g->s.format == FORMAT_DOT || g->s.format == FORMAT_GRAPHML) {
		complain(
			"graph --metrics writes text, csv, json; dot and graphml have them as attributes");
		return -EINVAL;
	}
	if (g->s.format == FORMAT_CSV && !g->opts.o.format &&
	    !(g->opts.o.output && strstr(g->opts.o.output, ".csv")))
		g->s.format = FORMAT_TEXT;
	return 0;
}

static int write_graph(struct graph *g)
{
	if (g->opts.metrics)
		return session_write(&g->opts.o, graph_put_metrics, g);
	if (g->s.format == FORMAT_DOT || g->s.format == FORMAT_GRAPHML)
		return session_write(&g->opts.o, put_picture, g);
	return session_write(&g->opts.o, graph_put_edges, g);
}

static int cmd_graph(const struct command *cmd, int argc, char **argv)
{
	struct graph g = { 0 };
	struct pairs pairs = { 0 };
	struct analysis list[] = { { &pairs_ops, &pairs } };
	int code = session_begin(&g.s, cmd, argc, argv, &g.opts.o);

	if (!code)
		code = check_format(&g);
	if (!code) {
		g.s.want_coverage = g.s.format == FORMAT_JSON;
		code = session_run(&g.s, &g.opts.o, list, ARRAY_SIZE(list));
	}
	if (!code) {
		if (pairs_finish(&pairs, &g.s.rec.trace.vms) ||
		    graph_view_init(&g.view, &g.s.rec, &pairs, "kvm-ipi.graph/1"))
			code = complain_memory();
		else
			code = write_graph(&g);
	}
	free(g.row);
	free(g.row_vm);
	graph_view_release(&g.view);
	pairs_release(&pairs);
	session_end(&g.s, &g.opts.o);
	return code;
}

static const struct option_row *const tables[] = {
	own_rows,	   opts_input_rows,  opts_guest_rows,
	opts_threads_rows, opts_filter_rows, opts_entries_rows,
	opts_sort_rows,	   opts_output_rows, NULL
};

const struct command command_graph = {
	.name = "graph",
	.usage = "[options] [FILE...]",
	.run = cmd_graph,
	.tables = tables,
	.formats = formats,
	.summary = "every edge of the graph: CSV, JSON, DOT, GraphML; its metrics",
	.help = "Writes the sender -> receiver graph: a row for each VM, sender, receiver and vector,\n"
		"with its counts by path and receiver state and its first and last time. DOT and\n"
		"GraphML show the heaviest pairs: -E N of each VM, or with -v all.",
};
