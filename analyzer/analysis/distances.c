// SPDX-License-Identifier: GPL-2.0-only
/* distances.c - see distances.h. A line for each VM; without a topology a batch costs one test. */
#include "analysis/distances.h"
#include "util/rows.h"

#include <errno.h>
#include <stdlib.h>

void distances_release(struct distances *s)
{
	free(s->vm);
	*s = (struct distances){ .topology = s->topology };
}

static struct distances_vm *line_of(struct distances *s, u32 vm)
{
	struct distances_vm *grown = rows_zeroed(s->vm, &s->nr_vm, vm, sizeof(*grown));

	if (!grown)
		return NULL;
	s->vm = grown;
	return &s->vm[vm];
}

static int distances_events(void *self, const struct ipi_event *ev, u32 nr)
{
	struct distances *s = self;

	if (!s->topology->nr)
		return 0;
	for (u32 i = 0; i < nr; i++) {
		struct distances_vm *line = line_of(s, ev[i].vm);

		if (!line)
			return -ENOMEM;
		line->ipis[topology_distance_fast(s->topology, (s32)ev[i].cpu, ev[i].dst_cpu)]++;
	}
	return 0;
}

static void *distances_fork(const void *self)
{
	struct distances *part = malloc(sizeof(*part));

	if (part)
		*part = distances_of(((const struct distances *)self)->topology);
	return part;
}

static int distances_join(void *self, void *part, const u32 *vm_map)
{
	struct distances *s = self, *other = part;
	int ret = 0;

	for (u32 i = 0; i < other->nr_vm && !ret; i++) {
		struct distances_vm sum = other->vm[i], *line;
		u64 any = 0;

		/* A line that was only room has no number on the other side. */
		for (int d = 0; d < NR_DISTANCES; d++)
			any |= sum.ipis[d];
		line = any ? line_of(s, vm_map[i]) : NULL;
		if (any && !line)
			ret = -ENOMEM;
		for (int d = 0; d < NR_DISTANCES && line; d++)
			line->ipis[d] += sum.ipis[d];
	}
	return ret;
}

static void distances_drop(void *part)
{
	distances_release(part);
	free(part);
}

const struct analysis_ops distances_ops = {
	.name = "distances",
	.needs = graph_needs,
	.events = distances_events,
	.fork = distances_fork,
	.join = distances_join,
	.drop = distances_drop,
};

bool distances_are_late(const struct distances *s)
{
	return s->topology->nr && !s->nr_vm;
}

struct distances_vm distances_of_vm(const struct distances *s, u32 vm)
{
	return vm < s->nr_vm ? s->vm[vm] : (struct distances_vm){ { 0 } };
}
