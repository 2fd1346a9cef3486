/* SPDX-License-Identifier: GPL-2.0-only */
/* whois_threads.h - what whois.c gathers of each thread, for whois_finish.c, which decides. */
#ifndef KVM_IPI_WHOIS_THREADS_H
#define KVM_IPI_WHOIS_THREADS_H

#include "util/types.h"

struct vm;
struct whois;

#define WHOIS_NOBODY UINT32_MAX

struct whois_thread {
	u32 vcpu; /* of the last kvm_entry or kvm_exit, or VCPU_NONE */
	u32 top;  /* the vCPU that it ran most; how much more than others */
	u64 lead;
	u32 told_vm;   /* the VM that a marker says, or VM_NONE */
	u32 told;      /* the vCPU that a marker, a guest map or its name says, or VCPU_NONE */
	bool in_guest; /* of a guest map: its VM is named */
	bool mixed;
	bool in_kvm; /* between kvm_exit and kvm_entry, and not in the VMM */
	bool shows_inj;
	bool sends;
};

struct whois_guest {
	char *name;
	u32 first; /* the number of its first thread, or WHOIS_NOBODY */
};

/* A name of the user's own stays; so does the first of two markers. 0 or -ENOMEM. */
int whois_name_vm(struct whois *w, const struct vm *vm, const char *name);

#endif
