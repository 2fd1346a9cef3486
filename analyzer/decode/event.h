/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * event.h - one directed IPI, whatever it was read from, and one event of any kind. All that the
 * rest of the program sees.
 *
 * Fixed size, no pointers. What a trace does not say has a value of its own, never a plausible one.
 */
#ifndef KVM_IPI_EVENT_H
#define KVM_IPI_EVENT_H

#include "util/types.h"

/* The receiver just before delivery (dst_state); other numbers may come from newer kernels. */
enum ipi_state {
	IPI_STATE_GUEST, IPI_STATE_HOST, IPI_STATE_PREEMPTED, IPI_STATE_HALTED, IPI_STATE_WOKEN,
	NR_IPI_STATES,
	IPI_STATE_NONE = 0xff, /* what stands there when no_state is set */
};

/* The way of delivery (path). */
enum ipi_path {
	IPI_PATH_FAST, IPI_PATH_SLOW,
	NR_IPI_PATHS,
	IPI_PATH_NONE = 0xff,
};

#define IPI_VECTOR_NONE	256
#define IPI_CPU_NONE	(-1)

/*
 * The order is that of use: what is copied, loaded or set together stands in one word of 64 bits.
 */
struct ipi_event {
	u64 ts;		/* ns, on the trace's clock */
	u32 vm_id;	/* valid if have_vm_id, else 0 */
	s32 vm_pid;	/* valid if have_vm_pid, else 0 */
	u32 src, dst;	/* vcpu_id of sender and receiver */
	u16 vm;		/* the model's number of the VM; set by vms_resolve() */
	u16 vector;	/* or IPI_VECTOR_NONE */
	/* where the receiver is or was last; IPI_CPU_NONE: never anywhere, or unknown */
	s32 dst_cpu;
	u32 cpu;	/* the sender's physical CPU */
	u8 path;	/* enum ipi_path, or a number without a name */
	u8 state;	/* enum ipi_state, or a number without a name */
	bool have_vm_id : 1, have_vm_pid : 1;
	/* the trace has no such field (255 could be a number, too) */
	bool no_path : 1, no_state : 1;
};

/*
 * The numbers of the VMs that were met last, by both their ids as they lie in an event. The model
 * fills it; the decoder looks into it, so that hardly an event has to be looked at again for its
 * VM. All zero is empty. Of empty lines, only that of ids 0 could be taken for a VM's: the decoder
 * asks whether that one is used, once a batch.
 */
#define VM_CACHE_BITS 8 /* 4 KiB */
#define VM_CACHE_OF_0 0 /* what vm_cache_line() says of ids 0 */

struct vm_cached {
	u64 ids;
	u32 number;	/* of the VM */
	bool used;
};

struct vm_cache {
	struct vm_cached line[1 << VM_CACHE_BITS];
};

/* Where these ids are, if they are there. */
static inline u32 vm_cache_line(u64 ids)
{
	return ids * 0x9e3779b97f4a7c15ull >> (64 - VM_CACHE_BITS);
}

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
	EV_TRACK,	  /* ipi */
	EV_ENTRY,	  /* v: vcpu_id */
	EV_EXIT,	  /* v: vcpu_id, exit_reason, guest_rip, isa (1 VMX, 2 SVM) */
	EV_USERSPACE_EXIT, /* v: reason, errno */
	EV_HYPERCALL,	  /* v: nr, a0, a1, a2, a3 */
	EV_HV_HYPERCALL,  /* v: code */
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

/* "kvm:kvm_exit", for messages (events.c). */
const char *event_kind_name(enum event_kind kind);

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

/* What was said last of some threads: which vCPU each runs, and of which VM it sent an IPI. */
#define EVENTS_SAID 256

struct events_said {
	u64 runs[EVENTS_SAID]; /* thread and vCPU, by the thread's last bits; 0: nothing */
	struct {
		u64 who;	/* the same */
		u64 vm;		/* both its ids */
	} sends[EVENTS_SAID];
};

static inline u64 events_who(s32 pid, u32 vcpu)
{
	return (u64)(u32)pid << 32 | vcpu;
}

/* Both return whether it is news of the thread, and remember it. */
static inline bool events_say_runs(struct events_said *said, s32 pid, u32 vcpu)
{
	u64 *last = &said->runs[(u32)pid % EVENTS_SAID], who = events_who(pid, vcpu);

	if (likely(*last == who))
		return false;
	*last = who;
	return true;
}

static inline bool events_say_sends(struct events_said *said, s32 pid, const struct ipi_event *ipi)
{
	u64 vm = (u64)(u32)ipi->vm_pid << 32 | ipi->vm_id, who = events_who(pid, ipi->src);
	u32 at = (u32)pid % EVENTS_SAID;

	if (likely(said->sends[at].who == who && said->sends[at].vm == vm))
		return false;
	said->sends[at].who = who;
	said->sends[at].vm = vm;
	return true;
}

/* What became of a kvm_apic_ipi, by the stock events (stock.h). */
enum stock_kind {
	STOCK_UNICAST,	 /* fixed, no shorthand, accepted by exactly one vCPU, not the sender */
	STOCK_SELF,	 /* the same, by the sender; or the shorthand for it */
	STOCK_MULTICAST, /* fixed, no shorthand, several acceptors */
	STOCK_SHORTHAND, /* all, or all but self */
	STOCK_LOWEST,	 /* lowest priority */
	STOCK_SPECIAL,	 /* NMI, SMI, INIT, SIPI */
	STOCK_DEASSERT,	 /* level-triggered de-assert: never delivered, though it looks accepted */
	STOCK_NOBODY,	 /* fixed, no shorthand, no acceptor */
	STOCK_UNKNOWN, /* cut off by lost events or an end of the recording; or of no known vCPU */
	NR_STOCK_KINDS
};

struct stock_ipi {
	u8 kind;	/* enum stock_kind */
	u32 acceptors;
	s32 pid;	/* the sender's thread */
	u32 input;	/* the file's number */
	bool have_src;	/* ipi.src is known; else the thread may be known by other means */
	/*
	 * ts and cpu: of the acceptance (of the ipi, when there was none); dst: valid when there
	 * was one acceptor. Comes out after the kvm_entry that ended the stay, so not in the order
	 * of time.
	 */
	struct ipi_event ipi;
};

#endif
