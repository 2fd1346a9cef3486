// SPDX-License-Identifier: GPL-2.0-only
/*
 * opts.c - see opts.h. The tables of the options, and what can be told from the words alone.
 */
#include "cli/opts.h"
#include "output/graph_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const opts_color_choices[] = { "auto", "always", "never", NULL };
static const char *const source_choices[] = { "auto", "track", "probes", "stock", NULL };

const struct option_row opts_input_rows[] = {
	{ "input", 'i', OPT_TEXTS, offsetof(struct opts, inputs), "FILE",
	  "read FILE (default: trace.dat); several are the\nparts of one recording" },
	{ "together", 0, OPT_FLAG, offsetof(struct opts, together), NULL,
	  "take several files for one recording, though they\nsay that they are not" },
	{ "source", 0, OPT_CHOICE, offsetof(struct opts, source), "WHICH",
	  "where IPIs are taken from: track (kvm_ipi_track),\nstock (kvm_apic_ipi and "
	  "kvm_apic_accept_irq), or auto:\ntrack when there is one such record, else stock",
	  .choices = source_choices },
	{ "vm-names", 0, OPT_TEXT, offsetof(struct opts, vm_names), "FILE",
	  "names of VMs: lines \"PID NAME\" or \"PID/ID NAME\"" },
	{ "strict", 0, OPT_FLAG, offsetof(struct opts, strict), NULL,
	  "refuse (exit 4) when records were lost or damaged" },
	{ "salvage", 0, OPT_FLAG, offsetof(struct opts, salvage), NULL,
	  "read a file that was cut off and has lost its index" },
	{ 0 },
};

const struct option_row opts_guest_rows[] = {
	{ "guest", 0, OPT_TEXT, offsetof(struct opts, guest), "WHOSE",
	  "whose vector names to print: linux, none, or a\nFILE of lines \"VECTOR NAME\"" },
	{ 0 },
};

const struct option_row opts_threads_rows[] = {
	{ "threads", 0, OPT_NUMBER, offsetof(struct opts, threads), "N",
	  "read with N threads (default: the CPUs there are;\none for small files)", .min = 1,
	  .max = 256 },
	{ 0 },
};

const struct option_row opts_topology_rows[] = {
	{ "topology", 0, OPT_TEXT, offsetof(struct opts, topology), "FILE",
	  "the host's cores, caches and nodes, for recordings\nwithout them: what lscpu -p printed there" },
	{ 0 },
};

const struct option_row opts_filter_rows[] = {
	{ "vm", 0, OPT_TEXTS, offsetof(struct opts, vms), "PID|PID/ID|NAME",
	  "only this VM (may be given several times)" },
	{ "vcpu", 0, OPT_TEXT, offsetof(struct opts, vcpus), "LIST",
	  "only IPIs from or to these vCPUs: 0-3,7" },
	{ "vector", 0, OPT_TEXT, offsetof(struct opts, vectors), "LIST",
	  "only these vectors: 0xfb-0xfd" },
	{ "cpu", 0, OPT_TEXT, offsetof(struct opts, cpus), "LIST",
	  "only IPIs sent from these physical CPUs" },
	{ "time", 0, OPT_TEXT, offsetof(struct opts, time), "START,STOP",
	  "only IPIs in this time, in seconds as trace-cmd\nprints them; +S counts from the "
	  "first record; either\nmay be missing" },
	{ 0 },
};

const struct option_row opts_output_rows[] = {
	{ "output", 'o', OPT_TEXT, offsetof(struct opts, output), "FILE",
	  "write to FILE (- is standard output); its ending\nchooses the format" },
	{ "format", 0, OPT_TEXT, offsetof(struct opts, format), "FORMAT",
	  "how to write it; see above" },
	{ "color", 0, OPT_CHOICE, offsetof(struct opts, color), "WHEN",
	  "auto, always or never; NO_COLOR is honoured", .choices = opts_color_choices },
	{ "no-pager", 0, OPT_FLAG, offsetof(struct opts, no_pager), NULL,
	  "print long text as it is, also on a terminal" },
	{ "quiet", 'q', OPT_FLAG, offsetof(struct opts, quiet), NULL,
	  "no remarks but those on loss" },
	{ "verbose", 'v', OPT_FLAG, offsetof(struct opts, verbose), NULL, "leave nothing out" },
	{ 0 },
};

const struct option_row opts_entries_rows[] = {
	{ "entries", 'E', OPT_NUMBER, offsetof(struct opts, entries), "N",
	  "show N entries of a list", .min = 1, .max = UINT32_MAX },
	{ 0 },
};

const struct option_row opts_sort_rows[] = {
	{ "sort", 'k', OPT_CHOICE, offsetof(struct opts, sort), "KEY",
	  "sort pairs by a column: count, src, dst, first, last,\nrunnable, ipis, share or rate",
	  .choices = graph_sort_names },
	{ 0 },
};

static bool use_color(const struct opts *opts)
{
	const char *no = getenv("NO_COLOR");

	if (opts->color != COLOR_AUTO)
		return opts->color == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no && *no) &&
	       (!opts->output || !strcmp(opts->output, "-"));
}

/*
 * Words for formats, ours and others': a file whose name ends in one of them, and not in one of
 * this command's, would not hold what its name says.
 */
static const char *const all_formats[] = {
	"text",	    "txt",     "csv",	"json", "dot", "graphml", "png",  "svg",  "pdf",    "html",
	"perfetto", "pftrace", "jpg",	"jpeg", "gif", "webp",	  "bmp",  "tiff", "eps",    "ps",
	"htm",	    "xml",     "yaml",	"yml",	"tsv", "xls",	  "xlsx", "ods",  "sqlite", "db",
	"md",	    "parquet", "arrow", "avro", "orc", "gexf",	  NULL
};

static int word_index(const char *const *list, const char *word)
{
	for (int i = 0; list[i]; i++)
		if (!strcmp(list[i], word))
			return i;
	return -1;
}

/* The index of the format, or -EINVAL. */
static int choose_format(const struct command *cmd, const struct opts *opts, struct err *err)
{
	const char *dot = opts->output ? strrchr(opts->output, '.') : NULL;
	const char *want = opts->format;
	char list[128];
	size_t len = 0;
	int format;

	if (!want && dot && !strchr(dot, '/') && word_index(all_formats, dot + 1) >= 0)
		want = strcmp(dot + 1, "txt") ? dot + 1 : "text";
	format = want ? word_index(cmd->formats, want) : 0;
	if (format >= 0)
		return format;
	for (int i = 0; cmd->formats[i]; i++)
		len += snprintf(list + len, sizeof(list) - len, "%s%s", i ? ", " : "",
				cmd->formats[i]);
	return err_set(err, -EINVAL, "%s does not write %s; it writes %s", cmd->name, want, list);
}

int command_parse(const struct command *cmd, int argc, char **argv, struct opts *opts,
		  struct texts *rest)
{
	struct err err = { "" };
	int ret = options_parse(cmd->tables, argc, argv, opts, rest, &err);

	if (ret == OPTIONS_HELP) {
		command_help(cmd, stdout);
		return COMMAND_DONE;
	}
	if (ret)
		return ret == -ENOMEM ? complain_io(&err) : complain_usage(&err);
	return 0;
}

int command_format(const struct command *cmd, const struct opts *opts, int *format, bool *color)
{
	struct err err = { "" };

	*format = choose_format(cmd, opts, &err);
	if (*format < 0)
		return complain_usage(&err);
	*color = use_color(opts);
	return 0;
}
