// SPDX-License-Identifier: GPL-2.0-only
/*
 * outcome.c - see hypotheses.h. What a spinner's thread does after its search, as factors
 * for the hypotheses' weights: they are applied with the next search.
 */
#include "analysis/yield/hypotheses.h"

/*
 * How likely an outcome is. A search without a pick goes back to the guest; the rest is ordinary
 * preemption. yield_to() only asks the scheduler: one success in four changes nothing visible. A
 * target on the spinner's own queue is the favourite there. One on another queue says nothing of
 * which is next here, except that it is not the target itself.
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
#define P_FIRST_TARGET 0.5
#define P_FIRST_CHANCE 0.25

/* How likely the outcome is without a pick; and a vCPU whose place is here, or elsewhere. */
struct likely_outcome {
	double none, place[2];
};

static struct likely_outcome stayed(void)
{
	return (struct likely_outcome){ P_NONE_STAYS, { P_REMOTE_STAYS, P_LOCAL_STAYS } };
}

static struct likely_outcome switched(bool sibling)
{
	return (struct likely_outcome){
		(1 - P_NONE_STAYS) * (sibling ? P_NONE_SIBLING : 1 - P_NONE_SIBLING),
		{ (1 - P_REMOTE_STAYS) * P_REMOTE_OTHER, P_LOCAL_OTHER },
	};
}

/* The same of the vCPU that is next. */
static double is_next(bool here)
{
	return here ? P_LOCAL_TARGET : (1 - P_REMOTE_STAYS) * P_REMOTE_IMPOSSIBLE;
}

void hypotheses_outcome(struct hypotheses *s, const struct vcpus *v, const struct vcpu_vm *vm,
			const struct hypotheses_outcome *o)
{
	const struct likely_outcome l = o->switched ? switched(o->next != POLICY_NONE) : stayed();
	const struct vcpu *vcpu = &v->vcpu[vm->first];
	struct hypotheses_update *n = hypotheses_update_of(s, o->me);
	const double *was = n->factor;
	double *to = n->own;
	u32 next = o->switched ? o->next : POLICY_NONE;
	double next_was = next == POLICY_NONE ? 0 : was[next + 1];

	to[0] = was[0] * l.none;
	for (u32 i = 0; i < s->nr_vcpus; i++)
		to[i + 1] = was[i + 1] * l.place[vcpu[i].cpu == o->cpu];
	if (next != POLICY_NONE)
		to[next + 1] = next_was * is_next(vcpu[next].cpu == o->cpu);
	n->factor = to;
}

void hypotheses_first_switch(struct hypotheses *s, u32 me, const u64 *here, u32 next)
{
	static const double seen[2] = { (1 - P_FIRST_TARGET) / (1 - P_FIRST_CHANCE),
					P_FIRST_TARGET / P_FIRST_CHANCE };
	struct hypotheses_update *n = hypotheses_update_of(s, me);

	if (n->factor != n->own)
		memcpy(n->own, n->factor, ((size_t)s->nr_vcpus + 1) * sizeof(*n->own));
	n->factor = n->own;
	for (u32 w = 0; w < s->words; w++)
		for (u64 left = here[w]; left; left &= left - 1) {
			u32 slot = w * 64 + (u32)__builtin_ctzll(left);

			n->own[slot + 1] *= seen[next == slot];
		}
}

void hypotheses_end(struct hypotheses *s, u32 me)
{
	struct hypotheses_update *n = hypotheses_update_of(s, me);

	if (n->ended)
		return;
	n->ended = true;
	s->ended[s->nr_ended++] = (u8)(n - s->update);
}
