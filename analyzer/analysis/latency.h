/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * latency.h - how long an IPI takes: from its sending until it was accepted, injected,
 * acknowledged, and until its receiver was on a CPU.
 *
 *	send		kvm_apic_ipi of the sender's exit (kvm_ipi_track itself where that is
 *			missing); from 6.18 on the fast path accepts first: then the acceptance
 *	accepted	kvm_apic_accept_irq of that receiver and vector, in the sender's thread
 *	injected	the receiver's first kvm_inj_virq of the vector afterwards
 *	acknowledged	its first kvm_eoi of the vector afterwards
 *	running		sched_switch to the receiver's thread; 0 when it was on a CPU at the send
 *
 * IPIs of one vector that a receiver has not answered are answered together. Results are
 * histograms, per VM, pair, vector and receiver state, and the slowest IPIs. Ordered; memory grows
 * with pairs, and with the IPIs that wait at once, up to LATENCY_WAITING_MAX.
 */
#ifndef KVM_IPI_LATENCY_H
#define KVM_IPI_LATENCY_H

#include "analysis/analysis.h"
#include "analysis/filter.h"
#include "analysis/vcpu_state.h"
#include "model/hist.h"

enum latency_stage {
	LATENCY_ACCEPTED,
	LATENCY_INJECTED,
	LATENCY_ACKNOWLEDGED,
	LATENCY_RUNNING,
	NR_LATENCY_STAGES
};

#define LATENCY_VM_BITS	  7 /* of the histograms: see hist.h */
#define LATENCY_PART_BITS 4
/*
 * IPIs that wait at once. Beyond, the older half is given up: of the queues that never had an
 * acknowledgement first (APICv has no kvm_eoi), else of all.
 */
#define LATENCY_WAITING_MAX (1u << 20)
#define LATENCY_UNKNOWN	    UINT64_MAX

/* An IPI under way, or one of the slowest. */
struct latency_ipi {
	u32 vm;	      /* number in struct vms */
	u32 src, dst; /* vcpu_ids */
	u32 dst_vcpu; /* number in struct vcpus */
	u16 vector;
	u8 state, path; /* as in struct ipi_event */
	bool counts;
	s32 src_pid; /* the sender's thread */
	u32 cpu;     /* its CPU, */
	s32 dst_cpu; /* and the receiver's, or IPI_CPU_NONE */
	u64 number;  /* of those that are counted, from 1 */
	u64 sent;
	u64 after[NR_LATENCY_STAGES]; /* ns after sent; LATENCY_UNKNOWN */
};

/* What a viewer needs: every IPI that is counted. */
struct latency_watch {
	/* Sent, and accepted if that is known; in the order of their records. May be NULL. */
	void (*sent)(void *ctx, const struct latency_ipi *ipi);
	/* No further stage can follow. Once for each, not in the order of sending. May be NULL. */
	void (*over)(void *ctx, const struct latency_ipi *ipi);
};

/* What a row of the result is about; the others are LATENCY_ANY. */
#define LATENCY_ANY UINT32_MAX

struct latency_key {
	u32 vm, src, dst, vector, state;
};

struct latency_row {
	struct latency_key key;
	u64 ipis;
	struct hist hist[NR_LATENCY_STAGES];
};

/* IPIs of one receiver and vector in the order of their records. */
struct latency_queue {
	u16 vector;
	bool acknowledged; /* one was, at any time */
	u32 nr, room;
	u32 injected, run; /* how many, from the first, have reached these stages */
	struct latency_ipi *ipi;
};

struct latency_vcpu {
	/* as a sender, since its last exit: */
	bool have_sent;
	u64 sent;
	u32 nr_accepts;
	struct latency_accept {
		u32 apicid;
		u16 vector;
		u64 ts;
	} accept[4];
	/* as a receiver: */
	struct latency_queue *queue;
	u32 nr_queues;
	u32 waiting; /* IPIs in all of them that wait for it to run */
};

struct latency {
	const struct latency_watch *watch; /* or NULL; set after latency_init() */
	void *watch_ctx;
	bool no_rows; /* only watched: neither histograms nor counts by row */
	struct vcpus vcpus;
	struct latency_vcpu *vcpu; /* by number in struct vcpus */
	struct filter *filter;	   /* not owned */
	const struct vms *vms;	   /* not owned */
	struct latency_row *row;
	u32 nr_rows, room;
	struct rows_index index;  /* by key */
	struct latency_ipi *slow; /* a heap, the least slow one first; or a list of all */
	u32 nr_slow, max_slow, slow_room;
	u32 nr_waiting; /* in all queues */
	u64 counted, unanswered;
	u64 given_up;	/* of the unanswered: too many waited */
	bool no_memory; /* for the list of all: told at the next event */
	/*
	 * Called for each IPI that counts when it reaches a stage; NULL: for none. 0 or -ENOMEM.
	 */
	int (*reached)(void *ctx, const struct latency_ipi *ipi, enum latency_stage stage);
	void *reached_ctx;
};

extern const struct ordered_ops latency_ops;

#define LATENCY_ALL UINT32_MAX

/*
 * map is sealed; max_slow: how many of the slowest to keep, or LATENCY_ALL: memory grows with IPIs.
 * 0 or -ENOMEM.
 */
int latency_init(struct latency *l, const struct thread_map *map, u32 max_slow,
		 struct filter *filter, const struct vms *vms);
void latency_release(struct latency *l);
int latency_event(struct latency *l, const struct event *ev); /* 0 or -ENOMEM */
/* latency_rows.c, for latency.c: the row of a key, new if need be (NULL: no memory); by key. */
struct latency_row *latency_row_find(struct latency *l, struct latency_key key);
void latency_rows_sort(struct latency *l);
/* latency_slow.c, for latency.c: an IPI is over, is it one of the slowest? Slowest first. */
void latency_slow_offer(struct latency *l, const struct latency_ipi *ipi);
void latency_slow_sort(struct latency *l);
/* Sorts the rows by key and the slowest by their time, slowest first. 0 or -ENOMEM. */
int latency_finish(struct latency *l);
/* Then: the rows of a VM, all in one place; returns how many. */
u32 latency_rows_of(const struct latency *l, u32 vm, const struct latency_row **first);

#endif
