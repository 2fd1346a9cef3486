/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * event.h - one event of any kind, for analyses in the order of time; ipi_event.h has the one kind
 * that all others get.
 */
#ifndef KVM_IPI_EVENT_H
#define KVM_IPI_EVENT_H

#include "decode/ipi_event.h"

/*
 * Any other event, for analyses in the order of time. One fixed-size record for all of them; what a
 * kind's values mean stands beside the kind.
 */
#define EVENT_VALUES 6

enum event_kind {
	EV_NONE,
	/*
	 * events were missed on this CPU before ts; v: how many (-1: unknown), the time of the
	 * stream's last record before them (0: none)
	 */
	EV_GAP,
	EV_TRACK,	   /* ipi */
	EV_DELIVER,	   /* deliver; by probes (probes.h), as the four behind it */
	EV_DELIVER_ACCEPT, /* accept */
	EV_ACCEPTED,	   /* v: ret: above 0, the interrupt was accepted */
	EV_FAST,	   /* v: ret: not 0, the APIC map had the receivers */
	EV_DELIVERED,	   /* v: ret: how many accepted it, below 0 for none */
	/*
	 * an IPI that is not directed, joined from probes (deliveries.h); v: enum stock_kind,
	 * acceptors, the only acceptor or -1, its state or -1
	 */
	EV_SENT,
	EV_ENTRY,	   /* v: vcpu_id */
	EV_EXIT,	   /* v: vcpu_id, exit_reason, guest_rip, isa (1 VMX, 2 SVM) */
	EV_USERSPACE_EXIT, /* v: reason, errno */
	EV_HYPERCALL,	   /* v: nr, a0, a1, a2, a3 */
	EV_HV_HYPERCALL,   /* v: code */
	EV_HV_SEND_IPI,	   /* v: vector, processor_mask */
	EV_HV_SEND_IPI_EX, /* v: vector, format, valid_bank_mask */
	EV_APIC_IPI,	   /* v: icr_low, dest_id */
	EV_ACCEPT,	   /* v: apicid (the receiver's vcpu_id), dm (mode << 8), tm, vec */
	EV_APICV_ACCEPT,   /* the same; a second record of the same acceptance */
	EV_EOI,		   /* v: apicid (= vcpu_id), vector (may be -1) */
	EV_PV_EOI,	   /* the same; a second record */
	EV_INJ_VIRQ,	   /* v: vector, soft, reinjected */
	EV_AVIC_IPI,	   /* v: vcpu (the sender), icrh, icrl, id, index */
	EV_SWITCH,	   /* v: prev_pid, prev_state, next_pid */
	EV_WAKEUP,	   /* v: pid, target_cpu */
	EV_WAKING,	   /* the same */
	EV_WAKEUP_NEW,	   /* the same */
	EV_PROBE_PICK,	   /* a call of kvm_vcpu_yield_to(); v: dst_vcpu_id */
	EV_MARK,	   /* text: a line that was written to trace_marker */
	EV_PROBE_TARGET,   /* v: the field that the user named: a thread */
	EV_PROBE_RESULT,   /* v: the field that the user named: a return value */
	NR_EVENT_KINDS
};

#define EV_BIT(kind) (1u << (kind))

/* "kvm:kvm_exit", for messages (events.c). */
const char *event_kind_name(enum event_kind kind);

struct event {
	u64 ts;
	u32 cpu;
	s32 pid;   /* the thread in which it happened */
	u32 input; /* the file's number */
	u8 kind;
	u8 flags; /* common_flags: 0x08 hardirq, 0x10 softirq */
	u16 have; /* bit i: v[i] is known */
	union {
		s64 v[EVENT_VALUES];
		struct ipi_event ipi; /* EV_TRACK */
		struct {
			u64 vm; /* what identifies the VM, never shown; 0: not recorded */
			s32 vm_pid;
			u32 src;    /* vcpu_id of the sender, if from_vcpu */
			u16 vector; /* or IPI_VECTOR_NONE */
			u8 kind;    /* enum stock_kind: STOCK_UNICAST, or what is no such IPI */
			bool from_vcpu, have_vm_pid;
		} deliver; /* EV_DELIVER */
		struct {
			u32 dst;    /* vcpu_id of the receiver */
			s32 cpu;    /* where it is or was last, or IPI_CPU_NONE */
			u16 vector; /* or IPI_VECTOR_NONE */
			u8 state;   /* enum ipi_state, or IPI_STATE_NONE */
		} accept;	    /* EV_DELIVER_ACCEPT */
		struct {
			const char *s; /* valid until the batch has been handed on */
			u32 len;
		} text; /* EV_MARK */
	};
};

#endif
