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
	struct graph_shape shape;
};

static const char *const csv_titles[] = {
	"vm_pid", "vm_id", "name", "vcpus", "pairs", "ipis", "fast", "slow", "guest", "host",
	"preempted", "woken", "halted", "unknown", "cpu_known", "cpu_same", "first_ns", "last_ns",
	"known", "same_core", "same_llc", "same_node", "across", "distance_unknown", NULL
};

/* Behind the column that says how the VM is known. */
#define CSV_DISTANCES 19

static void csv_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct shape_graph *g = ctx;
	const struct shape_vm *vm = &g->vm[row];
	static const int order[] = { 0, 1, 2, 4, 3, 5 };
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
	for (; n < SHAPE_STATES + 1; n++)
		cell_u64(&cells[8 + n], vm->state[order[n]]);
	cell_u64(&cells[14], vm->cpu_known);
	cell_u64(&cells[15], vm->cpu_same);
	cell_u64(&cells[16], vm->first_ns);
	cell_u64(&cells[17], vm->last_ns);
	cell_text(&cells[18], vm->known);
	for (n = SHAPE_SAME_CORE; n < SHAPE_DISTANCES && g->topology; n++)
		cell_u64(&cells[CSV_DISTANCES + n - SHAPE_SAME_CORE], vm->distance[n]);
}

static int put(void *ctx, FILE *out)
{
	const struct report *r = ctx;
	const struct shape_graph *g = &r->shape.g;
	struct text_style style = {
		.entries = r->opts.verbose && !r->opts.entries ? 0 :
			   r->opts.entries ? (u32)r->opts.entries : DEFAULT_PAIRS,
		.sort = r->opts.sort < 0 ? SORT_COUNT : (enum graph_sort)r->opts.sort,
		.width = isatty(STDOUT_FILENO) || getenv("COLUMNS") ? terminal_width() : 0,
		.color = r->s.color, .quiet = r->opts.quiet, .verbose = r->opts.verbose,
	};

	switch (r->s.format) {
	case FORMAT_JSON:
		graph_json(g, out);
		return 0;
	case FORMAT_CSV:
		remarks_loss(g->in, g->nr_in, out);
		table_csv(&(struct table){ .title = csv_titles, .ctx = g, .nr_rows = g->nr_vm,
					   .row = csv_row }, out);
		return 0;
	default:
		return graph_text(g, &style, out);
	}
}

static int run(const struct command *cmd, int argc, char **argv)
{
	struct report r = { 0 };
	struct pairs pairs = { 0 };
	struct distances distances = distances_of(&r.s.topology);
	struct analysis list[] = { { &pairs_ops, &pairs }, { &distances_ops, &distances } };
	int (*sum)(struct pairs *p, const struct vms *vms);
	int code = session_begin(&r.s, cmd, argc, argv, &r.opts);

	if (code < 0) {
		r.s.want_coverage = r.s.format == FORMAT_JSON ||
				   (r.s.format == FORMAT_TEXT && !r.opts.quiet);
		code = session_run(&r.s, &r.opts, list, ARRAY_SIZE(list));
	}
	if (code < 0 && distances_are_late(&distances))
		code = session_run_again(&r.s, &r.opts, list + 1, 1);
	if (code < 0) {
		/* The text shows the busiest VMs, and has only those sorted. */
		sum = r.s.format == FORMAT_TEXT ? pairs_sum : pairs_finish;
		if (sum(&pairs, &r.s.trace.vms) ||
		    graph_shape_init(&r.shape, &r.s, &pairs, "kvm-ipi.report/1") ||
		    graph_shape_distances(&r.shape, &distances))
			code = complain_memory();
		else
			code = session_write(&r.opts, put, &r);
	}
	graph_shape_release(&r.shape);
	distances_release(&distances);
	pairs_release(&pairs);
	session_end(&r.s, &r.opts);
	return code;
}

static const struct option_row *const tables[] = { opts_input_rows, opts_topology_rows,
						   opts_filter_rows,
						   opts_output_rows, NULL };

const struct command cmd_report = {
	.name = "report", .usage = "[options] [FILE...]", .run = run, .tables = tables,
	.formats = formats,
	.summary = "per VM: totals, rates, top pairs, vectors, receivers' states, loss",
	.help = "Shows for each VM in a trace.dat who sends directed IPIs to whom: how many, by which\n"
		"path and vector, and how the receivers were doing when the IPI was sent.",
};
