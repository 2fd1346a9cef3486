/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hypotheses.h - a VM's search state where no probe shows it: many guesses with weights.
 *
 * last_boosted_vcpu and the turn flags leave no event of their own. So this keeps up to STATES_MAX
 * guesses of them (and of the yields that are under way), lets each make its own search, and weighs
 * it by what happened next: did the spinner stay, or who ran after it. The answer to "whom did the
 * kernel pick" is the pick with the largest weight before its outcome was seen; its share is the
 * confidence, less what guesses that were left out could say.
 */
#ifndef KVM_IPI_REPLAY_STATES_H
#define KVM_IPI_REPLAY_STATES_H

#include "analysis/yield/policies.h"

#define STATES_MAX   48
#define STATES_ROOM  1024 /* guesses, before the best are kept */
#define STATES_SLOTS (4 * STATES_ROOM)
#define STATES_SURE  0.9	/* confidence above which a pick counts as sure */

/* What is known of a spinner since the last search, and no guess has been told yet. */
struct states_news {
	u32 me;
	bool ended;		/* its search is over */
	const double *factor;	/* for weights, by pick + 1, [0] is none: all 1 at first, or own */
	double *own;
};

#define STATES_NEWS 6

struct rows_ops;

struct states {
	u32 nr_vcpus, words;
	enum scan_order order;
	u32 most;		/* guesses that are kept */
	const struct rows_ops *ops;
	void *rows;		/* the ops' own */
	double *weight;		/* of guesses, which hypotheses_rows.h keeps */
	u32 nr;
	double total;		/* of all weights */
	double lost;		/* how likely it is that the truth was left out, below 1 */
	u64 *slot;		/* a hash of the rows: of which generation, << 16, and the row */
	u64 generation;
	double *share;		/* by pick, [nr_vcpus] is none */
	struct states_news news[STATES_NEWS];
	u32 nr_news;
	u8 ended[STATES_NEWS];	/* those that are, in the order of their ends */
	u32 nr_ended;
	u8 *news_at;		/* by vCPU: place in news + 1, or 0 */
	double *factors;	/* all 1, and then all news' own */
};

/* What a spinner's thread did after its search. */
struct states_outcome {
	u32 me;
	s32 cpu;		/* the spinner's */
	bool switched;		/* it left the CPU before it entered the guest */
	u32 next;		/* who came instead: a slot of its VM, or POLICY_NONE */
};

/*
 * order: the searches' that will be made. last_boosted_vcpu 0 has half of the weight: a VM that
 * began in the trace. 0 or -ENOMEM.
 */
int states_init(struct states *s, u32 nr_vcpus, u32 words, enum scan_order order);
void states_release(struct states *s);
/* Anything may have happened: as at the beginning. */
void states_forget(struct states *s);

/*
 * The search of view->me, whose last one has ended. The view's last, in_spin and turn are this
 * function's to fill. Returns the likeliest pick (POLICY_NONE: nobody) and its share.
 */
u32 states_search(struct states *s, const struct policy_view *view, double *confidence);

/*
 * The heaviest guess: last_boosted_vcpu, and the masks of who searches and whose turn flag is on.
 */
void states_best(struct states *s, u32 *last, u64 *in_spin, u64 *turn);

/* Another policy's likeliest pick in the same states; before states_search(). */
u32 states_ask(struct states *s, const struct policy_view *view, const struct policy *policy,
	       double *confidence);

/* For states_news_of(): nothing is known of the spinner yet. */
struct states_news *states_add_news(struct states *s, u32 me);

/* What is known of the spinner. */
static inline struct states_news *states_news_of(struct states *s, u32 me)
{
	u32 at = s->news_at[me];

	return at ? &s->news[at - 1] : states_add_news(s, me);
}

/* Weighs the guesses by the outcome. */
void states_outcome(struct states *s, const struct vcpus *v, const struct vcpu_vm *vm,
		    const struct states_outcome *o);
/*
 * After the outcome the first switch on another CPU, where the vCPUs of the mask wait or were last,
 * went to next (a slot, or POLICY_NONE).
 */
void states_first_switch(struct states *s, u32 me, const u64 *here, u32 next);
/* The spinner's search is over, in all guesses. */
void states_end(struct states *s, u32 me);

#endif
