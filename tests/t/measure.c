// SPDX-License-Identifier: GPL-2.0-only
/*
 * measure.c - runs a program and prints what it took: "EXIT KB MS" (peak memory, CPU time), on standard
 * output; the program's own output is thrown away. It is killed after SECONDS of CPU time.
 *
 *   measure SECONDS PROGRAM ARGUMENTS...
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rusage used;
	int status;
	pid_t pid;

	if (argc < 3)
		return 2;
	pid = fork();
	if (!pid) {
		rlim_t seconds = (rlim_t)atoi(argv[1]);
		struct rlimit limit = { seconds, seconds };
		int null = open("/dev/null", O_WRONLY);

		setrlimit(RLIMIT_CPU, &limit);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid)
		return 2;
	printf("%d %ld %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
	       used.ru_maxrss,
	       (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
		       (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000);
	return 0;
}
