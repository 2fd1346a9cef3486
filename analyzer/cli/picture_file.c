// SPDX-License-Identifier: GPL-2.0-only
/* picture_file.c - see picture_file.h. */
#define _GNU_SOURCE
#include "cli/picture_file.h"
#include "cli/command.h"
#include "output/remarks.h"
#include "util/outfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int notes_loss(const struct input_view *in, u32 nr_in, char ***note, u32 *nr)
{
	char *text = NULL, *line, *rest;
	size_t len = 0, lines = 0;
	FILE *f = open_memstream(&text, &len);
	int ret = f ? 0 : -ENOMEM;

	*nr = 0;
	if (f) {
		remarks_loss(in, nr_in, f);
		if (fclose(f))
			ret = -ENOMEM;
	}
	for (const char *c = text; !ret && *c; c++)
		lines += *c == '\n';
	*note = calloc(lines + 1, sizeof(**note));
	if (!*note)
		ret = -ENOMEM;
	rest = text;
	while (!ret && (line = strsep(&rest, "\n")) && *line) {
		(*note)[*nr] = strdup(line + strspn(line, "# "));
		if (!(*note)[(*nr)++])
			ret = -ENOMEM;
	}
	free(text);
	return ret;
}

int notes_cut(u32 shown, u32 all, char ***note, u32 *nr)
{
	char **grown;

	if (shown >= all)
		return 0;
	grown = realloc(*note, ((size_t)*nr + 1) * sizeof(**note));
	if (!grown)
		return -ENOMEM;
	*note = grown;
	if (asprintf(&grown[*nr], "the %u busiest of %u VMs", shown, all) < 0)
		return -ENOMEM;
	++*nr;
	return 0;
}

void notes_release(char **note, u32 nr)
{
	for (u32 i = 0; note && i < nr; i++)
		free(note[i]);
	free(note);
}

/* Where the name's ending begins. */
static size_t stem_len(const char *output)
{
	const char *slash = strrchr(output, '/'), *name = slash ? slash + 1 : output;
	const char *dot = strrchr(name, '.');

	return dot && dot > name ? (size_t)(dot - output) : strlen(output);
}

char *picture_name(const char *output, const struct vm_view *vm)
{
	char pid[16] = "unknown", id[16] = "unknown", *name;
	size_t stem = stem_len(output);

	if (vm->have_pid)
		snprintf(pid, sizeof(pid), "%d", vm->pid);
	if (vm->have_id)
		snprintf(id, sizeof(id), "%u", vm->id);
	if (asprintf(&name, "%.*s-%s-%s%s", (int)stem, output, pid, id, output + stem) < 0)
		return NULL;
	return name;
}

/* The same name with another ending. */
static char *beside(const char *output, const char *ending)
{
	char *name;

	if (asprintf(&name, "%.*s%s", (int)stem_len(output), output, ending) < 0)
		return NULL;
	return name;
}

static int picture_file_draw(const char *output, int (*script)(void *ctx, FILE *to), void *ctx,
			     struct err *err)
{
	struct outfile out;
	int ret = outfile_open(&out, output, err);

	if (ret)
		return ret;
	ret = gnuplot_run(script, ctx, out.f, err);
	if (!ret)
		return outfile_commit(&out, err);
	outfile_abort(&out);
	return ret;
}

static int write_text(const char *output, int (*put)(void *ctx, FILE *to), void *ctx,
		      struct err *err)
{
	struct outfile out;
	int ret = outfile_open(&out, output, err);

	if (ret)
		return ret;
	ret = put(ctx, out.f);
	if (!ret)
		return outfile_commit(&out, err);
	outfile_abort(&out);
	return err_set(err, ret, "%s", ret == -ENOMEM ? "out of memory" : strerror(-ret));
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int leave_script(const struct picture_job *job, const char *output, struct err *err)
{
	char *script = beside(output, ".gnuplot"), *data = beside(output, ".data");
	int ret = -ENOMEM;

	if (script && data) {
		job->page->data = last_part(data);
		job->page->output = last_part(output);
		ret = session_check_output(job->s, job->opts, data, err) ?:
		      session_check_output(job->s, job->opts, script, err) ?:
		      write_text(data, job->data, job->ctx, err) ?:
		      write_text(script, job->script, job->ctx, err);
	} else {
		err_set(err, ret, "out of memory");
	}
	job->page->data = job->page->output = NULL;
	free(script);
	free(data);
	return ret;
}

int picture_make(const struct picture_job *job, const char *output, struct err *err)
{
	int ret = session_check_output(job->s, job->opts, output, err);

	if (!ret && job->leave)
		ret = leave_script(job, output, err);
	return ret ? ret : picture_file_draw(output, job->script, job->ctx, err);
}

int picture_show(const struct picture_job *job, const struct input_view *in, u32 nr_in, u32 shown,
		 u32 all)
{
	struct err err = { "" };
	char **note = NULL;
	u32 nr = 0;
	int ret = notes_loss(in, nr_in, &note, &nr) ?: notes_cut(shown, all, &note, &nr);

	if (ret)
		err_set(&err, ret, "out of memory");
	job->page->note = note;
	job->page->nr_notes = nr;
	if (!ret)
		ret = picture_make(job, job->opts->output, &err);
	notes_release(note, nr);
	if (ret)
		complain("%s", err.msg);
	return ret == -EINVAL ? -EINVAL : ret ? -EIO : 0;
}

int picture_check_script(bool picture, const char *output)
{
	if (!picture || !output || !strcmp(output, "-")) {
		complain("--script wants a picture's file: -o NAME.png");
		return -EINVAL;
	}
	for (const char *c = output; *c; c++)
		if ((unsigned char)*c < ' ') {
			complain("--script: a script cannot name a file with control characters");
			return -EINVAL;
		}
	return 0;
}
