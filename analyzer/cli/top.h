/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * top.h - what the parts of `kvm-ipi top` share: options, the backend, what was counted so far.
 *
 *	top.c		the options; --batch: a reading, a table, until a signal
 *	top_read.c	a reading: what is new, what it cost; the view of it
 *	top_host.c	names of VMs, and which of them have ended
 *	top_screen.c	keys and the loop of the screen; top_draw.c: what it shows
 *	top_record.c	`r`: kvm-ipi record, beside the screen
 *	top_replay.c	a recording in place of a kernel
 */
#ifndef KVM_IPI_CLI_TOP_H
#define KVM_IPI_CLI_TOP_H

#include "cli/opts.h"
#include "live/live.h"
#include "live/totals.h"
#include "view/live_view.h"

struct top_name;

struct top_host {
	char host[80], kernel[80];
	struct top_name *name; /* owned */
	u32 nr_names, room;
	u64 scanned_ns; /* when; 0: never */
	bool replay;	/* there is no host: no VM has ended */
};

struct top {
	struct opts opts; /* output, format, color, entries, vms, quiet are used */
	const char *backend, *delay, *replay;
	u64 readings, map_entries;
	int sort; /* enum live_sort */
	bool batch, no_latency, screen;
	u64 interval_ns;
	struct live live;
	struct live_counts counts;
	struct totals totals;
	struct top_host host;
	u64 began_ns, read_ns, last_ns; /* CLOCK_MONOTONIC: opened; last reading, the one before */
	u64 nr_readings;
	/* of the last measure: */
	bool have_cost;
	u64 cost_ns, cost_time_ns; /* what live_counts said then */
	u64 cost_ns_per_s, cost_ns_per_ipi, ipis_at_cost;
	u64 own_cpu_ns, own_ns_per_s; /* this program's CPU time so far, and of late */
};

u64 top_now(void); /* CLOCK_MONOTONIC, ns */

/* Takes a reading: 0, or -errno with its line. */
int top_read(struct top *t, struct err *err);
/* The view of the last reading; release it in any case. 0 or -ENOMEM. */
int top_view(const struct top *t, struct live_view_made *made, enum live_sort sort, u32 with);

/* The loop of the screen, until it is left: 0 or -errno after its line. */
int top_screen(struct top *t, bool color);

/* Signals that end the loop, or wake it, as a file descriptor. -errno */
int top_signals(void);

void top_host_init(struct top_host *h, bool replay);
void top_host_release(struct top_host *h);
/* Names: a scan of the host where a VM has none yet, at most once a second. */
void top_host_look(struct top_host *h, const struct totals *t);
const char *top_host_name(const void *host, s32 pid); /* NULL: unknown */
bool top_host_gone(const void *host, s32 pid);

#endif
