/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the VMM and the guest share: where things are in the guest's memory, the operations that the
 * guest has to carry out, and the book in which it writes what it did.
 *
 * The VMM parses a workload file into operations and puts them into the book before the guest
 * starts; the guest carries them out one after the other, with a barrier between two, and counts.
 * After the run the VMM reads the book and writes the truth files. Nothing in here comes from a
 * trace, and the guest knows nothing of KVM but its APIC and three hypercalls.
 *
 * Addresses below are physical. The guest's kernel runs in the upper half, as real ones do: a trace
 * shows the mode of a vCPU by the upper half of its rip. Ring 3 sees the first 2 MB at LAB_USER.
 */
#ifndef LAB_BOOK_H
#define LAB_BOOK_H

#include <stdint.h>

#define LAB_KERNEL	0xffffffff80000000ull /* the first GB, for ring 0 */
#define LAB_USER	0x40000000u /* the first 2 MB, for ring 3: the loop in which it works */

#define LAB_PAGE_TABLES 0x001000u /* PML4, two PDPTs, three page directories */
#define LAB_CODE	0x100000u /* guest.bin, its entry is its first byte */
#define LAB_BOOK	0x200000u /* struct lab_book */
#define LAB_STACKS	0x600000u /* one stack for each vCPU, growing down */
#define LAB_STACK_SIZE	0x004000u
#define LAB_MEMORY	0x800000u

/* Ports by which the guest talks to the VMM. */
#define LAB_PORT_DONE  0x10 /* this vCPU is through */
#define LAB_PORT_MSI   0x14 /* value = index of an operation: signal its MSI once */
#define LAB_PORT_PANIC 0x18 /* value = the exception's vector */

#define LAB_MAX_VCPUS  16
#define LAB_MAX_OPS    64
#define LAB_MAX_SPAN   8	     /* vectors of one operation */
#define LAB_NOBODY     LAB_MAX_VCPUS /* in place of a receiver: there is no single one */
#define LAB_EVERY      (-1)	     /* in place of a sender: each vCPU */

#define LAB_NMI	       2    /* vector under which the book counts NMIs */
#define LAB_RELEASE    0xf0 /* vector that wakes halted vCPUs at the end of an operation */
#define LAB_SYSCALL    0x1f /* software interrupt by which ring 3 returns to the kernel */
#define LAB_MAX_CALLS  1024 /* of one vCPU that are measured */

enum lab_verb {
	LAB_SEND,     /* write the ICR */
	LAB_CALL,     /* the same with a request that the handler takes; measured */
	LAB_PV_SEND,  /* KVM_HC_SEND_IPI */
	LAB_HV_SEND,  /* Hyper-V's HvCallSendSyntheticClusterIpi */
	LAB_MSI_SEND, /* the VMM signals an MSI: no vCPU is the source */
	LAB_LDR,      /* write the logical destination register (xAPIC) */
	LAB_APICID,   /* write the APIC id register (xAPIC) */
	LAB_DISABLE,  /* software-disable the local APIC */
	LAB_ENABLE,
	LAB_PAUSE,     /* execute PAUSE count times */
	LAB_LONG_SPIN, /* Hyper-V's HvCallNotifyLongSpinWait, count times */
	LAB_YIELD,     /* KVM_HC_SCHED_YIELD to the vCPU of id `to`, count times */
};

enum lab_addressee {
	LAB_TO_RAW,    /* `to` is the destination field itself */
	LAB_TO_OFFSET, /* the vCPU `to` places after the sender, round the corner */
	LAB_TO_EACH,   /* each other vCPU in turn, count times */
	LAB_TO_ANY,    /* another vCPU, drawn by a generator with a fixed seed */
	LAB_TO_ALL,    /* each other vCPU: count times all of them, then wait for all of them */
};

enum lab_receivers {
	LAB_RECV_NONE,	 /* no handler may run */
	LAB_RECV_ALL,	 /* that of each vCPU in the mask, once for each send */
	LAB_RECV_ONE,	 /* that of one vCPU in the mask, once for each send */
	LAB_RECV_TO,	 /* that of the addressee */
	LAB_RECV_OTHERS, /* that of each vCPU but the sender */
};

enum lab_wait { LAB_WAIT_SPIN, LAB_WAIT_PAUSE, LAB_WAIT_HV, LAB_WAIT_YIELD };
enum lab_idle { LAB_IDLE_HALT, LAB_IDLE_WAIT, LAB_IDLE_BUSY, LAB_IDLE_WORK };

struct lab_op {
	uint32_t verb;	 /* enum lab_verb */
	int32_t from;	 /* a vCPU or LAB_EVERY */
	uint32_t icr;	 /* low half of the ICR; the value of LAB_LDR and _APICID */
	uint32_t span;	 /* vectors icr .. icr + span - 1, drawn at random */
	uint32_t to_how; /* enum lab_addressee */
	uint32_t to;
	uint32_t count;
	uint32_t recv_how; /* enum lab_receivers */
	uint32_t recv_mask;
	uint32_t loose;	 /* do not wait: handlers run at least once, and less often */
	uint32_t single; /* index in `sent` for a raw addressee: a vCPU, LAB_NOBODY */
};

struct lab_config {
	uint32_t nr_vcpus;
	uint32_t nr_ops;
	uint32_t wait;	      /* enum lab_wait: how a sender waits for the handler */
	uint32_t idle;	      /* enum lab_idle: what a vCPU does that has nothing to do */
	uint32_t x2apic_mask; /* vCPUs in x2APIC mode */
	uint32_t hyperv;      /* introduce ourselves as a Hyper-V guest */
	uint32_t vmmcall;     /* AMD: hypercalls by VMMCALL, else VMCALL */
	uint32_t tsc_khz;
	uint32_t gap_us;     /* busy time before each send */
	uint32_t timeout_ms; /* to wait for one handler at most */
	uint32_t ring;	     /* 0 or 3: where the loop of the next three runs */
	uint32_t work;	     /* turns of the loop before each send */
	uint32_t jitter;     /* so many turns more or less, at random */
	uint32_t piece;	     /* turns between two looks at the barrier (LAB_IDLE_WORK) */
	uint32_t polls;	     /* looks at memory per PAUSE or hypercall; 0: 1 or 64 */
	uint32_t seed;	     /* of the generators */
};

/* Times of one call by the guest's TSC. */
struct lab_call {
	uint32_t ack;  /* from the send to the (last) handler */
	uint32_t wait; /* from the send until the sender goes on */
};

struct lab_book {
	struct lab_config config;
	struct lab_op ops[LAB_MAX_OPS];

	volatile uint32_t arrived; /* at the barrier */
	volatile uint32_t phase;   /* operations finished */
	volatile uint64_t panic_rip;

	/* sent[op][sender][receiver][vector - first vector] */
	uint32_t sent[LAB_MAX_OPS][LAB_MAX_VCPUS][LAB_MAX_VCPUS + 1][LAB_MAX_SPAN];
	volatile uint32_t received[LAB_MAX_VCPUS][256];
	uint32_t spins[LAB_MAX_OPS][LAB_MAX_VCPUS];    /* turns in wait loops */
	uint32_t timeouts[LAB_MAX_OPS][LAB_MAX_VCPUS]; /* handlers that never ran */
	uint32_t releases[LAB_MAX_VCPUS];	       /* LAB_RELEASE broadcasts sent */
	uint32_t doubled[LAB_MAX_VCPUS];	       /* interrupts that QEMU delivered again */

	/* Calls: request[to][from] is the vector, the handler sets it to 0. A cache line each. */
	volatile uint32_t request[LAB_MAX_VCPUS][LAB_MAX_VCPUS][16];
	volatile uint64_t taken[LAB_MAX_VCPUS][LAB_MAX_VCPUS]; /* TSC in the handler */
	uint32_t served[LAB_MAX_VCPUS];			       /* requests that this vCPU took */
	uint64_t begin[LAB_MAX_VCPUS];			       /* TSC: first call operation */
	uint64_t end[LAB_MAX_VCPUS];			       /* TSC: after its last call */
	uint64_t worked[LAB_MAX_VCPUS];			       /* turns of the work loop */
	uint32_t pauses[LAB_MAX_VCPUS];			       /* PAUSEs or hypercalls in calls */
	uint32_t nr_calls[LAB_MAX_VCPUS];
	struct lab_call calls[LAB_MAX_VCPUS][LAB_MAX_CALLS];
};

_Static_assert(LAB_BOOK + sizeof(struct lab_book) <= LAB_STACKS, "the book grows into the stacks");
_Static_assert(LAB_STACKS + LAB_MAX_VCPUS * LAB_STACK_SIZE <= LAB_MEMORY,
	       "stacks beyond the memory");

/* The vector under which an operation's interrupts are counted. */
static inline uint32_t lab_vector(const struct lab_op *op)
{
	return (op->icr >> 8 & 7) == 4 ? LAB_NMI : op->icr & 0xff;
}

#endif
