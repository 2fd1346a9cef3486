// SPDX-License-Identifier: GPL-2.0-only
/*
 * replay.c - see replay.h.
 *
 * An event does up to four things, in this order: searches and ends whose time has come are done;
 * what the event means for its own thread's spin (its search must be over before the thread goes
 * on); the state takes it; what it begins.
 *
 * Times. A search runs some time after the event that announces it: from kvm_exit through the exit
 * handler and the probes' own cost, about 4 us on the slow machines that were measured, and about
 * half of that from the hypercall's event. last_boosted_vcpu is written after yield_to() returned,
 * some microseconds after the spinner was switched in. All of these are options: hardware without
 * probes is faster. Where probes show when the earlier spins made their first try, half of that
 * time (the rest is the search itself and the probe) takes the place of the first two. They order
 * the searches of two CPUs that overlap, nothing else.
 */
#include "analysis/yield/parts.h"

#include <errno.h>
#include <stdlib.h>

const u32 replay_kinds = EV_BIT(EV_TRACK) | EV_BIT(EV_ENTRY) | EV_BIT(EV_EXIT) |
			 EV_BIT(EV_USERSPACE_EXIT) | EV_BIT(EV_HYPERCALL) |
			 EV_BIT(EV_HV_HYPERCALL) | EV_BIT(EV_HV_SEND_IPI) |
			 EV_BIT(EV_HV_SEND_IPI_EX) | EV_BIT(EV_APIC_IPI) | EV_BIT(EV_ACCEPT) |
			 EV_BIT(EV_EOI) | EV_BIT(EV_SWITCH) | EV_BIT(EV_WAKEUP) |
			 EV_BIT(EV_PROBE_TARGET) | EV_BIT(EV_PROBE_RESULT);

static int init_vms(struct replay *r)
{
	size_t words = 0, at = 0;

	for (u32 i = 0; i < r->vcpus.nr_vms; i++)
		words += (5 + POLICY_SCRATCH) * (size_t)r->vcpus.vm[i].words;
	r->masks = calloc(words + 1, sizeof(*r->masks));
	r->vm = calloc((size_t)r->vcpus.nr_vms + 1, sizeof(*r->vm));
	if (!r->masks || !r->vm)
		return -ENOMEM;
	for (u32 i = 0; i < r->vcpus.nr_vms; i++) {
		u32 w = r->vcpus.vm[i].words;
		struct replay_vm *vm = &r->vm[i];

		vm->in_spin = r->masks + at;
		vm->turn = vm->in_spin + w;
		vm->lonely = vm->turn + w;
		vm->awaited = vm->lonely + w;
		vm->awaited_long = vm->awaited + w;
		vm->scratch = vm->awaited_long + w;
		vm->scan_vcpu = VCPU_NOBODY;
		vm->view = (struct policy_view){
			.vm = &r->vcpus.vm[i], .nr = r->vcpus.vm[i].nr, .words = w,
			.order = r->opt.order, .in_spin = vm->in_spin, .turn = vm->turn,
			.pending = r->acks.vm[i].pending, .awaited = vm->awaited,
			.scratch = vm->scratch,
		};
		at += (5 + POLICY_SCRATCH) * (size_t)w;
		if (states_init(&vm->states, r->vcpus.vm[i].nr, w, r->opt.order))
			return -ENOMEM;
		if (r->opt.probed && r->opt.order == SCAN_LOOP_INDEX &&
		    r->vcpus.vm[i].nr <= LASTS_VCPUS &&
		    lasts_init(&vm->lasts, r->vcpus.vm[i].nr))
			return -ENOMEM;
	}
	return 0;
}

/* The first row of the policy: the same function, in the same way. */
static int first_like(int i)
{
	int k = 0;

	while (policies[k].pick != policies[i].pick || policies[k].relaxed != policies[i].relaxed)
		k++;
	return k;
}

int replay_init(struct replay *r, const struct replay_options *opt, const struct thread_map *map,
		struct filter *filter, const struct vms *vms)
{
	int ret;

	*r = (struct replay){ .opt = *opt,
			      .until_try = { 2 * opt->exit_delay_ns,
					     2 * opt->hypercall_delay_ns } };
	for (int i = 0; i < NR_POLICIES; i++)
		r->like[i] = first_like(i);
	ret = vcpus_init(&r->vcpus, map);
	if (!ret)
		ret = acks_init(&r->acks, &r->vcpus, opt->window_ns, filter, vms);
	if (!ret)
		ret = replay_score_init(&r->score, &r->vcpus, &r->acks, opt->window_ns, filter,
					vms);
	if (!ret)
		ret = init_vms(r);
	if (ret)
		return ret;
	r->spin = calloc((size_t)r->vcpus.nr + 1, sizeof(*r->spin));
	r->picks = calloc((size_t)r->vcpus.nr + 1, sizeof(*r->picks));
	for (u32 n = 0; n < r->vcpus.nr && r->picks; n++)
		r->picks[n].vcpu = n;
	r->due_room = 4 * r->vcpus.nr + 60; /* three may be waited for, for each vCPU */
	r->due = calloc((size_t)r->due_room + 1, sizeof(*r->due));
	if (r->due)
		replay_forget_due(r);
	if (!r->spin || !r->picks || !r->due)
		return -ENOMEM;
	return opt->probed ? replay_ahead_init(r) : 0;
}

void replay_release(struct replay *r)
{
	for (u32 i = 0; r->vm && i < r->vcpus.nr_vms; i++) {
		states_release(&r->vm[i].states);
		lasts_release(&r->vm[i].lasts);
	}
	replay_score_release(&r->score);
	acks_release(&r->acks);
	vcpus_release(&r->vcpus);
	free(r->spin);
	free(r->picks);
	free(r->vm);
	free(r->masks);
	free(r->due);
	replay_ahead_release(r);
	*r = (struct replay){ 0 };
}

static void replay_forget(struct replay *r)
{
	for (u32 n = 0; n < r->vcpus.nr; n++) {
		r->spin[n] = (struct replay_spin){ .tried = VCPU_NOBODY };
		r->score.vcpu[n].nr_waits = 0;
	}
	for (u32 i = 0; i < r->vcpus.nr_vms; i++) {
		memset(r->vm[i].in_spin, 0, r->vcpus.vm[i].words * sizeof(u64));
		memset(r->vm[i].turn, 0, r->vcpus.vm[i].words * sizeof(u64));
		states_forget(&r->vm[i].states);
		lasts_forget(&r->vm[i].lasts);
	}
	replay_forget_due(r);
	memset(r->watched, 0, sizeof(r->watched));
}

static int see_switch(struct replay *r, const struct event *ev)
{
	struct vcpus_who who;
	u32 n, next;

	if (vcpus_who(&r->vcpus, ev, &who))
		return -ENOMEM;
	n = who.prev;
	next = who.next;
	if (n != VCPU_NOBODY && r->spin[n].open && replay_own_switch(r, n, ev, next))
		return -ENOMEM;
	replay_see_watches(r, ev, next);
	if (vcpus_switch(&r->vcpus, ev, &who))
		return -ENOMEM;
	if (next == VCPU_NOBODY)
		return 0;
	if (replay_score_runs(&r->score, next, ev->ts))
		return -ENOMEM;
	replay_switch_in(r, next, ev);
	return 0;
}

static int see_entry(struct replay *r, u32 n, const struct event *ev)
{
	if (r->spin[n].open && replay_own_entry(r, n, ev))
		return -ENOMEM;
	if (replay_score_entry(&r->score, n))
		return -ENOMEM;
	vcpus_entry(&r->vcpus, n, ev);
	return 0;
}

static int replay_see_exit(struct replay *r, u32 n, const struct event *ev,
			   const struct replay_ahead *a)
{
	if (unlikely(r->spin[n].open) && replay_own_entry(r, n, ev))
		return -ENOMEM;
	vcpus_exit(&r->vcpus, n, ev);
	if (replay_is_spin(ev))
		replay_begin_spin(r, n, ev, a);
	return 0;
}

static int see_userspace_exit(struct replay *r, u32 n, const struct event *ev)
{
	if (r->spin[n].open && replay_own_entry(r, n, ev))
		return -ENOMEM;
	vcpus_userspace_exit(&r->vcpus, n);
	return 0;
}

/* A probe's delay is what a probed search waits for; the blind one would wait for ever. */
static int see_probe(struct replay *r, u32 n, const struct event *ev, const struct replay_ahead *a)
{
	if (!r->spin[n].open || !r->opt.probed)
		return 0;
	if (ev->kind == EV_PROBE_RESULT)
		return replay_own_result(r, n, ev, a);
	replay_own_target(r, n, ev);
	return 0;
}

static int replay_see_eoi(struct replay *r, u32 n, const struct event *ev)
{
	vcpus_eoi(&r->vcpus, n);
	return acks_event(&r->acks, n, ev);
}

/* An event of a vCPU's own thread. */
static int replay_see_own(struct replay *r, u32 n, const struct event *ev,
			  const struct replay_ahead *a)
{
	switch (ev->kind) {
	case EV_ENTRY:
		return see_entry(r, n, ev);
	case EV_EXIT: return replay_see_exit(r, n, ev, a);
	case EV_PROBE_TARGET:
	case EV_PROBE_RESULT:
		return see_probe(r, n, ev, a);
	case EV_HV_HYPERCALL:
		if (replay_is_spin(ev))
			replay_begin_spin(r, n, ev, a);
		return 0;
	case EV_EOI: return replay_see_eoi(r, n, ev);
	case EV_ACCEPT:
		vcpus_accept(&r->vcpus, n, ev);
		return 0;
	case EV_USERSPACE_EXIT:
		return see_userspace_exit(r, n, ev);
	}
	replay_score_sends(&r->score, n, ev);
	return 0;
}

/* An event at its turn; a: what was read ahead, or NULL. */
int replay_consume(struct replay *r, const struct event *ev, const struct replay_ahead *a)
{
	u32 n;

	if (unlikely(r->due[r->due_head].at <= ev->ts) && replay_run_due(r, ev->ts))
		return -ENOMEM;
	if (ev->kind == EV_SWITCH)
		return see_switch(r, ev);
	if (unlikely(ev->kind == EV_GAP)) {
		replay_forget(r);
		return acks_event(&r->acks, VCPU_NOBODY, ev) ?: vcpus_gap(&r->vcpus, ev);
	}
	n = vcpus_of_pid(&r->vcpus, ev->pid);
	if (unlikely(ev->kind == EV_WAKEUP))
		return vcpus_wakeup(&r->vcpus, ev, n);
	if (unlikely(ev->kind == EV_TRACK) && acks_event(&r->acks, n, ev))
		return -ENOMEM;
	return n == VCPU_NOBODY ? 0 : replay_see_own(r, n, ev, a);
}

static int replay_records(void *self, const struct event *ev, u32 nr)
{
	return replay_events(self, ev, nr);
}

const struct analysis_ops replay_ops = { .ordered = true, .records = replay_records };

int replay_finish(struct replay *r, u64 last_ts)
{
	int ret = replay_ahead_finish(r);

	if (!ret)
		ret = replay_run_due(r, last_ts);
	acks_finish(&r->acks, last_ts);
	for (u32 n = 0; n < r->vcpus.nr; n++)
		r->score.vm[r->vcpus.vcpu[n].group].waits_open += r->score.vcpu[n].nr_waits;
	return ret;
}
