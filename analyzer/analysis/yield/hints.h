/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hints.h - what the IPIs alone say about hints for a directed yield.
 *
 * Each tracked IPI leaves a hint with its sender: "I wait for this receiver". There is one slot per
 * sender, so the next IPI replaces it, and a window ends it. For a sweep of windows this counts
 * what becomes of the hints and how long they live, how often a sender stays with its receiver, and
 * in which state the receivers were found. Ordered; needs EV_TRACK and EV_GAP. An IPI counts when
 * it passes the filter; what replaces it is taken from the whole trace.
 */
#ifndef KVM_IPI_YIELD_HINTS_H
#define KVM_IPI_YIELD_HINTS_H

#include "analysis/analysis.h"
#include "analysis/filter.h"
#include "decode/event.h"

#define HINT_WINDOWS_MAX 16

/* The usual sweep: 0.1 ms to 500 ms, ascending. */
#define HINT_SWEEP_NR 11
extern const u64 hint_sweep[HINT_SWEEP_NR];

struct hint_row {
	u64 window_ns;
	u64 recorded, overwritten, refreshed, retargeted, expired, open;
	u64 alive_ns;
};

struct hints_vm {
	u32 vm;	      /* its number in struct vms */
	u64 ipis;     /* hints that count */
	u32 vcpus;    /* distinct ids among their senders and receivers */
	u64 same, of; /* stability: next receivers that were the same, of how many */
	u64 state[NR_IPI_STATES + 1]; /* receivers' states at the send; the last: without a name */
	/*
	 * By what ended a hint, then by the first window that reaches to there; the last: none
	 * does.
	 */
	struct hint_ends {
		u64 nr, ns;
	} refreshed[HINT_WINDOWS_MAX + 1], retargeted[HINT_WINDOWS_MAX + 1],
		left[HINT_WINDOWS_MAX + 1]; /* at the trace's end or before a gap */
};

struct hint_slot;

struct hints {
	u64 window[HINT_WINDOWS_MAX]; /* ascending; set by hints_init() */
	u32 nr_windows;
	struct filter *filter; /* not owned */
	const struct vms *vms; /* not owned */
	struct hint_slot *slot;
	u32 nr_slots, room;
	struct rows_index index; /* by (vm, vcpu_id) */
	struct hints_vm *vm;	 /* by the VM's number */
	u32 nr_vm;
	u64 counted;
};

/* window_ns 0: the sweep alone; another that is not part of it is added to it. */
void hints_init(struct hints *h, u64 window_ns, struct filter *filter, const struct vms *vms);
void hints_release(struct hints *h);
extern const struct ordered_ops hints_ops;

int hints_event(struct hints *h, const struct event *ev); /* 0 or -ENOMEM */
/* The trace ended at last_ts, which is the time of the last record of any kind. */
void hints_finish(struct hints *h, u64 last_ts);

/* After hints_finish(): what a window of the sweep makes of a VM. */
void hints_row(const struct hints *h, const struct hints_vm *vm, u32 window, struct hint_row *row);

#endif
