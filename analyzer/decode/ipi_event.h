/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ipi_event.h - one directed IPI, whatever it was read from.
 *
 * Fixed size, no pointers. What a trace does not say has a value of its own, never a plausible one.
 */
#ifndef KVM_IPI_IPI_EVENT_H
#define KVM_IPI_IPI_EVENT_H

#include "util/types.h"

/* The receiver just before delivery (dst_state); other numbers may come from newer kernels. */
enum ipi_state {
	IPI_STATE_GUEST,
	IPI_STATE_HOST,
	IPI_STATE_PREEMPTED,
	IPI_STATE_HALTED,
	IPI_STATE_WOKEN,
	NR_IPI_STATES,
	IPI_STATE_NONE = 0xff, /* what stands there when no_state is set */
};

/* The way of delivery (path). */
enum ipi_path {
	IPI_PATH_FAST,
	IPI_PATH_SLOW,
	NR_IPI_PATHS,
	/*
	 * Not a delivery: AVIC asked KVM to wake a receiver that did not run; counted as other
	 * paths.
	 */
	IPI_PATH_AVIC = NR_IPI_PATHS,
	IPI_PATH_NONE = 0xff,
};

#define IPI_VECTOR_NONE 256
#define IPI_CPU_NONE	(-1)

/*
 * The order is that of use: what is copied, loaded or set together stands in one word of 64 bits.
 */
struct ipi_event {
	u64 ts;	      /* ns, on the trace's clock */
	u32 vm_id;    /* valid if have_vm_id, else 0 */
	s32 vm_pid;   /* valid if have_vm_pid, else 0 */
	u32 src, dst; /* vcpu_id of sender and receiver */
	u16 vm;	      /* the model's number of the VM; set by vms_resolve() */
	u16 vector;   /* or IPI_VECTOR_NONE */
	/* where the receiver is or was last; IPI_CPU_NONE: never anywhere, or unknown */
	s32 dst_cpu;
	u32 cpu;  /* the sender's physical CPU */
	u8 path;  /* enum ipi_path, or a number without a name */
	u8 state; /* enum ipi_state, or a number without a name */
	bool have_vm_id : 1, have_vm_pid : 1;
	/* the trace has no such field (255 could be a number, too) */
	bool no_path : 1, no_state : 1;
};

#endif
