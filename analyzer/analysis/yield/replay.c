// SPDX-License-Identifier: GPL-2.0-only
/*
 * replay.c - see replay.h.
 *
 * Times. A search runs some time after the event that announces it: from kvm_exit through the exit
 * handler and the probes' own cost, about 4 us on the slow machines that were measured, and about
 * half of that from the hypercall's event. last_boosted_vcpu is written after yield_to() returned,
 * some microseconds after the spinner was switched in. All of these are options: hardware without
 * probes is faster. Where probes show when the earlier spins made their first try, half of that
 * time (the rest is the search itself and the probe) takes the place of the first two. They order
 * the searches of two CPUs that overlap, nothing else.
 */
#include "analysis/yield/replay.h"

#include <errno.h>
#include <stdlib.h>

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
		vm->esrch = vm->turn + w;
		vm->awaited = vm->esrch + w;
		vm->awaited_long = vm->awaited + w;
		vm->scratch = vm->awaited_long + w;
		vm->scan_vcpu = VCPU_NOBODY;
		vm->view = (struct policy_view){
			.vm = &r->vcpus.vm[i],
			.nr = r->vcpus.vm[i].nr,
			.words = w,
			.order = r->opt.order,
			.in_spin = vm->in_spin,
			.turn = vm->turn,
			.pending = r->acks.vm[i].pending,
			.awaited = vm->awaited,
			.scratch = vm->scratch,
		};
		at += (5 + POLICY_SCRATCH) * (size_t)w;
		if (hypotheses_init(&vm->hypotheses, r->vcpus.vm[i].nr, w, r->opt.order))
			return -ENOMEM;
		if (r->opt.probed && r->opt.order == SCAN_LOOP_INDEX &&
		    r->vcpus.vm[i].nr <= LAST_BOOSTED_VCPUS &&
		    last_boosted_init(&vm->last_boosted, r->vcpus.vm[i].nr))
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

	*r = (struct replay){
		.opt = *opt, .until_try = { 2 * opt->exit_delay_ns, 2 * opt->hypercall_delay_ns }
	};
	for (int i = 0; i < NR_POLICIES; i++)
		r->like[i] = first_like(i);
	ret = vcpus_init(&r->vcpus, map);
	if (!ret)
		ret = acks_init(&r->acks, &r->vcpus, opt->window_ns, filter, vms);
	if (!ret)
		ret = score_init(&r->score, &r->vcpus, &r->acks, opt->window_ns, filter, vms);
	r->score.kernel_policy = opt->kernel_policy;
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
		search_forget_due(r);
	if (!r->spin || !r->picks || !r->due)
		return -ENOMEM;
	return ahead_init(r);
}

void replay_release(struct replay *r)
{
	for (u32 i = 0; r->vm && i < r->vcpus.nr_vms; i++) {
		hypotheses_release(&r->vm[i].hypotheses);
		last_boosted_release(&r->vm[i].last_boosted);
	}
	score_release(&r->score);
	acks_release(&r->acks);
	vcpus_release(&r->vcpus);
	free(r->spin);
	free(r->picks);
	free(r->vm);
	free(r->masks);
	free(r->due);
	ahead_release(r);
	*r = (struct replay){ 0 };
}

static int replay_records(void *self, const struct event *ev, u32 nr)
{
	return ahead_events(self, ev, nr);
}

const struct ordered_ops replay_ops = { .name = "yield",
					.needs = yield_needs,
					.records = replay_records };

int replay_finish(struct replay *r, u64 last_ts)
{
	int ret = ahead_finish(r);

	if (!ret)
		ret = search_run_due(r, last_ts);
	acks_finish(&r->acks, last_ts);
	score_forget_waits(&r->score);
	return ret;
}
