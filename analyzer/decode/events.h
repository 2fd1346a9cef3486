/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * events.h - the other events that analyses in the order of time need: KVM's own and the scheduler's.
 *
 * One fixed-size record for all of them; what a kind's values mean stands beside the kind. A kind that
 * the file does not describe never comes; a field that the kernel does not have reads 0 and its bit in
 * `have` is clear. Adding a kind is a line here and a row in events.c.
 */
#ifndef KVM_IPI_EVENTS_H
#define KVM_IPI_EVENTS_H

#include "decode/track.h"
#include "input/merge.h"

#define EVENT_VALUES 6

enum event_kind {
	EV_NONE,
	EV_GAP,		  /* events were missed on this CPU before ts; v: how many (-1: unknown),
			   * the time of the stream's last record before them (0: none) */
	EV_TRACK,	  /* ipi */
	EV_ENTRY,	  /* v: vcpu_id, rip */
	EV_EXIT,	  /* v: vcpu_id, exit_reason, guest_rip, isa (1 VMX, 2 SVM), info1 */
	EV_USERSPACE_EXIT, /* v: reason, errno */
	EV_HYPERCALL,	  /* v: nr, a0, a1, a2, a3 */
	EV_HV_HYPERCALL,  /* v: code, ingpa, outgpa, fast */
	EV_HV_SEND_IPI,	  /* v: vector, processor_mask */
	EV_HV_SEND_IPI_EX, /* v: vector, format, valid_bank_mask */
	EV_APIC_IPI,	  /* v: icr_low, dest_id */
	EV_ACCEPT,	  /* v: apicid (the receiver's vcpu_id), dm (mode << 8), tm, vec */
	EV_APICV_ACCEPT,  /* the same; a second record of the same acceptance */
	EV_EOI,		  /* v: apicid (= vcpu_id), vector (may be -1) */
	EV_PV_EOI,	  /* the same; a second record */
	EV_INJ_VIRQ,	  /* v: vector, soft, reinjected */
	EV_AVIC_IPI,	  /* v: vcpu (the sender), icrh, icrl, id, index */
	EV_SWITCH,	  /* v: prev_pid, prev_state, next_pid */
	EV_WAKEUP,	  /* v: pid, target_cpu */
	EV_WAKING,	  /* the same */
	EV_WAKEUP_NEW,	  /* the same */
	EV_MARK,	  /* text: a line that was written to trace_marker */
	EV_PROBE_TARGET,  /* v: the field that the user named: a thread */
	EV_PROBE_RESULT,  /* v: the field that the user named: a return value */
	NR_EVENT_KINDS
};

#define EV_BIT(kind) (1u << (kind))

struct event {
	u64 ts;
	u32 cpu;
	s32 pid;	/* the thread in which it happened */
	u32 input;	/* the file's number */
	u8 kind;
	u8 flags;	/* common_flags: 0x08 hardirq, 0x10 softirq */
	u16 have;	/* bit i: v[i] is known */
	union {
		s64 v[EVENT_VALUES];
		struct ipi_event ipi; /* EV_TRACK */
		struct {
			const char *s;	/* valid until the batch has been handed on */
			u32 len;
		} text;		/* EV_MARK */
	};
};

/* A user's probe, "SYSTEM:EVENT:FIELD"; system NULL: none was named. */
struct probe {
	char *system, *event, *field;
};

int probe_parse(struct probe *p, const char *text); /* 0, -EINVAL, -ENOMEM */
void probe_release(struct probe *p);

struct kind_format {
	bool present;
	u32 min_len;
	struct field pid, flags;
	struct field value[EVENT_VALUES];
};

/* One file's formats, resolved. */
struct events_decoder {
	u32 input;
	u32 kinds;		/* EV_BIT()s of those that the file describes */
	struct track track;
	struct kind_format format[NR_EVENT_KINDS];
	struct field type;
	u8 by_id[1 << 16];	/* enum event_kind */
	u64 damaged;		/* records that were too short */
};

/*
 * Resolves the wanted kinds (EV_BIT()s; those that the file lacks are left out). target and result may
 * be NULL. 0, or -errno with a line: a described event lacks what it must have, or memory.
 */
int events_init(struct events_decoder *d, const struct container *c, u32 input, u32 wanted,
		const struct probe *target, const struct probe *result, struct err *err);

/* False: no event of a wanted kind. */
bool events_decode(struct events_decoder *d, const struct merged *m, struct event *ev);

/* Whether a marker of ours is in the batch: what a run of track records alone asks. */
bool events_have_mark(const struct batch *b);

/* "kvm:kvm_exit", for messages. */
const char *event_kind_name(enum event_kind kind);

#endif
