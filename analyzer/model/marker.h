/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * marker.h - lines in a trace that say who is who: written to trace_marker by whoever knows it.
 *
 *	kvm-ipi: vm PID[/ID] name "NAME"
 *	kvm-ipi: vcpu PID/ID VCPU tid TID
 *	kvm-ipi: cpu CPU [core N] [llc N] [node N] [package N]
 *	kvm-ipi: directed_yield_policy WORD
 *
 * PID/ID is a VM as kvm_ipi_track has it: the thread that created it, and its number (a trace
 * without that event takes any number that is the VM's own); a name of PID alone is that of all its
 * VMs. NAME has no quotes and no control characters in it. CPUs with equal numbers share it
 * (topology.h). WORD is the value of the module parameter of that name (kernel-patch/policies.md).
 */
#ifndef KVM_IPI_MARKER_H
#define KVM_IPI_MARKER_H

#include "model/topology.h"
#include "model/vms.h"

#define MARKER_NAME_MAX 256

enum marker_kind { MARKER_VM, MARKER_VCPU, MARKER_CPU, MARKER_POLICY };

struct marker {
	enum marker_kind kind;
	struct vm vm;		    /* of a VM or a vCPU */
	char name[MARKER_NAME_MAX]; /* of a VM; or a policy */
	u32 vcpu;
	s32 tid;
	u32 cpu;
	struct cpu_levels levels; /* of a CPU */
};

/* len bytes, or up to a NUL or newline: 0, or -EINVAL: no such line. */
int marker_parse(const char *text, size_t len, struct marker *m);

#endif
