/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A host that runs more vCPUs than it has CPUs, and what a recording of it holds: exits, entries,
 * switches, wake-ups, IPIs and their EOIs, spins, and two probes at yield_to().
 *
 * The other streams of mktrace are drawn at random; this one is a small simulation, because a
 * replay of kvm_vcpu_on_spin() needs a past that makes sense. Guests send each other IPIs and spin
 * until they are answered, run queues take turns, and a spinner's search is made here by the
 * kernel's rules, of the generation that --search names, on the true state. So what the file's
 * probes tell is known to follow from the rules, and a replay can be held to it.
 */
#ifndef MKTRACE_HOST_H
#define MKTRACE_HOST_H

#include "container.h"
#include "stream.h"

enum search { SEARCH_TWO_PASSES, SEARCH_LOOP_INDEX, SEARCH_LOOP };

enum host_kind {
	HOST_ENTRY,
	HOST_EXIT,
	HOST_HV,
	HOST_APIC_IPI,
	HOST_ACCEPT,
	HOST_EOI,
	HOST_SWITCH,
	HOST_WAKEUP,
	HOST_SPIN,
	HOST_TARGET,
	HOST_RESULT,
	HOST_TRACK,
	NR_HOST_KINDS
};

#define HOST_VALUES 3

struct host_record {
	enum host_kind kind;
	u32 pid;	    /* the thread's */
	u64 v[HOST_VALUES]; /* in the order of the table in host_events.c */
	struct item item;   /* time and CPU; of HOST_TRACK the rest, too */
};

struct host;

/* IPIs are drawn from the o->edges edges. */
struct host *host_new(const struct options *o, struct edge *edges);
void host_free(struct host *h);
void host_next(struct host *h, struct host_record *r);

/* Writes FILE.host.json: how many records, spins, yields and tries that failed were planted. */
void host_truth(const struct host *h);

/*
 * host_events.c: the bytes of a record of any kind but HOST_TRACK, and the section of the formats.
 */
u32 host_payload(u8 *p, const struct host_record *r, bool big_endian);
void host_events(struct buf *b, const struct container *c);
const char *host_kind_name(enum host_kind kind);

#endif
