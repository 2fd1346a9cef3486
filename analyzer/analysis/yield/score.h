/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * score.h - what the replayed spins add up to, per VM.
 *
 * awaited	receivers of the spinner's unacknowledged tracked IPIs, sent at most one window ago
 * hit		the pick is one of them
 * missed	an awaited vCPU was runnable and not running, and another or none was picked
 * stale	the pick is a confirmed receiver that had acknowledged
 * overboost	the pick was halted or woken and not awaited, or was in a search of its own
 */
#ifndef KVM_IPI_REPLAY_SCORE_H
#define KVM_IPI_REPLAY_SCORE_H

#include "analysis/yield/score_kinds.h"

extern const char *const score_cause_texts[NR_SCORE_CAUSES];

int score_init(struct score *s, const struct vcpus *vcpus, const struct acks *acks, u64 window_ns,
	       struct filter *filter, const struct vms *vms);
void score_release(struct score *s);

/* The vCPU enters its guest: was it a spin, what came before? 0 or -ENOMEM. */
int score_entry(struct score *s, u32 n);
/* An event in its thread, which may be an IPI of some kind that it sends. */
void score_sends(struct score *s, u32 n, const struct event *ev);
/* It comes onto a CPU: that ends the waits for it. 0 or -ENOMEM. */
int score_runs(struct score *s, u32 n, u64 ts);
/* Events were missed, or the trace ends: what waits is not known to have ended. */
void score_forget_waits(struct score *s);
/* The vCPU begins to spin. */
void score_spin(struct score *s, u32 n);

/* Counts a spin whose policies' picks are made. 0 or -ENOMEM. */
int score_picks(struct score *s, struct score_picks *p, const struct score_context *c);
/*
 * The kernel's choice (a slot) became known; near_ts: another vCPU's search that is nearest to it.
 */
void score_choice(struct score *s, const struct score_picks *p, u32 target, u64 now, u64 try_ts,
		  u64 near_ts);

#endif
