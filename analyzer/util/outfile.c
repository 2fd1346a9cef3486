// SPDX-License-Identifier: GPL-2.0-only
/* outfile.c - see outfile.h. */
#define _GNU_SOURCE
#include "util/outfile.h"

#include <errno.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A device or a pipe is written in place: there is nothing to rename over. */
static bool in_place(const char *path)
{
	struct stat st;

	return !stat(path, &st) && !S_ISREG(st.st_mode);
}

/* mkstemp makes 0600; a result is an ordinary file, so it gets what the umask leaves of 0666. */
static FILE *open_beside(struct outfile *out)
{
	mode_t mask = umask(0);
	int fd;
	FILE *f;

	umask(mask);
	if (asprintf(&out->tmp, "%s.XXXXXX", out->path) < 0) {
		out->tmp = NULL;
		return NULL;
	}
	fd = mkstemp(out->tmp);
	if (fd < 0) {
		free(out->tmp);
		out->tmp = NULL;
		return NULL;
	}
	fchmod(fd, 0666 & ~mask);
	f = fdopen(fd, "w");
	if (!f)
		close(fd);
	return f;
}

int outfile_open(struct outfile *out, const char *path, struct err *err)
{
	*out = (struct outfile){ 0 };
	if (!path || !strcmp(path, "-")) {
		out->f = stdout;
		return 0;
	}
	out->path = strdup(path);
	if (!out->path)
		return err_set(err, -ENOMEM, "out of memory");
	out->f = in_place(path) ? fopen(path, "w") : open_beside(out);
	if (!out->f) {
		int code = -errno;

		outfile_abort(out);
		return err_set(err, code, "cannot write %s: %s", path, strerror(-code));
	}
	return 0;
}

/*
 * Why a write in the middle failed: stdio keeps the fact and not the reason. The output is broken
 * already, so one more byte tells it.
 */
static int earlier_error(int fd)
{
	return write(fd, "\n", 1) < 0 ? -errno : -EIO;
}

/* Everything out of the buffers and, for a file, accepted by the disk: 0 or -errno. */
static int flush_all(struct outfile *out)
{
	int code = 0;

	if (fflush(out->f))
		code = -errno;
	else if (ferror(out->f))
		code = earlier_error(fileno(out->f));
	if (!code && out->tmp && fsync(fileno(out->f)) && errno != EINVAL && errno != EROFS)
		code = -errno;
	if (out->path) {
		if (fclose(out->f) && !code)
			code = -errno;
		out->f = NULL;
	}
	return code;
}

int outfile_commit(struct outfile *out, struct err *err)
{
	const char *name = out->path ? out->path : "standard output";
	int code = flush_all(out);

	if (!code && out->tmp && rename(out->tmp, out->path))
		code = -errno;
	if (code == -EPIPE)
		err->msg[0] = 0;
	else if (code)
		err_set(err, code, "cannot write %s: %s", name, strerror(-code));
	if (!code) {
		free(out->tmp);
		out->tmp = NULL;
	}
	outfile_abort(out);
	return code;
}

void outfile_abort(struct outfile *out)
{
	if (out->f && out->path)
		fclose(out->f);
	else if (out->f)
		__fpurge(out->f); /* what is not out yet does not come */
	if (out->tmp)
		unlink(out->tmp);
	free(out->tmp);
	free(out->path);
	*out = (struct outfile){ 0 };
}
