// SPDX-License-Identifier: GPL-2.0-only
/*
 * diff.c - kvm-ipi diff: what changed between two recordings, or two sets of them, beyond the
 * noise.
 */
#include "cli/commands.h"
#include "cli/diff_read.h"
#include "cli/picture_file.h"
#include "output/diff_cells.h"
#include "view/diff_view.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DEFAULT_ROWS   30
#define RECORDINGS_MAX 1000

static const char *const formats[] = { "text", "json", "csv", "html", NULL };
/* Of heatmap --diff, in the order of enum picture. */
static const char *const matrix_formats[] = { "text", "png", "svg", "pdf", NULL };
enum { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV, FORMAT_HTML };

struct diff_opts {
	struct opts opts; /* first */
	struct texts matches;
	const char *min_change, *run_spread;
	int sort;
	bool exit_code;
};

static const struct option_row diff_rows[] = {
	{ "match", 0, OPT_TEXTS, offsetof(struct diff_opts, matches), "BEFORE=AFTER",
	  "which VM after is which before, each a name, PID or\nPID/ID (may be given several times)" },
	{ "min-change", 0, OPT_TEXT, offsetof(struct diff_opts, min_change), "PERCENT",
	  "smaller changes are none (default: 5%)" },
	{ "run-spread", 0, OPT_TEXT, offsetof(struct diff_opts, run_spread), "PERCENT",
	  "with one recording a side: the standard deviation\nbetween runs of an equal system "
	  "(default: 10%)" },
	{ "exit-code", 0, OPT_FLAG, offsetof(struct diff_opts, exit_code), NULL,
	  "exit with 5 when something changed" },
	{ "sort", 'k', OPT_CHOICE, offsetof(struct diff_opts, sort), "KEY",
	  "sort figures by change (the default), p, before,\nafter, vm or figure",
	  .choices = diff_sort_names },
	{ 0 },
};

static const struct option_row written_rows[] = {
	{ "output", 'o', OPT_TEXT, offsetof(struct opts, output), "FILE",
	  "write to FILE (- is standard output); its ending\nchooses the format" },
	{ "format", 0, OPT_TEXT, offsetof(struct opts, format), "FORMAT",
	  "how to write it; see above" },
	{ "entries", 'E', OPT_NUMBER, offsetof(struct opts, entries), "N",
	  "show N figures (default: 30)", .min = 1, .max = UINT32_MAX },
	{ "no-pager", 0, OPT_FLAG, offsetof(struct opts, no_pager), NULL,
	  "print long text as it is, also on a terminal" },
	{ "quiet", 'q', OPT_FLAG, offsetof(struct opts, quiet), NULL,
	  "no remarks but those on loss: nothing, if nothing\nchanged" },
	{ "verbose", 'v', OPT_FLAG, offsetof(struct opts, verbose), NULL,
	  "also the figures that did not change" },
	{ 0 },
};

struct diff {
	struct diff_opts o;
	int format;
	bool color;
	bool matrix; /* heatmap --diff */
	struct user_vectors vectors;
	struct texts files[2];
	struct match_rule *rule;
	struct diff_recording *recording; /* of both sides */
	u32 nr;
	struct diff_builder view;
};

/* "5" or "5%", up to 1000; -EINVAL with its line. */
static int parse_percent(const char *name, const char *text, double fallback, double *value,
			 struct err *err)
{
	char *end = NULL;

	*value = text ? strtod(text, &end) / 100 : fallback;
	if (!text || (end != text && !end[*end == '%'] && *value >= 0 && *value <= 10))
		return 0;
	return err_set(err, -EINVAL, "--%s %s: expected per cent from 0 to 1000, like 5%%", name,
		       text);
}

static int parse_matches(struct diff *d, struct err *err)
{
	d->rule = calloc((size_t)d->o.matches.nr + 1, sizeof(*d->rule));
	if (!d->rule)
		return err_set(err, -ENOMEM, "out of memory");
	for (u32 i = 0; i < d->o.matches.nr; i++) {
		char *text = d->o.matches.s[i], *equals = strchr(text, '=');

		if (!equals || equals == text || !equals[1])
			return err_set(err, -EINVAL,
				       "--match %s: expected BEFORE=AFTER, like 178/1=179/1", text);
		*equals = 0;
		d->rule[i] = (struct match_rule){ text, equals + 1 };
	}
	return 0;
}

/* Two files, or what stands on the two sides of "--". */
static int split_files(struct diff *d, const struct texts *rest, int argc, char **argv,
		       struct err *err)
{
	int ret = 0;

	for (u32 i = 0; i < rest->nr && !ret; i++)
		ret = texts_add(&d->files[argc ? 0 : i > 0], rest->s[i]);
	for (int i = 0; i < argc && !ret; i++)
		ret = texts_add(&d->files[1], argv[i]);
	if (ret)
		return err_set(err, -ENOMEM, "out of memory");
	if (!argc && rest->nr != 2)
		return err_set(err, -EINVAL,
			       "diff takes two recordings, or several a side: BEFORE... "
			       "-- AFTER...; here %s %u",
			       rest->nr == 1 ? "is" : "are", rest->nr);
	d->nr = d->files[0].nr + d->files[1].nr;
	if (!d->files[0].nr || !d->files[1].nr || d->nr > RECORDINGS_MAX)
		return err_set(err, -EINVAL,
			       "diff: expected recordings on both sides of --, at most %u "
			       "together",
			       RECORDINGS_MAX);
	return 0;
}

/* What is wrong in the words alone. */
static int check_words(struct diff *d, struct err *err)
{
	struct session s = { 0 };
	int ret = parse_percent("min-change", d->o.min_change, 0.05, &d->view.min_change, err) ?:
		  parse_percent("run-spread", d->o.run_spread, 0.1, &d->view.run_spread, err) ?:
		  parse_matches(d, err) ?:
		  user_vectors_load(&d->vectors, d->o.opts.guest, err);

	for (int side = 0; side < 2 && !ret; side++) {
		s.files = d->files[side];
		ret = session_check_output(&s, &d->o.opts, d->o.opts.output, err);
	}
	return ret;
}

static int begin(struct diff *d, const struct command *cmd, int argc, char **argv)
{
	struct texts rest = { 0 };
	struct err err = { "" };
	int split = 1, code, ret;

	while (split < argc && strcmp(argv[split], "--"))
		split++;
	code = command_parse(cmd, split, argv, &d->o.opts, &rest);
	if (!code)
		code = command_format(cmd, &d->o.opts, &d->format, &d->color);
	if (!code) {
		ret = split_files(d, &rest, split < argc ? argc - split - 1 : 0, argv + split + 1,
				  &err)
			      ?: check_words(d, &err);
		if (ret)
			code = ret == -EINVAL ? complain_usage(&err) : complain_io(&err);
	}
	texts_release(&rest);
	return code;
}

static int read_recordings(struct diff *d)
{
	struct diff_reading how = { .opts = &d->o.opts,
				    .rule = d->rule,
				    .nr_rules = d->o.matches.nr,
				    .alone = d->nr == 2 };
	int code = 0;

	d->recording = calloc(d->nr, sizeof(*d->recording));
	if (!d->recording)
		return complain_memory();
	for (u32 i = 0; i < d->nr && !code; i++) {
		bool after = i >= d->files[0].nr;

		how.first = i ? &d->recording[0] : NULL;
		code = diff_read(&d->recording[i],
				 d->files[after].s[i - (after ? d->files[0].nr : 0)], &how);
	}
	return code;
}

static int put(void *ctx, FILE *out)
{
	struct diff *d = ctx;
	const struct opts *o = &d->o.opts;
	const struct diff_style style = {
		.entries = o->entries	? (u32)o->entries
			   : o->verbose ? 0
					: DEFAULT_ROWS,
		.all = o->verbose,
		.quiet = o->quiet,
	};

	if (d->matrix)
		return diff_matrix_text(&d->view.s, out);
	if (d->format == FORMAT_JSON)
		diff_json(&d->view.s, out);
	else if (d->format == FORMAT_CSV)
		diff_csv(&d->view.s, out);
	else if (d->format == FORMAT_HTML)
		return diff_html(&d->view.s, out);
	else
		diff_text(&d->view.s, &style, out);
	return 0;
}

static int script(void *ctx, FILE *to)
{
	return diff_script(ctx, to);
}

static int draw(struct diff *d)
{
	const struct diff_view *s = &d->view.s;
	struct diff_picture p = { .s = s, .page.kind = (enum picture)(d->format - 1) };
	struct session none = { 0 };
	const struct picture_job job = {
		.s = &none, .opts = &d->o.opts, .script = script, .page = &p.page, .ctx = &p
	};

	return picture_show(&job, s->side[0].in, s->side[0].nr_in + s->side[1].nr_in,
			    min_of(s->nr_vm, (u32)DIFF_PANELS_MAX), s->nr_vm);
}

static int show(struct diff *d)
{
	struct diff_builder *v = &d->view;
	int code;

	v->side[0] = d->recording;
	v->side[1] = d->recording + d->files[0].nr;
	v->nr[0] = d->files[0].nr;
	v->nr[1] = d->files[1].nr;
	v->sort = (enum diff_sort)d->o.sort;
	v->vectors = &d->vectors;
	if (diff_view_init(v))
		return complain_memory();
	if (!v->s.nr_vm) {
		complain("no VM of %s is one of %s; say which is which: --match BEFORE=AFTER",
			 d->files[0].s[0], d->files[1].s[0]);
		return -ENODATA;
	}
	code = d->matrix && d->format ? draw(d) : session_write(&d->o.opts, put, d);
	return !code && d->o.exit_code && v->s.changed ? COMMAND_CHANGED : code;
}

static int run_diff(const struct command *cmd, int argc, char **argv, bool matrix)
{
	struct diff *d = calloc(1, sizeof(*d));
	int code;

	if (!d)
		return complain_memory();
	d->matrix = matrix;
	code = begin(d, cmd, argc, argv);
	if (!code)
		code = read_recordings(d);
	if (!code)
		code = show(d);
	diff_view_release(&d->view);
	for (u32 i = 0; d->recording && i < d->nr; i++)
		diff_recording_release(&d->recording[i]);
	free(d->recording);
	free(d->rule);
	user_vectors_release(&d->vectors);
	texts_release(&d->files[0]);
	texts_release(&d->files[1]);
	texts_release(&d->o.matches);
	session_forget(&d->o.opts);
	free(d);
	return code;
}

static int run(const struct command *cmd, int argc, char **argv)
{
	return run_diff(cmd, argc, argv, false);
}

static const struct option_row *const tables[] = { diff_rows,
						   opts_recording_rows,
						   opts_guest_rows,
						   opts_threads_rows,
						   opts_filter_rows,
						   written_rows,
						   NULL };

const struct command command_diff = {
	.name = "diff",
	.usage = "[options] BEFORE AFTER | BEFORE... -- AFTER...",
	.run = run,
	.tables = tables,
	.formats = formats,
	.summary = "what changed between recordings, beyond the noise",
	.help = "Compares two recordings, or two sets of them: rates per VM, pair, vCPU and vector, receiver\n"
		"states, paths, and latencies. Shows what changed by more than the recordings vary by\n"
		"themselves; several recordings a side (three or more) tell how runs differ.",
};

/* The same recordings and options, as a matrix; --diff itself is the first word. */
int diff_as_heatmap(int argc, char **argv)
{
	static const struct command as_matrix = {
		.name = "heatmap",
		.usage = "--diff [options of diff] BEFORE AFTER",
		.tables = tables,
		.formats = matrix_formats,
		.help = "Shows how the rates of each VM's pairs changed: see kvm-ipi diff.",
	};

	return run_diff(&as_matrix, argc, argv, true);
}
