/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layout.h - what the BPF programs and their reader share: the keys of the maps, and the buckets of
 * the latencies.
 *
 * Keys are compared byte by byte in the kernel: no padding that is not named. A VM is a number that
 * only has to be unique while the programs run: vm_id where the kernel has it, else the address of
 * struct kvm, whose low bits (it is page-aligned) count how often the address was used again. The
 * address stays inside the program: outputs show numbers from 1.
 */
#ifndef KVM_IPI_LIVE_LAYOUT_H
#define KVM_IPI_LIVE_LAYOUT_H

#include <linux/types.h>

/* map "ipis": directed IPIs, counted */
struct live_key {
	__u64 vm;
	__s32 vm_pid;
	__u32 src, dst; /* vcpu_id */
	__u8 vector, path, state, zero;
};

enum live_stage { LIVE_EOI, LIVE_SCHEDULED_IN, NR_LIVE_STAGES };

/* map "latency": a histogram's bucket, by VM, stage and the receiver's state at the send */
struct live_bucket_key {
	__u64 vm;
	__u16 bucket;
	__u8 stage, state;
	__u32 zero;
};

/* model/hist.h's buckets with 7 bits, the same as those of `latency`. */
#define LIVE_BITS 7

/* The kernel's own numbers; equal to enum ipi_state (decode) and to dst_state's values. */
enum { LIVE_GUEST, LIVE_HOST, LIVE_PREEMPTED, LIVE_HALTED, LIVE_WOKEN, NR_LIVE_STATES };
enum { LIVE_FAST, LIVE_SLOW, LIVE_AVIC, NR_LIVE_PATHS };

/* Global variables of the programs, at the beginning of .bss. */
struct live_counters {
	__u64 lost_ipis;    /* found no room in "ipis" */
	__u64 lost_latency; /* found no room in "latency" */
	/* sent while an IPI of the same vector was pending: no latency of its own */
	__u64 overtaken;
	__u64 lost_sends; /* could not be followed from the call to its end */
	__u64 ended;	  /* VMs that ended while the programs ran */
};

/* Read-only variables, set before loading: offsets in bytes, from the running kernel's types. */
struct live_offsets {
	__u32 vcpu_kvm, vcpu_id, vcpu_mode, vcpu_preempted, vcpu_ready, vcpu_wait_task;
	__u32 kvm_pid;
	__u32 kvm_vm_id; /* 0: this kernel does not number VMs */
	__u32 lapic_vcpu;
	__u32 irq_vector, irq_delivery_mode, irq_shorthand;
	__u32 want_latency;
};

#endif
