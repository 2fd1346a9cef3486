// SPDX-License-Identifier: GPL-2.0-only
/* outfile.c - see outfile.h. */
#define _GNU_SOURCE
#include "util/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
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

static bool is_link(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISLNK(st.st_mode);
}

/* What a signal must not come between. */
static void hold_signals(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, before);
}

static void release_signals(const sigset_t *before)
{
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* In the path's folder, without a name; -1 with errno. */
static int open_tmpfile(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? strndup(path, (size_t)max_of(slash - path, (ptrdiff_t)1)) : strdup(".");
	int fd = dir ? open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;
	int code = dir ? errno : ENOMEM;

	free(dir);
	errno = code;
	return fd;
}

/* A name beside the path, of a file that is made; -1 with errno. */
static int open_named(struct outfile *out)
{
	if (asprintf(&out->tmp, "%s.XXXXXX", out->path) < 0) {
		out->tmp = NULL;
		errno = ENOMEM;
		return -1;
	}
	return mkostemp(out->tmp, O_CLOEXEC);
}

static void forget_tmp(struct outfile *out)
{
	free(out->tmp);
	out->tmp = NULL;
}

/* The same for a file system that has no nameless files: made, and its name taken away. */
static int open_unlinked(struct outfile *out)
{
	sigset_t before;
	int fd, code;

	hold_signals(&before);
	fd = open_named(out);
	code = errno;
	if (fd >= 0)
		unlink(out->tmp);
	forget_tmp(out);
	release_signals(&before);
	errno = code;
	return fd;
}

/* The mode that the file is to have. */
static mode_t mode_of(const char *path)
{
	mode_t mask = umask(0);
	struct stat st;

	umask(mask);
	return stat(path, &st) ? 0666 & ~mask : st.st_mode & 0777;
}

static FILE *open_beside(struct outfile *out, bool tmpfile)
{
	int fd = tmpfile ? open_tmpfile(out->path) : -1;
	FILE *f;

	if (!tmpfile || (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL))) {
		out->copied = true;
		fd = open_unlinked(out);
	}
	if (fd < 0)
		return NULL;
	out->nameless = true;
	fchmod(fd, mode_of(out->path));
	f = fdopen(fd, "w");
	if (!f)
		close(fd);
	return f;
}

static int outfile_begin(struct outfile *out, const char *path, bool tmpfile, struct err *err)
{
	*out = (struct outfile){ 0 };
	if (!path || !strcmp(path, "-")) {
		out->f = stdout;
		return 0;
	}
	/* A link is followed; one to nothing is replaced. */
	/* Messages name what the user named, but for a link: there it is the file that it names. */
	out->path = is_link(path) ? realpath(path, NULL) : NULL;
	out->path = out->path ?: strdup(path);
	if (!out->path)
		return err_set(err, -ENOMEM, "out of memory");
	out->f = in_place(path) ? fopen(path, "w") : open_beside(out, tmpfile);
	if (!out->f) {
		int code = -errno;

		outfile_abort(out);
		return err_set(err, code, "cannot write %s: %s", path, strerror(-code));
	}
	return 0;
}

int outfile_open(struct outfile *out, const char *path, struct err *err)
{
	return outfile_begin(out, path, true, err);
}

int outfile_open_copied(struct outfile *out, const char *path, struct err *err)
{
	return outfile_begin(out, path, false, err);
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
	if (!code && out->nameless && fsync(fileno(out->f)) && errno != EINVAL && errno != EROFS)
		code = -errno;
	return code;
}

/* The open file gets a name that is not taken; 0 or -errno. */
static int link_named(struct outfile *out)
{
	char self[40];
	int fd = open_named(out);

	if (fd < 0) {
		forget_tmp(out);
		return -errno;
	}
	close(fd);
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fileno(out->f));
	/* mkostemp() has found a name that is free; linkat() replaces nothing. */
	if (unlink(out->tmp) || linkat(AT_FDCWD, self, AT_FDCWD, out->tmp, AT_SYMLINK_FOLLOW)) {
		int code = -errno;

		forget_tmp(out);
		return code;
	}
	return 0;
}

static int copy_all(int from, int to)
{
	char buf[65536];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(from, buf, sizeof(buf), at)) > 0) {
		ssize_t done = 0, put;

		for (; done < n; done += put) {
			put = write(to, buf + done, (size_t)(n - done));
			if (put < 0)
				return -errno;
		}
		at += n;
	}
	return n < 0 || fsync(to) ? -errno : 0;
}

static int copy_named(struct outfile *out)
{
	struct stat st;
	int fd = open_named(out), code;

	if (fd < 0) {
		forget_tmp(out);
		return -errno;
	}
	code = copy_all(fileno(out->f), fd);
	if (!code && !fstat(fileno(out->f), &st))
		fchmod(fd, st.st_mode & 0777);
	if (close(fd) && !code)
		code = -errno;
	return code;
}

/* Named and renamed, without a signal in between. */
static int give_name(struct outfile *out)
{
	sigset_t before;
	int code;

	hold_signals(&before);
	code = out->copied ? copy_named(out) : link_named(out);
	/* Without /proc. */
	if (code == -ENOENT && !out->copied)
		code = copy_named(out);
	if (!code && rename(out->tmp, out->path))
		code = -errno;
	if (code && out->tmp)
		unlink(out->tmp);
	forget_tmp(out);
	release_signals(&before);
	return code;
}

int outfile_commit(struct outfile *out, struct err *err)
{
	const char *name = out->path ? out->path : "standard output";
	int code = flush_all(out);

	if (!code && out->nameless)
		code = give_name(out);
	if (out->path) {
		if (fclose(out->f) && !code)
			code = -errno;
		out->f = NULL;
	}
	if (code == -EPIPE)
		err->msg[0] = 0;
	else if (code)
		err_set(err, code, "cannot write %s: %s", name, strerror(-code));
	outfile_abort(out);
	return code;
}

void outfile_abort(struct outfile *out)
{
	if (out->f && out->path)
		fclose(out->f);
	else if (out->f)
		__fpurge(out->f); /* what is not out yet does not come */
	free(out->tmp);
	free(out->path);
	*out = (struct outfile){ 0 };
}
