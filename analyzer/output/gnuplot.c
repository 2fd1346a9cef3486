// SPDX-License-Identifier: GPL-2.0-only
/* gnuplot.c - see gnuplot.h. */
#define _GNU_SOURCE
#include "output/gnuplot.h"
#include "util/clean.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHAR_WIDTH 7 /* pixels of a label's character: 10 points of a wide sans serif */

extern char **environ;

/* What gnuplot said, its first line that says something; without gnuplot's own leading blanks. */
static void first_complaint(FILE *errors, char *buf, size_t len)
{
	char line[256];

	buf[0] = 0;
	rewind(errors);
	while (fgets(line, sizeof(line), errors)) {
		const char *p = line + strspn(line, " \t\r\n^");

		line[strcspn(line, "\n")] = 0;
		/* The echo of the failing line comes first, the reason behind "line N:". */
		if (*p && (!buf[0] || strstr(p, "line ") == p))
			snprintf(buf, len, "%s", p);
	}
}

static int gnuplot_start(FILE *script, int out, FILE *errors, pid_t *pid)
{
	/* Without the user's own settings, which may change anything. */
	char *argv[] = { (char *)"gnuplot", (char *)"--default-settings", NULL };
	posix_spawn_file_actions_t fa;
	int ret = posix_spawn_file_actions_init(&fa);

	if (ret)
		return -ret;
	ret = posix_spawn_file_actions_adddup2(&fa, fileno(script), STDIN_FILENO) ?:
	      posix_spawn_file_actions_adddup2(&fa, out, STDOUT_FILENO) ?:
	      posix_spawn_file_actions_adddup2(&fa, fileno(errors), STDERR_FILENO) ?:
	      posix_spawnp(pid, "gnuplot", &fa, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	return -ret;
}

/*
 * All that comes from a pipe, into the picture: gnuplot itself does not look whether it could be
 * written.
 */
static u64 copy(int from, FILE *out)
{
	char buf[65536];
	u64 size = 0;
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			size += fwrite(buf, 1, (size_t)n, out);
	return size;
}

static int gnuplot_finish(pid_t pid, u64 size, FILE *errors, struct err *err)
{
	char why[256];
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_set(err, -errno, "waiting for gnuplot: %s", strerror(errno));
	if (WIFSIGNALED(status))
		return err_set(err, -EIO, "gnuplot was killed by signal %d; no picture was written",
			       WTERMSIG(status));
	first_complaint(errors, why, sizeof(why));
	if (WEXITSTATUS(status))
		return err_set(err, -EIO, "gnuplot failed: %s", why[0] ? why : "without a reason");
	if (!size)
		return err_set(err, -EIO, "gnuplot wrote nothing: %s",
			       why[0] ? why
				      : "no "
					"reason given");
	return 0;
}

/* Runs it over a script; what it says, if it fails, is in err. */
static int gnuplot_draw(FILE *script, FILE *out, FILE *errors, struct err *err)
{
	int fds[2], ret, code;
	u64 size;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return err_set(err, -errno, "pipe: %s", strerror(errno));
	ret = gnuplot_start(script, fds[1], errors, &pid);
	close(fds[1]);
	if (ret) {
		close(fds[0]);
		if (ret == -ENOENT)
			return err_set(
				err, ret,
				"gnuplot is not installed: install the package " GNUPLOT_PACKAGE);
		return err_set(err, ret, "cannot start gnuplot: %s", strerror(-ret));
	}
	errno = 0;
	size = copy(fds[0], out);
	code = fflush(out) || ferror(out) ? errno ? errno : EIO : 0;
	close(fds[0]);
	ret = gnuplot_finish(pid, size, errors, err);
	if (code)
		return err_set(err, -code, "cannot write the picture: %s", strerror(code));
	return ret;
}

int gnuplot_run(int (*script)(void *ctx, FILE *to), void *ctx, FILE *out, struct err *err)
{
	FILE *text = tmpfile(), *errors = tmpfile();
	int ret = 0;

	if (!text || !errors)
		ret = err_set(err, -errno, "cannot make a temporary file: %s", strerror(errno));
	if (!ret)
		ret = script(ctx, text);
	if (ret == -ENOMEM)
		err_set(err, ret, "out of memory");
	if (!ret && (fflush(text) || ferror(text) || fseek(text, 0, SEEK_SET) || fflush(out)))
		ret = err_set(err, -EIO, "cannot write a temporary file");
	if (!ret)
		ret = gnuplot_draw(text, out, errors, err);
	if (text)
		fclose(text);
	if (errors)
		fclose(errors);
	return ret;
}

void gnuplot_terminal(enum picture kind, u32 width, u32 height, FILE *to)
{
	static const char *const name[NR_PICTURES] = { "pngcairo", "svg", "pdfcairo" };

	fputs("set encoding utf8\n", to);
	if (kind == PICTURE_PDF)
		fprintf(to, "set terminal pdfcairo noenhanced font 'sans,10' size %.2fin,%.2fin\n",
			width / 96.0, height / 96.0);
	else
		fprintf(to,
			"set terminal %s noenhanced font 'sans,10' size %u,%u background "
			"'#ffffff'\n",
			name[kind], width, height);
}

void gnuplot_notes(char *const *note, u32 nr, u32 width, u32 height, FILE *to)
{
	char text[400];

	for (u32 i = 0; i < nr; i++) {
		text_cut(note[i], (width - 20) / CHAR_WIDTH, text, sizeof(text));
		fputs("set label ", to);
		gnuplot_string(text, to);
		fprintf(to, " at screen %.6f,%.6f left\n", 10.0 / width,
			(10.0 + PICTURE_LINE * (nr - 1 - i)) / height);
	}
}

void gnuplot_page(const struct picture_page *p, const char *command, u32 width, u32 height,
		  FILE *to)
{
	fprintf(to, "# A picture by kvm-ipi %s: run with gnuplot, change at will.\n", command);
	gnuplot_terminal(p->kind, width, height, to);
	if (p->output) {
		fputs("set output ", to);
		gnuplot_string(p->output, to);
		fputc('\n', to);
	}
	gnuplot_notes(p->note, p->nr_notes, width, height, to);
}

void gnuplot_place(u32 left, u32 top, u32 right, u32 bottom, u32 width, u32 height, FILE *to)
{
	double w = width, h = height;

	fprintf(to,
		"set lmargin at screen %.6f\nset rmargin at screen %.6f\n"
		"set tmargin at screen %.6f\nset bmargin at screen %.6f\n",
		left / w, right / w, (h - top) / h, (h - bottom) / h);
}

void gnuplot_string(const char *s, FILE *to)
{
	fputc('\'', to);
	while (*s) {
		size_t n = text_len(s);

		if (!n) {
			fputc('?', to);
			n = 1;
		} else if (*s == '\'') {
			fputs("''", to);
		} else {
			fwrite(s, 1, n, to);
		}
		s += n;
	}
	fputc('\'', to);
}

void text_cut(const char *text, u32 max, char *buf, size_t len)
{
	static const char ellipsis[] = "\xe2\x80\xa6";
	const char *p = text, *keep = text;
	u32 chars = 0;

	while (*p) {
		size_t n = text_len(p);

		p += n ? n : 1;
		if (++chars < max && (size_t)(p - text) + sizeof(ellipsis) <= len)
			keep = p;
	}
	if (chars <= max && (size_t)(p - text) < len)
		snprintf(buf, len, "%s", text);
	else if (keep - text >= 3 && !memcmp(keep - 3, ellipsis, 3))
		snprintf(buf, len, "%.*s", (int)(keep - text), text);
	else
		snprintf(buf, len, "%.*s%s", (int)(keep - text), text, ellipsis);
}
