/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tracks.h - a trace as tracks of vCPUs: what each of them was doing when.
 *
 * Ordered. Everything is handed out as soon as it is known, and what is kept is one state for each
 * vCPU. Slices of one track nest, because a thread's do: a call of yield_to() lies in a spin, and
 * what its scheduler does to it in whatever it was doing. What was not seen to end is not handed
 * out.
 */
#ifndef KVM_IPI_TRACKS_H
#define KVM_IPI_TRACKS_H

#include "analysis/analysis.h"
#include "analysis/filter.h"
#include "decode/ipi_event.h"
#include "model/threads.h"

enum slice_kind { SLICE_SPIN, SLICE_PREEMPTED, SLICE_BLOCKED, SLICE_WOKEN, NR_SLICE_KINDS };

/* A vCPU. */
struct track_state {
	u32 vm, vcpu; /* vm: its number in struct vms */
	bool spinning, off, picking;
	u64 spin_since, off_since, pick_since;
	enum slice_kind off_kind;
	u32 picked; /* a vCPU of its VM, or VCPU_NONE */
	u32 picks;  /* since the spin began */
};

/* A call of yield_to(), as probes show it. */
struct track_pick {
	u64 start, end;
	u32 vcpu;   /* or VCPU_NONE: the thread is none of this VM's vCPUs */
	s64 result; /* > 0: it yielded */
};

struct tracks_ops {
	/* picks: calls of yield_to() in a spin */
	void (*slice)(void *ctx, u32 track, enum slice_kind kind, u64 start, u64 end, u32 picks);
	void (*pick)(void *ctx, u32 track, const struct track_pick *pick);
	void (*gap)(void *ctx, u64 ts, u32 cpu);
};

struct tracks {
	struct track_state *track; /* sorted by vm, vcpu */
	u32 nr;
	const struct thread_map *threads; /* which thread is which vCPU */
	const struct tracks_ops *ops;
	void *ctx;
	u64 now;
};

/*
 * Tracks are declared first, in any order, then tracks_ready(); the caller sets ops, ctx and
 * threads.
 */
int tracks_add(struct tracks *t, u32 vm, u32 vcpu); /* 0 or -ENOMEM */
void tracks_ready(struct tracks *t);
void tracks_release(struct tracks *t);
/* Every event of tracks_needs and of the probes, in the order of time. */
void tracks_event(struct tracks *t, const struct event *ev);

/* t->nr: there is none. */
u32 tracks_find(const struct tracks *t, u32 vm, u32 vcpu);
/* The VM's first track; where it has none, that of the next one or t->nr. */
u32 tracks_first(const struct tracks *t, u32 vm);

#endif
