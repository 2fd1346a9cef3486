/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hypotheses.h - a particle filter for the state of a VM's searches, where no probe shows it.
 *
 * The state is what kvm_vcpu_on_spin() reads and no event records: last_boosted_vcpu, each vCPU's
 * dy_eligible flag, and the searches in flight (yield_to() was called and has not returned), each
 * with its pick. A hypothesis is one such state with a weight; a VM has up to HYPOTHESES_MAX.
 *
 * Prior	last_boosted_vcpu is 0 with half of the probability (a VM that began in the
 *		trace), any other number with the rest; all flags off; no search in flight.
 * Transition	at a spin each hypothesis makes the kernel's search on the vCPUs' states and has
 *		one pick. The events order nothing below 1 us, so in 3 of 100 searches another
 *		candidate is taken than the model's: heavy hypotheses branch into all candidates,
 *		with that probability spread over them (P_MODEL).
 * Likelihood	what the spinner's thread does next depends on the pick: it stays on its CPU or
 *		leaves it, to the picked vCPU or to another; which vCPU runs first on the pick's
 *CPU. outcome.c has a probability for each, and each weight is multiplied by that of its pick.
 *Updates wait until the next search, which is when weights are needed. End		at the
 *spinner's entry its pick becomes last_boosted_vcpu, in every hypothesis. Pruning	equal states
 *are merged, and those lighter than a bound, or beyond the heaviest HYPOTHESES_MAX, are dropped.
 *There is no resampling: the transition is deterministic but for its branches, so a copy of a heavy
 *hypothesis would add nothing. The pruned mass is remembered and decays as the true state could
 *again be reached.
 *
 * The answer is the pick with the largest posterior (sum of the weights of the hypotheses that made
 * it) before the outcome was seen; the posterior, less the pruned mass, is the confidence.
 */
#ifndef KVM_IPI_REPLAY_STATES_H
#define KVM_IPI_REPLAY_STATES_H

#include "analysis/yield/hypotheses_rows.h"

/* What a spinner's thread did after its search. */
struct hypotheses_outcome {
	u32 me;
	s32 cpu;       /* the spinner's */
	bool switched; /* it left the CPU before it entered the guest */
	u32 next;      /* the vCPU that came instead: a slot of its VM, or POLICY_NONE */
};

/*
 * order: the searches' that will be made. last_boosted_vcpu 0 has half of the weight: a VM that
 * began in the trace. 0 or -ENOMEM.
 */
int hypotheses_init(struct hypotheses *s, u32 nr_vcpus, u32 words, enum scan_order order);
void hypotheses_release(struct hypotheses *s);
/* Anything may have happened: as at the beginning. */
void hypotheses_forget(struct hypotheses *s);

/*
 * The search of view->me, whose last one has ended. The view's last, in_spin and turn are this
 * function's to fill. Returns the likeliest pick (POLICY_NONE: none) and its confidence.
 */
u32 hypotheses_search(struct hypotheses *s, const struct policy_view *view, double *confidence);

/*
 * The heaviest hypothesis: last_boosted_vcpu, and the masks of who searches and whose turn flag is
 * on.
 */
void hypotheses_best(struct hypotheses *s, u32 *last, u64 *in_spin, u64 *turn);

/* Another policy's likeliest pick in the same states; before hypotheses_search(). */
u32 hypotheses_ask(struct hypotheses *s, const struct policy_view *view,
		   const struct policy *policy, double *confidence);

/* For hypotheses_update_of(): nothing is known of the spinner yet. */
struct hypotheses_update *hypotheses_add_update(struct hypotheses *s, u32 me);

/* What is known of the spinner. */
static inline struct hypotheses_update *hypotheses_update_of(struct hypotheses *s, u32 me)
{
	u32 at = s->update_at[me];

	return at ? &s->update[at - 1] : hypotheses_add_update(s, me);
}

/* Weighs the hypotheses by the outcome. */
void hypotheses_outcome(struct hypotheses *s, const struct vcpus *v, const struct vcpu_vm *vm,
			const struct hypotheses_outcome *o);
/*
 * After the outcome the first switch on another CPU, where the vCPUs of the mask wait or were last,
 * went to next (a slot, or POLICY_NONE).
 */
void hypotheses_first_switch(struct hypotheses *s, u32 me, const u64 *here, u32 next);
/* The spinner's search is over, in all hypotheses. */
void hypotheses_end(struct hypotheses *s, u32 me);

#endif
