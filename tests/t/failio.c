// SPDX-License-Identifier: GPL-2.0-only
/*
 * failio.c - a library to preload: the program's reads of its traces go wrong, as FAIL_IO says.
 *
 *	short		a part of what was asked for, now one byte, now half
 *	eintr		interrupted every other time, and short
 *	eio:N		the N-th read fails with EIO
 *	shrink:N	before the N-th read the file loses its second half
 *
 * Only pread(): that is how traces are read; libraries read their own things by other ways.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static long count;

static void shrink(int fd)
{
	struct stat st;
	char path[64];
	int other;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	other = open(path, O_WRONLY | O_CLOEXEC);
	if (other < 0 || fstat(other, &st) || ftruncate(other, st.st_size / 2))
		abort();
	close(other);
}

ssize_t pread64(int fd, void *to, size_t len, off64_t off)
{
	const char *how = getenv("FAIL_IO");
	long n = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);

	if (how && !strcmp(how, "eintr") && n % 2) {
		errno = EINTR;
		return -1;
	}
	if (how && (!strcmp(how, "short") || !strcmp(how, "eintr")) && len > 1)
		len = n % 3 ? (len + 1) / 2 : 1;
	if (how && !strncmp(how, "eio:", 4) && n == atol(how + 4)) {
		errno = EIO;
		return -1;
	}
	if (how && !strncmp(how, "shrink:", 7) && n == atol(how + 7))
		shrink(fd);
	return syscall(SYS_pread64, fd, to, len, off);
}
