// SPDX-License-Identifier: GPL-2.0-only
/* replay_score.c - see replay_score.h. */
#include "analysis/replay_score.h"

#include <errno.h>
#include <stdlib.h>

#define DELAY_BITS 7
#define RUN_BITS   4
#define NEAR_NS	   60000	/* a scan, its yield_to() and an interrupt in between take less */
#define ECHO_NS	   2000000 /* a few dozen scans: they come every 10 to 100 us while all spin */

#define ICR_SHORTHAND	   (3u << 18)
#define ICR_SHORTHAND_SELF (1u << 18)
#define HYPERCALL_SEND_IPI 10

const char *const replay_cause_texts[NR_REPLAY_CAUSES] = {
	[CAUSE_STATE] = "the kernel's or the replay's pick was switched or woken within 60 us of the scan",
	[CAUSE_OVERLAP] = "another vCPU of the VM was in a search within 60 us: their order is in no event",
	[CAUSE_ECHO] = "the replay disagreed less than 2 ms before: the state may still be off",
	[CAUSE_NONE] = "no event near it explains it",
};

static int init_vm(struct replay_vm_score *vm)
{
	hist_init(&vm->wait, DELAY_BITS);
	hist_init(&vm->candidates, DELAY_BITS);
	hist_init(&vm->runs, RUN_BITS);
	hist_init(&vm->hint_age, DELAY_BITS);
	return 0;
}

int replay_score_init(struct replay_score *s, const struct vcpus *vcpus, const struct acks *acks,
		      u64 window_ns, struct filter *filter, const struct vms *vms)
{
	size_t words = 0, at = 0;
	struct hints sweep;

	*s = (struct replay_score){ .vcpus = vcpus, .acks = acks, .window_ns = window_ns,
				    .filter = filter, .vms = vms };
	hints_init(&sweep, window_ns, NULL, NULL);
	memcpy(s->window, sweep.window, sizeof(s->window));
	s->nr_windows = sweep.nr_windows;
	for (u32 i = 0; i < vcpus->nr_vms; i++)
		words += ((size_t)vcpus->vm[i].nr + 1) * vcpus->vm[i].words;
	s->vm = calloc((size_t)vcpus->nr_vms + 1, sizeof(*s->vm));
	s->vcpu = calloc((size_t)vcpus->nr + 1, sizeof(*s->vcpu));
	s->masks = calloc(words + 1, sizeof(*s->masks));
	if (!s->vm || !s->vcpu || !s->masks)
		return -ENOMEM;
	for (u32 i = 0; i < vcpus->nr_vms; i++) {
		const struct vcpu_vm *vm = &vcpus->vm[i];

		init_vm(&s->vm[i]);
		s->vm[i].waiters = s->masks + at;
		at += vm->words;
		for (u32 n = 0; n < vm->nr; n++, at += vm->words)
			s->vcpu[vm->first + n].awaited = s->masks + at;
	}
	return 0;
}

void replay_score_release(struct replay_score *s)
{
	for (u32 i = 0; s->vm && i < s->vcpus->nr_vms; i++) {
		hist_release(&s->vm[i].wait);
		hist_release(&s->vm[i].candidates);
		hist_release(&s->vm[i].runs);
		hist_release(&s->vm[i].hint_age);
	}
	free(s->vm);
	free(s->vcpu);
	free(s->masks);
	*s = (struct replay_score){ 0 };
}

static struct replay_vm_score *vm_of(const struct replay_score *s, u32 n)
{
	return &s->vm[s->vcpus->vcpu[n].group];
}

/* Whether a spin of vCPU n passes the filter; vectors choose IPIs, not spins. */
static int spin_passes(struct replay_score *s, u32 n, u64 ts)
{
	const struct vcpu *c = &s->vcpus->vcpu[n];
	struct ipi_event like = { .ts = ts, .vm = s->vcpus->vm[c->group].vm, .src = c->id,
				  .dst = c->id, .cpu = (u32)c->cpu };
	size_t vectors;
	int ret;

	if (!s->filter || !filter_active(s->filter))
		return 1;
	vectors = s->filter->vectors.nr;
	s->filter->vectors.nr = 0;
	ret = (int)filter_apply(s->filter, s->vms, &like, 1);
	s->filter->vectors.nr = vectors;
	return ret;
}

/* The segment from exit to entry is over: was it a spin, and which kind of IPI did it send? */
static int end_segment(struct replay_score *s, u32 n)
{
	struct replay_vcpu_score *v = &s->vcpu[n];
	int ret = 0;

	if (v->segment_spin) {
		v->run++;
	} else if (v->run) {
		ret = hist_add(&vm_of(s, n)->runs, v->run, 1);
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

int replay_score_before(struct replay_score *s, u32 n, const struct event *ev)
{
	if (ev->kind == EV_ENTRY)
		return end_segment(s, n);
	if (ev->kind != EV_TRACK && !is_sent(ev))
		return 0;
	s->vcpu[n].ipi_ts = ev->ts;
	if (ev->kind == EV_TRACK)
		s->vcpu[n].segment_track = true;
	else
		s->vcpu[n].segment_ipi = true;
	return 0;
}

/* Those who waited for it waited until now. */
int replay_score_runs(struct replay_score *s, u32 n, u64 ts)
{
	const struct vcpu *c = &s->vcpus->vcpu[n];
	const struct vcpu_vm *vm = &s->vcpus->vm[c->group];
	u64 *waiters = s->vm[c->group].waiters;

	for (u32 w = 0; w < vm->words; w++)
		for (u64 left = waiters[w]; left; left &= left - 1) {
			u32 slot = w * 64 + (u32)__builtin_ctzll(left);
			struct replay_vcpu_score *v = &s->vcpu[vm->first + slot];

			if (!vcpu_bit(v->awaited, c->slot))
				continue;
			for (u32 i = 0; i < v->nr_waits; i++)
				if (hist_add(&s->vm[c->group].wait, ts - v->wait_ts[i], 1))
					return -ENOMEM;
			v->nr_waits = 0;
			vcpu_set(waiters, slot, false);
		}
	return 0;
}

void replay_score_spin(struct replay_score *s, u32 n)
{
	s->vcpu[n].segment_spin = true;
}

static void begin_wait(struct replay_score *s, u32 n, u64 ts, const struct policy_view *view)
{
	struct replay_vcpu_score *v = &s->vcpu[n];
	struct replay_vm_score *vm = vm_of(s, n);

	memcpy(v->awaited, view->awaited, view->words * sizeof(*v->awaited));
	if (v->nr_waits == REPLAY_WAITS) {
		vm->waits_open++;
		return;
	}
	v->wait_ts[v->nr_waits++] = ts;
	vcpu_set(vm->waiters, view->me, true);
}

static bool is_stale(const struct replay_score *s, const struct policy_view *v, u32 n, u32 pick,
		     const struct policy *p)
{
	return p->rule != ACK_NONE && p->pick != policy_oracle && pick == v->hint[p->rule] &&
	       acks_hint_acked(s->acks, n);
}

static bool is_overboost(const struct policy_view *v, u32 pick)
{
	return (vcpu_bit(v->vm->mask[VCPU_BLOCKING], pick) && !vcpu_bit(v->awaited, pick)) ||
	       vcpu_bit(v->in_spin, pick);
}

static struct replay_verdict judge(const struct policy_view *v, u32 pick, bool helpable, bool stale)
{
	bool any = pick != POLICY_NONE, hit = any && vcpu_bit(v->awaited, pick);

	return (struct replay_verdict){
		.pick = any, .hit = hit, .missed = helpable && !hit, .stale = any && stale,
		.overboost = any && is_overboost(v, pick),
	};
}

static void count(struct replay_counts *c, struct replay_verdict j)
{
	c->picks += j.pick;
	c->hits += j.hit;
	c->missed += j.missed;
	c->stale += j.stale;
	c->overboost += j.overboost;
}

static void count_policies(struct replay_score *s, struct replay_picks *p,
			   const struct policy_view *v, bool helpable)
{
	struct replay_vm_score *vm = vm_of(s, p->vcpu);

	for (int i = 0; i < NR_POLICIES; i++) {
		bool stale = p->pick[i] != POLICY_NONE &&
			     is_stale(s, v, p->vcpu, p->pick[i], &policies[i]);

		/* Most policies pick as the first does. */
		if (i && p->pick[i] == p->pick[0]) {
			p->verdict[i] = p->verdict[0];
			p->verdict[i].stale = stale;
		} else {
			p->verdict[i] = judge(v, p->pick[i], helpable, stale);
		}
		count(&vm->policy[i], p->verdict[i]);
		/* The other half is the same; see replay_score_same(). */
		for (int k = i; k < NR_POLICIES; k++)
			vm->same[i][k] += p->pick[i] == p->pick[k];
	}
}

void replay_score_sure(struct replay_score *s, const struct replay_picks *p)
{
	struct replay_vm_score *vm = vm_of(s, p->vcpu);

	if (!p->counts || p->confidence <= REPLAY_SURE)
		return;
	vm->sure++;
	for (int i = 0; i < NR_POLICIES; i++)
		count(&vm->sure_policy[i], p->verdict[i]);
}

/* The first window that is as long as ns; nr_windows: none is. */
static u32 first_window(const struct replay_score *s, u64 ns)
{
	u32 i = 0;

	while (i < s->nr_windows && s->window[i] < ns)
		i++;
	return i;
}

/*
 * The picks of the filter and of the priority with that hint: asked, or known if it is the view's.
 */
static void sweep_picks(const struct replay_picks *p, const struct replay_context *c,
			struct policy_view *v, u32 hint, u32 pick[2])
{
	static const int swept[2] = { POLICY_V3_RELAXED, POLICY_FIRST };

	v->hint[ACK_V3] = hint;
	for (int i = 0; i < 2; i++)
		pick[i] = c->probed && hint == c->view->hint[ACK_V3] ?
				  p->pick[swept[i]] :
				  policies[swept[i]].pick(v, &policies[swept[i]]);
}

/*
 * The sweep. A hint is there or not: two searches per policy answer for all windows. Who is awaited
 * is a fact of the guest, not of the window that a policy looks through: the largest one of the
 * sweep.
 */
static void count_sweep(struct replay_score *s, const struct replay_picks *p,
			const struct replay_context *c, u64 *awaited)
{
	struct replay_vm_score *vm = vm_of(s, p->vcpu);
	const struct policy_view *view = c->view;
	struct policy_view v = *view;
	u64 age = 0, stale_age = 0;
	u32 at = acks_confirmed(s->acks, p->vcpu, ACK_V3, p->ts, UINT64_MAX, &age), pick[4];
	u32 old = acks_confirmed(s->acks, p->vcpu, ACK_NONE, p->ts, UINT64_MAX, &stale_age);
	struct replay_sweep *sweep;
	bool helpable, stale;

	helpable = acks_awaited(s->acks, p->vcpu, p->ts, s->window[s->nr_windows - 1], awaited);
	v.awaited = awaited;
	sweep_picks(p, c, &v, POLICY_NONE, &pick[0]);
	if (at == VCPU_NOBODY)
		memcpy(&pick[2], &pick[0], 2 * sizeof(pick[0]));
	else
		sweep_picks(p, c, &v, s->vcpus->vcpu[at].slot, &pick[2]);
	stale = old != VCPU_NOBODY && acks_hint_acked(s->acks, p->vcpu) &&
		vcpu_bit(view->yields, s->vcpus->vcpu[old].slot) &&
		vcpu_bit(view->vm->mask[VCPU_READY], s->vcpus->vcpu[old].slot);
	if (helpable) {
		helpable = false;
		for (u32 w = 0; w < view->words; w++)
			helpable |= awaited[w] & ~view->vm->mask[VCPU_RUN][w] &
				    ~view->vm->mask[VCPU_ASLEEP][w];
	}
	sweep = &vm->sweep[at == VCPU_NOBODY ? s->nr_windows : first_window(s, age)];
	for (int in = 0; in < 2; in++) {
		count(&sweep->filter[in], judge(&v, pick[2 * in], helpable, false));
		count(&sweep->first[in], judge(&v, pick[2 * in + 1], helpable, false));
	}
	if (stale)
		vm->sweep[first_window(s, stale_age)].stale++;
}

/* Keeps a spin to look at, one of each pair of spinner and awaited vCPU. */
static void add_example(struct replay_vm_score *vm, const struct replay_picks *p, u64 spin_ts,
			u32 awaited, u32 candidates)
{
	for (u32 i = 0; i < vm->nr_examples; i++)
		if (vm->example[i].p.vcpu == p->vcpu && vm->example[i].awaited == awaited)
			return;
	if (vm->nr_examples < REPLAY_EXAMPLES)
		vm->example[vm->nr_examples++] = (struct replay_example){ *p, spin_ts, awaited,
									 candidates };
}

/* What the spinner waits for, and what became of it. */
static void count_awaited(struct replay_score *s, const struct replay_picks *p,
			  const struct replay_context *c, u32 candidates, bool *helpable)
{
	const struct policy_view *v = c->view;
	struct replay_vm_score *vm = vm_of(s, p->vcpu);
	u64 *const *m = v->vm->mask;
	u32 stock = p->pick[POLICY_STOCK], could = POLICY_NONE;
	bool any = false, running = false, user = false;

	for (u32 w = 0; w < v->words; w++) {
		u64 help = v->awaited[w] & ~m[VCPU_RUN][w] & ~m[VCPU_ASLEEP][w];

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
	vm->lost_opportunity += v->kernel && user && (stock == POLICY_NONE ||
						      !vcpu_bit(v->awaited, stock));
	if (any && !running)
		begin_wait(s, p->vcpu, c->spin_ts, v);
	if (*helpable && (c->probed || p->confidence > REPLAY_SURE) &&
	    p->pick[POLICY_FIRST] != stock && p->pick[POLICY_FIRST] != POLICY_NONE &&
	    vcpu_bit(v->awaited, p->pick[POLICY_FIRST]))
		add_example(vm, p, c->spin_ts, p->pick[POLICY_FIRST], candidates);
}

int replay_score_picks(struct replay_score *s, struct replay_picks *p,
		       const struct replay_context *c)
{
	struct replay_vm_score *vm = vm_of(s, p->vcpu);
	const struct policy_view *v = c->view;
	u64 *spare = v->scratch + 2 * v->words;
	int passes = spin_passes(s, p->vcpu, c->spin_ts);
	u32 candidates = 0;
	bool helpable;
	u64 age;

	if (passes <= 0)
		return passes;
	p->counts = true;
	s->counted++;
	vm->spins++;
	for (u32 w = 0; w < v->words; w++)
		candidates += (u32)__builtin_popcountll(v->stock[w]);
	count_awaited(s, p, c, candidates, &helpable);
	count_policies(s, p, v, helpable);
	if (acks_confirmed(s->acks, p->vcpu, ACK_V3, p->ts, s->window_ns, &age) != VCPU_NOBODY) {
		vm->hinted++;
		if (hist_add(&vm->hint_age, age, 1))
			return -ENOMEM;
	}
	count_sweep(s, p, c, spare);
	return hist_add(&vm->candidates, candidates, 1);
}

static bool is_near(u64 a, u64 b)
{
	return (a > b ? a - b : b - a) <= NEAR_NS;
}

static enum replay_cause cause_of(const struct replay_score *s, const struct replay_picks *p,
				  u32 target, u64 near_ts)
{
	const struct replay_vm_score *vm = vm_of(s, p->vcpu);
	const struct vcpu *first =
		&s->vcpus->vcpu[s->vcpus->vm[s->vcpus->vcpu[p->vcpu].group].first];
	u32 slot[2] = { target, p->pick[POLICY_STOCK] };

	for (int i = 0; i < 2; i++)
		if (slot[i] != POLICY_NONE && (is_near(first[slot[i]].in_ts, p->ts) ||
					       is_near(first[slot[i]].out_ts, p->ts)))
			return CAUSE_STATE;
	if (is_near(near_ts, p->ts))
		return CAUSE_OVERLAP;
	if (vm->last_miss_ts && p->ts - vm->last_miss_ts <= ECHO_NS)
		return CAUSE_ECHO;
	return CAUSE_NONE;
}

void replay_score_choice(struct replay_score *s, const struct replay_picks *p, u32 target, u64 now,
			 u64 try_ts, u64 near_ts)
{
	const struct vcpu *c = &s->vcpus->vcpu[p->vcpu];
	const struct vcpu *t = &s->vcpus->vcpu[s->vcpus->vm[c->group].first + target];
	struct replay_vm_score *vm = vm_of(s, p->vcpu);
	bool agree = p->pick[POLICY_STOCK] == target, blind = p->blind == target;
	bool sure = p->confidence > REPLAY_SURE;

	if (!p->counts)
		return;
	vm->observed++;
	vm->agree += agree;
	vm->agree_blind += blind;
	vm->sure_observed += sure;
	vm->sure_agree += sure && blind;
	vm->mismatch_of++;
	vm->mismatch += t->in_ts < try_ts && !vcpu_is(s->vcpus, t, VCPU_RUN);
	if (agree)
		return;
	if (vm->nr_misses < REPLAY_MISSES)
		vm->miss[vm->nr_misses++] = (struct replay_miss){
			p->ts,
			p->vcpu,
			p->pick[POLICY_STOCK],
			target,
			cause_of(s, p, target, near_ts),
		};
	vm->cause[cause_of(s, p, target, near_ts)]++;
	vm->last_miss_ts = p->ts;
}

u64 replay_score_same(const struct replay_vm_score *vm, int a, int b)
{
	return vm->same[min_of(a, b)][max_of(a, b)];
}

static void add_counts(struct replay_counts *to, const struct replay_counts *c)
{
	to->picks += c->picks;
	to->hits += c->hits;
	to->missed += c->missed;
	to->stale += c->stale;
	to->overboost += c->overboost;
}

struct replay_window replay_score_window(const struct replay_score *s,
					 const struct replay_vm_score *vm, u32 i)
{
	struct replay_window w = { 0 };

	for (u32 k = 0; k <= s->nr_windows; k++) {
		add_counts(&w.filter, &vm->sweep[k].filter[k <= i]);
		add_counts(&w.first, &vm->sweep[k].first[k <= i]);
		w.stale += k <= i ? vm->sweep[k].stale : 0;
	}
	return w;
}

u64 replay_score_suggest(const struct replay_score *s, const struct replay_vm_score *vm)
{
	struct replay_window last = replay_score_window(s, vm, s->nr_windows - 1);

	for (u32 i = 0; i < s->nr_windows; i++) {
		struct replay_window w = replay_score_window(s, vm, i);

		if (100 * w.filter.hits >= 99 * last.filter.hits &&
		    100 * w.first.hits >= 99 * last.first.hits)
			return s->window[i];
	}
	return s->window[s->nr_windows - 1];
}
