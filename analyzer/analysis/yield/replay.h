/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * replay.h - every spin of a trace again: whom would each policy have yielded to, and was it right.
 *
 * At each PAUSE exit and each long-spin-wait hypercall the search of kvm_vcpu_on_spin() is made on
 * the reconstructed state (vcpu_state.h) by every policy (policy.h). What no event shows, the round
 * robin's place and the turn flags, comes from one of two sources:
 *
 *	probed	two probes on yield_to() tell the kernel's real choices. A spin is scored with what
 *		the probes said before it; then its own records set the state, at the time of its
 *		scan, for which the events are read ahead as far as the spinner's next try (a
 *		bounded window).
 *	blind	the set of guesses of hypotheses.h. In probed mode it runs beside, for
 *		comparison.
 *
 * Ordered; also runs struct acks and struct vcpus, which it owns. Memory does not grow with the
 * trace.
 */
#ifndef KVM_IPI_REPLAY_H
#define KVM_IPI_REPLAY_H

#include "analysis/analysis.h"
#include "analysis/yield/last_boosted.h"
#include "analysis/yield/score.h"
#include "analysis/yield/hypotheses.h"

/* Between an event and what it stands for; ns. See replay.c for where they come from. */
#define REPLAY_EXIT_DELAY      4000
#define REPLAY_HYPERCALL_DELAY 2000
#define REPLAY_END_DELAY       6000

struct replay_options {
	bool probed;
	enum scan_order order;
	u64 window_ns;
	u64 exit_delay_ns, hypercall_delay_ns, end_delay_ns;
};

/* A spin that is under way; one per vCPU. */
struct replay_spin {
	bool open;
	bool searched;		/* with what the probes say, if there are any */
	bool guessed;		/* by the blind model */
	bool outcome;		/* the blind model has seen it */
	bool flying;		/* blind: not ended yet */
	bool try_known;		/* next_try comes from reading ahead */
	bool kernel;		/* kernel mode is asked for */
	bool hypercall;		/* it came by one, not by an exit */
	bool tries;		/* it made a try */
	bool held;		/* preempted before its search: due when it runs again */
	u64 ts, due;		/* of the event; of the search */
	u64 guess_due;		/* of the blind model's: it knows nothing of the probes' times */
	u64 end_due;		/* blind: when the flags fall; UINT64_MAX: not set */
	u64 try_ts;
	u32 next_try;		/* vCPU that it tries next, or VCPU_NOBODY */
	u32 tried;		/* vCPU of the running yield_to(), or VCPU_NOBODY */
	u32 done, last;		/* the search's place, and where last_boosted_vcpu was */
};

/* What probes and searches leave in a VM. */
struct replay_vm {
	struct policy_view view;	/* as replay_view() made it last */
	u64 *in_spin, *turn;	/* as the probes have it, or the heaviest guess */
	u32 last;
	struct lasts lasts;	/* in use: what last is the best of */
	u64 *lonely, *scratch;
	u64 *awaited, *awaited_long;	/* at a search: in the window, in the sweep's longest */
	struct states states;
	u64 scan_ts[2];		/* the last two searches, and whose the last was */
	u32 scan_vcpu;
};

/* What a vCPU's spin waits for, and until when; it may have come before, another way. */
struct replay_due {
	u64 at;
	u32 vcpu;
};

/* The first switch of a CPU after a yield tells something. */
struct replay_watch {
	u32 vcpu;	/* the spinner, its VM and slot */
	u32 group, slot;
	u64 spin_ts;	/* of which of its spins */
	u64 until;
	u64 cpus;	/* bits of those (below VCPU_PLACES) where it may have been asked for */
};

#define REPLAY_WATCHES 64	/* the newest, each with a bit of its own */

struct replay_ahead;

struct replay {
	struct replay_options opt;
	int like[NR_POLICIES];		/* the first row of the same policy with other hints */
	struct vcpus vcpus;
	struct acks acks;
	struct replay_score score;
	struct replay_spin *spin;	/* by vCPU */
	struct replay_picks *picks;	/* by vCPU: of its last search */
	struct replay_vm *vm;		/* by index into vcpus.vm */
	u64 *masks;
	/* Searches and ends that wait for their time, in its order: [head, tail); one for ever */
	struct replay_due *due;
	u32 due_head, due_tail, due_room;
	struct replay_watch watch[REPLAY_WATCHES];
	u32 next_watch;
	u64 watched[VCPU_PLACES];	/* by CPU: bits of the watches that wait for it */
	/* Reading ahead: events that are kept for later, because the first of them waits. */
	struct event *later;
	u32 later_head, nr_later;
	u64 next;			/* number of the first of them, or else of the next event */
	struct replay_ahead *wait;	/* a ring of those that wait or did, by number */
	u64 wait_head, wait_tail;
	u64 *waits_at;			/* by vCPU: place in that ring + 1, or 0 */
	bool *opened;			/* by vCPU: a spin is open, as far as was looked */
	u64 until_try[2]; /* a running mean, after an exit and after a hypercall; ns */
};

/* The kinds that it reads. */
extern const u32 replay_kinds;
extern const struct analysis_ops replay_ops;

/* map is sealed. filter and vms outlive r. 0 or -ENOMEM. */
int replay_init(struct replay *r, const struct replay_options *opt, const struct thread_map *map,
		struct filter *filter, const struct vms *vms);
void replay_release(struct replay *r);
int replay_events(struct replay *r, const struct event *ev, u32 nr); /* 0 or -ENOMEM */
int replay_finish(struct replay *r, u64 last_ts);

#endif
