/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * whois_threads.h - what whois.c gathers of each thread, for whois_finish.c, which decides; and in
 * whois_terms.c, which of the threads that had one id after the other an event is of.
 */
#ifndef KVM_IPI_WHOIS_THREADS_H
#define KVM_IPI_WHOIS_THREADS_H

#include "util/types.h"

struct vm;
struct whois;

#define WHOIS_NOBODY UINT32_MAX

/* What a thread was seen running. */
struct whois_runs {
	u32 vcpu; /* of the last kvm_entry or kvm_exit, or VCPU_NONE */
	u32 top;  /* the vCPU that it ran most; how much more than others */
	u64 lead;
	bool mixed;
};

/* The longest time without an event, and when it began. */
struct whois_silence {
	u64 longest, since;
};

/* In the order of time: which thread of several has the id. */
struct whois_term {
	u64 last;			     /* its last event */
	struct whois_silence of_vcpu, of_vm; /* after the last sign of its vCPU; of its VM */
	u32 vm;				     /* whose IPIs it answered last, or VM_NONE */
	u32 before;			     /* the number of whose successor it is; 0: of none */
	u32 latest;			     /* the last successor's number; 0: none has the id */
	bool alternates; /* one thread that runs several vCPUs by turns: it has no successors */
};

struct whois_thread {
	struct whois_runs runs;
	struct whois_term term;
	u32 told_vm;   /* the VM that a marker says, or VM_NONE */
	u32 told;      /* the vCPU that a marker, a guest map or its name says, or VCPU_NONE */
	bool in_guest; /* of a guest map: its VM is named */
	bool in_kvm;   /* between kvm_exit and kvm_entry, and not in the VMM */
	bool shows_inj;
	bool sends;
};

/* When a VM sent its first and last IPI. */
struct whois_life {
	u64 first, last;
};

struct whois_guest {
	char *name;
	u32 first; /* the number of its first thread, or WHOIS_NOBODY */
};

/* The number of the thread that has this id now, or -ENOMEM. */
s64 whois_thread_number(struct whois *w, s32 pid);
/* Before what an event says is taken: it ends a silence. */
void whois_end_silence(struct whois_term *t, u64 ts);
/*
 * Thread n was seen running that vCPU, or is of that VM: the number of the one that it is, or
 * -ENOMEM.
 */
s64 whois_runs(struct whois *w, s64 n, u32 vcpu);
s64 whois_moves(struct whois *w, s64 n, u32 vm);
/* A VM sent an IPI; 0 or -ENOMEM. And thread n answers one of that VM: as above. */
int whois_lives(struct whois *w, u32 vm, u64 ts);
s64 whois_answers(struct whois *w, s64 n, u32 vm);

/* A name of the user's own stays; so does the first of two markers. 0 or -ENOMEM. */
int whois_name_vm(struct whois *w, const struct vm *vm, const char *name);

#endif
