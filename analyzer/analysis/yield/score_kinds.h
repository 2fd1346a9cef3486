/* SPDX-License-Identifier: GPL-2.0-only */
/* score_kinds.h - spins by their kind, and what they add up to; score.h says what is counted. */
#ifndef KVM_IPI_SCORE_KINDS_H
#define KVM_IPI_SCORE_KINDS_H

#include "analysis/yield/episodes.h"
#include "analysis/yield/hypotheses.h"
#include "analysis/yield/hints.h"
#include "analysis/yield/waits.h"

#define SCORE_EXAMPLES 8
#define SCORE_MISSES   64

struct score_counts {
	u64 picks, hits, missed, stale, overboost;
};

struct score_window {
	struct score_counts filter, first; /* ipi-v3 with its relaxed round; ipi-first */
	u64 stale; /* the hint, ended by the window alone, was acknowledged */
};

/*
 * Spins that are told apart by nothing that is counted: which policies pick the same vCPU, what
 * each of these picks is, and what could have been. There are few kinds of them, so a spin is one
 * more of its kind, and everything is summed up when it is asked for.
 */
struct score_kind {
	u64 key[2];
	u64 spins, sure;
};

struct score_kinds {
	struct score_kind *kind;
	u32 room;
	struct rows_index index; /* by key */
};

/* A spin as every policy sees it. Slots, POLICY_NONE: none. */
struct score_picks {
	u64 ts; /* of the search */
	u32 vcpu;
	u32 pick[NR_POLICIES];
	u32 blind;
	double confidence; /* of blind */
	bool counts;	   /* the spin passed the filter */
	u32 kind;	   /* valid if it did: of the VM's kinds of spins */
};

/* A spin to be looked at by hand. */
struct score_example {
	struct score_picks p;
	u64 spin_ts;
	u32 awaited; /* the slot of one that could have been helped */
	u32 candidates;
};

/* Why the replay disagrees with the kernel, as far as the events tell. */
enum score_cause {
	CAUSE_STATE,   /* target or pick was switched or woken within REPLAY_NEAR_NS of the scan */
	CAUSE_OVERLAP, /* another vCPU's search or its end was that near */
	CAUSE_ECHO, /* the VM's replay disagreed less than 2 ms ago: flags or place are still off */
	CAUSE_NONE,
	NR_SCORE_CAUSES
};

struct score_miss {
	u64 ts;
	u32 vcpu, pick, target; /* number; slots */
	enum score_cause cause;
};

struct score_vm {
	u64 spins, sure;
	u64 observed, agree, agree_blind, sure_observed, sure_agree;
	u64 nothing_awaited;
	u64 untracked; /* of those, its last IPI is of a kind that is not tracked */
	u64 helpable;  /* an awaited vCPU was runnable and not running */
	u64 running;   /* an awaited vCPU was running */
	u64 hinted;    /* the spinner had a confirmed receiver (v3) */
	u64 failed_tries;
	u64 mismatch,
		mismatch_of; /* the yield succeeded, the target had not run when the spinner did */
	u64 lost_opportunity;
	u64 cause[NR_SCORE_CAUSES];
	u64 last_miss_ts;
	struct score_kinds kinds; /* as the policies are */
	struct score_kinds sweep; /* as windows of other lengths would have it */
	struct hist wait, candidates, runs, hint_age;
	u64 waits_open; /* spins whose awaited vCPU did not run before a gap or the end */
	struct score_example example[SCORE_EXAMPLES];
	u32 nr_examples;
	struct score_miss miss[SCORE_MISSES];
	u32 nr_misses;
	u64 *awaited; /* mask: a spin waits, or waited, for it */
	u64 *waiters; /* mask: spinners that wait */
};

/* Beside a vCPU's spins. */
struct score_vcpu {
	struct waits waits;
	u64 run;				       /* spins since it did something else */
	bool segment_spin, segment_ipi, segment_track; /* since the exit */
	bool untracked;				       /* its last IPI was not a tracked one */
	u64 ipi_ts;
};

struct score {
	const struct vcpus *vcpus; /* not owned */
	const struct acks *acks;
	struct filter *filter;
	const struct vms *vms;
	u64 window_ns;
	int kernel_policy; /* whose picks the kernel's choices are compared with */
	u64 window[HINT_WINDOWS_MAX];
	u32 nr_windows;
	struct score_vm *vm; /* by index into vcpus->vm */
	struct score_vcpu *vcpu;
	struct episodes episodes;
	u64 *masks;
	bool filtered; /* the filter leaves something out */
	u64 counted;   /* spins that passed the filter */
};

/* What a search finds besides its policies' view. */
struct score_context {
	struct policy_view *view; /* comes back as it was */
	const u64 *awaited_long;  /* the mask of the sweep's longest window */
	u64 spin_ts;
	bool probed;
};

/* And when the blind model's is made, too: whether it is sure. */
void score_sure(struct score *s, const struct score_picks *p);
/*
 * For score.c: one more spin of its kind, of the policies' and of the sweep's. Both
 * 0 or -ENOMEM.
 */
int score_count_policies(struct score *s, struct score_picks *p, const struct policy_view *v,
			 bool helpable);
int score_count_sweep(struct score *s, const struct score_picks *p, const struct score_context *c);
void score_kinds_release(struct score_kinds *k);

static inline struct score_vm *score_vm_of(const struct score *s, u32 n)
{
	return &s->vm[s->vcpus->vcpu[n].group];
}

/* What a policy's picks were, in all spins or in the sure ones. */
struct score_counts score_policy(const struct score_vm *vm, int policy, bool sure);
/* In how many spins the two policies picked the same. */
u64 score_same(const struct score_vm *vm, int a, int b);
/* The i-th window of the sweep. */
struct score_window score_window(const struct score *s, const struct score_vm *vm, u32 i);
/*
 * The smallest window of the sweep that keeps 99 % of the largest one's hits, under both policies.
 */
u64 score_suggest(const struct score *s, const struct score_vm *vm);

#endif
