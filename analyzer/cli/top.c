// SPDX-License-Identifier: GPL-2.0-only
/*
 * top.c - kvm-ipi top: a running host, counted in the kernel.
 *
 * A screen on a terminal; with --batch, or a format, or an output that is no terminal, a table for
 * each reading. The first signal ends it with a last reading, so that totals are complete.
 */
#include "cli/top.h"

#include "cli/commands.h"
#include "cli/top_replay.h"
#include "util/outfile.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define INTERVAL_DEFAULT_NS 1000000000ull
#define INTERVAL_MIN_NS	    50000000ull
#define INTERVAL_MAX_S	    3600
#define OPENMETRICS_PAIRS   20

static const char *const formats[] = { "text", "csv", "json", "openmetrics", NULL };
enum { FORMAT_TEXT, FORMAT_CSV, FORMAT_JSON, FORMAT_OPENMETRICS };

/* "0.5", "2": seconds. 0 or -EINVAL after its line. */
static int read_delay(struct top *t)
{
	char *end;
	double seconds;

	t->interval_ns = INTERVAL_DEFAULT_NS;
	if (!t->delay)
		return 0;
	seconds = strtod(t->delay, &end);
	if (end == t->delay || *end || !(seconds >= INTERVAL_MIN_NS / 1e9) ||
	    seconds > INTERVAL_MAX_S) {
		complain("invalid delay '%s': expected seconds from 0.05 to 3600", t->delay);
		return -EINVAL;
	}
	t->interval_ns = (u64)(seconds * 1e9 + 0.5);
	return 0;
}

/* No backend has that name; none works on this kernel, or the recording has no IPI; no rights. */
static int complain_open(const struct top *t, int ret, const struct err *err)
{
	complain("%s", err->msg);
	if (!t->replay && ret == -EINVAL)
		return -EINVAL;
	return ret == (t->replay ? -ENODATA : -ENOENT) ? -ENODATA : -EIO;
}

/* 0, or what the command returns, after its line. */
static int open_source(struct top *t)
{
	const struct live_options o = {
		.backend = t->backend,
		.entries = t->map_entries ? (u32)t->map_entries : LIVE_ENTRIES_DEFAULT,
		.latency = !t->no_latency,
	};
	struct err err = { "" };
	int ret;

	if (t->replay)
		ret = top_replay_open(&t->live, t->replay, t->interval_ns, &err);
	else
		ret = live_open(&t->live, &o, &err);
	if (ret)
		return complain_open(t, ret, &err);
	totals_init(&t->totals, t->live.facts.vm_ids);
	top_host_init(&t->host, t->replay);
	t->began_ns = t->read_ns = t->last_ns = top_now();
	return 0;
}

/* Waits until `until`; true: a signal says that it is the end. */
static bool wait_batch(int signals, u64 until)
{
	struct pollfd p = { .fd = signals, .events = POLLIN };
	struct signalfd_siginfo info;

	for (u64 now = top_now(); now < until; now = top_now()) {
		if (poll(&p, 1, (int)((until - now + 999999) / 1000000)) <= 0)
			continue;
		if (read(signals, &info, sizeof(info)) != sizeof(info))
			continue;
		if (info.ssi_signo == SIGTSTP)
			kill(getpid(), SIGSTOP);
		else if (info.ssi_signo != SIGWINCH && info.ssi_signo != SIGCHLD)
			return true;
	}
	return false;
}

static int put_reading(const struct top *t, int format, bool first, FILE *out)
{
	u32 with = format == FORMAT_TEXT || format == FORMAT_CSV
			   ? 0
			   : LIVE_WITH_PAIRS | LIVE_WITH_VECTORS;
	struct live_view_made made;
	int ret = top_view(t, &made, (enum live_sort)t->sort, with);

	if (!ret && format == FORMAT_JSON)
		live_json(&made.v, out);
	else if (!ret && format == FORMAT_CSV)
		live_csv(&made.v, first, out);
	else if (!ret && format == FORMAT_OPENMETRICS)
		live_openmetrics(&made.v,
				 t->opts.entries ? (u32)t->opts.entries : OPENMETRICS_PAIRS, out);
	else if (!ret)
		live_text(&made.v, (u32)t->opts.entries, out);
	live_view_release(&made);
	return ret;
}

/*
 * One reading: into the file, which appears whole and each time anew where it is OpenMetrics, as a
 * textfile has to. 0 or what the command returns.
 */
static int batch_reading(struct top *t, int format, bool first, struct outfile *file)
{
	struct err err = { "" };
	int ret = top_read(t, &err);

	if (ret)
		return complain_io(&err);
	if (format == FORMAT_OPENMETRICS && outfile_open(file, t->opts.output, &err))
		return complain_io(&err);
	if (put_reading(t, format, first, file->f)) {
		outfile_abort(file);
		return complain_memory();
	}
	if (format == FORMAT_OPENMETRICS && outfile_commit(file, &err))
		return complain_io(&err);
	return ferror(file->f ? file->f : stdout) ? -EIO : 0;
}

static int batch(struct top *t, int format)
{
	bool whole = format == FORMAT_OPENMETRICS, ended = false;
	struct outfile file = { 0 };
	struct err err = { "" };
	int ret = 0, signals = top_signals();
	u64 next = t->began_ns;

	if (signals < 0)
		return complain_memory();
	if (!whole && outfile_open(&file, t->opts.output, &err))
		return complain_io(&err);
	for (u64 n = 0; !ret && !ended && (!t->readings || n < t->readings); n++) {
		next += t->interval_ns;
		ended = t->replay ? false : wait_batch(signals, next);
		ret = batch_reading(t, format, !n, &file);
		ended |= t->replay && top_replay_ended(&t->live);
	}
	close(signals);
	if (whole)
		return ret;
	if (ret)
		outfile_abort(&file);
	else if (outfile_commit(&file, &err))
		return complain_io(&err);
	return ret;
}

static void report_loss(const struct top *t)
{
	const struct live_counters *c = &t->counts.counters;

	if (c->lost_ipis)
		complain("%llu IPIs found no room in the kernel's table: try --map-entries %llu",
			 (unsigned long long)c->lost_ipis,
			 4 * (t->map_entries ? (unsigned long long)t->map_entries
					     : LIVE_ENTRIES_DEFAULT));
	if (c->lost_sends)
		complain("%llu IPIs could not be followed to their receiver",
			 (unsigned long long)c->lost_sends);
}

static int run_opened(struct top *t, int format, bool color)
{
	bool screen = !t->batch && !t->opts.format && !t->opts.output && isatty(STDIN_FILENO) &&
		      isatty(STDOUT_FILENO);
	struct err err = { "" };
	int ret;

	if (!screen && !t->opts.quiet) {
		complain("counting by %s (%s)", t->live.ops->name, t->live.ops->what);
		if (t->live.facts.remark.msg[0])
			complain("%s", t->live.facts.remark.msg);
	}
	ret = screen ? top_screen(t, color) : batch(t, format);
	if (live_close(&t->live, &err) && !ret)
		ret = complain_io(&err);
	report_loss(t);
	return ret;
}

static int cmd_top(const struct command *cmd, int argc, char **argv)
{
	struct top *t = calloc(1, sizeof(*t));
	struct texts rest = { 0 };
	int ret, format = 0;
	bool color = false;

	if (!t)
		return complain_memory();
	ret = command_parse(cmd, argc, argv, &t->opts, &rest);
	if (!ret && rest.nr) {
		complain("top takes no file: '%s'; -i plays a recording", rest.s[0]);
		ret = -EINVAL;
	}
	if (!ret)
		ret = command_format(cmd, &t->opts, &format, &color);
	if (!ret)
		ret = read_delay(t);
	if (!ret)
		ret = open_source(t);
	if (!ret)
		ret = run_opened(t, format, color);
	live_counts_release(&t->counts);
	totals_release(&t->totals);
	top_host_release(&t->host);
	texts_release(&t->opts.vms);
	texts_release(&rest);
	free(t);
	return ret;
}

static const struct option_row rows[] = {
	{ "batch", 'b', OPT_FLAG, offsetof(struct top, batch), NULL,
	  "no screen: print a table for each reading" },
	{ "delay", 'd', OPT_TEXT, offsetof(struct top, delay), "SECONDS",
	  "time between readings (default: 1)" },
	{ "iterations", 'n', OPT_NUMBER, offsetof(struct top, readings), "N",
	  "end after N readings", .min = 1, .max = UINT32_MAX },
	{ "sort", 'k', OPT_CHOICE, offsetof(struct top, sort), "KEY",
	  "sort VMs by rate (the default), ipis, runnable, p50,\np99, run, pair, vcpus, name or vm",
	  .choices = live_sort_names },
	{ "vm", 0, OPT_TEXTS, offsetof(struct opts, vms), "PID|PID/ID|NAME",
	  "only this VM (may be given several times)" },
	{ "backend", 0, OPT_TEXT, offsetof(struct top, backend), "NAME",
	  "tracepoint, fentry or histogram (default: the first\nthat works here)" },
	{ "no-latency", 0, OPT_FLAG, offsetof(struct top, no_latency), NULL,
	  "count only: it costs less" },
	{ "map-entries", 0, OPT_NUMBER, offsetof(struct top, map_entries), "N",
	  "room in the kernel for N counts (default: 65536)", .min = 128, .max = LIVE_ENTRIES_MAX },
	{ "input", 'i', OPT_TEXT, offsetof(struct top, replay), "FILE",
	  "show a recording as if it happened now" },
	{ "output", 'o', OPT_TEXT, offsetof(struct opts, output), "FILE",
	  "write to FILE (- is standard output); its ending\nchooses the format" },
	{ "format", 0, OPT_TEXT, offsetof(struct opts, format), "FORMAT",
	  "how to write it; see above. Implies --batch" },
	{ "entries", 'E', OPT_NUMBER, offsetof(struct opts, entries), "N",
	  "text: show N VMs; openmetrics: N pairs of each VM", .min = 1, .max = UINT32_MAX },
	{ "color", 0, OPT_CHOICE, offsetof(struct opts, color), "WHEN",
	  "auto, always or never; NO_COLOR is honoured", .choices = opts_color_choices },
	{ "quiet", 'q', OPT_FLAG, offsetof(struct opts, quiet), NULL,
	  "no remarks but those on loss" },
	{ 0 },
};

static const struct option_row *const tables[] = { rows, NULL };

const struct command command_top = {
	.name = "top",
	.usage = "[options]",
	.run = cmd_top,
	.tables = tables,
	.formats = formats,
	.summary = "a running host: who interrupts whom, counted in the kernel",
	.help = "Counts directed IPIs in the kernel while they are sent, by VM, sender, receiver, vector,\n"
		"path and state, and shows each VM's rate, the share of runnable receivers, latencies\n"
		"and the hottest pair. Needs root; no patch where kvm.ko has BTF. Nothing is left behind\n"
		"when it ends. Keys: Enter pairs of a VM, m matrix, s sort, f freeze, r record 10 s, q quit.",
};
