// SPDX-License-Identifier: GPL-2.0-only
/*
 * host.c - see host.h. Files of /proc and /sys tell no size, so they are read until they end.
 */
#include "record/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* vmlinux' BTF is 5 to 10 MB; this is a bound against the absurd. */
#define SLURP_MAX (256UL << 20)

static __attribute__((format(printf, 3, 0))) char *path_v(const struct host *h, char *buf,
							  const char *fmt, va_list ap)
{
	size_t len = strlen(h->root);

	if (len >= HOST_PATH_MAX)
		len = HOST_PATH_MAX - 1;
	memcpy(buf, h->root, len);
	vsnprintf(buf + len, HOST_PATH_MAX - len, fmt, ap);
	return buf;
}

char *host_path(const struct host *h, char *buf, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	path_v(h, buf, fmt, ap);
	va_end(ap);
	return buf;
}

int host_look(const struct host *h, const char *path)
{
	char buf[HOST_PATH_MAX];

	return access(host_path(h, buf, "%s", path), F_OK) ? errno : 0;
}

int host_line(const struct host *h, char *text, const char *fmt, ...)
{
	char path[HOST_PATH_MAX];
	ssize_t n;
	va_list ap;
	int fd;

	text[0] = 0;
	va_start(ap, fmt);
	path_v(h, path, fmt, ap);
	va_end(ap);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	n = read(fd, text, HOST_TEXT_MAX - 1);
	if (n < 0) {
		n = -errno;
		close(fd);
		return (int)n;
	}
	close(fd);
	text[n] = 0;
	text[strcspn(text, "\n")] = 0;
	return 0;
}

s64 host_number(const struct host *h, const char *path)
{
	char text[HOST_TEXT_MAX], *end;
	s64 n;

	if (host_line(h, text, "%s", path) || !text[0])
		return -1;
	n = strtoll(text, &end, 10);
	return *end || n < 0 ? -1 : n;
}

int host_switch(const struct host *h, const char *path)
{
	char text[HOST_TEXT_MAX];

	if (host_line(h, text, "%s", path) || !text[0])
		return -1;
	return text[0] == 'Y' || text[0] == 'y' || atoi(text) > 0;
}

static char *slurp_fd(int fd, size_t *len)
{
	size_t room = 64 * 1024;
	char *text = malloc(room + 1);
	ssize_t n = 1;

	*len = 0;
	while (text && (n = read(fd, text + *len, room - *len)) > 0) {
		char *grown;

		*len += n;
		if (*len < room)
			continue;
		room *= 2;
		grown = room > SLURP_MAX ? NULL : realloc(text, room + 1);
		if (!grown)
			break;
		text = grown;
	}
	if (text && !n) {
		text[*len] = 0;
		return text;
	}
	if (n > 0 || !text)
		errno = ENOMEM;
	free(text);
	return NULL;
}

char *host_slurp(const struct host *h, const char *path, size_t *len)
{
	char buf[HOST_PATH_MAX], *text;
	int fd = open(host_path(h, buf, "%s", path), O_RDONLY | O_CLOEXEC), code;

	if (fd < 0)
		return NULL;
	text = slurp_fd(fd, len);
	code = errno;
	close(fd);
	errno = code;
	return text;
}

bool program_find(const char *name, char *path)
{
	const char *dirs = getenv("PATH");

	/* root's programs too: trace-cmd is one of them on some distributions */
	for (int round = 0; round < 2; round++) {
		const char *dir = round	 ? "/usr/local/sbin:/usr/sbin:/sbin"
				  : dirs ? dirs
					 : "/usr/bin:/bin";

		while (*dir) {
			size_t len = strcspn(dir, ":");

			snprintf(path, HOST_PATH_MAX, "%.*s/%s", (int)len, dir, name);
			if (len && !access(path, X_OK))
				return true;
			dir += len + (dir[len] == ':');
		}
	}
	path[0] = 0;
	return false;
}
