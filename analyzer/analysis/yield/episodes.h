/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * episodes.h - wait episodes: the spins of one wait of a vCPU, taken together.
 *
 * Spins come in runs: a vCPU that waits for a receiver spins until it has answered, once or four
 * hundred times. An episode is such a wait: from the first spin at which something is awaited to
 * the EOI after which none of the receivers that it waits for owes one. These are the receivers
 * awaited at the first spin and those it sends to meanwhile. A gap or the trace's end cuts an
 * episode; a cut one is counted, and nothing else is taken from it.
 *
 * An episode is one trial of a policy: at its first spin at which an awaited vCPU could have been
 * yielded to (helpable). What is kept of a closed episode are counts.
 */
#ifndef KVM_IPI_YIELD_EPISODES_H
#define KVM_IPI_YIELD_EPISODES_H

#include "analysis/yield/policies.h"
#include "model/hist.h"

/* In which mode the awaited vCPU was that could have been yielded to, when it was preempted. */
enum episode_mode { EPISODE_USER, EPISODE_KERNEL, EPISODE_UNKNOWN, NR_EPISODE_MODES };

/* Helpable episodes in which so many of the stock rule's candidates were awaited. */
struct episode_share {
	u32 awaited, candidates;
	u64 nr;
};

struct episode_policy {
	u64 hits[NR_EPISODE_MODES]; /* at the first helpable spin */
	u64 any;		    /* at any spin of the episode, helpable at its time */
	u64 spins_to_hit;	    /* sum over these: the number of the spin, from 1 */
};

/* A VM's episodes. Everything but count is of complete ones. */
struct episodes_vm {
	u64 count, complete, ns;
	u64 helpable, helpable_ns;
	u64 of[NR_EPISODE_MODES]; /* helpable ones */
	u64 yields;		  /* successful ones that were observed in them */
	struct episode_policy policy[NR_POLICIES];
	struct episode_share *share;
	u32 share_room;
	struct rows_index shares; /* by awaited and candidates */
	struct hist length, spins;
	u64 *open; /* mask: vCPUs that are in one */
};

/* The episode that a vCPU is in. */
struct episode {
	u64 *set; /* mask: receivers that it waits for */
	u64 ts;
	u64 spins, yields;
	bool helpable;
	u8 mode;
	u32 hits, any; /* bits of policies */
	u32 awaited, candidates;
	u64 first_hit[NR_POLICIES];
};

struct episodes {
	const struct vcpus *vcpus; /* not owned */
	const struct acks *acks;   /* not owned */
	struct episodes_vm *vm;	   /* by index into vcpus->vm */
	struct episode *at;	   /* by vCPU */
	u64 *masks;
};

/* 0 or -ENOMEM. */
int episodes_init(struct episodes *e, const struct vcpus *vcpus, const struct acks *acks);
void episodes_release(struct episodes *e);

/* A spin of vCPU n that awaits something, which began at ts; its policies' picks (slots). */
void episodes_spin(struct episodes *e, u32 n, u64 ts, const u32 *pick, const struct policy_view *v);
/* After acks_event(): vCPU n has sent to vCPU dst; dst (n) has acknowledged. 0 or -ENOMEM. */
void episodes_send(struct episodes *e, u32 n, u32 dst);
int episodes_eoi(struct episodes *e, u32 n, u64 ts);
/* A yield of vCPU n succeeded. */
void episodes_yield(struct episodes *e, u32 n);
/* Events were missed, or the trace ends. */
void episodes_cut(struct episodes *e);

/* Its hits, of vm->helpable. */
u64 episodes_hits(const struct episodes_vm *vm, int policy);

#endif
