/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * story.h - events for tests of analyses in the order of time: a VM of a few vCPUs, told line by
 * line.
 *
 * vCPU i of the story's VM is thread STORY_PID + i. A line gives its time in microseconds.
 */
#ifndef KVM_IPI_STORY_H
#define KVM_IPI_STORY_H

#include "decode/events.h"
#include "model/threads.h"
#include "model/vms.h"

#define STORY_PID 100
#define STORY_US  1000ull

struct story {
	struct vms vms;
	struct thread_map map;
	void *analysis;
	int (*event)(void *analysis, const struct event *ev);
	u64 now; /* ns, of the last line */
};

/* A VM of nr vCPUs; the map is sealed. */
void story_begin(struct story *s, u32 nr);
void story_end(struct story *s);

void story_ipi(struct story *s, u64 us, u32 src, u32 dst, u16 vector);
void story_eoi(struct story *s, u64 us, u32 vcpu, s64 vector);
void story_entry(struct story *s, u64 us, u32 cpu, u32 vcpu);
void story_exit(struct story *s, u64 us, u32 cpu, u32 vcpu, u32 reason, u64 rip);
/* A SVM PAUSE exit in kernel mode. */
void story_pause(struct story *s, u64 us, u32 cpu, u32 vcpu);
void story_userspace(struct story *s, u64 us, u32 vcpu);
/* Pids; STORY_PID + i is vCPU i. */
void story_switch(struct story *s, u64 us, u32 cpu, s32 prev, s64 state, s32 next);
void story_wakeup(struct story *s, u64 us, u32 cpu, s32 waker, s32 pid, u32 target_cpu);
void story_accept(struct story *s, u64 us, u32 vcpu, u32 apicid, u16 vector, u8 flags);
void story_apic_ipi(struct story *s, u64 us, u32 vcpu, u32 icr_low);
void story_inject(struct story *s, u64 us, u32 vcpu, u16 vector);
/* The search has come to a vCPU: kvm_vcpu_yield_to(). */
void story_pick(struct story *s, u64 us, u32 vcpu, u32 dst);
void story_target(struct story *s, u64 us, u32 vcpu, s32 pid);
void story_result(struct story *s, u64 us, u32 vcpu, s64 value);
/* Events were missed between two times. */
void story_gap(struct story *s, u64 us, u64 since_us);

#define STORY_SVM_HLT	0x78
#define STORY_SVM_PAUSE 0x77
#define STORY_SVM_MSR	0x7c
#define STORY_KERNEL	0xffffffff81000000ull
#define STORY_USER	0x400000ull

#endif
