/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * threads.h - which thread of the host runs which vCPU of which VM, and how that is known.
 *
 * KVM's and the scheduler's events name threads; only kvm_ipi_track names VMs. This map, filled by
 * analysis/whois.h before an analysis in the order of time, joins the two. It is one for a
 * recording: thread ids are those of the host, whatever file or buffer a record came from.
 *
 * The host uses an id again when its thread has ended. A thread that is found to be another one's
 * successor gets an id of its own, from THREADS_SUCCESSOR; events in the order of time are given
 * these ids (threads_id_at()), and what is shown has the host's (threads_host_id()).
 *
 *	const struct thread *t = threads_find(&map, ev->pid);
 *
 *	if (t && t->vcpu != VCPU_NONE && t->vm != VM_NONE)
 *		... vCPU t->vcpu of t->vm, which is a number in struct vms
 *
 * Pointers stay valid until the next threads_add().
 */
#ifndef KVM_IPI_THREADS_H
#define KVM_IPI_THREADS_H

#include "util/rows.h"

/* From worst to best: of two, the lesser one holds for both together. */
enum known {
	KNOWN_NOT,
	KNOWN_INFERRED, /* grouped by evidence; can be wrong */
	KNOWN_NAMED,	/* somebody wrote it down: a marker, a guest map, a thread's name */
	KNOWN_CERTAIN,	/* an event of that thread says it */
	NR_KNOWN
};

extern const char *const known_names[NR_KNOWN];

#define VCPU_NONE UINT32_MAX
#define VM_NONE	  UINT32_MAX

/* Above every id that Linux gives. */
#define THREADS_SUCCESSOR 0x40000000
/* As many successors in a recording; later ones are taken for the last of them. */
#define THREADS_SUCCESSORS_MAX 8192

struct thread {
	s32 pid;		 /* the host's, or a successor's */
	u32 vcpu;		 /* vcpu_id, or VCPU_NONE: not known to run one */
	u32 vm;			 /* number in struct vms, or VM_NONE */
	u8 vcpu_known, vm_known; /* enum known */
	/* It ran several vCPUs: vcpu is the one it ran most. */
	bool mixed;
};

/* The vCPUs' threads of a VM: by_vcpu[first .. first + nr), by vcpu_id. */
struct threads_vm {
	u32 vm;
	u32 first, nr;
	u8 known; /* how the VM itself is known: the best of its threads */
};

/* From then on the host's id means this successor. */
struct threads_term {
	s32 host_id;
	s32 pid;
	u64 since;
};

struct thread_map {
	struct thread *thread;
	u32 nr, room;
	struct rows_index index;   /* by pid */
	struct threads_term *term; /* the successors, by pid */
	u32 nr_terms, terms_room;
	/* after threads_seal() */
	u32 *by_vcpu;	       /* numbers of the threads that run a vCPU of a known VM */
	u32 *by_host_id;       /* numbers of the terms, by host_id and since */
	struct threads_vm *vm; /* by number of the VM */
	u32 nr_vms;
};

/* All zero is empty. */
void threads_release(struct thread_map *map);

/* The thread of that id, which is added (knowing nothing) when it is new; NULL: out of memory. */
struct thread *threads_add(struct thread_map *map, s32 pid);
/* NULL: never heard of. */
const struct thread *threads_find(const struct thread_map *map, s32 pid);
/* A thread that has the id from then on; NULL: out of memory, or too many (errno is E2BIG). */
struct thread *threads_succeed(struct thread_map *map, s32 host_id, u64 since);
/* It is none: the id stays whose it was. */
void threads_never(struct thread_map *map, s32 pid);
/* After threads_seal(): whose the host's id is at that time; and the other way round. */
s32 threads_id_at(const struct thread_map *map, s32 host_id, u64 ts);
s32 threads_host_id(const struct thread_map *map, s32 pid);

/* Sorts for the calls below; to be called again after a change. 0 or -ENOMEM. */
int threads_seal(struct thread_map *map);
/* NULL: the VM has no known threads. */
const struct threads_vm *threads_vm(const struct thread_map *map, u32 vm);
/* The i-th vCPU's thread of the VM. */
const struct thread *threads_at(const struct thread_map *map, const struct threads_vm *vm, u32 i);
/* The thread that runs this vCPU (of several, the one with the lowest id), or NULL. */
const struct thread *threads_of(const struct thread_map *map, u32 vm, u32 vcpu);

#endif
