// SPDX-License-Identifier: GPL-2.0-only
/* test_outfile.c - a file appears whole or not at all, and nothing is left beside it. */
#include "util/outfile.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

static void path_in(char path[2 * UNIT_PATH], const char *dir, const char *name)
{
	snprintf(path, 2 * UNIT_PATH, "%s/%s", dir, name);
}

START_TEST(commit_makes_it_appear)
{
	char dir[UNIT_PATH], path[2 * UNIT_PATH], *text;
	struct outfile out;
	struct err err;
	struct stat st;

	unit_mkdir(dir);
	umask(027);
	path_in(path, dir, "a.csv");
	ck_assert_int_eq(outfile_open(&out, path, &err), 0);
	fputs("content\n", out.f);
	ck_assert_int_eq(access(path, F_OK), -1); /* not yet */
	ck_assert_int_eq(outfile_commit(&out, &err), 0);
	text = unit_read(path);
	ck_assert_str_eq(text, "content\n");
	free(text);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0640); /* as the umask has it */
	ck_assert_int_eq(unit_nr_files(dir), 1);
	outfile_abort(&out); /* harmless now */
	ck_assert_int_eq(unit_nr_files(dir), 1);
	unit_rmdir(dir);
}
END_TEST

START_TEST(commit_replaces)
{
	char dir[UNIT_PATH], path[2 * UNIT_PATH], *text;
	struct outfile out;
	struct err err;

	unit_mkdir(dir);
	path_in(path, dir, "a.csv");
	unit_write(path, "a longer text that was there before\n");
	ck_assert_int_eq(outfile_open(&out, path, &err), 0);
	fputs("new\n", out.f);
	text = unit_read(path);
	ck_assert_str_eq(text, "a longer text that was there before\n");
	free(text);
	ck_assert_int_eq(outfile_commit(&out, &err), 0);
	text = unit_read(path);
	ck_assert_str_eq(text, "new\n");
	free(text);
	unit_rmdir(dir);
}
END_TEST

START_TEST(abort_leaves_what_was)
{
	char dir[UNIT_PATH], path[2 * UNIT_PATH], *text;
	struct outfile out;
	struct err err;

	unit_mkdir(dir);
	path_in(path, dir, "a.csv");
	unit_write(path, "old\n");
	ck_assert_int_eq(outfile_open(&out, path, &err), 0);
	fputs("half of it", out.f);
	outfile_abort(&out);
	text = unit_read(path);
	ck_assert_str_eq(text, "old\n");
	free(text);
	ck_assert_int_eq(unit_nr_files(dir), 1);
	outfile_abort(&out); /* twice is once */
	unit_rmdir(dir);
}
END_TEST

START_TEST(names_that_look_taken)
{
	char dir[UNIT_PATH], path[2 * UNIT_PATH], other[2 * UNIT_PATH], *text;
	struct outfile out, second;
	struct err err;

	unit_mkdir(dir);
	path_in(path, dir, "a.csv");
	path_in(other, dir, "a.csv.XXXXXX"); /* the pattern of the names beside it */
	unit_write(other, "somebody's\n");
	/* Two writers of one file: each writes its own; the last one stays. */
	ck_assert_int_eq(outfile_open(&out, path, &err), 0);
	ck_assert_int_eq(outfile_open(&second, path, &err), 0);
	fputs("first\n", out.f);
	fputs("second\n", second.f);
	ck_assert_int_eq(outfile_commit(&out, &err), 0);
	ck_assert_int_eq(outfile_commit(&second, &err), 0);
	text = unit_read(path);
	ck_assert_str_eq(text, "second\n");
	free(text);
	text = unit_read(other);
	ck_assert_str_eq(text, "somebody's\n");
	free(text);
	ck_assert_int_eq(unit_nr_files(dir), 2);
	unit_rmdir(dir);
}
END_TEST

/* Killed in the middle of it: no file at all, whatever the signal; that which was there stays. */
static void killed(int sig, bool copied)
{
	char dir[UNIT_PATH], path[2 * UNIT_PATH], *text;
	struct outfile out;
	struct err err;
	int status;
	pid_t pid;

	unit_mkdir(dir);
	path_in(path, dir, "a.csv");
	unit_write(path, "old\n");
	pid = fork();
	if (!pid) {
		signal(sig, SIG_DFL);
		if ((copied ? outfile_open_copied : outfile_open)(&out, path, &err))
			_exit(1);
		fputs("half of it", out.f);
		fflush(out.f);
		raise(sig);
		_exit(2);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == sig);
	ck_assert_int_eq(unit_nr_files(dir), 1);
	text = unit_read(path);
	ck_assert_str_eq(text, "old\n");
	free(text);
	unit_rmdir(dir);
}

START_TEST(a_signal_leaves_nothing)
{
	static const int sig[] = { SIGINT, SIGTERM, SIGHUP, SIGKILL };

	for (size_t i = 0; i < ARRAY_SIZE(sig); i++) {
		killed(sig[i], false);
		killed(sig[i], true);
	}
}
END_TEST

START_TEST(without_nameless_files)
{
	char dir[UNIT_PATH], path[2 * UNIT_PATH], *text;
	struct outfile out;
	struct err err;
	struct stat st;

	unit_mkdir(dir);
	umask(027);
	path_in(path, dir, "a.csv");
	ck_assert_int_eq(outfile_open_copied(&out, path, &err), 0);
	for (int i = 0; i < 100000; i++)
		fputs("0123456789", out.f);
	ck_assert_int_eq(unit_nr_files(dir), 0);
	ck_assert_int_eq(outfile_commit(&out, &err), 0);
	text = unit_read(path);
	ck_assert_uint_eq(strlen(text), 1000000);
	free(text);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0640);
	ck_assert_int_eq(unit_nr_files(dir), 1);
	unit_rmdir(dir);
}
END_TEST

/* The file that it names is replaced, and keeps its mode. */
START_TEST(a_link_is_followed)
{
	char dir[UNIT_PATH], path[2 * UNIT_PATH], link[2 * UNIT_PATH], *text;
	struct outfile out;
	struct err err;
	struct stat st;

	unit_mkdir(dir);
	path_in(path, dir, "a.csv");
	path_in(link, dir, "link.csv");
	unit_write(path, "old\n");
	ck_assert_int_eq(chmod(path, 0604), 0);
	ck_assert_int_eq(symlink("a.csv", link), 0);
	ck_assert_int_eq(outfile_open(&out, link, &err), 0);
	fputs("new\n", out.f);
	ck_assert_int_eq(outfile_commit(&out, &err), 0);
	ck_assert_int_eq(lstat(link, &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
	text = unit_read(path);
	ck_assert_str_eq(text, "new\n");
	free(text);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0604);
	ck_assert_int_eq(unit_nr_files(dir), 2);
	unit_rmdir(dir);
}
END_TEST

START_TEST(no_such_place)
{
	char dir[UNIT_PATH], path[2 * UNIT_PATH];
	struct outfile out;
	struct err err = { "" };

	unit_mkdir(dir);
	path_in(path, dir, "missing/a.csv");
	ck_assert_int_eq(outfile_open(&out, path, &err), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, path));
	ck_assert_ptr_nonnull(strstr(err.msg, "No such file"));
	ck_assert_int_eq(outfile_open(&out, dir, &err), -EISDIR);
	outfile_abort(&out);
	unit_rmdir(dir);
}
END_TEST

START_TEST(rename_fails)
{
	char dir[UNIT_PATH], path[2 * UNIT_PATH];
	struct outfile out;
	struct err err = { "" };

	unit_mkdir(dir);
	path_in(path, dir, "a.csv");
	ck_assert_int_eq(outfile_open(&out, path, &err), 0);
	fputs("text\n", out.f);
	ck_assert_int_eq(mkdir(path, 0700), 0); /* in the meantime */
	ck_assert_int_eq(outfile_commit(&out, &err), -EISDIR);
	ck_assert_ptr_nonnull(strstr(err.msg, "cannot write"));
	ck_assert_int_eq(unit_nr_files(dir), 1);
	unit_rmdir(dir);
}
END_TEST

START_TEST(disk_is_full)
{
	char dir[UNIT_PATH], path[2 * UNIT_PATH];
	struct rlimit limit = { 64 * 1024, 64 * 1024 };
	struct outfile out;
	struct err err = { "" };

	unit_mkdir(dir);
	path_in(path, dir, "a.csv");
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_eq(outfile_open(&out, path, &err), 0);
	for (int i = 0; i < 100 * 1024; i++)
		fputc('x', out.f);
	ck_assert_int_lt(outfile_commit(&out, &err), 0);
	ck_assert_ptr_nonnull(strstr(err.msg, "cannot write"));
	ck_assert_int_eq(unit_nr_files(dir), 0);
	unit_rmdir(dir);
}
END_TEST

START_TEST(devices_are_written_in_place)
{
	struct outfile out;
	struct err err = { "" };

	ck_assert_int_eq(outfile_open(&out, "/dev/null", &err), 0);
	ck_assert_ptr_null(out.tmp);
	fputs("text\n", out.f);
	ck_assert_int_eq(outfile_commit(&out, &err), 0);
	ck_assert_int_eq(outfile_open(&out, "/dev/full", &err), 0);
	fputs("text\n", out.f);
	ck_assert_int_eq(outfile_commit(&out, &err), -ENOSPC);
	ck_assert_str_eq(err.msg, "cannot write /dev/full: No space left on device");
}
END_TEST

START_TEST(a_closed_pipe_says_nothing)
{
	struct outfile out = { 0 };
	struct err err = { "something" };
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(pipe(ends), 0);
	close(ends[0]);
	out.f = fdopen(ends[1], "w");
	fputs("text\n", out.f);
	ck_assert_int_eq(outfile_commit(&out, &err), -EPIPE);
	ck_assert_str_eq(err.msg, "");
}
END_TEST

/* The first write that fails may be long before the last: the reason is the same. */
START_TEST(errors_on_the_way)
{
	struct outfile out;
	struct err err = { "" };
	int ends[2];

	ck_assert_int_eq(outfile_open(&out, "/dev/full", &err), 0);
	for (int i = 0; i < 100 * 1024; i++)
		fputc('x', out.f);
	fflush(out.f);
	ck_assert_int_eq(outfile_commit(&out, &err), -ENOSPC);
	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(pipe(ends), 0);
	close(ends[0]);
	out = (struct outfile){ .f = fdopen(ends[1], "w") };
	fputs("text\n", out.f);
	fflush(out.f);
	ck_assert_int_eq(outfile_commit(&out, &err), -EPIPE);
	ck_assert_str_eq(err.msg, "");
}
END_TEST

START_TEST(standard_output_is_not_closed)
{
	struct outfile out;
	struct err err;

	ck_assert_int_eq(outfile_open(&out, "-", &err), 0);
	ck_assert_ptr_eq(out.f, stdout);
	ck_assert_int_eq(outfile_commit(&out, &err), 0);
	ck_assert_int_eq(outfile_open(&out, NULL, &err), 0);
	ck_assert_ptr_eq(out.f, stdout);
	outfile_abort(&out);
	ck_assert_int_ge(fcntl(STDOUT_FILENO, F_GETFD), 0);
}
END_TEST

UNIT_SUITE(outfile, commit_makes_it_appear, commit_replaces, abort_leaves_what_was,
	   names_that_look_taken, a_signal_leaves_nothing, without_nameless_files,
	   a_link_is_followed, no_such_place, rename_fails, disk_is_full,
	   devices_are_written_in_place, a_closed_pipe_says_nothing, errors_on_the_way,
	   standard_output_is_not_closed)
