// SPDX-License-Identifier: GPL-2.0-only
/* recorded.c - see recorded.h. */
#include "record/recorded.h"
#include "record/host.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DISK_FULL (64 * 1024) /* bytes: with less left, that is what was wrong */

bool recorded_is_new(const char *path, const struct stat *old)
{
	static const char magic[] = "\027\010\104tracing";
	char head[sizeof(magic)] = "";
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && !fstat(fd, &st) &&
		    read(fd, head, sizeof(magic) - 1) == sizeof(magic) - 1 &&
		    !memcmp(head, magic, sizeof(magic) - 1);

	if (fd >= 0)
		close(fd);
	return good && (st.st_ino != old->st_ino || st.st_size != old->st_size ||
			st.st_mtim.tv_sec != old->st_mtim.tv_sec ||
			st.st_mtim.tv_nsec != old->st_mtim.tv_nsec);
}

bool recorded_disk_full(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[HOST_PATH_MAX] = ".";
	struct statvfs fs;

	if (slash)
		snprintf(dir, sizeof(dir), "%.*s", (int)max_of(slash - path, (ptrdiff_t)1), path);
	return !statvfs(dir, &fs) && (u64)fs.f_bfree * fs.f_frsize < DISK_FULL;
}

void recorded_remove_parts(const char *path, const char *instance)
{
	char part[HOST_PATH_MAX];

	for (long cpu = 0; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++) {
		snprintf(part, sizeof(part), "%s.%s.cpu%ld", path, instance, cpu);
		unlink(part);
	}
}
