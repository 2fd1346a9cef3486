/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * common.bpf.h - maps, counting and latency for both BPF backends.
 *
 * Structures of KVM are read at offsets that the loader took from the module's own BTF: CO-RE would
 * take vmlinux's struct kvm, which differs from that of a patched module. The loads are direct, so
 * the verifier checks each of them against the same BTF and refuses an offset that is no member of
 * that size. One hash for all CPUs: the sender is part of the key, so CPUs seldom meet.
 */
#ifndef KVM_IPI_LIVE_COMMON_BPF_H
#define KVM_IPI_LIVE_COMMON_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "live/bpf/layout.h"

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;

/* The loader sets max_entries of "ipis" and "latency". */
#define RECEIVERS 65536

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, struct live_key);
	__type(value, u64);
} ipis SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, struct live_bucket_key);
	__type(value, u64);
} latency SEC(".maps");

/* A receiver and a vector, or a receiver alone (vector 256). */
struct receiver {
	u64 vm;
	u32 vcpu, vector;
};

#define ANY_VECTOR 256

/*
 * The first IPI that waits, and when the receiver came to it last. Times only grow, so sender and
 * receiver need no lock: an IPI is pending while sent > reached. An entry that is evicted costs one
 * measurement.
 */
struct pending {
	u64 sent, reached;
	u32 state, zero;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, RECEIVERS);
	__type(key, struct receiver);
	__type(value, struct pending);
} eois SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, RECEIVERS);
	__type(key, struct receiver);
	__type(value, struct pending);
} runs SEC(".maps");

struct live_counters counters;
const volatile struct live_offsets at;

/* A member of *p. */
#define LOAD(type, p, offset) (*(type *)((char *)(p) + (offset)))

/* A VM's address was used again: how often. Only looked at once a VM has ended. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);
	__type(value, u64);
} generations SEC(".maps");

static __always_inline u64 vm_of(void *kvm)
{
	u64 address = (u64)kvm, *generation;

	if (at.kvm_vm_id)
		return LOAD(u32, kvm, at.kvm_vm_id);
	generation = counters.ended ? bpf_map_lookup_elem(&generations, &address) : 0;
	return generation ? address + (*generation & 0xfff) : address;
}

static __always_inline void count(void *map, const void *key, u64 *lost)
{
	u64 one = 1, *n = bpf_map_lookup_elem(map, key);

	if (!n) {
		if (!bpf_map_update_elem(map, key, &one, BPF_NOEXIST))
			return;
		/* Another CPU was first, or there is no room. */
		n = bpf_map_lookup_elem(map, key);
	}
	__sync_fetch_and_add(n ? n : lost, 1);
}

/* No count of leading zeros: clang 14 has none for BPF. */
static __always_inline u32 log2_of(u64 v)
{
	u32 r = 0;

	if (v >> 32) {
		r += 32;
		v >>= 32;
	}
	if (v >> 16) {
		r += 16;
		v >>= 16;
	}
	if (v >> 8) {
		r += 8;
		v >>= 8;
	}
	if (v >> 4) {
		r += 4;
		v >>= 4;
	}
	if (v >> 2) {
		r += 2;
		v >>= 2;
	}
	return r + (v >> 1);
}

static __always_inline u16 bucket_of(u64 ns)
{
	u32 shift;

	if (ns < 1 << LIVE_BITS)
		return ns;
	shift = log2_of(ns) - LIVE_BITS;
	return ((shift + 1) << LIVE_BITS) + (u32)((ns >> shift) - (1 << LIVE_BITS));
}

static __always_inline void measured(u64 vm, u8 stage, u8 state, u64 ns)
{
	struct live_bucket_key key = {
		.vm = vm,
		.bucket = bucket_of(ns),
		.stage = stage,
		.state = state,
	};

	count(&latency, &key, &counters.lost_latency);
}

/*
 * An IPI that was sent at `sent` and is counted now. The receiver may have been there already: the
 * sender comes to this point after the delivery.
 */
static __always_inline void sent_to(void *map, const struct receiver *r, u8 stage, u8 state,
				    u64 sent)
{
	struct pending *p = bpf_map_lookup_elem(map, r), first = { .sent = sent, .state = state };

	if (!p) {
		bpf_map_update_elem(map, r, &first, BPF_NOEXIST);
	} else if (p->reached > sent) {
		measured(r->vm, stage, state, p->reached - sent);
	} else if (p->sent > p->reached) {
		if (stage == LIVE_EOI)
			__sync_fetch_and_add(&counters.overtaken, 1);
	} else {
		p->state = state;
		p->sent = sent;
	}
}

/* The receiver has come to the stage. */
static __always_inline void reached_by(void *map, const struct receiver *r, u8 stage)
{
	struct pending *p = bpf_map_lookup_elem(map, r), first = { 0 };
	u64 now = bpf_ktime_get_ns();

	if (!p) {
		first.reached = now;
		bpf_map_update_elem(map, r, &first, BPF_NOEXIST);
		return;
	}
	if (p->sent > p->reached)
		measured(r->vm, stage, p->state, now - p->sent);
	p->reached = now;
}

/* Counts an IPI; sent: 0 where that is not known. */
static __always_inline void count_ipi(const struct live_key *key, u64 sent)
{
	struct receiver r = { .vm = key->vm, .vcpu = key->dst, .vector = key->vector };

	count(&ipis, key, &counters.lost_ipis);
	if (!sent || !at.want_latency)
		return;
	sent_to(&eois, &r, LIVE_EOI, key->state, sent);
	if (key->state == LIVE_GUEST || key->state == LIVE_HOST)
		return;
	r.vector = ANY_VECTOR;
	sent_to(&runs, &r, LIVE_SCHEDULED_IN, key->state, sent);
}

/* From 6.12 on the arguments of a tracepoint may be NULL for the verifier. */
SEC("tp_btf/kvm_eoi")
int BPF_PROG(on_eoi, void *apic, int vector)
{
	struct receiver r = { .vector = vector & 0xff };
	void *vcpu;

	if (!apic)
		return 0;
	vcpu = LOAD(void *, apic, at.lapic_vcpu);
	r.vm = vm_of(LOAD(void *, vcpu, at.vcpu_kvm));
	r.vcpu = LOAD(u32, vcpu, at.vcpu_id);
	reached_by(&eois, &r, LIVE_EOI);
	return 0;
}

/* A vCPU's thread was scheduled in, or has entered KVM. */
SEC("fentry/kvm_arch_vcpu_load")
int BPF_PROG(on_scheduled_in, void *vcpu, int cpu)
{
	struct receiver r = { .vector = ANY_VECTOR };

	r.vm = vm_of(LOAD(void *, vcpu, at.vcpu_kvm));
	r.vcpu = LOAD(u32, vcpu, at.vcpu_id);
	reached_by(&runs, &r, LIVE_SCHEDULED_IN);
	return 0;
}

/* What bpf_probe_read and tracing programs ask for. */
char license_of_program[] SEC("license") = "GPL";

#endif
