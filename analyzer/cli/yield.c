// SPDX-License-Identifier: GPL-2.0-only
/*
 * yield.c - kvm-ipi yield: would knowing the IPI's receiver have found a better vCPU to yield
 * to?
 *
 * One run over the trace does everything, once it is known which threads are which vCPUs
 * (session_run_ordered()). A level whose events are not there is left out, and the output says what
 * to record.
 */
#include "cli/commands.h"
#include "output/remarks.h"
#include "output/sweep.h"
#include "view/picture_view.h"
#include "cli/picture_file.h"
#include "cli/yield_options.h"
#include "util/clean.h"

#include <errno.h>
#include <stdlib.h>

static const char *const formats[] = { "text", "json", "csv", "png", "svg", "pdf", NULL };
enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV, FORMAT_PNG };

struct yield_cmd_opts {
	struct yield_opts y; /* first */
	bool plot, script, mail;
};

struct yield {
	struct session s;
	struct yield_cmd_opts opts;
	struct yield_run run;
	struct sweep_row row[SWEEP_ROWS_MAX];
	char *title[SWEEP_ROWS_MAX];
	u32 nr_rows;
};

static const struct option_row own_rows[] = {
	{ "plot", 0, OPT_FLAG, offsetof(struct yield_cmd_opts, plot), NULL,
	  "draw the sweep of windows in the terminal, instead\nof the tables; -o NAME.png (.svg, .pdf) is a "
	  "picture" },
	{ "mail", 0, OPT_FLAG, offsetof(struct yield_cmd_opts, mail), NULL,
	  "text for a mailing list: 72 columns, the summary and\nits tables, where they come from and what they mean" },
	{ "script", 0, OPT_FLAG, offsetof(struct yield_cmd_opts, script), NULL,
	  "leave the gnuplot script and its data beside the\npicture" },
	{ 0 },
};

static int yield_begin_analyses(void *ctx, struct ordered list[ORDERED_ANALYSES])
{
	struct yield *y = ctx;

	return yield_begin(&y->run, &y->s.rec, list);
}

static int yield_run_analyses(struct yield *y)
{
	const struct ordered_job job = { .want = { .target = &y->run.target,
						   .result = &y->run.result },
					 .begin = yield_begin_analyses,
					 .ctx = y };
	u32 kinds;
	int ret = session_run_ordered(&y->s, &y->opts.y.opts, &job, &kinds);

	if (ret)
		return ret;
	if (yield_finish(&y->run))
		return complain_memory();
	ret = yield_check_probes(&y->opts.y, &y->s, kinds);
	if (ret)
		return ret;
	y->s.rec.trace.counted = y->run.counted;
	return session_check(&y->s, &y->opts.y.opts);
}

static int yield_compare_ipis(const void *a, const void *b)
{
	const struct yield_vm *x = *(const struct yield_vm *const *)a;
	const struct yield_vm *y = *(const struct yield_vm *const *)b;

	if (x->head.ipis != y->head.ipis)
		return x->head.ipis > y->head.ipis ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* The busiest VMs' curves, most IPIs first. 0 or -ENOMEM. */
static int build_rows(struct yield *y)
{
	const struct yield_view *s = &y->run.view;
	const struct yield_vm **vm = malloc(((size_t)s->nr_vm + 1) * sizeof(*vm));

	if (!vm)
		return -ENOMEM;
	for (u32 i = 0; i < s->nr_vm; i++)
		vm[i] = &s->vm[i];
	qsort(vm, s->nr_vm, sizeof(*vm), yield_compare_ipis);
	for (u32 i = 0; i < s->nr_vm && i < SWEEP_ROWS_MAX; i++) {
		struct sweep_row *r = &y->row[i];

		y->title[y->nr_rows++] = vm_title(&vm[i]->head);
		if (!y->title[i])
			break;
		r->title = y->title[i];
		r->have_hints = sweep_hints(vm[i], &r->hints);
		r->have_hits = sweep_hits(vm[i], &r->hits);
	}
	free(vm);
	return y->nr_rows && !y->title[y->nr_rows - 1] ? -ENOMEM : 0;
}

static void yield_put_plots(struct yield *y, FILE *out)
{
	bool said = remarks_loss(y->run.view.in, y->run.view.nr_in, out);

	for (u32 i = 0; i < y->nr_rows; i++) {
		fprintf(out, "%s%s\n", said || i ? "\n" : "", y->row[i].title);
		if (y->row[i].have_hints)
			sweep_text(&y->row[i].hints, terminal_width(), locale_utf8(), out);
		if (y->row[i].have_hits)
			sweep_text(&y->row[i].hits, terminal_width(), locale_utf8(), out);
	}
	if (y->nr_rows < y->run.view.nr_vm)
		fprintf(out, "# the %u busiest of %u VMs\n", y->nr_rows, y->run.view.nr_vm);
}

static int yield_put(void *ctx, FILE *out)
{
	struct yield *y = ctx;
	struct yield_style style = {
		.entries = (u32)y->opts.y.opts.entries,
		.color = y->s.color,
		.quiet = y->opts.y.opts.quiet,
		.verbose = y->opts.y.opts.verbose,
	};

	if (y->s.format == FORMAT_JSON)
		yield_json(&y->run.view, out);
	else if (y->s.format == FORMAT_CSV)
		yield_csv(&y->run.view, out);
	else if (y->opts.mail)
		yield_mail(&y->run.view, out);
	else if (y->opts.plot)
		yield_put_plots(y, out);
	else
		yield_text(&y->run.view, &style, out);
	return 0;
}

static int yield_put_script(void *ctx, FILE *to)
{
	return sweep_script(ctx, to);
}

static int yield_put_data(void *ctx, FILE *to)
{
	return sweep_data(ctx, to);
}

static int yield_draw(struct yield *y)
{
	struct sweep_picture p = { .row = y->row,
				   .nr = y->nr_rows,
				   .page.kind = (enum picture)(y->s.format - FORMAT_PNG) };
	const struct picture_job job = { .s = &y->s,
					 .opts = &y->opts.y.opts,
					 .leave = y->opts.script,
					 .script = yield_put_script,
					 .data = yield_put_data,
					 .page = &p.page,
					 .ctx = &p };
	const struct yield_view *s = &y->run.view;

	return picture_show(&job, s->in, s->nr_in, y->nr_rows, s->nr_vm);
}

static int yield_show(struct yield *y)
{
	if (yield_view_init(&y->run) || build_rows(y))
		return complain_memory();
	return y->s.format >= FORMAT_PNG ? yield_draw(y)
					 : session_write(&y->opts.y.opts, yield_put, y);
}

/* "kvm-ipi yield ARGUMENT..."; NULL: no memory, and nothing is said of it. */
static char *joined(int argc, char **argv)
{
	size_t len = sizeof("kvm-ipi yield");
	char *text;

	for (int i = 1; i < argc; i++)
		len += strlen(argv[i]) + 1;
	text = malloc(len);
	if (!text)
		return NULL;
	strcpy(text, "kvm-ipi yield");
	for (int i = 1; i < argc; i++) {
		strcat(text, " ");
		strcat(text, argv[i]);
	}
	text_clean(text);
	return text;
}

static int cmd_yield(const struct command *cmd, int argc, char **argv)
{
	struct yield y = { .opts.y = YIELD_OPTS_DEFAULT };
	struct opts *opts = &y.opts.y.opts;
	char *command = joined(argc, argv);
	int ret = session_begin(&y.s, cmd, argc, argv, opts);

	y.run.command = command;
	if (!ret && y.opts.mail && (y.s.format != FORMAT_TEXT || y.opts.plot)) {
		complain("--mail is text: it goes with no other format and not with --plot");
		ret = -EINVAL;
	}
	if (!ret && y.opts.script)
		ret = picture_check_script(y.s.format >= FORMAT_PNG, opts->output);
	if (!ret)
		ret = yield_check(&y.run, &y.opts.y, &y.s);
	if (!ret && (y.opts.y.window || y.s.format >= FORMAT_PNG || y.opts.plot))
		ret = session_option_needs_ns(&y.s,
					      y.opts.y.window ? "--window" : "a sweep of windows");
	if (!ret)
		ret = yield_run_analyses(&y);
	if (!ret)
		ret = yield_show(&y);
	for (u32 i = 0; i < y.nr_rows; i++)
		free(y.title[i]);
	yield_release(&y.run);
	session_end(&y.s, opts);
	free(command);
	return ret;
}

static const struct option_row *const tables[] = {
	opts_input_rows,   opts_filter_rows, yield_rows, own_rows,
	opts_entries_rows, opts_output_rows, NULL
};

const struct command command_yield = {
	.name = "yield",
	.usage = "[options] [FILE...]",
	.run = cmd_yield,
	.tables = tables,
	.formats = formats,
	.summary = "yield candidates: hints, acknowledgements, replayed spins, the window",
	.help = "Shows what the IPIs would have told a directed yield: how long hints live and what ends\n"
		"them, when receivers acknowledge, and, for every spin in the trace, whom the kernel's\n"
		"search and its rivals pick and whether the spinner waited for that vCPU.\n"
		"Pictures need gnuplot (package " GNUPLOT_PACKAGE ").",
};
