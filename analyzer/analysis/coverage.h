/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * coverage.h - what a recording shows of the IPIs that there were, and what it cannot show.
 *
 * Counts every kind of IPI whose event was recorded, not only the directed ones; when directed IPIs
 * were acknowledged, or not; and which CPUs lost records, when. Filters do not apply: it speaks of
 * the trace.
 */
#ifndef KVM_IPI_COVERAGE_H
#define KVM_IPI_COVERAGE_H

#include "decode/event.h"
#include "decode/stock_ipi.h"
#include "model/threads.h"

#define COVERAGE_SPANS 64 /* gaps of a CPU that are kept one by one; all of them are counted */

/* Directed IPIs to one vCPU with one vector, waiting for it to show that they came. */
struct coverage_line;

struct coverage_span {
	u64 from, to; /* times of the last record before the gap and of the first one after it */
	s64 events;   /* -1: unknown */
};

struct coverage_cpu {
	u32 cpu;
	u64 gaps, events; /* events: the sum of the numbers that are known */
	bool unknown;	  /* a gap had no number */
	u64 from, to;	  /* of the first gap and of the last */
	u64 ns;		  /* the gaps together */
	struct coverage_span span[COVERAGE_SPANS];
	u32 nr_spans;
};

/* IPIs that no delivery shows, by sender and receiver. */
struct coverage_pair {
	u32 vm, src, dst; /* vm: its number in struct vms */
	u64 count;
	bool avic; /* exited, the receiver was not running; else accepted from a hypercall */
};

/* Marks of hardware that delivers interrupts without KVM. */
enum coverage_hardware { HW_UNKNOWN, HW_NONE, HW_APICV, HW_AVIC };

struct coverage {
	u32 kinds; /* EV_BIT()s: what the files describe, so what could be counted */
	u64 records[NR_EVENT_KINDS];
	u64 sent[NR_STOCK_KINDS]; /* kvm_apic_ipi, or what probes show, by what became of it */
	u64 acceptors;		  /* of the multicasts */
	u64 pv, pv_targets;	  /* KVM_HC_SEND_IPI */
	u64 hyperv;
	/* accepted outside of a delivery, from other vCPUs: PV or Hyper-V IPIs, by probes */
	u64 hypercall_accepts;
	struct coverage_pair *pair; /* the same, and those of AVIC, by sender and receiver */
	u32 nr_pairs, room_pairs;
	struct rows_index pair_index;
	u64 avic[5]; /* incomplete IPIs by id; the last: other ids */
	/* directed IPIs of the source whose receiver's thread is known, after coverage_finish() */
	u64 watched;
	u64 no_eoi;	 /* no EOI of their vector came after them */
	u64 unconfirmed; /* stock: no injection or EOI of their own was seen */
	u64 unwatched;	 /* the receiver's thread is not known */
	struct coverage_cpu *cpu;
	u32 nr_cpus;

	const struct thread_map *map; /* not owned */
	struct coverage_line *line;
	u32 nr_lines, room;
	struct rows_index index; /* by (VM, vcpu_id, vector) */
	u64 apic_exits;		 /* exits that only APICv or AVIC makes */
	bool svm;
};

void coverage_init(struct coverage *c, const struct thread_map *map);
void coverage_release(struct coverage *c);

/* Each: 0 or -ENOMEM. */
int coverage_event(struct coverage *c, const struct event *ev);
/* from: 0 where no record went before */
int coverage_gap(struct coverage *c, u32 cpu, u64 from, u64 to, s64 events);
/* What became of a kvm_apic_ipi. */
void coverage_sent(struct coverage *c, const struct stock_ipi *ipi);
/* An EV_SENT: 0 or -ENOMEM. */
int coverage_joined(struct coverage *c, const struct event *ev);
/* A directed IPI of the source: from now on its receiver is watched. */
int coverage_watch(struct coverage *c, const struct ipi_event *ipi);
void coverage_finish(struct coverage *c);

enum coverage_hardware coverage_hardware(const struct coverage *c);

#endif
