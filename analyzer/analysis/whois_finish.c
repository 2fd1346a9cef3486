// SPDX-License-Identifier: GPL-2.0-only
/*
 * whois_finish.c - see whois.h: the map of threads, made of what was gathered; and whether it is
 * certain without any order of the events.
 */
#include "analysis/whois.h"
#include "analysis/whois_threads.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * A group that gets a number for a name, in this order: senders' first, then by the lowest thread
 * id.
 */
struct anonymous {
	u32 group;
	bool sends;
	s32 pid;
};

static int compare_anonymous(const void *a, const void *b)
{
	const struct anonymous *x = a, *y = b;

	if (x->sends != y->sends)
		return x->sends ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static int number_groups(struct whois *w)
{
	struct group_node *node = w->groups.node;
	struct anonymous *list = malloc((w->map->nr + 1) * sizeof(*list));
	u32 nr = 0;

	if (!list)
		return -ENOMEM;
	for (u32 i = 0; i < w->map->nr; i++) {
		struct anonymous a = { .group = i, .pid = INT32_MAX };

		if (node[i].group != i || node[i].slot == GROUP_NONE || node[i].label != GROUP_NONE)
			continue;
		for (u32 k = i; k != GROUP_NONE; k = node[k].next) {
			a.sends |= w->thread[k].sends;
			a.pid = min_of(a.pid, w->map->thread[k].pid);
		}
		list[nr++] = a;
	}
	qsort(list, nr, sizeof(*list), compare_anonymous);
	for (u32 i = 0; i < nr; i++) {
		s64 vm = vms_find(w->vms, &(struct vm){ .id = i + 1, .have_id = true });

		if (vm < 0) {
			free(list);
			return (int)vm;
		}
		node[list[i].group].label = (u32)vm;
	}
	free(list);
	return 0;
}

static void choose_vcpu(struct thread *t, const struct whois_thread *seen)
{
	t->mixed = seen->runs.mixed;
	if (seen->runs.top != VCPU_NONE) {
		t->vcpu = seen->runs.top;
		t->vcpu_known = t->mixed ? KNOWN_INFERRED : KNOWN_CERTAIN;
	} else if (seen->told != VCPU_NONE) {
		t->vcpu = seen->told;
		t->vcpu_known = KNOWN_NAMED;
	}
}

/*
 * Markers' VMs become those of kvm_ipi_track where a thread is in both: who writes markers may not
 * know the number that the tracepoint has for a VM.
 */
static int take_told_vms(struct whois *w)
{
	struct thread_map *map = w->map;
	u32 *vm = malloc((w->vms->nr + 1) * sizeof(*vm));

	if (!vm)
		return -ENOMEM;
	for (u32 i = 0; i < w->vms->nr; i++)
		vm[i] = i;
	for (u32 i = 0; i < map->nr; i++)
		if (w->thread[i].told_vm != VM_NONE && map->thread[i].vm != VM_NONE)
			vm[w->thread[i].told_vm] = map->thread[i].vm;
	for (u32 i = 0; i < map->nr; i++)
		if (w->thread[i].told_vm != VM_NONE && map->thread[i].vm == VM_NONE) {
			map->thread[i].vm = vm[w->thread[i].told_vm];
			map->thread[i].vm_known = KNOWN_NAMED;
		}
	free(vm);
	return 0;
}

static int name_guests(struct whois *w)
{
	int ret = 0;

	for (u32 i = 0; i < w->nr_guests && !ret; i++) {
		u32 first = w->guest[i].first;

		if (first != WHOIS_NOBODY && w->map->thread[first].vm != VM_NONE)
			ret = whois_name_vm(w, &w->vms->vm[w->map->thread[first].vm],
					    w->guest[i].name);
	}
	return ret;
}

/* The thread's place in it is known, and nothing else was said of a thread of the marker's VM. */
static bool is_certain(const struct whois *w, u32 i, u32 *vm_of_marker)
{
	const struct whois_thread *t = &w->thread[i];
	u32 vm = w->map->thread[i].vm;

	if (t->runs.top == VCPU_NONE && t->told == VCPU_NONE)
		return true;
	if (t->runs.mixed || (vm == VM_NONE && t->told_vm == VM_NONE))
		return false;
	if (vm == VM_NONE || t->told_vm == VM_NONE)
		return true;
	if (vm_of_marker[t->told_vm] == VM_NONE)
		vm_of_marker[t->told_vm] = vm;
	return vm_of_marker[t->told_vm] == vm;
}

int whois_is_certain(const struct whois *w)
{
	u32 *vm_of_marker = malloc((w->vms->nr + 1) * sizeof(*vm_of_marker));
	bool certain = !w->moved;

	if (!vm_of_marker)
		return -ENOMEM;
	for (u32 i = 0; i < w->vms->nr; i++)
		vm_of_marker[i] = VM_NONE;
	for (u32 i = 0; i < w->map->nr && certain; i++)
		certain = is_certain(w, i, vm_of_marker);
	free(vm_of_marker);
	return certain;
}

int whois_finish(struct whois *w)
{
	struct thread_map *map = w->map;
	int ret = groups_nodes(&w->groups, map->nr) ?: take_told_vms(w);

	for (u32 i = 0; i < map->nr && !ret; i++) {
		struct thread *t = &map->thread[i];

		choose_vcpu(t, &w->thread[i]);
		w->groups.node[i].slot = t->vcpu;
		w->groups.node[i].label = t->vm;
	}
	ret = ret ?: groups_join(&w->groups) ?: number_groups(w);
	for (u32 i = 0; i < map->nr && !ret; i++) {
		struct thread *t = &map->thread[i];

		if (t->vm != VM_NONE || t->vcpu == VCPU_NONE)
			continue;
		t->vm = w->groups.node[w->groups.node[i].group].label;
		t->vm_known = w->thread[i].in_guest ? KNOWN_NAMED : KNOWN_INFERRED;
	}
	return ret ?: name_guests(w) ?: threads_seal(map);
}
