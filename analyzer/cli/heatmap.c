// SPDX-License-Identifier: GPL-2.0-only
/*
 * heatmap.c - kvm-ipi heatmap: the matrix as colours, in the terminal or as a picture by
 * gnuplot.
 *
 * Several VMs are several files, or with --panels one; on standard output they are always one.
 */
#include "cli/commands.h"
#include "output/remarks.h"
#include "cli/timeline_pass.h"
#include "view/latency_view.h"
#include "view/picture_view.h"
#include "analysis/seen.h"
#include "cli/picture_file.h"

#include <errno.h>
#include <stdlib.h>

#define PANELS_MAX 64
#define TIME_ROWS  40 /* pairs of --by time */
#define TIME_BINS  200

static const char *const formats[] = { "text", "png", "svg", "pdf", NULL };
enum { FORMAT_TEXT };

static const char *const by_choices[] = { "vcpu", "cpu", "time", NULL };
static const char *const value_choices[] = { "count", "rate", "runnable", "latency", NULL };
static const char *const stage_choices[] = { "accepted", "injected", "acknowledged", "running",
					     NULL };
static const char *const order_choices[] = { "number", "topology", NULL };
enum { ORDER_NUMBER, ORDER_TOPOLOGY };
static const char *const scale_choices[] = { "linear", "log", NULL };

struct heatmap_opts {
	struct opts o;
	int by, value, scale, stage, order;
	bool panels, script, diff;
};

struct heatmap {
	struct session s;
	struct heatmap_opts opts;
	struct pairs pairs;
	struct graph_builder view;
	struct timeline time;
	struct latency latency;
	struct seen seen;
	char **note;
	u32 nr_notes;
};

static const struct option_row own_rows[] = {
	{ "by", 0, OPT_CHOICE, offsetof(struct heatmap_opts, by), "WHAT",
	  "vcpu: sender by receiver (the default); cpu: the\nsender's CPU by that where the receiver "
	  "was last;\ntime: the busiest pairs by time",
	  .choices = by_choices },
	{ "order", 0, OPT_CHOICE, offsetof(struct heatmap_opts, order), "ORDER",
	  "of CPUs: number (the default), or topology: those of\na node, cache and core together, "
	  "with lines between\nnodes and caches",
	  .choices = order_choices },
	{ "value", 0, OPT_CHOICE, offsetof(struct heatmap_opts, value), "WHAT",
	  "what a colour means: count (the default), rate,\nrunnable: the share of receivers that "
	  "were preempted\nor woken; latency: the 99th percentile of each pair",
	  .choices = value_choices },
	{ "stage", 0, OPT_CHOICE, offsetof(struct heatmap_opts, stage), "STAGE",
	  "latency until the IPI was accepted, injected,\nacknowledged (the default) or its receiver "
	  "running",
	  .choices = stage_choices },
	{ "scale", 0, OPT_CHOICE, offsetof(struct heatmap_opts, scale), "SCALE",
	  "of the colours: linear (the default) or log", .choices = scale_choices },
	{ "panels", 0, OPT_FLAG, offsetof(struct heatmap_opts, panels), NULL,
	  "all VMs in one picture" },
	{ "diff", 0, OPT_FLAG, offsetof(struct heatmap_opts, diff), NULL,
	  "the first word: how the pairs of two recordings\ndiffer, with the options of kvm-ipi diff" },
	{ "script", 0, OPT_FLAG, offsetof(struct heatmap_opts, script), NULL,
	  "leave the gnuplot script and its data beside the\npicture" },
	{ 0 },
};

/* One VM's; release it in either case. 0, -ENOMEM or -EFBIG. */
static int build_heat(const struct heatmap *hm, u32 i, struct heat_builder *to)
{
	int ret;

	if (hm->opts.value == HEAT_LATENCY)
		ret = heat_view_latency(to, &hm->view, &hm->latency, i, hm->opts.stage);
	else if (hm->opts.by == HEAT_BY_TIME)
		ret = heat_view_time(to, &hm->view, &hm->time, i, hm->opts.value);
	else
		ret = heat_view_matrix(to, &hm->view, i, hm->opts.by, hm->opts.value);
	if (!ret && hm->opts.order == ORDER_TOPOLOGY)
		ret = heat_view_order(to, &hm->s.rec.topology);
	to->h.log = hm->opts.scale;
	return ret;
}

/* Whether all can be built: nothing is written before that is known. 0, -ENOMEM or -EFBIG. */
static int try_heats(const struct heatmap *hm)
{
	int ret = 0;

	for (u32 i = 0; i < hm->view.g.nr_vm && !ret; i++) {
		struct heat_builder heat;

		ret = build_heat(hm, i, &heat);
		heat_view_release(&heat);
	}
	return ret;
}

static int put_heat(const struct heatmap *hm, u32 i, const struct heat *h, FILE *out)
{
	int ret = 0;

	if (h->rows.nr)
		ret = heat_text(h, terminal_width(), hm->s.color, out);
	else
		fprintf(out, "%s\n# the receivers' CPUs were not recorded\n", h->title);
	if (hm->opts.value == HEAT_RUNNABLE && hm->view.vm[i].state[VIEW_STATES])
		fprintf(out, "# of %llu IPIs the receiver's state was not recorded\n",
			hm->view.vm[i].state[VIEW_STATES]);
	if (!ret && hm->opts.by == HEAT_BY_TIME && hm->view.vm[i].pairs > h->rows.nr)
		fprintf(out, "# %u pairs with fewer IPIs have no row\n",
			hm->view.vm[i].pairs - h->rows.nr);
	return ret;
}

static int heatmap_put_text(void *ctx, FILE *out)
{
	struct heatmap *hm = ctx;
	bool said = remarks_loss(hm->view.in, hm->view.g.nr_in, out);
	int ret = 0;

	for (u32 i = 0; i < hm->view.g.nr_vm && !ret; i++) {
		struct heat_builder heat;

		fputs(said || i ? "\n" : "", out);
		ret = build_heat(hm, i, &heat) ?: put_heat(hm, i, &heat.h, out);
		heat_view_release(&heat);
	}
	return ret;
}

static int heatmap_put_script(void *ctx, FILE *to)
{
	return heat_script(ctx, to);
}

static int heatmap_put_data(void *ctx, FILE *to)
{
	return heat_data(ctx, to);
}

static int draw_one(struct heatmap *hm, const struct heat *panel, u32 nr, const char *title,
		    const char *output, struct err *err)
{
	struct heat_picture p = {
		.panel = panel,
		.nr = nr,
		.title = title,
		.page = { .note = hm->note,
			  .nr_notes = hm->nr_notes,
			  .kind = (enum picture)(hm->s.format - 1) },
	};
	const struct picture_job job = { .s = &hm->s,
					 .opts = &hm->opts.o,
					 .leave = hm->opts.script,
					 .script = heatmap_put_script,
					 .data = heatmap_put_data,
					 .page = &p.page,
					 .ctx = &p };

	return picture_make(&job, output, err);
}

static int draw_panels(struct heatmap *hm, struct err *err)
{
	struct heat_builder heat[PANELS_MAX];
	struct heat panel[PANELS_MAX];
	u32 nr = 0, all = 0;
	char title[128];
	int ret = 0;

	for (u32 i = 0; i < hm->view.g.nr_vm && !ret; i++) {
		struct heat_builder next;

		ret = build_heat(hm, i, &next);
		all += next.h.rows.nr > 0;
		if (ret || !next.h.rows.nr || nr == PANELS_MAX) {
			heat_view_release(&next);
			continue;
		}
		panel[nr] = next.h;
		heat[nr++] = next;
	}
	snprintf(title, sizeof(title), nr < all ? "the first %u of %u VMs" : "%u VMs", nr, all);
	if (!ret)
		ret = nr ? draw_one(hm, panel, nr, title, hm->opts.o.output, err)
			 : err_set(err, -ENODATA, "the receivers' CPUs were not recorded");
	for (u32 i = 0; i < nr; i++)
		heat_view_release(&heat[i]);
	return ret;
}

static int draw_file(struct heatmap *hm, u32 i, struct err *err)
{
	char *name = picture_name(hm->opts.o.output, &hm->view.vm[i]);
	struct heat_builder heat;
	int ret = build_heat(hm, i, &heat);

	if (!name)
		ret = err_set(err, -ENOMEM, "out of memory");
	if (!ret && heat.h.rows.nr)
		ret = draw_one(hm, &heat.h, 1, NULL, name, err);
	heat_view_release(&heat);
	free(name);
	return ret;
}

static int draw_files(struct heatmap *hm, struct err *err)
{
	int ret = 0;

	for (u32 i = 0; i < hm->view.g.nr_vm && !ret; i++)
		ret = draw_file(hm, i, err);
	return ret;
}

static int heatmap_draw(struct heatmap *hm)
{
	const char *output = hm->opts.o.output;
	bool one = hm->opts.panels || hm->view.g.nr_vm == 1 || !output || !strcmp(output, "-");
	struct err err = { "" };
	int ret = notes_loss(hm->view.in, hm->view.g.nr_in, &hm->note, &hm->nr_notes);

	if (ret)
		return complain_memory();
	ret = one ? draw_panels(hm, &err) : draw_files(hm, &err);
	if (!ret)
		return 0;
	if (err.msg[0])
		complain("%s", err.msg);
	return ret == -EINVAL ? -EINVAL : -EIO;
}

/* What only pictures in files have, and what only the matrix of vCPUs has. */
static int check(const struct heatmap *hm)
{
	const char *output = hm->opts.o.output;

	if (hm->opts.diff) {
		complain("--diff is the first word after heatmap");
		return -EINVAL;
	}
	if (hm->opts.value == HEAT_LATENCY && hm->opts.by != HEAT_BY_VCPU) {
		complain("--value latency is by vcpu only");
		return -EINVAL;
	}

	if ((hm->opts.value == HEAT_LATENCY || hm->opts.value == HEAT_RATE ||
	     hm->opts.by == HEAT_BY_TIME) &&
	    session_option_needs_ns(&hm->s, hm->opts.by == HEAT_BY_TIME ? "--by time" : "--value"))
		return -EINVAL;
	if (hm->opts.order == ORDER_TOPOLOGY && hm->opts.by != HEAT_BY_CPU) {
		complain("--order topology is an order of CPUs: it goes with --by cpu");
		return -EINVAL;
	}
	return hm->opts.script ? picture_check_script(hm->s.format != FORMAT_TEXT, output) : 0;
}

static int begin_latency(void *ctx, struct ordered list[ORDERED_ANALYSES])
{
	struct heatmap *hm = ctx;
	struct session *s = &hm->s;

	latency_release(&hm->latency);
	hm->seen = latency_nothing_seen(&s->rec.trace);
	list[0] = (struct ordered){ &seen_ops, &hm->seen };
	list[1] = (struct ordered){ &latency_ops, &hm->latency };
	return latency_init(&hm->latency, &s->rec.threads, 0, &s->rec.filter, &s->rec.trace.vms)
		       ?: 2;
}

/* Latencies, in a further reading; 0 or -errno. */
static int run_latency(struct heatmap *hm)
{
	const struct ordered_job job = { .begin = begin_latency, .ctx = hm };
	char record[NEEDS_TEXT];
	u32 kinds;
	int code = session_run_ordered(&hm->s, &hm->opts.o, &job, &kinds);

	if (code)
		return code;
	if (latency_finish(&hm->latency))
		return complain_memory();
	if (!seen_missing(&hm->seen, latency_needs, LATENCY_FIGURE(hm->opts.stage), record))
		return 0;
	complain("%s: latency until %s was not recorded", hm->s.files.s[0],
		 stage_choices[hm->opts.stage]);
	complain("record with: trace-cmd record %s", record);
	return -ENODATA;
}

static int heatmap_show(struct heatmap *hm)
{
	int ret, code;

	if ((hm->opts.value == HEAT_LATENCY || hm->opts.value == HEAT_RATE ||
	     hm->opts.by == HEAT_BY_TIME) &&
	    session_option_needs_ns(&hm->s, hm->opts.by == HEAT_BY_TIME ? "--by time" : "--value"))
		return -EINVAL;
	if (hm->opts.order == ORDER_TOPOLOGY && !hm->s.rec.topology.nr) {
		complain(
			"the recording does not say which CPUs share what: run lscpu -p >FILE on its "
			"host, and give --topology FILE");
		return -ENODATA;
	}
	if (pairs_finish(&hm->pairs, &hm->s.rec.trace.vms))
		return complain_memory();
	if (hm->opts.value == HEAT_LATENCY) {
		code = run_latency(hm);
		if (code)
			return code;
	}
	if (hm->opts.by == HEAT_BY_TIME) {
		code = timeline_pass(&hm->time, &hm->s, &hm->opts.o, &hm->pairs,
				     hm->opts.o.entries ? (u32)min_of(hm->opts.o.entries, 1000ull)
							: TIME_ROWS,
				     0, hm->s.format == FORMAT_TEXT ? 60 : TIME_BINS);
		if (code)
			return code;
	}
	if (graph_view_init(&hm->view, &hm->s.rec, &hm->pairs, "kvm-ipi.heatmap/1"))
		return complain_memory();
	ret = try_heats(hm);
	if (ret == -EFBIG) {
		complain("a matrix is too large to show; see kvm-ipi graph");
		return -EIO;
	}
	if (ret)
		return complain_memory();
	return hm->s.format == FORMAT_TEXT ? session_write(&hm->opts.o, heatmap_put_text, hm)
					   : heatmap_draw(hm);
}

static int cmd_heatmap(const struct command *cmd, int argc, char **argv)
{
	struct heatmap hm = { .opts.stage = LATENCY_ACKNOWLEDGED };
	struct analysis list[] = { { &pairs_ops, &hm.pairs } };
	int code;

	/* Compares recordings, which are opened in another way. */
	if (argc > 1 && !strcmp(argv[1], "--diff")) {
		argv[1] = argv[0];
		return diff_as_heatmap(argc - 1, argv + 1);
	}
	code = session_begin(&hm.s, cmd, argc, argv, &hm.opts.o);

	hm.pairs.want_cpus = hm.opts.by == HEAT_BY_CPU;
	if (!code)
		code = check(&hm);
	if (!code)
		code = session_run(&hm.s, &hm.opts.o, list, ARRAY_SIZE(list));
	if (!code)
		code = heatmap_show(&hm);
	notes_release(hm.note, hm.nr_notes);
	timeline_release(&hm.time);
	latency_release(&hm.latency);
	graph_view_release(&hm.view);
	pairs_release(&hm.pairs);
	session_end(&hm.s, &hm.opts.o);
	return code;
}

static const struct option_row *const tables[] = { own_rows,	      opts_input_rows,
						   opts_threads_rows, opts_topology_rows,
						   opts_filter_rows,  opts_entries_rows,
						   opts_output_rows,  NULL };

const struct command command_heatmap = {
	.name = "heatmap",
	.usage = "[options] [FILE...]",
	.run = cmd_heatmap,
	.tables = tables,
	.formats = formats,
	.summary = "the same as colours: in the terminal, or PNG, SVG, PDF by gnuplot",
	.help = "Shows for each VM who sends to whom as a picture. Darker is more, blank is none. With\n"
		"-o NAME.png several VMs become NAME-<pid>-<id>.png, or with --panels one picture.\n"
		"Pictures need gnuplot (package " GNUPLOT_PACKAGE ").",
};
