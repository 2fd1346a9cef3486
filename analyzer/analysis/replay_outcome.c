// SPDX-License-Identifier: GPL-2.0-only
/*
 * replay_outcome.c - see replay_states.h. What a spinner's thread does after its search, as factors
 * for the guesses' weights: they are told with the next search.
 */
#include "analysis/replay_states.h"

/*
 * How likely an outcome is. A search that found nobody goes back to the guest; the rest is ordinary
 * preemption. yield_to() only asks the scheduler: one success in four changes nothing visible. A
 * target on the spinner's own queue is the favourite there. One on another queue says nothing of
 * who is next here, except that it is not the target itself.
 */
#define P_NONE_STAYS	    0.97
#define P_NONE_SIBLING	    0.3 /* after any other preemption a vCPU of the VM is next */
#define P_LOCAL_STAYS	    0.04
#define P_LOCAL_TARGET	    0.7
#define P_LOCAL_OTHER	    0.2
#define P_REMOTE_STAYS	    0.35
#define P_REMOTE_IMPOSSIBLE 0.0005 /* it would have to move between queues in that moment */
#define P_REMOTE_OTHER	    0.4
/*
 * The target's own CPU: it is the next there twice as often as one of several would be by chance.
 */
#define P_FIRST_TARGET	    0.5
#define P_FIRST_CHANCE	    0.25

/* Who is next on the spinner's CPU, or that it stays, if this guess's pick were true. */
static double likelihood(const struct vcpus *v, const struct vcpu_vm *vm, u32 pick,
			 const struct states_outcome *o)
{
	if (pick == POLICY_NONE) {
		if (!o->switched)
			return P_NONE_STAYS;
		return (1 - P_NONE_STAYS) *
		       (o->next != POLICY_NONE ? P_NONE_SIBLING : 1 - P_NONE_SIBLING);
	}
	if (v->vcpu[vm->first + pick].cpu == o->cpu) {
		if (!o->switched)
			return P_LOCAL_STAYS;
		return o->next == pick ? P_LOCAL_TARGET : P_LOCAL_OTHER;
	}
	if (!o->switched)
		return P_REMOTE_STAYS;
	return (1 - P_REMOTE_STAYS) * (o->next == pick ? P_REMOTE_IMPOSSIBLE : P_REMOTE_OTHER);
}

void states_outcome(struct states *s, const struct vcpus *v, const struct vcpu_vm *vm,
		    const struct states_outcome *o)
{
	double *factor = states_news_of(s, o->me)->factor;

	factor[0] *= likelihood(v, vm, POLICY_NONE, o);
	for (u32 i = 0; i < s->nr_vcpus; i++)
		factor[i + 1] *= likelihood(v, vm, i, o);
}

void states_first_switch(struct states *s, u32 me, const u64 *here, u32 next)
{
	double *factor = states_news_of(s, me)->factor;

	for (u32 w = 0; w < s->at.words; w++)
		for (u64 left = here[w]; left; left &= left - 1) {
			u32 slot = w * 64 + (u32)__builtin_ctzll(left);

			factor[slot + 1] *= next == slot ?
						    P_FIRST_TARGET / P_FIRST_CHANCE :
						    (1 - P_FIRST_TARGET) / (1 - P_FIRST_CHANCE);
		}
}

void states_end(struct states *s, u32 me)
{
	struct states_news n = *states_news_of(s, me), *at = s->news;

	/* Ends are told in their order. */
	n.ended = true;
	while (at->me != me)
		at++;
	for (; at < s->news + s->nr_news - 1; at++)
		*at = at[1];
	*at = n;
}
