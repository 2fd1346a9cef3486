// SPDX-License-Identifier: GPL-2.0-only
/* threads.c - see threads.h. Found by id in a hash, by VM and vCPU in a sorted list. */
#define _GNU_SOURCE
#include "model/threads.h"

#include <errno.h>
#include <stdlib.h>

const char *const known_names[NR_KNOWN] = {
	[KNOWN_NOT] = "unknown",
	[KNOWN_INFERRED] = "inferred",
	[KNOWN_NAMED] = "named",
	[KNOWN_CERTAIN] = "certain",
};

void threads_release(struct thread_map *map)
{
	free(map->thread);
	rows_index_release(&map->index);
	free(map->by_vcpu);
	free(map->vm);
	free(map->term);
	free(map->by_host_id);
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
		map->thread[map->nr++] =
			(struct thread){ .pid = pid, .vcpu = VCPU_NONE, .vm = VM_NONE };
	return &map->thread[at];
}

const struct thread *threads_find(const struct thread_map *map, s32 pid)
{
	s64 at = rows_index_find(&map->index, 0, (u32)pid);

	return at < 0 ? NULL : &map->thread[at];
}

struct thread *threads_succeed(struct thread_map *map, s32 host_id, u64 since)
{
	struct threads_term *grown;
	s32 pid = THREADS_SUCCESSOR + (s32)map->nr_terms;

	if (map->nr_terms == THREADS_SUCCESSORS_MAX) {
		errno = E2BIG;
		return NULL;
	}
	grown = rows_grown(map->term, &map->terms_room, map->nr_terms, sizeof(*grown));
	if (!grown)
		return NULL;
	map->term = grown;
	grown[map->nr_terms++] = (struct threads_term){ host_id, pid, since };
	return threads_add(map, pid);
}

void threads_never(struct thread_map *map, s32 pid)
{
	map->term[pid - THREADS_SUCCESSOR].since = UINT64_MAX;
}

s32 threads_id_at(const struct thread_map *map, s32 host_id, u64 ts)
{
	u32 from = 0, to = map->nr_terms;
	const struct threads_term *t;

	while (from < to) {
		u32 mid = from + (to - from) / 2;

		t = &map->term[map->by_host_id[mid]];
		if (t->host_id < host_id || (t->host_id == host_id && t->since <= ts))
			from = mid + 1;
		else
			to = mid;
	}
	t = from ? &map->term[map->by_host_id[from - 1]] : NULL;
	return t && t->host_id == host_id ? t->pid : host_id;
}

s32 threads_host_id(const struct thread_map *map, s32 pid)
{
	u32 n = (u32)pid - THREADS_SUCCESSOR;

	return pid >= THREADS_SUCCESSOR && n < map->nr_terms ? map->term[n].host_id : pid;
}

static int compare_terms(const void *a, const void *b, void *ctx)
{
	const struct thread_map *map = ctx;
	const struct threads_term *x = &map->term[*(const u32 *)a];
	const struct threads_term *y = &map->term[*(const u32 *)b];

	if (x->host_id != y->host_id)
		return x->host_id < y->host_id ? -1 : 1;
	return x->since < y->since ? -1 : x->since > y->since;
}

static int sort_terms(struct thread_map *map)
{
	free(map->by_host_id);
	map->by_host_id = malloc((map->nr_terms + 1) * sizeof(*map->by_host_id));
	if (!map->by_host_id)
		return -ENOMEM;
	for (u32 i = 0; i < map->nr_terms; i++)
		map->by_host_id[i] = i;
	qsort_r(map->by_host_id, map->nr_terms, sizeof(*map->by_host_id), compare_terms, map);
	return 0;
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
	if (!map->by_vcpu || !map->vm || sort_terms(map))
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
