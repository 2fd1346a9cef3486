// SPDX-License-Identifier: GPL-2.0-only
/* vm_view.c - see vm_view.h. */
#define _GNU_SOURCE
#include "view/vm_view.h"

#include <stdlib.h>

struct vm_view vm_view_of(const struct vm *vm, const struct vm_names *names)
{
	return (struct vm_view){
		.have_pid = vm->have_pid,
		.have_id = vm->have_id,
		.pid = vm->pid,
		.id = vm->id,
		.name = vm_names_find(names, vm),
	};
}

static int compare_vms(const void *a, const void *b, void *vms)
{
	const struct vm *vm = ((const struct vms *)vms)->vm;

	return vm_compare(&vm[*(const u32 *)a], &vm[*(const u32 *)b]);
}

u32 *vm_view_order(const struct vms *vms)
{
	u32 *order = malloc(((size_t)vms->nr + 1) * sizeof(*order));

	for (u32 i = 0; order && i < vms->nr; i++)
		order[i] = i;
	if (order)
		qsort_r(order, vms->nr, sizeof(*order), compare_vms, (void *)vms);
	return order;
}
