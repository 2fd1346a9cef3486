// SPDX-License-Identifier: GPL-2.0-only
/* vms.c - see vms.h. */
#include "model/vms.h"

#include <errno.h>
#include <stdlib.h>

static bool vm_same(const struct vm *a, const struct vm *b)
{
	return a->pid == b->pid && a->id == b->id && a->have_pid == b->have_pid &&
	       a->have_id == b->have_id;
}

void vms_release(struct vms *vms)
{
	free(vms->vm);
	rows_index_release(&vms->index);
	*vms = (struct vms){ 0 };
}

s64 vms_find(struct vms *vms, const struct vm *key)
{
	struct vm *grown;
	s64 at;

	if (vms->last < vms->nr && vm_same(&vms->vm[vms->last], key))
		return vms->last;
	grown = rows_grown(vms->vm, &vms->room, vms->nr, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	vms->vm = grown;
	at = rows_index_add(&vms->index, (u64)key->have_pid << 1 | key->have_id,
			    (u64)(u32)key->pid << 32 | key->id);
	if (at < 0)
		return at;
	if (at >= VMS_MAX)
		return -EOVERFLOW;
	if (at == vms->nr)
		vms->vm[vms->nr++] = *key;
	vms->last = (u32)at;
	return at;
}

/* Both as they lie beside each other in the event. */
static inline u64 cache_key(const struct ipi_event *ev)
{
	return load64(&ev->vm_id);
}

/* The long way, for a VM that is not in the cache; fills it. */
static s64 resolve_one(struct vms *vms, const struct ipi_event *ev, struct vm_cached *cached)
{
	struct vm key = { .pid = ev->vm_pid,
			  .id = ev->vm_id,
			  .have_pid = ev->have_vm_pid,
			  .have_id = ev->have_vm_id };
	s64 n = vms_find(vms, &key);

	if (n >= 0 && key.have_pid && key.have_id)
		*cached = (struct vm_cached){ cache_key(ev), (u32)n, true };
	return n;
}

int vms_resolve(struct vms *vms, struct ipi_event *ev, u32 nr)
{
	struct vm_cached *first = &vms->cache.line[VM_CACHE_OF_0];

	/* The decoder trusts no cache whose first line is empty: these ids belong elsewhere. */
	if (!first->used)
		*first = (struct vm_cached){ .ids = 1, .used = true };
	for (u32 i = 0; i < nr; i++) {
		u64 key = cache_key(&ev[i]);
		struct vm_cached *c = &vms->cache.line[vm_cache_line(key)];
		s64 n;

		if (likely(c->ids == key && c->used && (ev[i].have_vm_pid & ev[i].have_vm_id))) {
			ev[i].vm = (u16)c->number;
			continue;
		}
		n = resolve_one(vms, &ev[i], c);
		if (n < 0)
			return (int)n;
		ev[i].vm = (u16)n;
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
