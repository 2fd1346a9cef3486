/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * backend.h - what a backend of live.h is: its operations, and the counts that it fills.
 *
 * A build without libbpf or without a compiler for BPF has bpf_absent.c in place of the other
 * bpf*.c: the first two backends then say so when they are opened.
 */
#ifndef KVM_IPI_LIVE_BACKEND_H
#define KVM_IPI_LIVE_BACKEND_H

#include "live/bpf/layout.h"
#include "util/err.h"
#include "util/types.h"

#define LIVE_ENTRIES_DEFAULT 65536
#define LIVE_ENTRIES_MAX     (4u << 20)
#define LIVE_TRIGGER_MAX     131072 /* the largest that a histogram trigger can be */

struct live_options {
	const char *backend; /* a name, or NULL: the first that works */
	u32 entries;	     /* room for (VM, sender, receiver, vector, path, state) */
	bool latency;
	bool try_only; /* load and verify, attach nothing: for `check` */
};

struct live_row {
	struct live_key key;
	u64 count;
};

struct live_bucket {
	struct live_bucket_key key;
	u64 count;
};

/* Sums since live_open(). The arrays are the caller's: all zero is empty. */
struct live_counts {
	struct live_row *row;
	u32 nr_rows, room_rows;
	struct live_bucket *bucket;
	u32 nr_buckets, room_buckets;
	struct live_counters counters;
	/* Time spent in the programs and runs of them, where it was measured; both only grow. */
	u64 cost_ns, cost_runs, cost_measured_ns; /* the last: how long it was measured */
};

struct live_facts {
	bool latency;	       /* it is measured */
	bool vm_ids;	       /* key.vm is the kernel's vm_id */
	bool cost;	       /* it is measured; else cost_instructions an IPI */
	u32 cost_instructions; /* docs/overhead.md; 0 where cost is measured */
	struct err remark;     /* why it does less than it could; or empty */
};

struct live_ops {
	const char *name, *what;
	/*
	 * 0; -EPERM: not with these rights; -ENOENT: not on this kernel; or another -errno, each
	 * with its line.
	 */
	int (*open)(void **state, const struct live_options *o, struct live_facts *facts,
		    struct err *err);
	int (*read)(void *state, struct live_counts *counts, struct err *err);
	/* The VM (live_key.vm) has ended, and these counts were read: its entries may go. */
	void (*forget)(void *state, const struct live_counts *counts, u64 vm);
	/* Frees the state; -errno with a line when something could not be removed. */
	int (*close)(void *state, struct err *err);
};

extern const struct live_ops live_tracepoint, live_fentry, live_histogram;

void live_counts_release(struct live_counts *c);
/* For backends: append to the arrays. 0 or -ENOMEM. */
int live_counts_row(struct live_counts *c, const struct live_key *key, u64 count);
int live_counts_rows(struct live_counts *c, const struct live_row *rows, u32 nr);
int live_counts_bucket(struct live_counts *c, const struct live_bucket_key *key, u64 count);

/* Where tracefs is mounted: "/sys/kernel/tracing", ...; NULL: nowhere. Nothing is mounted. */
const char *live_tracefs(void);
/* Whether the process has a capability: CAP_SYS_ADMIN is 21. */
#define LIVE_CAP_SYS_ADMIN 21
bool live_capable(unsigned int capability);

#endif
