// SPDX-License-Identifier: GPL-2.0-only
/*
 * check.c - kvm-ipi check: may I record here, and what would I see?
 *
 * Works for every user and without KVM or tracefs: that is what it is there to say.
 */
#include "cli/commands.h"
#include "live/live.h"
#include "record/findings.h"
#include "util/json.h"

#include <errno.h>

/* What `top` could count with. */
struct check_backend {
	const char *name, *what;
	bool possible, latency;
	struct err why; /* why not, or why it does less */
};

#define BACKENDS_MAX 4

struct check {
	struct opts opts; /* of which output, format and color are used */
	const char *root;
	struct findings found;
	struct check_backend backend[BACKENDS_MAX];
	u32 nr_backends; /* 0: not asked, with --root */
	int format;
	bool color;
};

static const char *const formats[] = { "text", "json", NULL };
enum { FORMAT_TEXT, FORMAT_JSON };

#define KEY_COLUMN  14
#define WHAT_COLUMN (KEY_COLUMN + 9)

/* At most width columns, each line of it indented. */
static void put_wrapped(const char *text, FILE *out)
{
	size_t width = (size_t)terminal_width() - WHAT_COLUMN - 1;

	while (*text) {
		size_t len = strlen(text);

		if (len > width) {
			for (len = width; len && text[len] != ' '; len--)
				;
			if (!len)
				len = strcspn(text, " ");
		}
		fprintf(out, "%*s%.*s\n", WHAT_COLUMN, "", (int)len, text);
		text += len + (text[len] == ' ');
	}
}

static void check_put_text(const struct check *c, FILE *out)
{
	static const char *const colors[NR_LEVELS] = { "\033[32m", "\033[33m", "\033[31m" };
	const struct findings *f = &c->found;
	const char *some = "";

	for (u32 i = 0; i < f->nr; i++) {
		const struct finding *line = &f->list[i];

		fprintf(out, "%-*s%s%-9s%s%s\n", KEY_COLUMN, line->key,
			c->color ? colors[line->level] : "", level_names[line->level],
			c->color ? "\033[m" : "", line->what);
		put_wrapped(line->advice, out);
	}
	fputs("\nkvm-ipi record", out);
	for (u32 i = 0; i < NR_PRESETS; i++)
		if (!f->why_not[i].msg[0]) {
			fprintf(out, "%s %s", some, presets[i].name);
			some = " |";
		}
	fprintf(out, "%s\n", *some ? ": possible here" : ": nothing can be recorded here and now");
	for (u32 i = 0; i < NR_PRESETS; i++)
		if (f->why_not[i].msg[0] && (*some || !i))
			fprintf(out, "# not %s: %s\n", *some ? presets[i].name : "possible",
				f->why_not[i].msg);
}

static void check_put_backends(const struct check *c, struct json *j)
{
	if (!c->nr_backends) {
		json_null(j, "top");
		return;
	}
	json_array(j, "top");
	for (u32 i = 0; i < c->nr_backends; i++) {
		const struct check_backend *b = &c->backend[i];

		json_object_flat(j, NULL);
		json_string(j, "backend", b->name);
		json_bool(j, "possible", b->possible);
		json_bool(j, "latency", b->latency);
		json_string(j, "remark", b->why.msg[0] ? b->why.msg : NULL);
		json_object_end(j);
	}
	json_array_end(j);
}

static void check_put_json(const struct check *c, FILE *out)
{
	const struct findings *f = &c->found;
	struct json j;

	json_init(&j, out);
	json_object(&j, NULL);
	json_string(&j, "schema", "kvm-ipi.check/1");
	json_string(&j, "kernel", f->kernel);
	json_bool(&j, "can_record", f->can_record);
	json_array(&j, "presets");
	for (u32 i = 0; i < NR_PRESETS; i++) {
		json_object_flat(&j, NULL);
		json_string(&j, "name", presets[i].name);
		json_bool(&j, "possible", !f->why_not[i].msg[0]);
		json_string(&j, "why_not", f->why_not[i].msg[0] ? f->why_not[i].msg : NULL);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_array(&j, "findings");
	for (u32 i = 0; i < f->nr; i++) {
		json_object_flat(&j, NULL);
		json_string(&j, "key", f->list[i].key);
		json_string(&j, "level", level_names[f->list[i].level]);
		json_string(&j, "found", f->list[i].what);
		json_string(&j, "advice", f->list[i].advice[0] ? f->list[i].advice : NULL);
		json_object_end(&j);
	}
	json_array_end(&j);
	check_put_backends(c, &j);
	json_object_end(&j);
	json_finish(&j);
}

static int check_put(void *ctx, FILE *out)
{
	const struct check *c = ctx;

	if (c->format == FORMAT_JSON)
		check_put_json(c, out);
	else
		check_put_text(c, out);
	return 0;
}

/* Loads and verifies each backend, attaches nothing, and takes it away again. */
static void try_backends(struct check *c)
{
	for (u32 i = 0; live_backends[i] && c->nr_backends < BACKENDS_MAX; i++) {
		struct check_backend *b = &c->backend[c->nr_backends++];
		struct live_options o = { .backend = live_backends[i]->name,
					  .latency = true,
					  .entries = LIVE_ENTRIES_DEFAULT,
					  .try_only = true };
		struct live l;

		b->name = live_backends[i]->name;
		b->what = live_backends[i]->what;
		b->possible = !live_open(&l, &o, &b->why);
		b->latency = b->possible && l.facts.latency;
		if (b->possible)
			b->why = l.facts.remark;
		live_close(&l, &(struct err){ "" });
	}
}

/* The line for the first that can be used, or the reasons of all. */
static struct finding top_finding(const struct check_backend *backend, u32 nr)
{
	struct finding line = { .key = "top", .level = LEVEL_MISSING };
	size_t len = 0;

	for (u32 i = 0; i < nr; i++) {
		const struct check_backend *b = &backend[i];

		if (b->possible) {
			line.level = b->latency ? LEVEL_GOOD : LEVEL_LIMITED;
			snprintf(line.what, sizeof(line.what), "kvm-ipi top counts by %s: %s%s",
				 b->name, b->what, b->latency ? ", with latency" : "");
			snprintf(line.advice, sizeof(line.advice), "%.*s",
				 (int)sizeof(line.advice) - 1, b->why.msg);
			return line;
		}
		len += (size_t)snprintf(line.advice + len, sizeof(line.advice) - len, "%s%s: %s",
					len ? "; " : "", b->name, b->why.msg);
		len = min_of(len, sizeof(line.advice) - 1);
	}
	snprintf(line.what, sizeof(line.what), "kvm-ipi top can count by no backend here and now");
	return line;
}

static void find_top(struct check *c)
{
	if (c->found.nr < FINDINGS_MAX)
		c->found.list[c->found.nr++] = top_finding(c->backend, c->nr_backends);
}

static int cmd_check(const struct command *cmd, int argc, char **argv)
{
	struct check c = { .root = "" };
	struct texts rest = { 0 };
	int ret = command_parse(cmd, argc, argv, &c.opts, &rest);

	if (!ret && rest.nr) {
		complain("check reads no file: '%s'; kvm-ipi check --help", rest.s[0]);
		ret = -EINVAL;
	}
	if (!ret)
		ret = command_format(cmd, &c.opts, &c.format, &c.color);
	if (!ret) {
		findings_make(&c.found, &(struct host){ c.root });
		/* Only the running kernel can be asked to take a program. */
		if (!c.root[0]) {
			try_backends(&c);
			find_top(&c);
		}
		ret = session_write(&c.opts, check_put, &c);
	}
	if (!ret && c.found.nr && !c.found.can_record)
		ret = -ENODATA;
	texts_release(&rest);
	return ret;
}

static const struct option_row rows[] = {
	{ "root", 0, OPT_TEXT, offsetof(struct check, root), "DIR",
	  "look at the host whose /proc and /sys are below DIR,\nsuch as a container's /host" },
	{ "output", 'o', OPT_TEXT, offsetof(struct opts, output), "FILE",
	  "write to FILE (- is standard output); its ending\nchooses the format" },
	{ "format", 0, OPT_TEXT, offsetof(struct opts, format), "FORMAT",
	  "how to write it; see above" },
	{ "color", 0, OPT_CHOICE, offsetof(struct opts, color), "WHEN",
	  "auto, always or never; NO_COLOR is honoured", .choices = opts_color_choices },
	{ 0 },
};

static const struct option_row *const tables[] = { rows, NULL };

const struct command command_check = {
	.name = "check",
	.usage = "[options]",
	.run = cmd_check,
	.tables = tables,
	.formats = formats,
	.summary = "can this machine record it, and what would be seen?",
	.help = "Looks at the kernel, KVM, tracefs and the tools, and says of each whether it is good,\n"
		"limited or missing, and what to do. Changes nothing. Exit status 0: something can be\n"
		"recorded here and now; 3: nothing can.",
};
