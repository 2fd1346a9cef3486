// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench-run: what commands cost, measured side by side.
 *
 *   bench-run <LIST >TIMES
 *
 * LIST has a line for each command, tabs between: name, rounds, events, label, command. A line that
 * begins with = ends a group. Within a group runs round after round, in each round every command
 * that still has rounds left, so that a noisy minute hits all of them; keeps the best of each. A
 * command with a pipe goes to the shell, whose children count as it does. Standard output goes to
 * /dev/null.
 *
 * TIMES has, for each: name, CPU time (user + system) and elapsed time in nanoseconds, peak memory
 * in KiB, as wait4() and the clock have them, events, label. Other lines are passed on. A command
 * that fails ends it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define MAX_COMMANDS 64
#define MAX_WORDS    64

struct command {
	char *line, *name, *events, *label;
	char *argv[MAX_WORDS + 1];
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

static bool split(struct command *c, char *text)
{
	int nr = 0;

	if (strchr(text, '|')) {
		c->argv[0] = "sh";
		c->argv[1] = "-c";
		c->argv[2] = text;
		return true;
	}
	for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
		if (nr == MAX_WORDS)
			return false;
		c->argv[nr++] = word;
	}
	return nr > 0;
}

/* Takes the line over. */
static bool parse(struct command *c, char *line)
{
	char *rest = line, *rounds;

	*c = (struct command){ .line = line };
	c->name = strsep(&rest, "\t");
	rounds = strsep(&rest, "\t");
	c->events = strsep(&rest, "\t");
	c->label = strsep(&rest, "\t");
	if (!rest || !rounds)
		return false;
	c->rounds = atoi(rounds);
	return c->rounds > 0 && split(c, rest);
}

static void run_group(struct command *commands, int nr)
{
	int i, round, left = nr;

	for (round = 0; left; round++) {
		left = 0;
		for (i = 0; i < nr; i++) {
			if (round >= commands[i].rounds)
				continue;
			run_once(&commands[i]);
			left |= round + 1 < commands[i].rounds;
		}
	}
	for (i = 0; i < nr; i++) {
		struct command *c = &commands[i];

		printf("%s\t%lld\t%lld\t%ld\t%s\t%s\n", c->name, c->cpu_ns, c->wall_ns, c->rss_kib,
		       c->events, c->label);
		free(c->line);
	}
}

int main(void)
{
	static struct command commands[MAX_COMMANDS];
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int nr = 0;

	while ((len = getline(&line, &room, stdin)) > 0) {
		if (line[len - 1] == '\n')
			line[len - 1] = 0;
		if (line[0] == '=') {
			run_group(commands, nr);
			nr = 0;
		}
		if (line[0] == '=' || line[0] == '#') {
			puts(line);
			continue;
		}
		if (nr == MAX_COMMANDS || !parse(&commands[nr++], line)) {
			fprintf(stderr, "bench-run: too much, or no command: %s\n", line);
			return 2;
		}
		line = NULL;
		room = 0;
	}
	run_group(commands, nr);
	free(line);
	return 0;
}
