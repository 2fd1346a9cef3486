/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vms.h - the VMs that a trace shows, told apart by (vm_pid, vm_id).
 *
 * Each VM gets a small number, in the order of appearance, which the other parts of the model use
 * as an index. A trace that lacks one of the two (or both) has VMs in which that one is unknown.
 */
#ifndef KVM_IPI_VMS_H
#define KVM_IPI_VMS_H

#include "decode/ipi_event.h"
#include "decode/vm_cache.h"
#include "util/rows.h"

struct vm {
	s32 pid;
	u32 id;
	bool have_pid, have_id;
};

struct vms {
	struct vm *vm;
	u32 nr;
	struct rows_index index; /* by pid, id, and which of them are known */
	u32 room;
	u32 last;	       /* the one that was found last: traces are runs of one VM */
	struct vm_cache cache; /* VMs of which both ids are known */
};

/* All zero is empty. */
void vms_release(struct vms *vms);

/*
 * Far more than a host has: analyses keep some kilobytes of each, so a file may not name any
 * number.
 */
#define VMS_MAX 8192

/*
 * The number of this VM, which is added when it is new. -ENOMEM; -EOVERFLOW: there are VMS_MAX
 * already.
 */
s64 vms_find(struct vms *vms, const struct vm *key);

/* Sets ev[i].vm for all: 0 or -errno, as above. */
int vms_resolve(struct vms *vms, struct ipi_event *ev, u32 nr);

/* The order in which VMs are shown: by pid, then id, unknown ones last. */
int vm_compare(const struct vm *a, const struct vm *b);

#endif
