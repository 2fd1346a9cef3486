// SPDX-License-Identifier: GPL-2.0-only
/*
 * latency.c - kvm-ipi latency: how long IPIs take, until they are accepted, injected,
 * acknowledged, and until their receiver runs.
 */
#define _GNU_SOURCE
#include "cli/commands.h"
#include "cli/export_run.h"
#include "view/latency_view.h"
#include "output/bars.h"
#include "output/remarks.h"
#include "view/picture_view.h"
#include "cli/picture_file.h"

#include <errno.h>
#include <stdlib.h>

#define DEFAULT_PARTS 10

static const char *const formats[] = { "text", "json", "csv", "png", "svg", "pdf", NULL };
enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV, FORMAT_PNG };

struct latency_opts {
	struct opts opts; /* first */
	const char *slowest, *export, *target, *result;
	bool plot, script;
};

static const struct option_row latency_rows[] = {
	{ "slowest", 0, OPT_TEXT, offsetof(struct latency_opts, slowest), "N",
	  "list the N slowest IPIs with their times (default: 10);\nALL lists every IPI, slowest first" },
	{ "export", 0, OPT_TEXT, offsetof(struct latency_opts, export), "FILE",
	  "write the surroundings of the slowest IPIs for\nui.perfetto.dev: JSON, or by its ending .pftrace" },
	EXPORT_PROBE_ROWS(struct latency_opts, target, result),
	{ "plot", 0, OPT_FLAG, offsetof(struct latency_opts, plot), NULL,
	  "draw bars in the terminal, instead of the tables;\n-o NAME.png (.svg, .pdf) is a picture" },
	{ "sort", 'k', OPT_CHOICE, offsetof(struct latency_opts, opts.sort), "KEY",
	  "sort pairs, vectors and states by a column: ipis, src,\ndst, inj_p50, ack_p50, ack_p99 "
	  "(or p50, p99), run_p50,\nrun_p99",
	  .choices = latency_sort_names },
	{ "script", 0, OPT_FLAG, offsetof(struct latency_opts, script), NULL,
	  "leave the gnuplot script and its data beside the\npicture" },
	{ 0 },
};

struct latency_cmd {
	struct session s;
	struct latency_opts o;
	u32 slow;
	struct export_job export;
	struct latency_run run;
	struct bars panel[BARS_PANELS_MAX];
	char *title[BARS_PANELS_MAX];
	u32 nr_panels;
};

static int latency_begin_analyses(void *ctx, struct ordered list[ORDERED_ANALYSES])
{
	struct latency_cmd *c = ctx;

	return latency_begin(&c->run, &c->s.rec, c->slow, list);
}

#define SLOWEST_MAX 1000000

/* --slowest: 0 or -errno, after its message. */
static int latency_check_slowest(struct latency_cmd *c)
{
	const char *text = c->o.slowest, *end;
	struct err err = { "" };
	u64 n;

	c->slow = LATENCY_SLOW;
	if (!text)
		return 0;
	c->slow = LATENCY_ALL;
	if (!strcmp(text, "ALL"))
		return 0;
	if (number_parse(text, &end, &n) || *end || n > SLOWEST_MAX) {
		err_set(&err, -EINVAL, "invalid --slowest '%s': expected a number up to %u, or ALL",
			text, SLOWEST_MAX);
		return complain_usage(&err);
	}
	c->slow = (u32)n;
	return 0;
}

/* What --export needs, before the trace is read. 0 or -errno, after its message. */
static int latency_check_export(struct latency_cmd *c)
{
	const struct latency_opts *o = &c->o;
	struct err err = { "" };
	int ret = 0;

	if (o->export && session_option_needs_ns(&c->s, "--export"))
		return -EINVAL;
	if (!o->export && (o->target || o->result))
		ret = err_set(&err, -EINVAL,
			      "--yield-target and --yield-result need --export FILE");
	else if (o->export && (!c->slow || c->slow > EXPORT_SLOW_MAX))
		ret = err_set(&err, -EINVAL,
			      "--export shows from 1 to %u of the slowest IPIs (--slowest)",
			      EXPORT_SLOW_MAX);
	else if (o->export && strcmp(o->export, "-") && o->opts.output &&
		 !strcmp(o->opts.output, o->export))
		ret = err_set(&err, -EINVAL, "--export and -o name the same file, %s", o->export);
	else if (o->export)
		ret = session_check_output(&c->s, &o->opts, o->export, &err);
	return ret ? complain_usage(&err) : export_probes(&c->export, o->target, o->result);
}

static int latency_run_analyses(struct latency_cmd *c)
{
	char record[NEEDS_TEXT];
	const struct ordered_job job = { .begin = latency_begin_analyses, .ctx = c };
	u32 kinds;
	int code = session_run_ordered(&c->s, &c->o.opts, &job, &kinds);

	if (code)
		return code;
	if (latency_finish(&c->run.l))
		return complain_memory();
	c->s.rec.trace.counted = c->run.l.counted;
	code = session_check(&c->s, &c->o.opts);
	if (!code && !latency_seen(&c->run)) {
		complain("%s: IPIs alone; none of the events that follow them", c->s.files.s[0]);
		complain("record with: kvm-ipi record latency (or trace-cmd record %s)",
			 needs_record(latency_needs, LATENCY_FIGURES, record));
		return -ENODATA;
	}
	return code;
}

static int latency_compare_ipis(const void *a, const void *b)
{
	const struct latency_vm *x = *(const struct latency_vm *const *)a;
	const struct latency_vm *y = *(const struct latency_vm *const *)b;

	if (x->head.ipis != y->head.ipis)
		return x->head.ipis > y->head.ipis ? -1 : 1;
	return x < y ? -1 : x > y;
}

static char *panel_title(const struct latency_vm *vm)
{
	char *name = vm_title(&vm->head), *title = NULL;

	if (name && asprintf(&title, "%s: %llu IPIs", name, vm->head.ipis) < 0)
		title = NULL;
	free(name);
	return title;
}

/* The busiest VMs' bars, most IPIs first. 0 or -ENOMEM. */
static int build_panels(struct latency_cmd *c)
{
	const struct latency_view *s = &c->run.view;
	const struct latency_vm **vm = malloc(((size_t)s->nr_vm + 1) * sizeof(*vm));
	int ret = vm ? 0 : -ENOMEM;

	for (u32 i = 0; i < s->nr_vm && !ret; i++)
		vm[i] = &s->vm[i];
	if (!ret)
		qsort(vm, s->nr_vm, sizeof(*vm), latency_compare_ipis);
	for (u32 i = 0; i < s->nr_vm && c->nr_panels < BARS_PANELS_MAX && !ret; i++) {
		if (!bars_of(vm[i], &c->panel[c->nr_panels]))
			continue;
		c->title[c->nr_panels] = panel_title(vm[i]);
		ret = c->title[c->nr_panels++] ? 0 : -ENOMEM;
	}
	free(vm);
	return ret;
}

static void latency_put_plots(struct latency_cmd *c, FILE *out)
{
	bool said = remarks_loss(c->run.view.in, c->run.view.nr_in, out);

	for (u32 i = 0; i < c->nr_panels; i++) {
		fprintf(out, "%s%s, from the %s\n", said || i ? "\n" : "", c->title[i],
			latency_from(&c->run.view));
		bars_text(&c->panel[i], terminal_width(), locale_utf8(), out);
	}
	if (c->nr_panels < c->run.view.nr_vm)
		fprintf(out, "# the %u busiest of %u VMs\n", c->nr_panels, c->run.view.nr_vm);
}

static int latency_put(void *ctx, FILE *out)
{
	struct latency_cmd *c = ctx;
	struct latency_style style = {
		.entries = c->o.opts.entries   ? (u32)c->o.opts.entries
			   : c->o.opts.verbose ? 0
					       : DEFAULT_PARTS,
		.color = c->s.color,
		.quiet = c->o.opts.quiet,
	};

	if (c->s.format == FORMAT_JSON)
		latency_json(&c->run.view, out);
	else if (c->s.format == FORMAT_CSV)
		latency_csv(&c->run.view, out);
	else if (c->o.plot)
		latency_put_plots(c, out);
	else {
		if (c->o.opts.sort >= 0)
			latency_sort(&c->run, (enum latency_sort)c->o.opts.sort);
		latency_text(&c->run.view, &style, out);
	}
	return 0;
}

static int latency_put_script(void *ctx, FILE *to)
{
	return bars_script(ctx, to);
}

static int latency_put_data(void *ctx, FILE *to)
{
	return bars_data(ctx, to);
}

static int latency_draw(struct latency_cmd *c)
{
	struct bars_picture p = { .panel = c->panel,
				  .title = c->title,
				  .nr = c->nr_panels,
				  .from = latency_from(&c->run.view),
				  .page.kind = (enum picture)(c->s.format - FORMAT_PNG) };
	const struct picture_job job = { .s = &c->s,
					 .opts = &c->o.opts,
					 .leave = c->o.script,
					 .script = latency_put_script,
					 .data = latency_put_data,
					 .page = &p.page,
					 .ctx = &p };
	const struct latency_view *s = &c->run.view;

	return picture_show(&job, s->in, s->nr_in, c->nr_panels, s->nr_vm);
}

static int latency_show(struct latency_cmd *c)
{
	if (latency_view_init(&c->run) || build_panels(c))
		return complain_memory();
	return c->s.format >= FORMAT_PNG ? latency_draw(c)
					 : session_write(&c->o.opts, latency_put, c);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), least = strlen(end);

	return len >= least && !strcmp(text + len - least, end);
}

/* After the answer, in runs of its own. */
static int latency_export(struct latency_cmd *c)
{
	if (!c->run.l.nr_slow)
		return 0;
	c->export.s = &c->s;
	c->export.opts = &c->o.opts;
	c->export.output = c->o.export;
	c->export.proto = ends_with(c->o.export, ".pftrace");
	c->export.slow = c->run.l.slow;
	c->export.nr_slow = c->run.l.nr_slow;
	c->s.rec.trace.check = NULL;
	trace_reset(&c->s.rec.trace);
	threads_release(&c->s.rec.threads);
	return export_run(&c->export);
}

static int cmd_latency(const struct command *cmd, int argc, char **argv)
{
	struct latency_cmd c = { 0 };
	int code = session_begin(&c.s, cmd, argc, argv, &c.o.opts);

	if (!code)
		code = latency_check_slowest(&c);
	if (!code)
		code = latency_check_export(&c);
	if (!code && c.o.script)
		code = picture_check_script(c.s.format >= FORMAT_PNG, c.o.opts.output);
	if (!code)
		code = latency_run_analyses(&c);
	if (!code)
		code = latency_show(&c);
	if (!code && c.o.export)
		code = latency_export(&c);
	export_job_release(&c.export);
	for (u32 i = 0; i < c.nr_panels; i++)
		free(c.title[i]);
	latency_run_release(&c.run);
	session_end(&c.s, &c.o.opts);
	return code;
}

static const struct option_row *const tables[] = { opts_input_rows,
						   opts_guest_rows,
						   opts_filter_rows,
						   latency_rows,
						   opts_entries_rows,
						   opts_output_rows,
						   NULL };

const struct command command_latency = {
	.name = "latency",
	.usage = "[options] [FILE...]",
	.run = cmd_latency,
	.tables = tables,
	.formats = formats,
	.summary = "from sending to accepted, injected, acknowledged, and to the receiver's run",
	.help = "Shows how long directed IPIs take, from their sending: percentiles per VM, pair, vector\n"
		"and receiver state, and the slowest ones with their times. Each stage needs its event.\n"
		"Pictures need gnuplot (package " GNUPLOT_PACKAGE ").",
};
