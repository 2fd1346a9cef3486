/* SPDX-License-Identifier: GPL-2.0-only */
/* vm_view.h - what every view of a VM begins with: its ids and its name; and their order. */
#ifndef KVM_IPI_VM_VIEW_H
#define KVM_IPI_VM_VIEW_H

#include "model/names.h"
#include "model/vms.h"
#include "output/views.h"

/* Both outlive the view. */
struct vm_view vm_view_of(const struct vm *vm, const struct vm_names *names);

/* The VMs' numbers by pid, then id; to be freed. NULL: no memory. */
u32 *vm_view_order(const struct vms *vms);

#endif
