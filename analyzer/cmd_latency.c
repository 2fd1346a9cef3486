// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_latency.c - kvm-ipi latency: how long IPIs take, until they are accepted, injected, acknowledged,
 * and until their receiver runs.
 */
#include "commands.h"
#include "latency_run.h"

#define DEFAULT_PARTS 10

static const char *const formats[] = { "text", "json", "csv", NULL };
enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

struct latency_opts {
	struct opts opts; /* first */
	u64 slow;
};

static const struct option_row latency_rows[] = {
	{ "slowest", 0, OPT_NUMBER, offsetof(struct latency_opts, slow), "N",
	  "list the N slowest IPIs with their times (default: 10)", .max = 1000000 },
	{ 0 },
};

struct latency_cmd {
	struct session s;
	struct latency_opts o;
	struct latency_run run;
};

static int run_analyses(struct latency_cmd *c)
{
	struct analysis list[LATENCY_ANALYSES];
	struct ordered_want want = { latency_kinds, NULL, NULL };
	u32 kinds;
	int code;

	code = session_threads(&c->s);
	if (code >= 0)
		return code;
	if (latency_begin(&c->run, &c->s, (u32)c->o.slow))
		return complain_memory();
	latency_analyses(&c->run, list);
	code = session_run_ordered(&c->s, &c->o.opts, &want, list, ARRAY_SIZE(list), &kinds);
	if (code >= 0)
		return code;
	if (latency_finish(&c->run.l))
		return complain_memory();
	c->s.trace.counted = c->run.l.counted;
	code = session_check(&c->s, &c->o.opts);
	if (code < 0 && !latency_seen(&c->run)) {
		complain("%s: IPIs alone; none of the events that follow them", c->s.files.s[0]);
		complain("record with: trace-cmd record -e kvm -e sched:sched_switch -e "
			 "sched:sched_wakeup");
		return EXIT_NOTHING;
	}
	return code;
}

static int put(void *ctx, FILE *out)
{
	const struct latency_cmd *c = ctx;
	struct latency_style style = {
		.entries = c->o.opts.entries ? (u32)c->o.opts.entries :
			   c->o.opts.verbose ? 0 : DEFAULT_PARTS,
		.color = c->s.color, .quiet = c->o.opts.quiet,
	};

	if (c->s.format == FORMAT_JSON)
		latency_json(&c->run.shape, out);
	else if (c->s.format == FORMAT_CSV)
		latency_csv(&c->run.shape, out);
	else
		latency_text(&c->run.shape, &style, out);
	return 0;
}

static int run(const struct command *cmd, int argc, char **argv)
{
	struct latency_cmd c = { .o = { .slow = LATENCY_SLOW } };
	int code = session_begin(&c.s, cmd, argc, argv, &c.o.opts);

	if (code < 0)
		code = run_analyses(&c);
	if (code < 0)
		code = latency_shape_init(&c.run) ? complain_memory() :
		       session_write(&c.o.opts, put, &c);
	latency_run_release(&c.run);
	session_end(&c.s, &c.o.opts);
	return code;
}

static const struct option_row *const tables[] = { opts_input_rows, opts_filter_rows, latency_rows,
						   opts_output_rows, NULL };

const struct command cmd_latency = {
	.name = "latency", .usage = "[options] [FILE...]", .run = run, .tables = tables,
	.formats = formats,
	.summary = "from sending to accepted, injected, acknowledged, and to the receiver's run",
	.help = "Shows how long directed IPIs take, from their sending: percentiles per VM, pair, vector\n"
		"and receiver state, and the slowest ones with their times. Each stage needs its event.",
};
