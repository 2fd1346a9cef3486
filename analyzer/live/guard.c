// SPDX-License-Identifier: GPL-2.0-only
/* guard.c - see guard.h. */
#define _GNU_SOURCE
#include "live/guard.h"

#include "util/types.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRIES	 100
#define PAUSE_US 20000

/* Somebody may look into it at this moment: an instance in use cannot be removed. */
static int remove_dir(const char *dir)
{
	for (int i = 0; i < TRIES; i++) {
		if (!rmdir(dir) || errno == ENOENT || errno == ENOTDIR)
			return 0;
		usleep(PAUSE_US);
	}
	return 1;
}

static void deafen(void)
{
	sigset_t all;
	int null = open("/dev/null", O_RDWR);

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	/* A reader of our output must not wait for the guard. */
	for (int fd = 0; fd < 3 && null >= 0; fd++)
		dup2(null, fd);
}

int guard_start(struct guard *g, const char *dir, struct err *err)
{
	int ends[2];
	char byte;

	*g = (struct guard){ .fd = -1 };
	if (pipe2(ends, O_CLOEXEC))
		return err_set(err, -errno, "cannot make a pipe: %s", strerror(errno));
	g->pid = fork();
	if (g->pid < 0) {
		int code = errno;

		close(ends[0]);
		close(ends[1]);
		g->pid = 0;
		return err_set(err, -code, "cannot start a process: %s", strerror(code));
	}
	if (!g->pid) {
		close(ends[1]);
		deafen();
		while (read(ends[0], &byte, 1) < 0 && errno == EINTR)
			;
		_exit(remove_dir(dir));
	}
	close(ends[0]);
	g->fd = ends[1];
	return 0;
}

int guard_end(struct guard *g)
{
	int status = 0;

	if (!g->pid)
		return 0;
	close(g->fd);
	while (waitpid(g->pid, &status, 0) < 0 && errno == EINTR)
		;
	*g = (struct guard){ .fd = -1 };
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EBUSY;
}
