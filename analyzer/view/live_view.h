/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * live_view.h - a totals as the view that the writers of `top` take.
 */
#ifndef KVM_IPI_VIEW_LIVE_VIEW_H
#define KVM_IPI_VIEW_LIVE_VIEW_H

#include "live/totals.h"
#include "output/live_view.h"

/* What is asked for beside the VMs: each costs a sort of its rows. */
#define LIVE_WITH_PAIRS	  1u
#define LIVE_WITH_VECTORS 2u /* and buckets */

/* The columns that VMs can be sorted by. */
enum live_sort {
	LIVE_SORT_RATE,
	LIVE_SORT_IPIS,
	LIVE_SORT_RUNNABLE,
	LIVE_SORT_P50,
	LIVE_SORT_P99,
	LIVE_SORT_RUN,
	LIVE_SORT_PAIR,
	LIVE_SORT_VCPUS,
	LIVE_SORT_NAME,
	LIVE_SORT_VM,
	NR_LIVE_SORTS
};

extern const char *const live_sort_names[NR_LIVE_SORTS + 1]; /* NULL-terminated */

/* What the totals does not know; all may be NULL. */
struct live_view_host {
	const void *ctx;
	const char *(*name)(const void *ctx, s32 pid); /* valid as long as the view, or NULL */
	bool (*gone)(const void *ctx, s32 pid);
	bool (*keep)(const void *ctx, const struct live_view_vm *vm);
};

/* The view and what is behind it; all zero is empty. */
struct live_view_made {
	struct live_view v;
	struct live_view_vm *vm;
	struct live_view_pair *pair;
	struct live_view_vector *vector;
	struct live_view_bucket *bucket;
	u32 *first_vector, *first_bucket;
};

/*
 * Fills the VMs and what `with` asks for; times, host, loss and cost are the caller's to fill in.
 * 0 or -ENOMEM; release it in either case.
 */
int live_view_make(struct live_view_made *made, const struct totals *t, enum live_sort sort,
		   u32 with, const struct live_view_host *host);
void live_view_release(struct live_view_made *made);

#endif
