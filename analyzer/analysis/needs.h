/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * needs.h - what each analysis needs of a recording, declared once.
 *
 * From these lists come the events that a run decodes (trace/), the presets of kvm-ipi record
 * (record/), the messages that say what to record, and which figures are "not recorded": a figure
 * whose event is not in the trace is unknown, never zero.
 */
#ifndef KVM_IPI_NEEDS_H
#define KVM_IPI_NEEDS_H

#include "decode/event.h"

/* How much a recording for the analysis needs an event. */
enum need_level {
	NEED_MUST,   /* no answer without it */
	NEED_SOURCE, /* the tracepoint; or probes; or the stock events in its place */
	NEED_STATES, /* the tracepoint or probes: what stock events do not tell is needed */
	NEED_STOCK,  /* a must where neither the tracepoint nor probes are there */
	NEED_NICE,   /* an answer is better, or complete, with it */
	NEED_READ,   /* read where it is there; its preset leaves it out */
};

struct need {
	u8 kind;	 /* enum event_kind; EV_NONE ends a list */
	u8 level;	 /* enum need_level */
	u8 unknown;	 /* figures that are unknown without it; bits of the analysis's own */
	u8 better;	 /* figures that it makes better */
	bool for_others; /* recorded for what report says beside; the analysis does not read it */
};

/* Figures of yield_needs and of latency_needs. */
enum {
	YIELD_ACKS = 1,
	YIELD_REPLAY = 2,
	YIELD_UNTRACKED = 4,
	YIELD_WOKEN = 8, /* which vCPUs that had halted can be yielded to */
};
#define LATENCY_FIGURE(stage) (1 << (stage))
#define LATENCY_FIGURES	      0xff
#define STOCK_COVERAGE	      1 /* IPIs that are not directed, and EOIs */

extern const struct need graph_needs[], latency_needs[], yield_needs[], hints_needs[],
	probes_needs[], stock_needs[], whois_needs[], tracks_needs[];

/* The kinds that are read: EV_BIT()s. */
u32 needs_kinds(const struct need *n);
/* The kinds without any one of which a figure is unknown. */
u32 needs_unknown(const struct need *n, u32 figures);

/* The kinds that make one better. */
u32 needs_better(const struct need *n, u32 figures);

/*
 * What to record for these figures, as options of trace-cmd: "-e kvm:kvm_eoi"; several of KVM's
 * events are "-e kvm". Into text; returns it.
 */
#define NEEDS_TEXT 256
const char *needs_record(const struct need *n, u32 figures, char text[NEEDS_TEXT]);
/* The same of all that are a must, each by its name. */
const char *needs_musts(const struct need *n, char text[NEEDS_TEXT]);

#endif
