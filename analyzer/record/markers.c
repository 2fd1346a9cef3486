// SPDX-License-Identifier: GPL-2.0-only
/* markers.c - see markers.h. */
#include "record/markers.h"

#include <stdio.h>

#define LINE_MAX_BYTES 400

/* Where the line goes on: behind " KEY N" when the number is known. */
static size_t add_number(char *line, size_t at, const char *key, s64 n)
{
	if (n < 0)
		return at;
	return at + (size_t)snprintf(line + at, LINE_MAX_BYTES - at, " %s %lld", key, n);
}

/* A name stands in quotes, so it has none. */
static void markers_put_name(char *line, size_t at, const char *name)
{
	snprintf(line + at, LINE_MAX_BYTES - at, " name \"%s\"", name);
	for (char *c = line + at + strlen(" name \""); *c && c[1]; c++)
		if (*c == '"')
			*c = '?';
}

int markers_of_vms(const struct running *r, bool track, int (*put)(void *ctx, const char *line),
		   void *ctx)
{
	char line[LINE_MAX_BYTES];
	int ret = 0;

	for (u32 i = 0; i < r->nr_vms && !ret; i++) {
		const struct running_vm *vm = &r->vm[i];
		size_t at = (size_t)snprintf(line, sizeof(line), MARKER_PREFIX "vm %d", vm->pid);

		if (!vm->name[0])
			continue;
		if (!track)
			at += (size_t)snprintf(line + at, sizeof(line) - at, "/%d",
					       max_of(vm->fd, 0));
		markers_put_name(line, at, vm->name);
		ret = put(ctx, line);
	}
	for (u32 i = 0; i < r->nr_vcpus && !ret && !track; i++) {
		const struct running_vm *vm = &r->vm[r->vcpu[i].vm];

		snprintf(line, sizeof(line), MARKER_PREFIX "vcpu %d/%d %u tid %d", vm->pid,
			 max_of(vm->fd, 0), r->vcpu[i].vcpu, r->vcpu[i].tid);
		ret = put(ctx, line);
	}
	return ret;
}

int markers_of_cpus(const struct cpu_place *place, u32 nr, int (*put)(void *ctx, const char *line),
		    void *ctx)
{
	char line[LINE_MAX_BYTES];
	int ret = 0;

	for (u32 i = 0; i < nr && !ret; i++) {
		size_t at = (size_t)snprintf(line, sizeof(line), MARKER_PREFIX "cpu %d",
					     place[i].cpu);

		at = add_number(line, at, "core", place[i].core);
		at = add_number(line, at, "llc", place[i].llc);
		at = add_number(line, at, "node", place[i].node);
		add_number(line, at, "package", place[i].package);
		ret = put(ctx, line);
	}
	return ret;
}

int markers_of_policy(const struct host *h, int (*put)(void *ctx, const char *line), void *ctx)
{
	char line[LINE_MAX_BYTES], word[HOST_TEXT_MAX];

	if (host_line(h, word, "/sys/module/kvm/parameters/directed_yield_policy") || !word[0])
		return 0;
	snprintf(line, sizeof(line), MARKER_PREFIX "directed_yield_policy %s", word);
	return put(ctx, line);
}
