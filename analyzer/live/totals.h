/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * totals.h - from the kernel's sums to VMs and pairs: totals since the beginning, and what was new
 * in the last interval.
 *
 * A backend's sums only grow, except where it forgot the entries of a VM that has ended; totals
 * here never shrink. Rows keep their numbers for the whole run. Memory grows with VMs and with
 * pairs that talked.
 */
#ifndef KVM_IPI_LIVE_TOTALS_H
#define KVM_IPI_LIVE_TOTALS_H

#include "live/backend.h"
#include "model/hist.h"
#include "util/rows.h"

#define TOTALS_TREND   32    /* intervals */
#define TOTALS_VCPUS   65536 /* larger ids are not counted as vCPUs */
#define TOTALS_NO_PAIR UINT32_MAX
/* Numbers without a name are counted behind those with one. */
#define TOTALS_STATES (NR_LIVE_STATES + 1)
#define TOTALS_PATHS  (NR_LIVE_PATHS + 1)

struct totals_vm {
	u64 key; /* live_key.vm */
	s32 pid;
	u32 id;	   /* the kernel's vm_id, or a number from 1 in order of appearance */
	u64 *seen; /* vCPUs, a bit each; owned */
	u32 seen_words, vcpus;
	u64 ipis, path[TOTALS_PATHS], state[TOTALS_STATES];
	/* of the last interval: */
	u64 new_ipis, new_state[TOTALS_STATES];
	struct hist stage[NR_LIVE_STAGES];
	u32 hottest;		 /* pair with the most new IPIs, or TOTALS_NO_PAIR */
	u64 trend[TOTALS_TREND]; /* new_ipis, a ring: the last one at trend_at - 1 */
	u32 trend_at, intervals; /* the latter: how many are known */
	u32 quiet;		 /* intervals without a new IPI, up to now */
};

struct totals_pair {
	u32 vm, src, dst;
	u64 ipis, new_ipis;
};

/* One entry of the kernel's map. */
struct totals_row {
	struct live_key key;
	u64 before, now; /* of entries that were forgotten; the kernel's last sum */
	u32 pair;
	u32 place; /* in the last reading that had it */
};

struct totals_bucket {
	u32 vm;
	u16 bucket;
	u8 stage, state;
	u64 count;
};

struct totals {
	bool vm_ids;
	struct totals_vm *vm;
	struct totals_pair *pair;
	struct totals_row *row;
	struct totals_bucket *bucket;
	u32 nr_vms, nr_pairs, nr_rows, nr_buckets;
	u32 room_vms, room_pairs, room_rows, room_buckets;
	struct rows_index vms, pairs, rows, buckets;
	/* Rows as the last reading had them: the next one has most in the same order. */
	u32 *order;
	u32 nr_order;
	u64 ipis, new_ipis;
};

/* vm_ids: live_facts.vm_ids. */
void totals_init(struct totals *t, bool vm_ids);
void totals_release(struct totals *t);

/* Takes the next reading: 0 or -ENOMEM, after which the totals can only be released. */
int totals_update(struct totals *t, const struct live_counts *counts);

static inline u64 totals_row_count(const struct totals_row *r)
{
	return r->before + r->now;
}

/* The latency of all intervals: the VM's, of one state (or TOTALS_STATES: all). 0 or -ENOMEM. */
int totals_latency(const struct totals *t, u32 vm, u32 stage, u32 state, struct hist *h);

#endif
