// SPDX-License-Identifier: GPL-2.0-only
/* vms.c - see vms.h. */
#include "model/vms.h"

#include <errno.h>
#include <stdlib.h>

static u64 vm_hash(const struct vm *vm)
{
	u64 h = ((u64)(u32)vm->pid << 32 | vm->id) ^ (u64)vm->have_pid << 63 ^ (u64)vm->have_id << 31;

	h *= 0x9e3779b97f4a7c15ull;
	return h ^ h >> 32;
}

static bool vm_same(const struct vm *a, const struct vm *b)
{
	return a->pid == b->pid && a->id == b->id && a->have_pid == b->have_pid &&
	       a->have_id == b->have_id;
}

/* Where the key is or would be. */
static u32 *vm_slot(const struct vms *vms, const struct vm *key)
{
	u32 mask = vms->nr_slots - 1, i = vm_hash(key) & mask;

	while (vms->slot[i] && !vm_same(&vms->vm[vms->slot[i] - 1], key))
		i = (i + 1) & mask;
	return &vms->slot[i];
}

static int grow(struct vms *vms)
{
	u32 nr_slots = vms->nr_slots ? 2 * vms->nr_slots : 64;
	struct vm *vm = realloc(vms->vm, nr_slots / 2 * sizeof(*vm));
	u32 *slot = calloc(nr_slots, sizeof(*slot));

	if (vm)
		vms->vm = vm;
	if (!vm || !slot) {
		free(slot);
		return -ENOMEM;
	}
	free(vms->slot);
	vms->slot = slot;
	vms->nr_slots = nr_slots;
	for (u32 i = 0; i < vms->nr; i++)
		*vm_slot(vms, &vms->vm[i]) = i + 1;
	return 0;
}

void vms_release(struct vms *vms)
{
	free(vms->vm);
	free(vms->slot);
	*vms = (struct vms){ 0 };
}

s64 vms_find(struct vms *vms, const struct vm *key)
{
	u32 *slot;

	if (vms->last < vms->nr && vm_same(&vms->vm[vms->last], key))
		return vms->last;
	if (vms->nr >= vms->nr_slots / 2) {
		int ret = grow(vms);

		if (ret)
			return ret;
	}
	slot = vm_slot(vms, key);
	if (!*slot) {
		vms->vm[vms->nr] = *key;
		*slot = ++vms->nr;
	}
	vms->last = *slot - 1;
	return vms->last;
}

static inline u64 cache_key(s32 pid, u32 id)
{
	return (u64)(u32)pid << 32 | id;
}

static inline u32 cache_slot(u64 key)
{
	return key * 0x9e3779b97f4a7c15ull >> 58;
}

/* The long way, for a VM that is not in the cache; fills it. */
static s64 resolve_one(struct vms *vms, const struct ipi_event *ev, struct vms_cached *cached)
{
	struct vm key = { .pid = ev->vm_pid, .id = ev->vm_id,
			  .have_pid = ev->have_vm_pid, .have_id = ev->have_vm_id };
	s64 n = vms_find(vms, &key);

	if (n >= 0 && key.have_pid && key.have_id)
		*cached = (struct vms_cached){ cache_key(key.pid, key.id), (u32)n + 1 };
	return n;
}

int vms_resolve(struct vms *vms, struct ipi_event *ev, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		u64 key = cache_key(ev[i].vm_pid, ev[i].vm_id);
		struct vms_cached *c = &vms->cache[cache_slot(key)];
		s64 n;

		if (likely(c->key == key && c->number && (ev[i].have_vm_pid & ev[i].have_vm_id))) {
			ev[i].vm = c->number - 1;
			continue;
		}
		n = resolve_one(vms, &ev[i], c);
		if (n < 0)
			return (int)n;
		ev[i].vm = (u32)n;
	}
	return 0;
}

int vm_compare(const struct vm *a, const struct vm *b)
{
	if (a->have_pid != b->have_pid)
		return a->have_pid ? -1 : 1;
	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	if (a->have_id != b->have_id)
		return a->have_id ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}
