// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_yield.c - kvm-ipi yield: would knowing the IPI's receiver have found a better vCPU to yield to?
 *
 * Two runs over the trace: the first learns which threads are which vCPUs, the second does everything
 * else. A level whose events are not there is left out, and the output says what to record.
 */
#include "commands.h"
#include "yield_run.h"

static const char *const formats[] = { "text", "json", "csv", NULL };
enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

struct yield {
	struct session s;
	struct yield_opts o;
	struct yield_run run;
};

static int run_analyses(struct yield *y)
{
	struct analysis list[YIELD_ANALYSES];
	struct ordered_want want = { replay_kinds, &y->run.target, &y->run.result };
	u32 kinds;
	int code;

	code = session_threads(&y->s);
	if (code >= 0)
		return code;
	if (yield_begin(&y->run, &y->s))
		return complain_memory();
	yield_analyses(&y->run, list);
	code = session_run_ordered(&y->s, &y->o.opts, &want, list, ARRAY_SIZE(list), &kinds);
	if (code >= 0)
		return code;
	if (yield_finish(&y->run))
		return complain_memory();
	code = yield_check_probes(&y->run, kinds);
	if (code >= 0)
		return code;
	y->s.trace.counted = y->run.counted;
	return session_check(&y->s, &y->o.opts);
}

static int put(void *ctx, FILE *out)
{
	const struct yield *y = ctx;
	struct yield_style style = {
		.entries = (u32)y->o.opts.entries, .color = y->s.color, .quiet = y->o.opts.quiet,
		.verbose = y->o.opts.verbose,
	};

	if (y->s.format == FORMAT_JSON)
		yield_json(&y->run.shape, out);
	else if (y->s.format == FORMAT_CSV)
		yield_csv(&y->run.shape, out);
	else
		yield_text(&y->run.shape, &style, out);
	return 0;
}

static int run(const struct command *cmd, int argc, char **argv)
{
	struct yield y = { .o = YIELD_OPTS_DEFAULT };
	int code = session_begin(&y.s, cmd, argc, argv, &y.o.opts);

	if (code < 0)
		code = yield_check(&y.run, &y.o);
	if (code < 0)
		code = run_analyses(&y);
	if (code < 0)
		code = yield_shape_init(&y.run) ? complain_memory() : session_write(&y.o.opts, put, &y);
	yield_release(&y.run);
	session_end(&y.s, &y.o.opts);
	return code;
}

static const struct option_row *const tables[] = { opts_input_rows, opts_filter_rows, yield_rows,
						   opts_output_rows, NULL };

const struct command cmd_yield = {
	.name = "yield", .usage = "[options] [FILE...]", .run = run, .tables = tables,
	.formats = formats,
	.summary = "yield candidates: hints, acknowledgements, replayed spins, the window",
	.help = "Shows what the IPIs would have told a directed yield: how long hints live and what ends\n"
		"them, when receivers acknowledge, and, for every spin in the trace, whom the kernel's\n"
		"search and its rivals pick and whether the spinner waited for that vCPU.",
};
