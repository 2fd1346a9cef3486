// SPDX-License-Identifier: GPL-2.0-only
/*
 * consume.c - see parts.h.
 *
 * An event does up to four things, in this order: searches and ends whose time has come are done;
 * what the event means for its own thread's spin (its search must be over before the thread goes
 * on); the state takes it; what it begins.
 */
#include "analysis/yield/parts.h"

#include "model/marker.h"

#include <errno.h>

static void replay_forget(struct replay *r)
{
	for (u32 n = 0; n < r->vcpus.nr; n++)
		r->spin[n] = (struct replay_spin){ .tried = VCPU_NOBODY };
	for (u32 i = 0; i < r->vcpus.nr_vms; i++) {
		memset(r->vm[i].in_spin, 0, r->vcpus.vm[i].words * sizeof(u64));
		memset(r->vm[i].turn, 0, r->vcpus.vm[i].words * sizeof(u64));
		hypotheses_forget(&r->vm[i].hypotheses);
		last_boosted_forget(&r->vm[i].last_boosted);
	}
	search_forget_due(r);
	memset(r->watched, 0, sizeof(r->watched));
	score_forget_waits(&r->score);
}

static int see_switch(struct replay *r, const struct event *ev)
{
	struct vcpus_who who;
	u32 n, next;

	if (vcpus_who(&r->vcpus, ev, &who))
		return -ENOMEM;
	n = who.prev;
	next = who.next;
	if (n != VCPU_NOBODY && r->spin[n].open && spin_own_switch(r, n, ev, next))
		return -ENOMEM;
	spin_see_watches(r, ev, next);
	if (vcpus_switch(&r->vcpus, ev, &who))
		return -ENOMEM;
	if (next == VCPU_NOBODY)
		return 0;
	if (score_runs(&r->score, next, ev->ts))
		return -ENOMEM;
	spin_switch_in(r, next, ev);
	return 0;
}

static int see_entry(struct replay *r, u32 n, const struct event *ev)
{
	if (r->spin[n].open && spin_own_entry(r, n, ev))
		return -ENOMEM;
	if (score_entry(&r->score, n))
		return -ENOMEM;
	vcpus_entry(&r->vcpus, n, ev);
	return 0;
}

static int replay_see_exit(struct replay *r, u32 n, const struct event *ev, const struct ahead *a)
{
	if (unlikely(r->spin[n].open) && spin_own_entry(r, n, ev))
		return -ENOMEM;
	vcpus_exit(&r->vcpus, n, ev);
	if (spin_begins(ev))
		spin_begin(r, n, ev, a);
	return 0;
}

static int see_userspace_exit(struct replay *r, u32 n, const struct event *ev)
{
	if (r->spin[n].open && spin_own_entry(r, n, ev))
		return -ENOMEM;
	vcpus_userspace_exit(&r->vcpus, n);
	return 0;
}

/* A probe's delay is what a probed search waits for; the blind one would wait for ever. */
static int see_probe(struct replay *r, u32 n, const struct event *ev, const struct ahead *a)
{
	if (!r->spin[n].open || !r->opt.probed)
		return 0;
	if (ev->kind == EV_PROBE_RESULT)
		return spin_own_result(r, n, ev, a);
	spin_own_target(r, n, ev);
	return 0;
}

static int replay_see_eoi(struct replay *r, u32 n, const struct event *ev)
{
	vcpus_eoi(&r->vcpus, n);
	return acks_event(&r->acks, n, ev) ?: episodes_eoi(&r->score.episodes, n, ev->ts);
}

static int replay_see_ipi(struct replay *r, u32 n, const struct event *ev)
{
	u32 src = vcpus_find(&r->vcpus, ev->ipi.vm, ev->ipi.src);
	u32 dst = vcpus_find(&r->vcpus, ev->ipi.vm, ev->ipi.dst);

	if (acks_event(&r->acks, n, ev))
		return -ENOMEM;
	if (src != VCPU_NOBODY && dst != VCPU_NOBODY)
		episodes_send(&r->score.episodes, src, dst);
	return 0;
}

/* A policy that the kernel runs from now on, unless the user said which one. */
static void see_mark(struct replay *r, const struct event *ev)
{
	struct marker m;
	int policy;

	if (r->opt.policy_given || marker_parse(ev->text.s, ev->text.len, &m) ||
	    m.kind != MARKER_POLICY)
		return;
	policy = policy_of_name(m.name);
	if (policy == NR_POLICIES || policy == POLICY_ORACLE)
		return;
	r->opt.kernel_policy = r->score.kernel_policy = policy;
	r->policy_told = true;
}

/* An event of a vCPU's own thread. */
static int replay_see_own(struct replay *r, u32 n, const struct event *ev, const struct ahead *a)
{
	switch (ev->kind) {
	case EV_ENTRY: return see_entry(r, n, ev);
	case EV_EXIT: return replay_see_exit(r, n, ev, a);
	case EV_PROBE_TARGET:
	case EV_PROBE_RESULT: return see_probe(r, n, ev, a);
	case EV_HV_HYPERCALL:
		if (spin_begins(ev))
			spin_begin(r, n, ev, a);
		return 0;
	case EV_EOI: return replay_see_eoi(r, n, ev);
	case EV_ACCEPT: vcpus_accept(&r->vcpus, n, ev); return 0;
	case EV_USERSPACE_EXIT: return see_userspace_exit(r, n, ev);
	}
	score_sends(&r->score, n, ev);
	return 0;
}

/* An event at its turn; a: what was read ahead, or NULL. */
int consume_event(struct replay *r, const struct event *ev, const struct ahead *a)
{
	u32 n;

	if (unlikely(r->due[r->due_head].at <= ev->ts) && search_run_due(r, ev->ts))
		return -ENOMEM;
	if (ev->kind == EV_SWITCH)
		return see_switch(r, ev);
	if (unlikely(ev->kind == EV_GAP)) {
		replay_forget(r);
		return acks_event(&r->acks, VCPU_NOBODY, ev) ?: vcpus_gap(&r->vcpus, ev);
	}
	if (unlikely(ev->kind == EV_MARK)) {
		see_mark(r, ev);
		return 0;
	}
	n = vcpus_of_pid(&r->vcpus, ev->pid);
	if (unlikely(ev->kind == EV_WAKEUP))
		return vcpus_wakeup(&r->vcpus, ev, n);
	if (unlikely(ev->kind == EV_TRACK) && replay_see_ipi(r, n, ev))
		return -ENOMEM;
	return n == VCPU_NOBODY ? 0 : replay_see_own(r, n, ev, a);
}
