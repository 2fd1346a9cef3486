// SPDX-License-Identifier: GPL-2.0-only
/*
 * opts.c - see opts.h. From a command line to an opened trace, and from a result to its file; all the
 * messages that commands have in common.
 */
#include "opts.h"
#include "drive_stock.h"
#include "output/graph_text.h"
#include "util/pager.h"
#include "stock_order.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define USER_FILE_MAX (1 << 20)

const char *const opts_color_choices[] = { "auto", "always", "never", NULL };
static const char *const source_choices[] = { "auto", "track", "stock", NULL };

const struct option_row opts_input_rows[] = {
	{ "input", 'i', OPT_TEXTS, offsetof(struct opts, inputs), "FILE",
	  "read FILE (default: trace.dat); several are the\nparts of one recording" },
	{ "source", 0, OPT_CHOICE, offsetof(struct opts, source), "WHICH",
	  "where IPIs are taken from: track (kvm_ipi_track),\nstock (kvm_apic_ipi and "
	  "kvm_apic_accept_irq), or auto:\ntrack when there is one such record, else stock",
	  .choices = source_choices },
	{ "guest", 0, OPT_TEXT, offsetof(struct opts, guest), "WHOSE",
	  "whose vector names to print: linux, none, or a\nFILE of lines \"VECTOR NAME\"" },
	{ "vm-names", 0, OPT_TEXT, offsetof(struct opts, vm_names), "FILE",
	  "names of VMs: lines \"PID NAME\" or \"PID/ID NAME\"" },
	{ "threads", 0, OPT_NUMBER, offsetof(struct opts, threads), "N",
	  "read with N threads (default: the CPUs there are;\none for small files)",
	  .min = 1, .max = 256 },
	{ "strict", 0, OPT_FLAG, offsetof(struct opts, strict), NULL,
	  "refuse (exit 4) when records were lost or damaged" },
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
	{ "format", 0, OPT_TEXT, offsetof(struct opts, format), "FORMAT", "how to write it; see above" },
	{ "entries", 'E', OPT_NUMBER, offsetof(struct opts, entries), "N",
	  "show N entries of a list", .min = 1, .max = UINT32_MAX },
	{ "sort", 'k', OPT_CHOICE, offsetof(struct opts, sort), "KEY",
	  "sort lists by count, src, dst, first or last", .choices = graph_sort_names },
	{ "color", 0, OPT_CHOICE, offsetof(struct opts, color), "WHEN",
	  "auto, always or never; NO_COLOR is honoured", .choices = opts_color_choices },
	{ "quiet", 'q', OPT_FLAG, offsetof(struct opts, quiet), NULL,
	  "no remarks but those on loss" },
	{ "verbose", 'v', OPT_FLAG, offsetof(struct opts, verbose), NULL, "leave nothing out" },
	{ 0 },
};

void complain(const char *fmt, ...)
{
	char line[2 * ERR_MSG_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	/* Names of files and what was typed may hold anything; it stays one line. */
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	fprintf(stderr, "kvm-ipi: %s\n", line);
}

int complain_memory(void)
{
	complain("out of memory");
	return EXIT_IO;
}

/* The code for a failed reading or writing, after its line. */
static int complain_io(const struct err *err)
{
	if (err->msg[0])
		complain("%s", err->msg);
	return EXIT_IO;
}

static int complain_usage(const struct err *err)
{
	complain("%s", err->msg);
	return EXIT_USAGE;
}

void command_help(const struct command *cmd, FILE *out)
{
	fprintf(out, "usage: kvm-ipi %s %s\n\n%s\n\n", cmd->name, cmd->usage, cmd->help);
	for (int i = 0; cmd->formats && cmd->formats[i]; i++)
		fprintf(out, "%s%s%s", i ? ", " : "Formats: ", cmd->formats[i],
			i ? "" : " (the default)");
	if (cmd->formats)
		fputs("\n\n", out);
	for (const struct option_row *const *t = cmd->tables; *t; t++)
		options_help(*t, out);
	fputs("  -h, --help                print this\n", out);
}

int terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;

	if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return columns && atoi(columns) >= 40 ? atoi(columns) : 80;
}

static bool use_color(const struct opts *opts)
{
	const char *no = getenv("NO_COLOR");

	if (opts->color != COLOR_AUTO)
		return opts->color == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no && *no) &&
	       (!opts->output || !strcmp(opts->output, "-"));
}

/* A small file of the user's as a string, to be freed. */
static char *read_user_file(const char *path, struct err *err)
{
	FILE *f = fopen(path, "r");
	char *text = f ? malloc(USER_FILE_MAX + 1) : NULL;
	size_t len = text ? fread(text, 1, USER_FILE_MAX + 1, f) : 0;
	int code = errno;

	if (text && !ferror(f) && len <= USER_FILE_MAX) {
		text[len] = 0;
		fclose(f);
		return text;
	}
	if (text && len > USER_FILE_MAX)
		err_set(err, -EFBIG, "%s: larger than 1 MB", path);
	else
		err_set(err, -code, "cannot read %s: %s", path, strerror(code));
	if (f)
		fclose(f);
	free(text);
	return NULL;
}

static int load_names(struct session *s, const char *path, struct err *err)
{
	char *text, *line, *rest;
	int number = 0, ret = 0;

	if (!path)
		return 0;
	text = read_user_file(path, err);
	if (!text)
		return -EIO;
	rest = text;
	while (!ret && (line = strsep(&rest, "\n"))) {
		number++;
		ret = vm_names_parse_line(&s->names, line);
	}
	free(text);
	if (ret)
		err_set(err, ret, "%s: line %d is not \"PID NAME\" or \"PID/ID NAME\"", path, number);
	return ret;
}

/* "0xfd reschedule" into the table; names point into the line. */
static int vector_line(struct vector_names *names, char *line)
{
	const char *end;
	u64 vector;

	line += strspn(line, " \t\r");
	if (!*line || *line == '#')
		return 0;
	if (number_parse(line, &end, &vector) || vector >= NR_VECTORS || !isspace((unsigned char)*end))
		return -EINVAL;
	line = (char *)end + strspn(end, " \t");
	line[strcspn(line, "\r")] = 0;
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ')
			*c = '?';
	names->name[vector] = *line ? line : NULL;
	return 0;
}

static int load_vectors(struct session *s, const char *guest, struct err *err)
{
	char *line, *rest;
	int number = 0, ret = 0;

	s->vectors = vector_names_builtin(guest ? guest : "linux");
	s->vectors_given = guest;
	if (s->vectors)
		return 0;
	if (!strchr(guest, '/') && !strchr(guest, '.') && access(guest, F_OK))
		return err_set(err, -EINVAL, "--guest %s: neither linux, none, nor a file", guest);
	s->own_text = read_user_file(guest, err);
	if (!s->own_text)
		return -EIO;
	rest = s->own_text;
	while (!ret && (line = strsep(&rest, "\n"))) {
		number++;
		ret = vector_line(&s->own_vectors, line);
	}
	s->vectors = &s->own_vectors;
	return ret ? err_set(err, ret, "%s: line %d is not \"VECTOR NAME\"", guest, number) : 0;
}

static int parse_list(struct ranges *set, const char *name, const char *text, u32 max,
		      struct err *err)
{
	int ret = text ? ranges_parse(set, text, max) : 0;

	if (ret == -ENOMEM)
		return err_set(err, ret, "out of memory");
	return ret ? err_set(err, ret, "--%s %s: a list of numbers up to %u is meant, like 0-3,7", name,
			     text, max) : 0;
}

/* "[+]SECONDS[.FRACTION]" to ns; what is missing is the default. */
static int parse_time(const char *text, size_t len, u64 first_ts, u64 missing, u64 *ns)
{
	u64 unit = 1000000000, seconds, fraction = 0;
	bool relative = len && *text == '+';
	const char *p = text + relative, *stop = text + len;

	if (!len) {
		*ns = missing;
		return 0;
	}
	if (number_parse(p, &p, &seconds) || seconds > UINT64_MAX / 1000000000 - 1)
		return -EINVAL;
	if (*p == '.')
		for (p++; p < stop && isdigit((unsigned char)*p) && unit > 1; p++) {
			unit /= 10;
			fraction += (u64)(*p - '0') * unit;
		}
	*ns = seconds * 1000000000 + fraction + (relative ? first_ts : 0);
	return p == stop ? 0 : -EINVAL;
}

static int set_time(struct session *s, const char *text, struct err *err)
{
	struct filter *f = &s->filter;
	const char *comma;
	u64 first_ts = 0;
	int ret;

	if (!text)
		return 0;
	comma = strchr(text, ',');
	if (strchr(text, '+')) {
		ret = trace_first_ts(&s->trace, &first_ts, err);
		if (ret)
			return ret;
	}
	f->have_time = true;
	if (!comma || parse_time(text, comma - text, first_ts, 0, &f->from) ||
	    parse_time(comma + 1, strlen(comma + 1), first_ts, UINT64_MAX, &f->to) || f->from > f->to)
		return err_set(err, -EINVAL, "--time %s: START,STOP in seconds is meant, like "
			       "12.5,13 or +0.1,+0.2", text);
	return 0;
}

static int set_filters(struct session *s, const struct opts *opts, struct err *err)
{
	struct filter *f = &s->filter;
	int ret = parse_list(&f->vcpus, "vcpu", opts->vcpus, UINT32_MAX, err);

	if (!ret)
		ret = parse_list(&f->vectors, "vector", opts->vectors, NR_VECTORS - 1, err);
	if (!ret)
		ret = parse_list(&f->cpus, "cpu", opts->cpus, UINT32_MAX, err);
	for (u32 i = 0; i < opts->vms.nr && !ret; i++)
		if (filter_add_vm(f, opts->vms.s[i]))
			ret = err_set(err, -ENOMEM, "out of memory");
	f->names = &s->names;
	return ret;
}

/* Formats that some command has: an ending that is one of these and not this command's is a mistake. */
static const char *const all_formats[] = { "text", "txt", "csv", "json", "dot", "graphml", "png", "svg",
					   "pdf", "html", "perfetto", NULL };

static int word_index(const char *const *list, const char *word)
{
	for (int i = 0; list[i]; i++)
		if (!strcmp(list[i], word))
			return i;
	return -1;
}

static int choose_format(struct session *s, const struct command *cmd, const struct opts *opts,
			 struct err *err)
{
	const char *dot = opts->output ? strrchr(opts->output, '.') : NULL;
	const char *want = opts->format;
	char list[128];
	size_t len = 0;

	if (!want && dot && !strchr(dot, '/') && word_index(all_formats, dot + 1) >= 0)
		want = strcmp(dot + 1, "txt") ? dot + 1 : "text";
	s->format = want ? word_index(cmd->formats, want) : 0;
	if (s->format >= 0)
		return 0;
	for (int i = 0; cmd->formats[i]; i++)
		len += snprintf(list + len, sizeof(list) - len, "%s%s", i ? ", " : "", cmd->formats[i]);
	return err_set(err, -EINVAL, "%s does not write %s; it writes %s", cmd->name, want, list);
}

static bool is_same_file(const struct stat *out, const char *path)
{
	struct stat in;
	bool there = path && !(strcmp(path, "-") ? stat(path, &in) : fstat(STDIN_FILENO, &in));

	return there && in.st_dev == out->st_dev && in.st_ino == out->st_ino;
}

/* Refuses an output that is one of the inputs, by what the names lead to. */
static int check_output(const struct session *s, const struct opts *opts, struct err *err)
{
	struct stat out;
	bool same;

	if (!opts->output || !strcmp(opts->output, "-") || stat(opts->output, &out))
		return 0;
	same = is_same_file(&out, opts->vm_names) || is_same_file(&out, opts->guest);
	for (u32 i = 0; i < s->files.nr && !same; i++)
		same = is_same_file(&out, s->files.s[i]);
	return same ? err_set(err, -EINVAL, "%s is an input: refusing to write onto it",
			      opts->output) : 0;
}

/* Everything that can be wrong in the command line alone. */
static int begin_usage(struct session *s, const struct command *cmd, const struct opts *opts,
		       struct err *err)
{
	return choose_format(s, cmd, opts, err) ?: set_filters(s, opts, err) ?:
	       check_output(s, opts, err) ?: load_vectors(s, opts->guest, err) ?:
	       load_names(s, opts->vm_names, err);
}

static int begin_files(struct session *s, struct opts *opts, struct texts *rest)
{
	static char default_input[] = "trace.dat";
	int ret = 0;

	for (u32 i = 0; i < opts->inputs.nr && !ret; i++)
		ret = texts_add(&s->files, opts->inputs.s[i]);
	for (u32 i = 0; i < rest->nr && !ret; i++)
		ret = texts_add(&s->files, rest->s[i]);
	if (!s->files.nr && !ret)
		ret = texts_add(&s->files, default_input);
	return ret;
}

int command_parse(const struct command *cmd, int argc, char **argv, struct opts *opts,
		  struct texts *rest)
{
	struct err err = { "" };
	int ret = options_parse(cmd->tables, argc, argv, opts, rest, &err);

	if (ret == OPTIONS_HELP) {
		command_help(cmd, stdout);
		return EXIT_DONE;
	}
	if (ret)
		return ret == -ENOMEM ? complain_io(&err) : complain_usage(&err);
	return -1;
}

int command_format(const struct command *cmd, const struct opts *opts, int *format, bool *color)
{
	struct session s = { 0 };
	struct err err = { "" };

	if (choose_format(&s, cmd, opts, &err))
		return complain_usage(&err);
	*format = s.format;
	*color = use_color(opts);
	return -1;
}

int session_begin(struct session *s, const struct command *cmd, int argc, char **argv,
		  struct opts *opts)
{
	struct texts rest = { 0 };
	struct err err = { "" };
	int ret;

	*s = (struct session){ 0 };
	opts->sort = -1;
	ret = options_parse(cmd->tables, argc, argv, opts, &rest, &err);
	if (!ret && begin_files(s, opts, &rest))
		ret = err_set(&err, -ENOMEM, "out of memory");
	texts_release(&rest);
	if (ret == OPTIONS_HELP) {
		command_help(cmd, stdout);
		return EXIT_DONE;
	}
	if (!ret)
		ret = begin_usage(s, cmd, opts, &err);
	if (ret == -EIO || ret == -ENOMEM)
		return complain_io(&err);
	if (ret)
		return complain_usage(&err);
	s->color = use_color(opts);
	if (trace_open(&s->trace, s->files.s, s->files.nr, &err))
		return complain_io(&err);
	progress_init(&s->progress, isatty(STDERR_FILENO) && !opts->quiet ? stderr : NULL);
	s->trace.progress = &s->progress;
	s->trace.names = &s->names;
	ret = set_time(s, opts->time, &err);
	if (ret)
		return ret == -EINVAL ? complain_usage(&err) : complain_io(&err);
	return -1;
}

void session_end(struct session *s, struct opts *opts)
{
	coverage_release(&s->coverage);
	threads_release(&s->threads);
	trace_close(&s->trace);
	filter_release(&s->filter);
	vm_names_release(&s->names);
	free(s->own_text);
	texts_release(&s->files);
	texts_release(&opts->inputs);
	texts_release(&opts->vms);
}

/* What is there instead, and what to record: the two lines behind "no record". */
static void explain_nothing(struct session *s)
{
	struct survey survey;
	struct err err;
	char line[512] = "";
	size_t len = 0;

	if (trace_survey(&s->trace, &survey, &err))
		return;
	for (u32 i = 0; i < survey.nr && len < sizeof(line) - 80; i++)
		if (!strcmp(survey.event[i].system, "kvm"))
			len += snprintf(line + len, sizeof(line) - len, "%s%s %llu", len ? ", " : "",
					survey.event[i].name,
					(unsigned long long)survey.event[i].records);
	if (len)
		complain("KVM events in it: %s", line);
	else
		complain("no KVM events in it (%u other kinds of event)", survey.nr);
	complain("record with: trace-cmd record -e kvm:kvm_ipi_track (needs a kernel with the "
		 "tracepoint), or -e kvm:kvm_apic_ipi -e kvm:kvm_apic_accept_irq -e kvm:kvm_entry "
		 "-e kvm:kvm_exit (any kernel)");
	survey_release(&survey);
}

/* The IPIs of kvm_ipi_track; 0 or -errno with its line. */
static int run_track(struct session *s, const struct analysis *list, u32 nr, u32 threads,
		     struct err *err)
{
	const u32 beside = EV_BIT(EV_APIC_IPI) | EV_BIT(EV_HYPERCALL) | EV_BIT(EV_HV_SEND_IPI) |
			   EV_BIT(EV_AVIC_IPI) | EV_BIT(EV_EOI) | EV_BIT(EV_APICV_ACCEPT);
	struct trace *t = &s->trace;
	bool marks = false, more;
	int ret;

	ret = trace_run(t, &s->filter, list, nr, threads, err);
	if (ret || !t->events)
		return ret;
	for (u32 i = 0; i < t->nr_in; i++)
		marks |= t->in[i].marks;
	/* Other events tell of IPIs that are not directed, and of EOIs; of gaps the times are wanted. */
	more = t->totals.gaps || (t->totals.records != t->events && trace_describes(t, beside));
	if (!marks && !(s->want_coverage && more))
		return 0;
	return trace_run_coverage(t, &s->threads, &s->coverage, err);
}

static int run_stock(struct session *s, const struct analysis *list, u32 nr, struct err *err)
{
	s->stock = true;
	return trace_run_stock(&s->trace, &s->threads, &s->filter, list, nr, &s->coverage, err);
}

/* Names that the recording has are needed before a filter can ask for them. */
static int find_names(struct session *s, struct err *err)
{
	bool found = true;
	u32 kinds;
	int ret;

	for (size_t i = 0; i < s->filter.nr_vm; i++)
		if (s->filter.vm[i].name)
			found &= vm_names_have(&s->names, s->filter.vm[i].name);
	if (found)
		return 0;
	ret = trace_threads(&s->trace, &s->threads, &kinds, err);
	threads_release(&s->threads);
	return ret;
}

static int run_source(struct session *s, const struct opts *opts, const struct analysis *list, u32 nr,
		      struct err *err)
{
	int source = opts->source;
	const u32 stock = EV_BIT(EV_APIC_IPI);
	int ret = 0;

	if (source == SOURCE_STOCK)
		return run_stock(s, list, nr, err);
	if (source == SOURCE_TRACK || trace_describes(&s->trace, EV_BIT(EV_TRACK)) ||
	    !trace_describes(&s->trace, stock))
		ret = run_track(s, list, nr, (u32)opts->threads, err);
	if (ret || s->trace.events || source == SOURCE_TRACK || !trace_describes(&s->trace, stock))
		return ret;
	return run_stock(s, list, nr, err);
}

/* There are no directed IPIs: the code, after up to three lines. */
static int no_events(struct session *s, int source)
{
	const char *more = s->files.nr > 1 ? " and the others" : "";
	u64 sent = s->coverage.records[EV_APIC_IPI];

	if (s->stock && sent)
		complain("%s%s: none of %llu kvm_apic_ipi records is a directed IPI with its acceptor",
			 s->files.s[0], more, (unsigned long long)sent);
	else if (source == SOURCE_STOCK)
		complain("%s%s: no record of kvm:kvm_apic_ipi", s->files.s[0], more);
	else
		complain("%s%s: no record of kvm:kvm_ipi_track", s->files.s[0], more);
	explain_nothing(s);
	return EXIT_NOTHING;
}

int session_check(struct session *s, const struct opts *opts)
{
	struct trace *t = &s->trace;

	if (!t->totals.records && t->skipped) {
		complain("%s: nothing in it can be read (%llu damaged or missing pages)",
			 s->files.s[0], (unsigned long long)t->skipped);
		return EXIT_IO;
	}
	if (!t->events && !t->counted)
		return no_events(s, opts->source);
	if (!t->counted) {
		complain("the filters left none of %llu IPIs", (unsigned long long)t->events);
		return EXIT_NOTHING;
	}
	if (opts->strict && trace_lossy(t)) {
		complain("refused by --strict: records were lost or damaged (see without --strict)");
		return EXIT_REFUSED;
	}
	return -1;
}

int session_run(struct session *s, const struct opts *opts, const struct analysis *list, u32 nr)
{
	struct err err = { "" };
	int ret = find_names(s, &err) ?: run_source(s, opts, list, nr, &err);

	progress_end(&s->progress);
	return ret ? complain_io(&err) : session_check(s, opts);
}

int session_threads(struct session *s)
{
	struct err err = { "" };
	u32 kinds;

	return trace_threads(&s->trace, &s->threads, &kinds, &err) ? complain_io(&err) : -1;
}

int session_run_ordered(struct session *s, const struct opts *opts, const struct ordered_want *want,
			const struct analysis *list, u32 nr, u32 *kinds)
{
	struct err err = { "" };
	int ret;

	s->stock = opts->source == SOURCE_STOCK ||
		   (opts->source == SOURCE_AUTO && !s->trace.events &&
		    trace_describes(&s->trace, EV_BIT(EV_APIC_IPI)));
	if (s->stock)
		ret = trace_run_ordered_stock(&s->trace, want, &s->threads, list, nr, kinds, &err);
	else
		ret = trace_run_ordered(&s->trace, want, list, nr, kinds, &err);
	progress_end(&s->progress);
	return ret ? complain_io(&err) : -1;
}

int session_write(const struct opts *opts, int (*put)(void *ctx, FILE *out), void *ctx)
{
	struct outfile out;
	struct pager pager = { 0 };
	struct err err = { "" };
	int ret = outfile_open(&out, opts->output, &err);

	if (ret)
		return complain_io(&err);
	if (!out.path)
		pager_start(&pager, terminal_width());
	ret = put(ctx, out.f);
	if (ret) {
		err_set(&err, ret, "%s", ret == -ENOMEM ? "out of memory" : strerror(-ret));
		outfile_abort(&out);
	} else {
		ret = outfile_commit(&out, &err);
	}
	pager_wait(&pager);
	return ret ? complain_io(&err) : EXIT_DONE;
}
