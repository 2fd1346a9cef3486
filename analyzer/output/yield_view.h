/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * yield_view.h - the yield statistics as their writers take them: plain numbers, per VM.
 *
 * Times are ns; points in time count from the trace's first record. The vCPUs are vcpu_ids.
 */
#ifndef KVM_IPI_YIELD_VIEW_H
#define KVM_IPI_YIELD_VIEW_H

#include <stdio.h>

#include "output/views.h"

#define YIELD_NOBODY	   UINT32_MAX
#define YIELD_POLICIES_MAX 16
#define YIELD_CAUSES	   4

struct yield_hint {
	u64 window_ns, recorded, overwritten, refreshed, retargeted, expired, open, alive_ns;
};

struct yield_rule {
	const char *rule;
	u64 stale_ns, lost_early;
};

struct yield_ack {
	u64 acknowledged, unacknowledged, p50_ns, p99_ns, error_parts;
	u64 overwritten_unacked;
	const struct yield_rule *rule;
	u32 nr_rules;
};

/* A share of episodes, in thousandths, and its 95 % interval, if it has one. */
struct yield_rate {
	u64 of;
	u32 permille, lo, hi;
	bool have_interval;
};

/* What a policy's interval and stock's say of the two. */
enum yield_verdict { YIELD_FEW, YIELD_SAME, YIELD_MORE, YIELD_FEWER };

/* Modes of the awaited vCPU when it was preempted. */
#define YIELD_MODES 3
extern const char *const yield_mode_names[YIELD_MODES];

struct yield_policy_episodes {
	struct yield_rate rate;
	u64 hits, mode_hits[YIELD_MODES];
	u64 any, spins_to_hit; /* episodes with a hit at any spin; sum over these */
	enum yield_verdict verdict;
};

struct yield_count {

	u64 picks, hits, missed, stale, overboost;
};

struct yield_policy {
	const char *policy;
	bool relaxed;
	bool bound; /* hits by construction: tells what could be, not what is gained */
	struct yield_count all, sure;
	struct yield_policy_episodes episodes;
	u64 same[YIELD_POLICIES_MAX]; /* spins with the same pick as that row */
};

struct yield_window {
	u64 window_ns;
	struct yield_count filter, first; /* ipi-v3 relaxed, ipi-first */
	u64 stale;
};

/* A spin to check by hand. */
struct yield_example {
	u64 ts_ns; /* since the first record */
	u64 ts;	   /* as trace-cmd report -t prints it */
	u32 vcpu, awaited, candidates;
	s32 pid;
	u32 pick[YIELD_POLICIES_MAX];
};

struct yield_miss {
	u64 ts;
	u32 vcpu, pick, target;
	const char *cause;
};

struct yield_times {
	u64 nr, p50, p90, p99, max, error_parts;
};

/* Wait episodes. Everything but count is of complete ones. */
struct yield_episodes {
	u64 count, complete, ns, helpable, helpable_ns, yields;
	u64 mode_of[YIELD_MODES];
	struct yield_rate random; /* the baseline */
	struct yield_times length, spins;
};

struct yield_replay {
	bool probed;
	const char *unverified;		       /* why it has no probes; NULL: it has */
	const char *probes;		       /* which ones, where the trace told */
	const char *kernel_policy;	       /* which one the kernel ran, */
	bool kernel_policy_known;	       /* or is taken to have run */
	const struct yield_episodes *episodes; /* NULL: the trace lacks acknowledgements */
	const char *order;		       /* of the search: which kernel generation */
	bool order_assumed;	       /* neither the trace nor the user says which kernel */
	const char *missing_untracked; /* what to record; NULL: untracked is known */
	u64 spins, sure, nothing_awaited, untracked, helpable, running, hinted;
	u64 observed, agree, agree_blind, sure_observed, sure_agree, failed_tries;
	u64 mismatch, mismatch_of, lost_opportunity;
	struct yield_times wait, candidates, runs, hint_age;
	u64 waits_open;
	const struct yield_policy *policy; /* the first is stock */
	u32 nr_policies;
	const struct yield_window *window;
	u32 nr_windows;
	u64 suggested_window_ns;
	const struct yield_example *example;
	u32 nr_examples;
	const struct yield_miss *miss;
	u32 nr_misses;
	u64 cause[YIELD_CAUSES];
	const char *const *cause_text;
};

struct yield_vm {
	struct vm_view head;
	const struct yield_hint *hint;
	u32 nr_hints;
	u64 same, of;			   /* stability */
	const struct yield_ack *ack;	   /* NULL: the trace lacks the events */
	const struct yield_replay *replay; /* the same */
	bool inferred;			   /* that its threads are its is a guess */
};

struct yield_view {
	const struct input_view *in;
	u32 nr_in;
	const char *source;
	const struct yield_vm *vm;
	u32 nr_vm;
	u64 duration_ns; /* of all inputs together, within --time */
	u64 window_ns;
	const char *kernel;			  /* of the recording, NULL: unknown */
	const char *command;			  /* the program's, as it was called, or NULL */
	const char *missing_ack, *missing_replay; /* what to record; NULL: it is there */
	const char *missing_woken; /* the same, for the replay to see halted vCPUs wake up */
};

struct yield_style {
	u32 entries; /* of lists of spins */
	bool color, quiet, verbose;
};

void yield_json(const struct yield_view *s, FILE *out);
void yield_text(const struct yield_view *s, const struct yield_style *style, FILE *out);
/* For a mailing list: 72 columns, where the figures come from, and what they mean. */
void yield_mail(const struct yield_view *s, FILE *out);
void yield_csv(const struct yield_view *s, FILE *out);

#endif
