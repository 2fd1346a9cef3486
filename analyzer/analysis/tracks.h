/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tracks.h - a trace as tracks of vCPUs: what each of them was doing when, and the IPIs between
 * them.
 *
 * Ordered. Everything is handed out as soon as it is known, and what is kept is bounded: one state
 * for each vCPU, and IPIs of the last TRACKS_IPI_NS. Slices of one track nest: each contains
 * another, or ends before it begins; an IPI's two slices end where anything else begins or ends on
 * their tracks.
 */
#ifndef KVM_IPI_TRACKS_H
#define KVM_IPI_TRACKS_H

#include "analysis/analysis.h"
#include "analysis/filter.h"
#include "decode/ipi_event.h"
#include "model/threads.h"

#define TRACKS_IPI_NS	1000	/* how long an IPI's slice is, if nothing comes before */
#define TRACKS_PENDING	256	/* IPIs whose ends are not known yet */

enum slice_kind { SLICE_SPIN, SLICE_PREEMPTED, SLICE_BLOCKED, SLICE_WOKEN, NR_SLICE_KINDS };

/* A vCPU. */
struct track_state {
	u32 vm, vcpu;	/* vm: its number in struct vms */
	u64 last_ipi;	/* time of its last IPI, sent or received */
	bool spinning, off;
	u64 spin_since, off_since;
	enum slice_kind off_kind;
};

struct pending_ipi {
	struct ipi_event ev;
	u32 track[2];	/* sender, receiver */
	u64 end[2];
};

struct tracks_ops {
	/* An IPI whose slices are [ev->ts, end[0]] and [ev->ts, end[1]]. */
	void (*ipi)(void *ctx, const struct ipi_event *ev, const u32 track[2], const u64 end[2]);
	void (*slice)(void *ctx, u32 track, enum slice_kind kind, u64 start, u64 end);
	void (*gap)(void *ctx, u64 ts, u32 cpu);
};

struct tracks {
	struct track_state *track;	/* sorted by vm, vcpu */
	u32 nr;
	const struct thread_map *threads; /* which thread is which vCPU */
	const struct tracks_ops *ops;
	void *ctx;
	struct filter *filter;		/* or NULL; which IPIs are handed out */
	const struct vms *vms;
	u64 now;
	struct pending_ipi *pending;	/* a ring */
	u32 first, nr_pending;
};

/*
 * Tracks are declared first, in any order, then tracks_ready(); the caller sets ops, ctx, threads,
 * filter and vms. After the run tracks_finish() hands out what is left.
 */
int tracks_add(struct tracks *t, u32 vm, u32 vcpu);	/* 0 or -ENOMEM */
int tracks_ready(struct tracks *t);			/* 0 or -ENOMEM */
void tracks_finish(struct tracks *t);
void tracks_release(struct tracks *t);
/* What tracks_ops takes, for struct ordered_want. */
extern const struct ordered_ops tracks_analysis_ops;

/* t->nr: there is none. */
u32 tracks_find(const struct tracks *t, u32 vm, u32 vcpu);
/* The VM's first track; where it has none, that of the next one or t->nr. */
u32 tracks_first(const struct tracks *t, u32 vm);

#endif
