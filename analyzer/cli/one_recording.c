// SPDX-License-Identifier: GPL-2.0-only
/*
 * one_recording.c - see one_recording.h. trace-cmd gives each recording a random id, which the
 * parts keep that trace-cmd split makes; a file without one is taken for a part.
 */
#include "cli/one_recording.h"
#include "cli/command.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool differ(const char *a, const char *b)
{
	return a && b && strcmp(a, b);
}

/* What is known to differ, or NULL. */
static const char *difference(const struct container *a, const struct container *b)
{
	if (differ(a->host, b->host))
		return "two hosts";
	if (differ(a->release, b->release))
		return "two kernels";
	if (a->trace_id && b->trace_id && a->trace_id != b->trace_id)
		return "two recordings";
	return NULL;
}

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int check_pair(const struct input *a, const struct input *b, bool together)
{
	const char *of = together ? NULL : difference(&a->c, &b->c);

	if (same_file(a->path, b->path)) {
		complain("%s is given twice, and would be counted twice", b->path);
		return -EINVAL;
	}
	if (!of)
		return 0;
	complain("%s and %s are of %s: compare them with kvm-ipi diff, or take them for one with "
		 "--together",
		 a->path, b->path, of);
	return -EINVAL;
}

int one_recording(const struct trace *t, bool together)
{
	int code = 0;

	for (u32 i = 1; i < t->nr_in && !code; i++)
		for (u32 k = 0; k < i && !code; k++)
			code = check_pair(&t->in[k], &t->in[i], together);
	return code;
}
