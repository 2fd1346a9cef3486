/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * marker.h - lines in a trace that say who is who: written to trace_marker by whoever knows it.
 *
 *	kvm-ipi: vm PID[/ID] name "NAME"
 *	kvm-ipi: vcpu PID/ID VCPU tid TID
 *
 * PID/ID is a VM as kvm_ipi_track has it: the thread that created it, and its number (a trace without that
 * event takes any number that is the VM's own); a name of PID alone is that of all its VMs. NAME has no
 * quotes and no control characters in it.
 */
#ifndef KVM_IPI_MARKER_H
#define KVM_IPI_MARKER_H

#include "model/vms.h"

#define MARKER_NAME_MAX 256

struct marker {
	bool is_vcpu;	/* else a VM's name */
	struct vm vm;
	char name[MARKER_NAME_MAX];
	u32 vcpu;
	s32 tid;
};

/* len bytes, or up to a NUL or newline: 0, or -EINVAL: no such line. */
int marker_parse(const char *text, size_t len, struct marker *m);

#endif
