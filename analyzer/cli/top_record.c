// SPDX-License-Identifier: GPL-2.0-only
/* top_record.c - see top_record.h. */
#define _GNU_SOURCE
#include "cli/top_record.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A name with the time in it; O_EXCL, so that nothing is overwritten. */
static int new_file(char *file, size_t len)
{
	time_t now = time(NULL);
	struct tm tm;
	char stamp[32];
	int fd;

	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", localtime_r(&now, &tm));
	snprintf(file, len, "kvm-ipi-top-%s.dat", stamp);
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* In the child: its own signals again, no terminal. */
static void run_record(const char *file, int words)
{
	char seconds[16];
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(words, STDERR_FILENO);
	snprintf(seconds, sizeof(seconds), "%d", TOP_RECORD_SECONDS);
	execl("/proc/self/exe", "kvm-ipi", "record", "-q", "-o", file, "--", "sleep", seconds,
	      (char *)NULL);
	_exit(127);
}

void top_record_start(struct top_record *r, char *message, size_t len)
{
	int ends[2], ret;

	if (r->pid) {
		snprintf(message, len, "it records already, into %s", r->file);
		return;
	}
	ret = new_file(r->file, sizeof(r->file));
	if (!ret && pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		ret = -errno;
	if (ret) {
		snprintf(message, len, "cannot record into %s: %s", r->file, strerror(-ret));
		return;
	}
	r->pid = fork();
	if (!r->pid)
		run_record(r->file, ends[1]);
	close(ends[1]);
	r->words = ends[0];
	if (r->pid < 0) {
		close(ends[0]);
		r->pid = 0;
		snprintf(message, len, "cannot record: %s", strerror(errno));
		return;
	}
	snprintf(message, len, "recording %d s into %s", TOP_RECORD_SECONDS, r->file);
}

static void describe_end(struct top_record *r, int status, char *message, size_t len)
{
	char words[512] = "";
	ssize_t n = read(r->words, words, sizeof(words) - 1);

	words[max_of(n, (ssize_t)0)] = '\0';
	*strchrnul(words, '\n') = '\0';
	if (WIFEXITED(status) && !WEXITSTATUS(status)) {
		snprintf(message, len, "recorded: kvm-ipi report %s", r->file);
		return;
	}
	snprintf(message, len, "not recorded: %s", words[0] ? words : "kvm-ipi record failed");
	unlink(r->file);
}

bool top_record_ended(struct top_record *r, char *message, size_t len)
{
	int status;

	if (!r->pid || waitpid(r->pid, &status, WNOHANG) != r->pid)
		return false;
	describe_end(r, status, message, len);
	close(r->words);
	r->pid = 0;
	return true;
}

void top_record_stop(struct top_record *r)
{
	char message[160];
	int status;

	if (!r->pid)
		return;
	kill(r->pid, SIGINT);
	while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
		;
	describe_end(r, status, message, sizeof(message));
	close(r->words);
	r->pid = 0;
}
