/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vcpu_state.h - what every vCPU is doing, moment by moment, as KVM and the scheduler tell it.
 *
 * A state machine over sched_switch, sched_wakeup, kvm_entry, kvm_exit, kvm_userspace_exit,
 * kvm_apic_accept_irq and kvm_eoi. Its states are those of the kernel's own fields: `ready` and
 * `preempted` of struct kvm_vcpu, `blocking` (kvm_vcpu_is_blocking()), whether it is on a CPU. They
 * are kept as one bit mask per state and VM, so that a scan over all vCPUs of a VM is a few
 * operations on words. A vCPU's place in the masks is the order of the vcpu_ids, which is that of
 * their creation in every VMM known.
 *
 * Who runs which vCPU comes from a sealed struct thread_map. Give every event to vcpus_event(), in
 * the order of time; what the caller wants to know of the state before an event it asks before.
 */
#ifndef KVM_IPI_VCPU_STATE_H
#define KVM_IPI_VCPU_STATE_H

#include "decode/event.h"
#include "model/threads.h"

enum vcpu_bit {
	VCPU_RUN,    /* on a CPU */
	VCPU_ASLEEP, /* off it, and not runnable */
	VCPU_READY,  /* preempted, or woken and not run yet; a sleeping one can have it left over */
	VCPU_PREEMPTED, /* scheduled out while runnable, inside KVM_RUN */
	VCPU_BLOCKING,	/* halted, from the HLT exit to the next entry */
	VCPU_EVENT,	/* an interrupt or an EOI since the last entry: it would not halt again */
	VCPU_USER,	/* its last exit was from the guest's user mode */
	NR_VCPU_BITS
};

enum vcpu_exit { VCPU_EXIT_NONE, VCPU_EXIT_HLT, VCPU_EXIT_PAUSE, VCPU_EXIT_OTHER };

/* prev_state of a task that was preempted by the kernel (full preemption): TASK_REPORT_MAX. */
#define TASK_PREEMPTED 256

#define VCPU_NOBODY    UINT32_MAX

struct vcpu {
	u32 group;	   /* its VM: index into vcpus.vm */
	u32 slot;	   /* its place in the masks */
	u32 id;		   /* vcpu_id */
	s32 pid;	   /* the thread seen last */
	s32 cpu;	   /* where it is or was last; -1: unknown */
	u32 owes;	   /* the vCPU whose ready flag it has still to set, or VCPU_NOBODY */
	u64 in_ts, out_ts; /* last switch in and out; 0: none seen */
	u64 *word;	   /* of its VM's first mask, the one that it is in; the others follow */
	u32 stride;	   /* so many words from mask to mask */
	u8 exit;	   /* enum vcpu_exit, of the exit since the last entry */
	bool in_run;	   /* inside KVM_RUN */
	bool entered;	   /* was in the guest once */
	bool may_owe;	   /* its last own event was that wake-up */
};

#define VCPU_PLACES 64

struct vcpu_vm {
	u32 vm;	       /* number in struct vms */
	u32 first, nr; /* its vCPUs: vcpus.vcpu[first .. first + nr), by id */
	u32 words;     /* of each mask */
	u64 *mask[NR_VCPU_BITS];
	u64 *place; /* masks of who is or was last on CPU 0, 1, ... below VCPU_PLACES */
	bool half;  /* an exit from the upper half was seen: it runs a 64-bit kernel */
	u8 known;   /* enum known: how its threads are known to be its */
};

struct vcpu_task;

/* A thread that runs a vCPU; VCPU_NOBODY: an empty place. */
struct vcpu_thread {
	s32 pid;
	u32 vcpu;
	u32 task; /* its number among all tasks */
};

struct vcpu_cpu {
	u32 task;    /* number of the current task, or VCPU_NOBODY: unknown */
	s32 pid;     /* of that task */
	u32 running; /* runnable tasks whose queue this is, the current one included */
};

struct vcpus {
	struct vcpu *vcpu;
	u32 nr;
	struct vcpu_vm *vm;
	u32 nr_vms;
	u32 *group_of; /* by number in struct vms: index into vm, or VCPU_NOBODY */
	u32 nr_group_of;
	struct vcpu_task *task; /* every task that the scheduler's events name */
	u32 nr_tasks, task_room;
	struct rows_index index;    /* by pid */
	struct vcpu_thread *thread; /* the vCPUs' alone, in a hash of their own: */
	u32 thread_mask;	    /* so many places, less 1 */
	struct vcpu_cpu *cpu;
	u32 nr_cpus;
	u64 *masks; /* the memory of all masks */
};

/* map is sealed and can go afterwards. 0 or -ENOMEM. */
int vcpus_init(struct vcpus *v, const struct thread_map *map);
void vcpus_release(struct vcpus *v);

/*
 * The state takes the event. 0 or -ENOMEM. Other kinds than its own do nothing; a gap makes the
 * CPU's current task unknown.
 */
int vcpus_event(struct vcpus *v, const struct event *ev);

/*
 * The same kind by kind, for who has found out whose event it is, and has more to do with it. n:
 * the vCPU in whose thread it happened; waker: the same, or VCPU_NOBODY.
 */
void vcpus_entry(struct vcpus *v, u32 n, const struct event *ev);
void vcpus_exit(struct vcpus *v, u32 n, const struct event *ev);
void vcpus_userspace_exit(struct vcpus *v, u32 n);
void vcpus_accept(struct vcpus *v, u32 n, const struct event *ev);
void vcpus_eoi(struct vcpus *v, u32 n);
int vcpus_wakeup(struct vcpus *v, const struct event *ev, u32 waker);
int vcpus_gap(struct vcpus *v, const struct event *ev);

/* Who goes and who comes at a switch: vCPUs, or VCPU_NOBODY, and tasks. */
struct vcpus_who {
	u32 prev, next;
	u32 prev_task, next_task;
};

int vcpus_who(struct vcpus *v, const struct event *ev, struct vcpus_who *who);
int vcpus_switch(struct vcpus *v, const struct event *ev, const struct vcpus_who *who);

/* The vCPU of that VM (number in struct vms) and id, or VCPU_NOBODY. */
u32 vcpus_find(const struct vcpus *v, u32 vm, u32 id);
/* Runnable tasks of a CPU; 0: unknown. */
u32 vcpus_running(const struct vcpus *v, s32 cpu);

#define VMX_HLT	  12
#define VMX_PAUSE 40
#define SVM_PAUSE 0x77
#define SVM_HLT	  0x78

/* What a kvm_exit is. */
static inline enum vcpu_exit vcpu_exit_kind(const struct event *ev)
{
	u32 reason = (u32)ev->v[1];
	bool svm = (ev->have & 1 << 3) && ev->v[3] == 2;

	if (reason == (svm ? SVM_PAUSE : VMX_PAUSE))
		return VCPU_EXIT_PAUSE;
	if (reason == (svm ? SVM_HLT : VMX_HLT))
		return VCPU_EXIT_HLT;
	return VCPU_EXIT_OTHER;
}

static inline bool vcpu_bit(const u64 *mask, u32 slot)
{
	return mask[slot / 64] >> (slot % 64) & 1;
}

static inline void vcpu_set(u64 *mask, u32 slot, bool on)
{
	u64 bit = 1ull << (slot % 64);

	mask[slot / 64] = on ? mask[slot / 64] | bit : mask[slot / 64] & ~bit;
}

/* The place of a thread, or where it would be. */
static inline struct vcpu_thread *vcpus_thread(const struct vcpus *v, s32 pid)
{
	u32 i = ((u32)pid * 0x9e3779b9u >> 8) & v->thread_mask;

	while (v->thread[i].pid != pid && v->thread[i].vcpu != VCPU_NOBODY)
		i = (i + 1) & v->thread_mask;
	return &v->thread[i];
}

/* The vCPU that the thread runs: a number into v->vcpu, or VCPU_NOBODY. */
static inline u32 vcpus_of_pid(const struct vcpus *v, s32 pid)
{
	return vcpus_thread(v, pid)->vcpu;
}

/* Who of the VM is or was last on that CPU, one below VCPU_PLACES. */
static inline const u64 *vcpus_place(const struct vcpu_vm *vm, u32 cpu)
{
	return vm->place + (size_t)cpu * vm->words;
}

static inline bool vcpu_is(const struct vcpus *v, const struct vcpu *c, enum vcpu_bit bit)
{
	return vcpu_bit(v->vm[c->group].mask[bit], c->slot);
}

#endif
