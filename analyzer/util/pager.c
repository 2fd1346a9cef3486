// SPDX-License-Identifier: GPL-2.0-only
/*
 * pager.c - see pager.h. A pager that cannot be run is no reason to fail: the text is printed then.
 * That it could not be run comes back through a pipe that an exec closes.
 */
#define _GNU_SOURCE
#include "util/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

const char *pager_command(void)
{
	const char *command = getenv("KVM_IPI_PAGER"), *term = getenv("TERM");

	if (!isatty(STDOUT_FILENO) || !term || !strcmp(term, "dumb"))
		return NULL;
	if (!command)
		command = getenv("PAGER");
	if (!command)
		command = "less";
	return *command && strcmp(command, "cat") ? command : NULL;
}

/* In the new process. Words with blanks are a shell's business. */
static void run_pager(const char *command, int input, int failed)
{
	int code;

	dup2(input, STDIN_FILENO);
	setenv("LESS", "FRX", 0);
	if (strpbrk(command, " \t'\"$|<>;&"))
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	else
		execlp(command, command, (char *)NULL);
	code = errno;
	if (write(failed, &code, sizeof(code)) < 0)
		code = 0;
	_Exit(127);
}

static pid_t spawn(const char *command, int text[2], int failed[2])
{
	pid_t pid = fork();
	int code;

	if (!pid)
		run_pager(command, text[0], failed[1]);
	close(failed[1]);
	if (pid > 0 && read(failed[0], &code, sizeof(code)) == sizeof(code)) {
		waitpid(pid, NULL, 0);
		pid = -1;
	}
	close(failed[0]);
	return pid;
}

void pager_start(struct pager *p, int columns)
{
	const char *command = pager_command();
	int text[2], failed[2];
	char width[16];

	*p = (struct pager){ 0 };
	if (!command || pipe2(text, O_CLOEXEC))
		return;
	if (pipe2(failed, O_CLOEXEC)) {
		close(text[0]);
		close(text[1]);
		return;
	}
	fflush(stdout);
	p->pid = spawn(command, text, failed);
	close(text[0]);
	if (p->pid > 0) {
		snprintf(width, sizeof(width), "%d", columns);
		setenv("COLUMNS", width, 1);
		dup2(text[1], STDOUT_FILENO);
	} else {
		p->pid = 0;
	}
	close(text[1]);
}

void pager_wait(struct pager *p)
{
	if (!p->pid)
		return;
	fflush(stdout);
	close(STDOUT_FILENO);
	/* main() flushes standard output once more: let it be one. */
	if (open("/dev/null", O_WRONLY) != STDOUT_FILENO)
		clearerr(stdout);
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		;
	p->pid = 0;
}
