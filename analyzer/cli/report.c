// SPDX-License-Identifier: GPL-2.0-only
/*
 * report.c - kvm-ipi report: each VM's totals, pairs, vectors, receivers' states and paths.
 */
#include "cli/commands.h"
#include "output/graph_json.h"
#include "output/graph_text.h"
#include "output/remarks.h"
#include "output/table.h"
#include "view/graph_view.h"

#include <stdlib.h>
#include <unistd.h>

#define DEFAULT_PAIRS 10

static const char *const formats[] = { "text", "json", "csv", NULL };
enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

struct report {
	struct session s;
	struct opts opts;
	struct graph_builder view;
};

static const char *const csv_titles[] = { "vm_pid",   "vm_id",	   "name",	"vcpus",
					  "pairs",    "ipis",	   "fast",	"slow",
					  "guest",    "host",	   "preempted", "woken",
					  "halted",   "unknown",   "cpu_known", "cpu_same",
					  "first_ns", "last_ns",   "known",	"same_core",
					  "same_llc", "same_node", "across",	"distance_unknown",
					  NULL };

/* Behind the column that says how the VM is known. */
#define CSV_DISTANCES 19

static void report_csv_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct graph_view *g = ctx;
	const struct vm_view *vm = &g->vm[row];
	int n = 0;

	if (vm->have_pid)
		cell_s64(&cells[0], vm->pid);
	if (vm->have_id)
		cell_u64(&cells[1], vm->id);
	cell_text(&cells[2], vm->name ? vm->name : "");
	cell_u64(&cells[3], vm->vcpus);
	cell_u64(&cells[4], vm->pairs);
	cell_u64(&cells[5], vm->ipis);
	if (vm->have_paths) {
		cell_u64(&cells[6], vm->fast);
		cell_u64(&cells[7], vm->slow);
	}
	for (; n < VIEW_STATES + 1; n++)
		cell_u64(&cells[8 + n], vm->state[view_state_order[n]]);
	cell_u64(&cells[14], vm->cpu_known);
	cell_u64(&cells[15], vm->cpu_same);
	cell_time(&cells[16], vm->first_ns);
	cell_time(&cells[17], vm->last_ns);
	cell_text(&cells[18], vm->known);
	for (n = VIEW_SAME_CORE; n < VIEW_DISTANCES && g->topology; n++)
		cell_u64(&cells[CSV_DISTANCES + n - VIEW_SAME_CORE], vm->distance[n]);
}

static int report_put(void *ctx, FILE *out)
{
	const struct report *r = ctx;
	const struct graph_view *g = &r->view.g;
	struct text_style style = {
		.entries = r->opts.verbose && !r->opts.entries ? 0
			   : r->opts.entries		       ? (u32)r->opts.entries
							       : DEFAULT_PAIRS,
		.sort = r->opts.sort < 0 ? SORT_COUNT : (enum graph_sort)r->opts.sort,
		.vm_sort = r->opts.sort < 0 ? SORT_SRC : (enum graph_sort)r->opts.sort,
		.width = isatty(STDOUT_FILENO) || getenv("COLUMNS") ? terminal_width() : 0,
		.color = r->s.color,
		.quiet = r->opts.quiet,
		.verbose = r->opts.verbose,
	};

	switch (r->s.format) {
	case FORMAT_JSON: graph_json(g, out); return 0;
	case FORMAT_CSV:
		remarks_loss(g->in, g->nr_in, out);
		table_csv(&(struct table){ .title = csv_titles,
					   .ctx = g,
					   .nr_rows = g->nr_vm,
					   .row = report_csv_row },
			  out);
		return 0;
	default: return graph_text(g, &style, out);
	}
}

static int cmd_report(const struct command *cmd, int argc, char **argv)
{
	struct report r = { 0 };
	struct pairs pairs = { 0 };
	struct distances distances = distances_of(&r.s.rec.topology);
	struct analysis list[] = { { &pairs_ops, &pairs }, { &distances_ops, &distances } };
	int (*sum)(struct pairs * p, const struct vms *vms);
	int ret = session_begin(&r.s, cmd, argc, argv, &r.opts);

	if (!ret) {
		r.s.want_coverage = r.s.format == FORMAT_JSON ||
				    (r.s.format == FORMAT_TEXT && !r.opts.quiet);
		ret = session_run(&r.s, &r.opts, list, ARRAY_SIZE(list));
	}
	if (!ret && distances_are_late(&distances))
		ret = session_run_again(&r.s, &r.opts, list + 1, 1);
	if (!ret) {
		/* The text shows the busiest VMs, and has only those sorted. */
		sum = r.s.format == FORMAT_TEXT ? pairs_sum : pairs_finish;
		if (sum(&pairs, &r.s.rec.trace.vms) ||
		    graph_view_init(&r.view, &r.s.rec, &pairs, "kvm-ipi.report/1") ||
		    graph_view_distances(&r.view, &distances))
			ret = complain_memory();
		else
			ret = session_write(&r.opts, report_put, &r);
	}
	graph_view_release(&r.view);
	distances_release(&distances);
	pairs_release(&pairs);
	session_end(&r.s, &r.opts);
	return ret;
}

static const struct option_row *const tables[] = {
	opts_input_rows,    opts_guest_rows,  opts_threads_rows,
	opts_topology_rows, opts_filter_rows, opts_entries_rows,
	opts_sort_rows,	    opts_output_rows, NULL
};

const struct command command_report = {
	.name = "report",
	.usage = "[options] [FILE...]",
	.run = cmd_report,
	.tables = tables,
	.formats = formats,
	.summary = "per VM: totals, rates, top pairs, vectors, receivers' states, loss",
	.help = "Shows for each VM in a trace.dat who sends directed IPIs to whom: how many, by which\n"
		"path and vector, and how the receivers were doing when the IPI was sent.",
};
