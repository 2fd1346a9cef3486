// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench-run: what commands cost, measured side by side.
 *
 *   bench-run [NAME ROUNDS COMMAND... --]...
 *
 * Runs round after round, in each round every command that still has rounds left, so that a noisy
 * minute hits all of them; keeps the best of each. Standard output of the commands goes to
 * /dev/null. Prints for each: name, CPU time (user + system) and elapsed time in nanoseconds, peak
 * memory in KiB, all as wait4() and the clock have them. A command that fails ends it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define MAX_COMMANDS 32

struct command {
	const char *name;
	char **argv;
	int rounds;
	long long cpu_ns, wall_ns;
	long rss_kib;
};

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

static long long timeval_ns(const struct timeval *tv)
{
	return tv->tv_sec * 1000000000ll + tv->tv_usec * 1000ll;
}

static pid_t start(struct command *c)
{
	posix_spawn_file_actions_t fa;
	extern char **environ;
	pid_t pid;
	int err;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
	err = posix_spawnp(&pid, c->argv[0], &fa, NULL, c->argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	if (err) {
		fprintf(stderr, "bench-run: %s: %s\n", c->argv[0], strerror(err));
		exit(1);
	}
	return pid;
}

static void run_once(struct command *c)
{
	long long begin = now_ns(), cpu, wall;
	struct rusage ru;
	int status;

	if (wait4(start(c), &status, 0, &ru) < 0 || !WIFEXITED(status) || WEXITSTATUS(status)) {
		fprintf(stderr, "bench-run: %s failed\n", c->name);
		exit(1);
	}
	wall = now_ns() - begin;
	cpu = timeval_ns(&ru.ru_utime) + timeval_ns(&ru.ru_stime);
	if (!c->cpu_ns || cpu < c->cpu_ns)
		c->cpu_ns = cpu;
	if (!c->wall_ns || wall < c->wall_ns)
		c->wall_ns = wall;
	if (ru.ru_maxrss > c->rss_kib)
		c->rss_kib = ru.ru_maxrss;
}

static int parse(struct command *commands, int argc, char **argv)
{
	int i, nr = 0;

	for (i = 1; i + 2 < argc; nr++) {
		struct command *c = &commands[nr];

		if (nr == MAX_COMMANDS)
			return -1;
		*c = (struct command){ .name = argv[i], .rounds = atoi(argv[i + 1]),
				       .argv = &argv[i + 2] };
		if (c->rounds < 1)
			return -1;
		for (i += 2; i < argc && strcmp(argv[i], "--"); i++)
			;
		if (i == argc)
			return -1;
		argv[i++] = NULL;
	}
	return i == argc ? nr : -1;
}

int main(int argc, char **argv)
{
	struct command commands[MAX_COMMANDS];
	int nr = parse(commands, argc, argv), i, round, left = 1;

	if (nr < 1) {
		fprintf(stderr, "usage: bench-run [NAME ROUNDS COMMAND... --]...\n");
		return 2;
	}
	for (round = 0; left; round++) {
		left = 0;
		for (i = 0; i < nr; i++) {
			if (round >= commands[i].rounds)
				continue;
			run_once(&commands[i]);
			left |= round + 1 < commands[i].rounds;
		}
	}
	for (i = 0; i < nr; i++)
		printf("%s %lld %lld %ld\n", commands[i].name, commands[i].cpu_ns,
		       commands[i].wall_ns, commands[i].rss_kib);
	return 0;
}
