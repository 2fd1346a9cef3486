// SPDX-License-Identifier: GPL-2.0-only
/* score.c - see score.h. */
#include "analysis/yield/score.h"

#include <errno.h>
#include <stdlib.h>

#define DELAY_BITS	   7
#define RUN_BITS	   4
#define NEAR_NS		   60000 /* a scan, its yield_to() and an interrupt in between take less */
#define ECHO_NS		   2000000 /* some dozen scans: each 10 to 100 us while all spin */

#define ICR_SHORTHAND	   (3u << 18)
#define ICR_SHORTHAND_SELF (1u << 18)
#define HYPERCALL_SEND_IPI 10

const char *const score_cause_texts[NR_SCORE_CAUSES] = {
	[CAUSE_STATE] =
		"the kernel's or the replay's pick was switched or woken within 60 us of the scan",
	[CAUSE_OVERLAP] =
		"another vCPU of the VM was in a search within 60 us: their order is in no event",
	[CAUSE_ECHO] = "the replay disagreed less than 2 ms before: the state may still be off",
	[CAUSE_NONE] = "no event near it explains it",
};

static int init_vm(struct score_vm *vm)
{
	hist_init(&vm->wait, DELAY_BITS);
	hist_init(&vm->candidates, DELAY_BITS);
	hist_init(&vm->runs, RUN_BITS);
	hist_init(&vm->hint_age, DELAY_BITS);
	return 0;
}

int score_init(struct score *s, const struct vcpus *vcpus, const struct acks *acks, u64 window_ns,
	       struct filter *filter, const struct vms *vms)
{
	size_t words = 0, at = 0;
	struct hints sweep;

	*s = (struct score){ .vcpus = vcpus,
			     .acks = acks,
			     .window_ns = window_ns,
			     .filter = filter,
			     .vms = vms,
			     .filtered = filter && filter_active(filter) };
	if (episodes_init(&s->episodes, vcpus, acks))
		return -ENOMEM;
	hints_init(&sweep, window_ns, NULL, NULL);
	memcpy(s->window, sweep.window, sizeof(s->window));
	s->nr_windows = sweep.nr_windows;
	for (u32 i = 0; i < vcpus->nr_vms; i++)
		words += 2 * (size_t)vcpus->vm[i].words;
	s->vm = calloc((size_t)vcpus->nr_vms + 1, sizeof(*s->vm));
	s->vcpu = calloc((size_t)vcpus->nr + 1, sizeof(*s->vcpu));
	s->masks = calloc(words + 1, sizeof(*s->masks));
	if (!s->vm || !s->vcpu || !s->masks)
		return -ENOMEM;
	for (u32 i = 0; i < vcpus->nr_vms; i++) {
		u32 more = vcpus->vm[i].words;

		init_vm(&s->vm[i]);
		s->vm[i].waiters = s->masks + at;
		s->vm[i].awaited = s->masks + at + more;
		at += 2 * more;
	}
	return 0;
}

void score_release(struct score *s)
{
	for (u32 i = 0; s->vm && i < s->vcpus->nr_vms; i++) {
		hist_release(&s->vm[i].wait);
		hist_release(&s->vm[i].candidates);
		hist_release(&s->vm[i].runs);
		hist_release(&s->vm[i].hint_age);
		score_kinds_release(&s->vm[i].kinds);
		score_kinds_release(&s->vm[i].sweep);
	}
	for (u32 n = 0; s->vcpu && n < s->vcpus->nr; n++)
		waits_release(&s->vcpu[n].waits);
	episodes_release(&s->episodes);
	free(s->vm);
	free(s->vcpu);
	free(s->masks);
	*s = (struct score){ 0 };
}

/* Whether a spin of vCPU n passes the filter; vectors choose IPIs, not spins. */
static int spin_passes(struct score *s, u32 n, u64 ts)
{
	const struct vcpu *c = &s->vcpus->vcpu[n];
	struct ipi_event like = { .ts = ts,
				  .vm = s->vcpus->vm[c->group].vm,
				  .src = c->id,
				  .dst = c->id,
				  .cpu = (u32)c->cpu };
	size_t vectors = s->filter->vectors.nr;
	int ret;

	s->filter->vectors.nr = 0;
	ret = (int)filter_apply(s->filter, s->vms, &like, 1);
	s->filter->vectors.nr = vectors;
	return ret;
}

/* The segment from exit to entry is over: was it a spin, and which kind of IPI did it send? */
int score_entry(struct score *s, u32 n)
{
	struct score_vcpu *v = &s->vcpu[n];
	int ret = 0;

	if (v->segment_spin) {
		v->run++;
	} else if (v->run) {
		ret = hist_add(&score_vm_of(s, n)->runs, v->run, 1);
		v->run = 0;
	}
	if (v->segment_ipi || v->segment_track)
		v->untracked = !v->segment_track;
	v->segment_spin = v->segment_ipi = v->segment_track = false;
	return ret;
}

static bool is_sent(const struct event *ev)
{
	if (ev->kind == EV_APIC_IPI)
		return ((u32)ev->v[0] & ICR_SHORTHAND) != ICR_SHORTHAND_SELF;
	return ev->kind == EV_HV_SEND_IPI || ev->kind == EV_HV_SEND_IPI_EX ||
	       (ev->kind == EV_HYPERCALL && ev->v[0] == HYPERCALL_SEND_IPI);
}

void score_sends(struct score *s, u32 n, const struct event *ev)
{
	if (ev->kind == EV_TRACK)
		s->vcpu[n].segment_track = true;
	else if (is_sent(ev))
		s->vcpu[n].segment_ipi = true;
	else
		return;
	s->vcpu[n].ipi_ts = ev->ts;
}

int score_runs(struct score *s, u32 n, u64 ts)
{
	const struct vcpu *c = &s->vcpus->vcpu[n];
	const struct vcpu_vm *vm = &s->vcpus->vm[c->group];
	struct score_vm *scores = &s->vm[c->group];

	if (!vcpu_bit(scores->awaited, c->slot))
		return 0;
	vcpu_set(scores->awaited, c->slot, false);
	for (u32 w = 0; w < vm->words; w++)
		for (u64 left = scores->waiters[w]; left; left &= left - 1) {
			u32 slot = w * 64 + (u32)__builtin_ctzll(left);
			struct waits *waits = &s->vcpu[vm->first + slot].waits;

			if (waits_end(waits, c->slot, ts, &scores->wait))
				return -ENOMEM;
			vcpu_set(scores->waiters, slot, waits->nr);
		}
	return 0;
}

void score_forget_waits(struct score *s)
{
	episodes_cut(&s->episodes);
	for (u32 n = 0; n < s->vcpus->nr; n++)
		score_vm_of(s, n)->waits_open += waits_forget(&s->vcpu[n].waits);
	for (u32 i = 0; i < s->vcpus->nr_vms; i++)
		for (u32 w = 0; w < s->vcpus->vm[i].words; w++)
			s->vm[i].waiters[w] = s->vm[i].awaited[w] = 0;
}

void score_spin(struct score *s, u32 n)
{
	s->vcpu[n].segment_spin = true;
}

static int score_begin_wait(struct score *s, u32 n, u64 ts, const struct policy_view *view)
{
	struct score_vm *vm = score_vm_of(s, n);

	for (u32 w = 0; w < view->words; w++)
		vm->awaited[w] |= view->awaited[w];
	vcpu_set(vm->waiters, view->me, true);
	return waits_add(&s->vcpu[n].waits, view->awaited, view->words, ts);
}

/* Keeps a spin to look at, one of each pair of spinner and awaited vCPU. */
static void add_example(struct score_vm *vm, const struct score_picks *p, u64 spin_ts, u32 awaited,
			u32 candidates)
{
	for (u32 i = 0; i < vm->nr_examples; i++)
		if (vm->example[i].p.vcpu == p->vcpu && vm->example[i].awaited == awaited)
			return;
	if (vm->nr_examples < SCORE_EXAMPLES)
		vm->example[vm->nr_examples++] = (struct score_example){ *p, spin_ts, awaited,
									 candidates };
}

/* What the spinner waits for, and what became of it. 0 or -ENOMEM. */
static int count_awaited(struct score *s, const struct score_picks *p,
			 const struct score_context *c, u32 candidates, bool *helpable)
{
	const struct policy_view *v = c->view;
	struct score_vm *vm = score_vm_of(s, p->vcpu);
	u64 *const *m = v->vm->mask;
	u32 stock = p->pick[POLICY_STOCK], could = POLICY_NONE;
	bool any = false, running = false, user = false;

	for (u32 w = 0; w < v->words; w++) {
		u64 help = v->awaited[w] & v->yields[w];

		any |= v->awaited[w];
		running |= v->awaited[w] & m[VCPU_RUN][w];
		user |= help & m[VCPU_PREEMPTED][w] & m[VCPU_USER][w];
		if (help && could == POLICY_NONE)
			could = w * 64 + (u32)__builtin_ctzll(help);
	}
	*helpable = could != POLICY_NONE;
	vm->nothing_awaited += !any;
	vm->untracked += !any && s->vcpu[p->vcpu].untracked &&
			 p->ts - s->vcpu[p->vcpu].ipi_ts <= s->window_ns;
	vm->helpable += *helpable;
	vm->running += running;
	vm->lost_opportunity += v->kernel && user &&
				(stock == POLICY_NONE || !vcpu_bit(v->awaited, stock));
	if (*helpable && (c->probed || p->confidence > HYPOTHESES_SURE) &&
	    p->pick[POLICY_FIRST] != stock && p->pick[POLICY_FIRST] != POLICY_NONE &&
	    vcpu_bit(v->awaited, p->pick[POLICY_FIRST]))
		add_example(vm, p, c->spin_ts, p->pick[POLICY_FIRST], candidates);
	if (any)
		episodes_spin(&s->episodes, p->vcpu, c->spin_ts, p->pick, v);
	return any && !running ? score_begin_wait(s, p->vcpu, c->spin_ts, v) : 0;
}

int score_picks(struct score *s, struct score_picks *p, const struct score_context *c)
{
	struct score_vm *vm = score_vm_of(s, p->vcpu);
	const struct policy_view *v = c->view;
	int passes = s->filtered ? spin_passes(s, p->vcpu, c->spin_ts) : 1;
	u32 candidates = 0;
	bool helpable;
	u64 age;

	p->counts = passes > 0;
	if (passes <= 0)
		return passes;
	s->counted++;
	vm->spins++;
	for (u32 w = 0; w < v->words; w++)
		candidates += (u32)__builtin_popcountll(v->stock[w]);
	if (count_awaited(s, p, c, candidates, &helpable) ||
	    score_count_policies(s, p, v, helpable))
		return -ENOMEM;
	if (acks_confirmed(s->acks, p->vcpu, ACK_V3, p->ts, s->window_ns, &age) != VCPU_NOBODY) {
		vm->hinted++;
		if (hist_add(&vm->hint_age, age, 1))
			return -ENOMEM;
	}
	if (score_count_sweep(s, p, c))
		return -ENOMEM;
	return hist_add(&vm->candidates, candidates, 1);
}

static bool is_near(u64 a, u64 b)
{
	return (a > b ? a - b : b - a) <= NEAR_NS;
}

static enum score_cause cause_of(const struct score *s, const struct score_picks *p, u32 target,
				 u64 near_ts)
{
	const struct score_vm *vm = score_vm_of(s, p->vcpu);
	const struct vcpu *first =
		&s->vcpus->vcpu[s->vcpus->vm[s->vcpus->vcpu[p->vcpu].group].first];
	u32 slot[2] = { target, p->pick[s->kernel_policy] };

	for (int i = 0; i < 2; i++)
		if (slot[i] != POLICY_NONE &&
		    (is_near(first[slot[i]].in_ts, p->ts) || is_near(first[slot[i]].out_ts, p->ts)))
			return CAUSE_STATE;
	if (is_near(near_ts, p->ts))
		return CAUSE_OVERLAP;
	if (vm->last_miss_ts && p->ts - vm->last_miss_ts <= ECHO_NS)
		return CAUSE_ECHO;
	return CAUSE_NONE;
}

void score_choice(struct score *s, const struct score_picks *p, u32 target, u64 now, u64 try_ts,
		  u64 near_ts)
{
	const struct vcpu *c = &s->vcpus->vcpu[p->vcpu];
	const struct vcpu *t = &s->vcpus->vcpu[s->vcpus->vm[c->group].first + target];
	struct score_vm *vm = score_vm_of(s, p->vcpu);
	bool agree = p->pick[s->kernel_policy] == target, blind = p->blind == target;
	bool sure = p->confidence > HYPOTHESES_SURE;

	if (!p->counts)
		return;
	vm->observed++;
	episodes_yield(&s->episodes, p->vcpu);
	vm->agree += agree;
	vm->agree_blind += blind;
	vm->sure_observed += sure;
	vm->sure_agree += sure && blind;
	vm->mismatch_of++;
	vm->mismatch += t->in_ts < try_ts && !vcpu_is(s->vcpus, t, VCPU_RUN);
	if (agree)
		return;
	if (vm->nr_misses < SCORE_MISSES)
		vm->miss[vm->nr_misses++] = (struct score_miss){
			p->ts,
			p->vcpu,
			p->pick[s->kernel_policy],
			target,
			cause_of(s, p, target, near_ts),
		};
	vm->cause[cause_of(s, p, target, near_ts)]++;
	vm->last_miss_ts = p->ts;
}
