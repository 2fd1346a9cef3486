/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter.h - which IPIs are counted. What a state, a hint or a latency needs is still taken from
 * the whole trace: filters stand between the decoder and the counting, not before the decoder.
 */
#ifndef KVM_IPI_FILTER_H
#define KVM_IPI_FILTER_H

#include "decode/ipi_event.h"
#include "model/names.h"
#include "model/vms.h"
#include "util/ranges.h"

/* --vm PID, PID/ID or NAME */
struct vm_choice {
	struct vm vm; /* valid without a name */
	char *name;   /* NULL: by number */
};

struct filter {
	struct vm_choice *vm;
	size_t nr_vm;
	struct ranges vcpus; /* sender or receiver */
	struct ranges vectors;
	struct ranges cpus; /* the sender's */
	u64 from, to;	    /* times, inclusive */
	bool have_time;
	const struct vm_names *names; /* for choices by name; not owned */
	u8 *kept;		      /* by the VM's number: is it chosen? */
	u32 nr_kept;
};

/* All zero lets everything pass. */
void filter_release(struct filter *f);
int filter_add_vm(struct filter *f, const char *text); /* 0 or -ENOMEM */
bool filter_active(const struct filter *f);
/* Whether this VM is one of those that were asked for by --vm. */
bool filter_has_vm(const struct filter *f, const struct vm *vm);

/* Keeps what passes, in order, in place; returns how many, or -ENOMEM. */
s64 filter_apply(struct filter *f, const struct vms *vms, struct ipi_event *ev, u32 nr);

#endif
