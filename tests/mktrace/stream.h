/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stream: which record comes when, on which CPU, saying what. It is a function of the stream
 * options alone (see options.h); where a record is stored is decided elsewhere, from its number.
 *
 * Times grow strictly over all CPUs, so that each record has one place in the order of time.
 */
#ifndef MKTRACE_STREAM_H
#define MKTRACE_STREAM_H

#include "workload.h"

enum kind {
	KIND_TRACK,	/* kvm_ipi_track */
	KIND_SWITCH,	/* sched_switch */
	KIND_EOI,	/* kvm_eoi */
	KIND_BIG,	/* print, with more than 112 bytes of payload */
	KIND_MARK,	/* print, a marker that describes a CPU */
	KIND_DISCARDED, /* a kvm_ipi_track that the kernel took back: padding, no record */
	NR_KINDS,
};

/* The numbers that path and dst_state take; those without a name only with odd_values. */
#define NR_PATHS  5
#define NR_STATES 8
extern const u8 path_values[NR_PATHS];
extern const u8 state_values[NR_STATES];

/* One distinct (VM, sender, receiver, vector), and what was planted on it. */
struct edge {
	u32 vm, src, dst; /* ids of vCPUs, and the VM's index */
	u8 vector;
	u64 first_ns, last_ns;
	u64 paths[NR_PATHS], states[NR_STATES];
	u64 cpu_known, cpu_same; /* the receiver's CPU is known; is the sender's */
};

struct item {
	u64 number, ns;
	u32 cpu; /* index */
	enum kind kind;
	struct edge *edge; /* track and discarded */
	u8 path, state;	   /* indices into the tables above */
	s32 dst_cpu;	   /* index, or -1 */
	u32 described;	   /* by a marker: a CPU's index */
	u32 random;	   /* for what else the payload holds */
};

struct stream {
	const struct options *o;
	struct edge *edges;
	struct rng rng;
	struct workload work;
	u64 ns, number, events;
	u64 foreign_left;
	u32 described; /* CPUs */
	bool big_due, discarded_due, event_due;
};

void stream_init(struct stream *s, const struct options *o);
void stream_release(struct stream *s);
bool stream_next(struct stream *s, struct item *it); /* false: the end */

/* The identity of VM number @vm; two neighbours share a pid, as VMs of one process do. */
static inline s32 vm_pid(u32 vm)
{
	return 4242 + (s32)(vm / 2) * 1000;
}

/* The thread of a vCPU. VMs that share a process have different threads. */
static inline u32 vcpu_pid(u32 vm, u32 vcpu)
{
	return vm_pid(vm) + (vm & 1) * 500 + 10 + vcpu;
}

static inline u32 vm_id(u32 vm)
{
	return 3 + vm;
}

#endif
