/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * live_view.h - a running host at one moment, as the writers of `top` take it.
 *
 * Totals count since the beginning, what is new is of the last interval. Nothing is owned.
 */
#ifndef KVM_IPI_LIVE_VIEW_H
#define KVM_IPI_LIVE_VIEW_H

#include <stdio.h>

#include "util/types.h"

#define LIVE_VIEW_TREND	 32
#define LIVE_VIEW_STAGES 2 /* EOI, scheduled in */
#define LIVE_VIEW_STATES 6 /* enum ipi_state, then those without a name */
#define LIVE_VIEW_PATHS	 4 /* fast, slow, avic, those without a name */

struct live_view_latency {
	u64 nr, p50_ns, p99_ns;
};

struct live_view_pair {
	u32 src, dst;
	u64 ipis, new_ipis;
};

struct live_view_vm {
	s32 pid;
	u32 id;
	bool have_id;	  /* the kernel's; else a number from 1 */
	bool gone;	  /* its process has ended */
	u32 quiet;	  /* intervals without an IPI, up to now */
	const char *name; /* or NULL */
	u32 vcpus;	  /* seen as sender or receiver */
	u64 ipis, path[LIVE_VIEW_PATHS], state[LIVE_VIEW_STATES];
	u64 new_ipis, new_runnable;
	struct live_view_latency recent[LIVE_VIEW_STAGES]; /* of the last interval */
	bool have_hottest;
	struct live_view_pair hottest;
	u64 trend[LIVE_VIEW_TREND]; /* new IPIs, oldest first */
	u32 nr_trend;
	u32 first_pair, nr_pairs; /* by sender and receiver */
	u32 number;		  /* for the callbacks */
};

/* Counts of a pair by vector, in order of the vectors. */
struct live_view_vector {
	u32 src, dst, vector;
	u64 ipis, path[LIVE_VIEW_PATHS];
};

struct live_view_bucket {
	u32 stage, state, bucket;
	u64 count;
};

struct live_view {
	const char *host, *kernel, *backend, *what, *remark; /* remark: "" or why it does less */
	u64 time_unix_ns, elapsed_ns, interval_ns;
	u64 ipis, new_ipis;
	u64 lost_ipis, lost_latency, lost_sends, overtaken;
	bool have_latency;
	u32 latency_bits;
	bool have_cost;
	u64 cost_ns_per_s, cost_ns_per_ipi;
	u32 cost_instructions;	 /* an IPI, where the time is not measured; 0: unknown */
	struct live_view_vm *vm; /* in the order in which they are shown */
	u32 nr_vms;
	struct live_view_pair *pair;
	/* All of a VM: by sender, receiver, vector; and by stage, state, bucket. */
	const struct live_view_vector *vector;
	const u32 *first_vector; /* nr_vms + 1 */
	const struct live_view_bucket *bucket;
	const u32 *first_bucket; /* nr_vms + 1 */
};

/* As in `latency --format json`. */
extern const char *const live_view_stage_names[LIVE_VIEW_STAGES];
extern const char *const live_view_state_names[LIVE_VIEW_STATES];

/* An amount of the last interval per second. */
u64 live_view_rate(const struct live_view *v, u64 amount);

void live_json(const struct live_view *v, FILE *out);
/* A header line before the first one. */
void live_csv(const struct live_view *v, bool header, FILE *out);
/* As a table, at most entries VMs (0: all). */
void live_text(const struct live_view *v, u32 entries, FILE *out);
/* For a scrape or a textfile; pairs: at most that many of each VM, the rest as one sum. */
void live_openmetrics(const struct live_view *v, u32 pairs, FILE *out);

#endif
