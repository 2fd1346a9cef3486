// SPDX-License-Identifier: GPL-2.0-only
/* threads.c - see threads.h. Found by id in a hash, by VM and vCPU in a sorted list. */
#define _GNU_SOURCE
#include "model/threads.h"

#include <errno.h>
#include <stdlib.h>

const char *const known_names[NR_KNOWN] = {
	[KNOWN_NOT] = "unknown", [KNOWN_INFERRED] = "inferred",
	[KNOWN_NAMED] = "named", [KNOWN_CERTAIN] = "certain",
};

void threads_release(struct thread_map *map)
{
	free(map->thread);
	rows_index_release(&map->index);
	free(map->by_vcpu);
	free(map->vm);
	*map = (struct thread_map){ 0 };
}

struct thread *threads_add(struct thread_map *map, s32 pid)
{
	struct thread *grown = rows_grown(map->thread, &map->room, map->nr, sizeof(*grown));
	s64 at;

	if (!grown)
		return NULL;
	map->thread = grown;
	at = rows_index_add(&map->index, 0, (u32)pid);
	if (at < 0)
		return NULL;
	if (at == map->nr)
		map->thread[map->nr++] = (struct thread){ .pid = pid, .vcpu = VCPU_NONE,
							  .vm = VM_NONE };
	return &map->thread[at];
}

const struct thread *threads_find(const struct thread_map *map, s32 pid)
{
	s64 at = rows_index_find(&map->index, 0, (u32)pid);

	return at < 0 ? NULL : &map->thread[at];
}

static int compare_threads(const void *a, const void *b, void *ctx)
{
	const struct thread_map *map = ctx;
	const struct thread *x = &map->thread[*(const u32 *)a], *y = &map->thread[*(const u32 *)b];

	if (x->vm != y->vm)
		return x->vm < y->vm ? -1 : 1;
	if (x->vcpu != y->vcpu)
		return x->vcpu < y->vcpu ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

int threads_seal(struct thread_map *map)
{
	u32 nr = 0;

	free(map->by_vcpu);
	free(map->vm);
	map->nr_vms = 0;
	map->by_vcpu = malloc((map->nr + 1) * sizeof(*map->by_vcpu));
	map->vm = malloc((map->nr + 1) * sizeof(*map->vm));
	if (!map->by_vcpu || !map->vm)
		return -ENOMEM;
	for (u32 i = 0; i < map->nr; i++)
		if (map->thread[i].vm != VM_NONE && map->thread[i].vcpu != VCPU_NONE)
			map->by_vcpu[nr++] = i;
	qsort_r(map->by_vcpu, nr, sizeof(*map->by_vcpu), compare_threads, map);
	for (u32 i = 0; i < nr; i++) {
		const struct thread *t = &map->thread[map->by_vcpu[i]];
		struct threads_vm *vm = &map->vm[map->nr_vms];

		if (map->nr_vms && vm[-1].vm == t->vm)
			vm--;
		else
			map->vm[map->nr_vms++] = (struct threads_vm){ .vm = t->vm, .first = i };
		vm->nr++;
		vm->known = max_of(vm->known, t->vm_known);
	}
	return 0;
}

const struct threads_vm *threads_vm(const struct thread_map *map, u32 vm)
{
	u32 from = 0, to = map->nr_vms;

	/* VMs' numbers have few holes, and so have vCPUs' below. */
	if (vm < to && map->vm[vm].vm == vm)
		return &map->vm[vm];
	while (from < to) {
		u32 mid = from + (to - from) / 2;

		if (map->vm[mid].vm == vm)
			return &map->vm[mid];
		if (map->vm[mid].vm < vm)
			from = mid + 1;
		else
			to = mid;
	}
	return NULL;
}

const struct thread *threads_at(const struct thread_map *map, const struct threads_vm *vm, u32 i)
{
	return &map->thread[map->by_vcpu[vm->first + i]];
}

const struct thread *threads_of(const struct thread_map *map, u32 vm, u32 vcpu)
{
	const struct threads_vm *v = threads_vm(map, vm);
	u32 from = 0, to = v ? v->nr : 0;

	if (vcpu < to && threads_at(map, v, vcpu)->vcpu == vcpu &&
	    (!vcpu || threads_at(map, v, vcpu - 1)->vcpu != vcpu))
		return threads_at(map, v, vcpu);
	while (from < to) {
		u32 mid = from + (to - from) / 2;

		if (threads_at(map, v, mid)->vcpu < vcpu)
			from = mid + 1;
		else
			to = mid;
	}
	if (!v || from == v->nr || threads_at(map, v, from)->vcpu != vcpu)
		return NULL;
	return threads_at(map, v, from);
}
