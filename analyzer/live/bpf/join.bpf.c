// SPDX-License-Identifier: GPL-2.0-only
/*
 * join.bpf.c - the same counts on an unpatched kernel, from the functions that deliver an IPI.
 *
 *	kvm_irq_delivery_to_apic()	entry: sender, vector, and whether it is directed; exit:
 *					counted if one vCPU, not the sender, accepted it
 *	__apic_accept_irq()		entry: the receiver's state, before it is touched; exit:
 *					whether it was accepted
 *	kvm_irq_delivery_to_apic_fast()	exit: by the APIC map, or not
 *
 * The calls nest, so a thread has one send at a time. An interrupt may deliver for another vCPU in
 * the middle of it, in the same thread: accepts in interrupt context are left alone.
 */
#include "live/bpf/common.bpf.h"

#include <bpf/bpf_core_read.h>

struct send {
	u64 vm, sender, began;
	s32 vm_pid;
	u32 src, dst, acceptors;
	u8 vector, path, state, zero;
	u32 zero2;
};

#define TOO_MANY 1000 /* the sender itself is one of them */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u32);
	__type(value, struct send);
} sends SEC(".maps");

/* Where the kernel keeps its preemption count: before 6.2 and from 6.15 on; between. */
extern const int __preempt_count __ksym __weak;

struct pcpu_hot {
	int preempt_count;
} __attribute__((preserve_access_index));

extern const struct pcpu_hot pcpu_hot __ksym __weak;

#define SERVING_INTERRUPT 0x00ff0100 /* softirq being served, hardirq, NMI */

static __always_inline int in_interrupt(void)
{
	int count = 0;

	if (&pcpu_hot)
		count = ((const struct pcpu_hot *)bpf_this_cpu_ptr(&pcpu_hot))->preempt_count;
	else if (&__preempt_count)
		count = *(const int *)bpf_this_cpu_ptr(&__preempt_count);
	return count & SERVING_INTERRUPT;
}

static __always_inline struct send *send_of_thread(void)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();

	return bpf_map_lookup_elem(&sends, &tid);
}

/* The rule of dst_state, in its order. */
static __always_inline u8 state_of(void *vcpu)
{
	if (LOAD(u8, vcpu, at.vcpu_preempted))
		return LIVE_PREEMPTED;
	if (LOAD(void *, vcpu, at.vcpu_wait_task))
		return LOAD(u8, vcpu, at.vcpu_ready) ? LIVE_WOKEN : LIVE_HALTED;
	return LOAD(u32, vcpu, at.vcpu_mode) == 1 ? LIVE_GUEST : LIVE_HOST;
}

SEC("fentry/kvm_irq_delivery_to_apic")
int BPF_PROG(on_send, void *kvm, void *src, void *irq)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();
	struct send s = { .path = LIVE_SLOW };
	void *vcpu;

	if (!src || LOAD(u16, irq, at.irq_delivery_mode) || LOAD(u32, irq, at.irq_shorthand))
		return 0;
	vcpu = LOAD(void *, src, at.lapic_vcpu);
	s.vm = vm_of(kvm);
	s.vm_pid = LOAD(s32, kvm, at.kvm_pid);
	s.sender = (u64)vcpu;
	s.src = LOAD(u32, vcpu, at.vcpu_id);
	s.vector = LOAD(u32, irq, at.irq_vector);
	if (at.want_latency)
		s.began = bpf_ktime_get_ns();
	if (bpf_map_update_elem(&sends, &tid, &s, BPF_ANY))
		__sync_fetch_and_add(&counters.lost_sends, 1);
	return 0;
}

SEC("fentry/__apic_accept_irq")
int BPF_PROG(on_accept, void *apic, int mode, int vector)
{
	struct send *s = send_of_thread();

	if (s && !s->acceptors && s->vector == (vector & 0xff) && !mode && !in_interrupt())
		s->state = state_of(LOAD(void *, apic, at.lapic_vcpu));
	return 0;
}

SEC("fexit/__apic_accept_irq")
int BPF_PROG(on_accepted, void *apic, int mode, int vector, int level, int trigger, void *dest_map,
	     int ret)
{
	struct send *s = send_of_thread();
	void *vcpu;

	if (!s || ret <= 0 || s->vector != (vector & 0xff) || mode || in_interrupt())
		return 0;
	vcpu = LOAD(void *, apic, at.lapic_vcpu);
	s->dst = LOAD(u32, vcpu, at.vcpu_id);
	s->acceptors += (u64)vcpu == s->sender ? TOO_MANY : 1;
	return 0;
}

SEC("fexit/kvm_irq_delivery_to_apic_fast")
int BPF_PROG(on_fast, void *kvm, void *src, void *irq, void *r, void *dest_map, _Bool ret)
{
	struct send *s = send_of_thread();

	if (s && src && ret && !in_interrupt())
		s->path = LIVE_FAST;
	return 0;
}

SEC("fexit/kvm_irq_delivery_to_apic")
int BPF_PROG(on_sent, void *kvm, void *src)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();
	struct send *s = src ? bpf_map_lookup_elem(&sends, &tid) : 0;

	if (!s)
		return 0;
	if (s->acceptors == 1) {
		struct live_key key = {
			.vm = s->vm,
			.vm_pid = s->vm_pid,
			.src = s->src,
			.dst = s->dst,
			.vector = s->vector,
			.path = s->path,
			.state = s->state,
		};

		count_ipi(&key, s->began);
	}
	bpf_map_delete_elem(&sends, &tid);
	return 0;
}

/* The address may be another VM's next: unless VMs have numbers, count its uses. */
SEC("fentry/kvm_arch_destroy_vm")
int BPF_PROG(on_vm_end, void *kvm)
{
	u64 address = (u64)kvm, one = 1, *n = bpf_map_lookup_elem(&generations, &address);

	if (n)
		*n += 1;
	else
		bpf_map_update_elem(&generations, &address, &one, BPF_ANY);
	__sync_fetch_and_add(&counters.ended, 1);
	return 0;
}
