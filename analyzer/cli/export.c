// SPDX-License-Identifier: GPL-2.0-only
/*
 * export.c - kvm-ipi export: IPIs from the send to the EOI, and what their vCPUs did, for Perfetto.
 */
#include "cli/commands.h"
#include "cli/export_run.h"

/* .json and .pftrace are what viewers expect files to be called. */
static const char *const formats[] = { "perfetto", "json", "pftrace", NULL };
enum { FORMAT_PFTRACE = 2 };

struct export_opts {
	struct opts opts; /* first */
	const char *target, *result;
};

static const struct option_row export_rows[] = {
	EXPORT_PROBE_ROWS(struct export_opts, target, result),
	{ 0 },
};

static int cmd_export(const struct command *cmd, int argc, char **argv)
{
	struct export_opts o = { 0 };
	struct session s;
	struct export_job job = { .s = &s, .opts = &o.opts };
	int ret = session_begin(&s, cmd, argc, argv, &o.opts);

	if (!ret)
		ret = session_need_ns(&s, "export");
	if (!ret)
		ret = export_probes(&job, o.target, o.result);
	job.output = o.opts.output;
	job.proto = s.format == FORMAT_PFTRACE;
	if (!ret)
		ret = export_run(&job);
	export_job_release(&job);
	session_end(&s, &o.opts);
	return ret;
}

static const struct option_row *const tables[] = { opts_input_rows,  opts_guest_rows,
						   opts_filter_rows, export_rows,
						   opts_output_rows, NULL };

const struct command command_export = {
	.name = "export",
	.usage = "[options] [FILE...]",
	.run = cmd_export,
	.tables = tables,
	.formats = formats,
	.summary = "IPIs from send to EOI with arrows, for ui.perfetto.dev",
	.help = "Writes JSON for ui.perfetto.dev and chrome://tracing: a process for each VM, tracks for\n"
		"each vCPU. Each IPI is a slice from its send to its EOI, split at the stages that the\n"
		"trace has, with an arrow from its sender. Where the trace has kvm_entry, kvm_exit or\n"
		"sched_switch, tracks show spins, and when the vCPU was preempted or blocked. Format\n"
		"pftrace is Perfetto's own, a third of the size.",
};
