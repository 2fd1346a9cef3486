// SPDX-License-Identifier: GPL-2.0-only
/* test_guard.c - a folder stands for the instance; the process that made it ends in every way. */
#include "live/guard.h"

#include "unit.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_STEPS 1000

static bool gone(const char *dir)
{
	for (int i = 0; i < WAIT_STEPS && !access(dir, F_OK); i++)
		usleep(10000);
	return access(dir, F_OK);
}

/* A process that makes the folder and then waits for its end by signal number sig; 0: it leaves. */
static void end_by(int sig)
{
	char top[UNIT_PATH], dir[UNIT_PATH + 16];
	int ready[2], status;
	char byte;
	pid_t pid;

	unit_mkdir(top);
	snprintf(dir, sizeof(dir), "%s/instance", top);
	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (!pid) {
		struct guard g;
		struct err err = { "" };

		/* libcheck has handlers of its own. */
		if (sig && sig != SIGKILL)
			signal(sig, SIG_DFL);
		if (guard_start(&g, dir, &err) || mkdir(dir, 0700))
			_exit(1);
		close(ready[0]);
		if (write(ready[1], "x", 1) != 1 || !sig)
			_exit(0);
		close(ready[1]);
		pause();
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	if (sig)
		kill(pid, sig);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(gone(dir));
	unit_rmdir(top);
}

START_TEST(nothing_is_left_whatever_ends_the_process)
{
	static const int ways[] = { 0, SIGINT, SIGTERM, SIGHUP, SIGKILL, SIGSEGV };

	for (u32 i = 0; i < ARRAY_SIZE(ways); i++)
		end_by(ways[i]);
}
END_TEST

START_TEST(it_ends_with_what_it_guards)
{
	char top[UNIT_PATH], dir[UNIT_PATH + 16], file[UNIT_PATH + 32];
	struct err err = { "" };
	struct guard g;

	unit_mkdir(top);
	snprintf(dir, sizeof(dir), "%s/instance", top);
	ck_assert_int_eq(guard_start(&g, dir, &err), 0);
	ck_assert_int_eq(guard_end(&g), 0); /* there never was one */
	ck_assert_int_eq(guard_end(&g), 0);
	ck_assert_int_eq(guard_start(&g, dir, &err), 0);
	ck_assert_int_eq(mkdir(dir, 0700), 0);
	ck_assert_int_eq(guard_end(&g), 0);
	ck_assert_int_ne(access(dir, F_OK), 0);
	/* In use: it says so. */
	ck_assert_int_eq(mkdir(dir, 0700), 0);
	snprintf(file, sizeof(file), "%s/file", dir);
	unit_write(file, "x");
	ck_assert_int_eq(guard_start(&g, dir, &err), 0);
	ck_assert_int_eq(guard_end(&g), -EBUSY);
	ck_assert_int_eq(unlink(file), 0);
	ck_assert_int_eq(rmdir(dir), 0);
	unit_rmdir(top);
}
END_TEST

UNIT_SUITE(guard, nothing_is_left_whatever_ends_the_process, it_ends_with_what_it_guards)
