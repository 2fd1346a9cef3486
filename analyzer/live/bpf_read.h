/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bpf_read.h - reading the maps of the BPF backends in batches, and what the programs cost.
 *
 * The cost is the kernel's own measure (run_time_ns). It is switched on for all BPF programs of the
 * host and costs time itself, so it is on only in one of COST_PERIOD intervals.
 */
#ifndef KVM_IPI_LIVE_BPF_READ_H
#define KVM_IPI_LIVE_BPF_READ_H

#include "live/backend.h"

#define BPF_PROGRAMS_MAX 16
#define COST_PERIOD	 10 /* readings */

struct bpf_state {
	struct bpf_object *object;
	struct bpf_link *link[BPF_PROGRAMS_MAX];
	int program[BPF_PROGRAMS_MAX]; /* file descriptors, not owned */
	u32 nr_links;
	int ipis, latency, counters; /* maps */
	char *log;		     /* the verifier's */
	u64 readings;
	int stats;			    /* file descriptor; -1: the measure is off */
	u64 stats_since;		    /* CLOCK_MONOTONIC, ns */
	u64 run_ns, run_count, measured_ns; /* sums of earlier measures */
	u64 base_ns, base_count;	    /* the programs' counters when this one began */
};

int bpf_read(void *state, struct live_counts *counts, struct err *err);
void bpf_forget(void *state, const struct live_counts *counts, u64 vm);
/* Begins a measure; false: the kernel does not offer it. */
bool bpf_read_cost_on(struct bpf_state *s);

#endif
