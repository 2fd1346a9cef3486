// SPDX-License-Identifier: GPL-2.0-only
/*
 * track.bpf.c - counts the records of kvm:kvm_ipi_track (patched kernels).
 *
 * The classic tracepoint: its record has all that is counted, so it needs no BTF. The offsets are
 * the contract's; the loader compares them with the event's format and refuses another one. The
 * latency needs BTF: the record is made after the delivery, often after the receiver's EOI, so the
 * time of the send is taken at the entry of the delivery.
 */
#include "live/bpf/common.bpf.h"

struct record {
	u64 common;
	u32 vm_id;
	s32 vm_pid;
	u32 src_vcpu_id, dst_vcpu_id;
	s32 dst_cpu;
	u8 vector, path, dst_state;
};

/* When the thread's delivery began. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, u32);
	__type(value, u64);
} began SEC(".maps");

/* The loader names the function: it is another one on other kernels. */
SEC("fentry/kvm_irq_delivery_to_apic")
int BPF_PROG(on_delivery)
{
	u32 tid = (u32)bpf_get_current_pid_tgid();
	u64 now = bpf_ktime_get_ns(), *t = bpf_map_lookup_elem(&began, &tid);

	if (t)
		*t = now;
	else
		bpf_map_update_elem(&began, &tid, &now, BPF_ANY);
	return 0;
}

SEC("tracepoint/kvm/kvm_ipi_track")
int on_ipi(struct record *c)
{
	struct live_key key = {
		.vm = c->vm_id,
		.vm_pid = c->vm_pid,
		.src = c->src_vcpu_id,
		.dst = c->dst_vcpu_id,
		.vector = c->vector,
		.path = c->path,
		.state = c->dst_state,
	};
	u32 tid = (u32)bpf_get_current_pid_tgid();
	u64 *sent = at.want_latency ? bpf_map_lookup_elem(&began, &tid) : 0;

	count_ipi(&key, sent ? *sent : 0);
	return 0;
}
