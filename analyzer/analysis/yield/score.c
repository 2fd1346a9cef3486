// SPDX-License-Identifier: GPL-2.0-only
/* score.c - see score.h. */
#include "analysis/yield/score.h"

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

static void kinds_release(struct replay_kinds *k)
{
	free(k->kind);
	rows_index_release(&k->index);
}

/* The number of the kind, which is new at its first spin; -ENOMEM. */
static s64 kind_number(struct replay_kinds *k, u64 high, u64 low)
{
	struct replay_kind *grown = rows_grown(k->kind, &k->room, k->index.nr, sizeof(*grown));
	u32 nr = k->index.nr;
	s64 at;

	if (!grown)
		return -ENOMEM;
	k->kind = grown;
	at = rows_index_add(&k->index, high, low);
	if (at == nr)
		k->kind[at] = (struct replay_kind){ .key = { high, low } };
	return at;
}

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
				    .filter = filter, .vms = vms,
				    .filtered = filter && filter_active(filter) };
	hints_init(&sweep, window_ns, NULL, NULL);
	memcpy(s->window, sweep.window, sizeof(s->window));
	s->nr_windows = sweep.nr_windows;
	for (u32 i = 0; i < vcpus->nr_vms; i++)
		words += ((size_t)vcpus->vm[i].nr + 2) * vcpus->vm[i].words;
	s->vm = calloc((size_t)vcpus->nr_vms + 1, sizeof(*s->vm));
	s->vcpu = calloc((size_t)vcpus->nr + 1, sizeof(*s->vcpu));
	s->masks = calloc(words + 1, sizeof(*s->masks));
	if (!s->vm || !s->vcpu || !s->masks)
		return -ENOMEM;
	for (u32 i = 0; i < vcpus->nr_vms; i++) {
		const struct vcpu_vm *vm = &vcpus->vm[i];

		init_vm(&s->vm[i]);
		s->vm[i].waiters = s->masks + at;
		s->vm[i].anybody = s->vm[i].waiters + vm->words;
		at += 2 * vm->words;
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
		kinds_release(&s->vm[i].kinds);
		kinds_release(&s->vm[i].sweep);
	}
	free(s->vm);
	free(s->vcpu);
	free(s->masks);
	*s = (struct replay_score){ 0 };
}

static struct replay_vm_score *score_vm_of(const struct replay_score *s, u32 n)
{
	return &s->vm[s->vcpus->vcpu[n].group];
}

/* Whether a spin of vCPU n passes the filter; vectors choose IPIs, not spins. */
static int spin_passes(struct replay_score *s, u32 n, u64 ts)
{
	const struct vcpu *c = &s->vcpus->vcpu[n];
	struct ipi_event like = { .ts = ts, .vm = s->vcpus->vm[c->group].vm, .src = c->id,
				  .dst = c->id, .cpu = (u32)c->cpu };
	size_t vectors = s->filter->vectors.nr;
	int ret;

	s->filter->vectors.nr = 0;
	ret = (int)filter_apply(s->filter, s->vms, &like, 1);
	s->filter->vectors.nr = vectors;
	return ret;
}

/* The segment from exit to entry is over: was it a spin, and which kind of IPI did it send? */
int replay_score_entry(struct replay_score *s, u32 n)
{
	struct replay_vcpu_score *v = &s->vcpu[n];
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

void replay_score_sends(struct replay_score *s, u32 n, const struct event *ev)
{
	if (ev->kind == EV_TRACK)
		s->vcpu[n].segment_track = true;
	else if (is_sent(ev))
		s->vcpu[n].segment_ipi = true;
	else
		return;
	s->vcpu[n].ipi_ts = ev->ts;
}

int replay_score_runs(struct replay_score *s, u32 n, u64 ts)
{
	const struct vcpu *c = &s->vcpus->vcpu[n];
	const struct vcpu_vm *vm = &s->vcpus->vm[c->group];
	u64 *waiters = s->vm[c->group].waiters;

	if (!vcpu_bit(s->vm[c->group].anybody, c->slot))
		return 0;
	vcpu_set(s->vm[c->group].anybody, c->slot, false);
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

static void score_begin_wait(struct replay_score *s, u32 n, u64 ts, const struct policy_view *view)
{
	struct replay_vcpu_score *v = &s->vcpu[n];
	struct replay_vm_score *vm = score_vm_of(s, n);

	for (u32 w = 0; w < view->words; w++) {
		v->awaited[w] = view->awaited[w];
		vm->anybody[w] |= view->awaited[w];
	}
	if (v->nr_waits == REPLAY_WAITS) {
		vm->waits_open++;
		return;
	}
	v->wait_ts[v->nr_waits++] = ts;
	vcpu_set(vm->waiters, view->me, true);
}

static bool is_stale(const struct policy_view *v, u32 pick, const struct policy *p)
{
	return p->rule != ACK_NONE && p != &policies[POLICY_ORACLE] && pick == v->hint[p->rule] &&
	       pick != POLICY_NONE;
}

static bool is_overboost(const struct policy_view *v, u32 pick)
{
	return (vcpu_bit(v->vm->mask[VCPU_BLOCKING], pick) && !vcpu_bit(v->awaited, pick)) ||
	       vcpu_bit(v->in_spin, pick);
}

/* What a pick is, whoever picks it. */
enum { IS_PICK = 1, IS_HIT = 2, IS_OVERBOOST = 4, VERDICT_BITS = 3 };

/* The i-th of those that stand in a key beside each other. */
static inline u64 verdict_at(u64 verdicts, int i)
{
	return verdicts >> (VERDICT_BITS * i) & ((1u << VERDICT_BITS) - 1);
}

static u64 judge(const struct policy_view *v, u32 pick)
{
	if (pick == POLICY_NONE)
		return 0;
	return IS_PICK | (vcpu_bit(v->awaited, pick) ? IS_HIT : 0) |
	       (is_overboost(v, pick) ? IS_OVERBOOST : 0);
}

static void score_count(struct replay_counts *c, u64 verdict, bool helpable, bool stale, u64 spins)
{
	c->picks += verdict & IS_PICK ? spins : 0;
	c->hits += verdict & IS_HIT ? spins : 0;
	c->missed += helpable && !(verdict & IS_HIT) ? spins : 0;
	c->stale += stale ? spins : 0;
	c->overboost += verdict & IS_OVERBOOST ? spins : 0;
}

/*
 * A kind's key. Low: for each policy the first one that picks the same. High: for each of these
 * what the pick is; then whose pick is stale, and whether an awaited vCPU could have been helped.
 */
#define FIRST_BITS  4
#define STALE_AT    (VERDICT_BITS * NR_POLICIES)
#define HELPABLE_AT (STALE_AT + NR_POLICIES)
_Static_assert(FIRST_BITS * NR_POLICIES <= 64 && NR_POLICIES <= 1 << FIRST_BITS &&
		       HELPABLE_AT < 64, "a kind's key holds all policies");

static int first_of(const struct replay_kind *k, int policy)
{
	return (int)(k->key[1] >> (FIRST_BITS * policy) & ((1u << FIRST_BITS) - 1));
}

static u64 verdict_of(const struct replay_kind *k, int policy)
{
	return verdict_at(k->key[0], first_of(k, policy));
}

/* One more spin of its kind. */
static int count_policies(struct replay_score *s, struct replay_picks *p,
			  const struct policy_view *v, bool helpable)
{
	struct replay_vm_score *vm = score_vm_of(s, p->vcpu);
	bool acked = acks_hint_acked(s->acks, p->vcpu);
	u64 high = (u64)helpable << HELPABLE_AT | judge(v, p->pick[0]), low = 0;
	s64 kind;

	for (int i = 1; i < NR_POLICIES; i++) {
		int first = 0;

		while (p->pick[first] != p->pick[i])
			first++;
		low |= (u64)first << (FIRST_BITS * i);
		if (first == i)
			high |= judge(v, p->pick[i]) << (VERDICT_BITS * i);
	}
	for (int i = 0; i < NR_POLICIES && unlikely(acked); i++)
		high |= (u64)is_stale(v, p->pick[i], &policies[i]) << (STALE_AT + i);
	kind = kind_number(&vm->kinds, high, low);
	if (kind < 0)
		return (int)kind;
	p->kind = (u32)kind;
	vm->kinds.kind[kind].spins++;
	return 0;
}

void replay_score_sure(struct replay_score *s, const struct replay_picks *p)
{
	struct replay_vm_score *vm = score_vm_of(s, p->vcpu);

	if (!p->counts || p->confidence <= STATES_SURE)
		return;
	vm->sure++;
	vm->kinds.kind[p->kind].sure++;
}

struct replay_counts replay_score_policy(const struct replay_vm_score *vm, int policy, bool sure)
{
	struct replay_counts c = { 0 };

	for (u32 i = 0; i < vm->kinds.index.nr; i++) {
		const struct replay_kind *k = &vm->kinds.kind[i];

		score_count(&c, verdict_of(k, policy), k->key[0] >> HELPABLE_AT & 1,
			    k->key[0] >> (STALE_AT + policy) & 1, sure ? k->sure : k->spins);
	}
	return c;
}

u64 replay_score_same(const struct replay_vm_score *vm, int a, int b)
{
	u64 same = 0;

	for (u32 i = 0; i < vm->kinds.index.nr; i++) {
		const struct replay_kind *k = &vm->kinds.kind[i];

		same += first_of(k, a) == first_of(k, b) ? k->spins : 0;
	}
	return same;
}

/* The first window that is as long as ns; nr_windows: none is. */
static u32 first_window(const struct replay_score *s, u64 ns)
{
	u32 i = 0;

	while (i < s->nr_windows && s->window[i] < ns)
		i++;
	return i;
}

/* The policies that a window is swept for: as a filter and as a priority. */
enum { SWEPT_FILTER, SWEPT_FIRST, NR_SWEPT };
static const int swept[NR_SWEPT] = { POLICY_V3_RELAXED, POLICY_FIRST };
#define SWEPT_BITS (VERDICT_BITS * NR_SWEPT)

/* What the swept policies' picks with that hint are: asked, or known if it is the spin's. */
static u64 sweep_verdicts(const struct replay_picks *p, struct policy_view *v, u32 hint, bool known)
{
	u64 verdicts = 0;

	v->hint[ACK_V3] = hint;
	for (int i = 0; i < NR_SWEPT; i++) {
		const struct policy *policy = &policies[swept[i]];

		verdicts |= judge(v, known ? p->pick[swept[i]] : policy->pick(v, policy))
			    << (VERDICT_BITS * i);
	}
	return verdicts;
}

/* The verdicts without the hint of that vCPU, and with it. */
static u64 sweep_hint(const struct replay_score *s, const struct replay_picks *p,
		      const struct replay_context *c, u32 at)
{
	struct policy_view *v = c->view;
	u32 own = v->hint[ACK_V3], hint;
	u64 verdicts = sweep_verdicts(p, v, POLICY_NONE, c->probed && own == POLICY_NONE);

	if (at == VCPU_NOBODY) {
		verdicts |= verdicts << SWEPT_BITS;
	} else {
		hint = s->vcpus->vcpu[at].slot;
		verdicts |= sweep_verdicts(p, v, hint, c->probed && own == hint) << SWEPT_BITS;
	}
	v->hint[ACK_V3] = own;
	return verdicts;
}

/*
 * A hint is believed from the first window on that is as long as its age, and makes one pick
 * without it and one with it. A kind's key: the verdicts without, with; whether an awaited vCPU
 * could have been helped; that window; and the first one in which the hint, ended by the window
 * alone, was stale. nr_windows: none.
 */
#define SWEEP_HELPABLE	 (2 * SWEPT_BITS)
#define SWEEP_WINDOW	 (SWEEP_HELPABLE + 1)
#define SWEEP_STALE	 (SWEEP_WINDOW + 8)
_Static_assert(HINT_WINDOWS_MAX < 256, "a window's number is 8 bits");

/* Who of the mask could be helped: runnable and not running. */
static bool can_help(const struct policy_view *v, const u64 *mask)
{
	u64 help = 0;

	for (u32 w = 0; w < v->words; w++)
		help |= mask[w] & ~v->vm->mask[VCPU_RUN][w] & ~v->vm->mask[VCPU_ASLEEP][w];
	return help;
}

/* The first window in which the hint was stale, if it could be followed. */
static u32 stale_window(const struct replay_score *s, const struct replay_picks *p,
			const struct policy_view *v)
{
	u64 age;
	u32 old, slot;

	if (!acks_hint_acked(s->acks, p->vcpu))
		return s->nr_windows;
	old = acks_confirmed(s->acks, p->vcpu, ACK_NONE, p->ts, UINT64_MAX, &age);
	if (old == VCPU_NOBODY)
		return s->nr_windows;
	slot = s->vcpus->vcpu[old].slot;
	return vcpu_bit(v->yields, slot) && vcpu_bit(v->vm->mask[VCPU_READY], slot) ?
		       first_window(s, age) : s->nr_windows;
}

/*
 * The sweep. A hint is there or not: two searches per policy answer for all windows. Who is awaited
 * is a fact of the guest, not of the window that a policy looks through: the largest one of the
 * sweep.
 */
static int count_sweep(struct replay_score *s, const struct replay_picks *p,
		       const struct replay_context *c)
{
	struct replay_kinds *sweep = &score_vm_of(s, p->vcpu)->sweep;
	const u64 *awaited = c->view->awaited;
	u64 age = 0, key;
	u32 at = acks_confirmed(s->acks, p->vcpu, ACK_V3, p->ts, UINT64_MAX, &age);
	u32 window = at == VCPU_NOBODY ? s->nr_windows : first_window(s, age);
	s64 kind;

	c->view->awaited = c->awaited_long;
	key = sweep_hint(s, p, c, at);
	c->view->awaited = awaited;
	key |= (u64)can_help(c->view, c->awaited_long) << SWEEP_HELPABLE;
	key |= (u64)window << SWEEP_WINDOW;
	key |= (u64)stale_window(s, p, c->view) << SWEEP_STALE;
	kind = kind_number(sweep, 0, key);
	if (kind < 0)
		return (int)kind;
	sweep->kind[kind].spins++;
	return 0;
}

struct replay_window replay_score_window(const struct replay_score *s,
					 const struct replay_vm_score *vm, u32 i)
{
	struct replay_window w = { 0 };

	for (u32 n = 0; n < vm->sweep.index.nr; n++) {
		const struct replay_kind *k = &vm->sweep.kind[n];
		u64 key = k->key[1];
		bool with = (key >> SWEEP_WINDOW & 255) <= i, helpable = key >> SWEEP_HELPABLE & 1;
		u64 verdicts = with ? key >> SWEPT_BITS : key;

		score_count(&w.filter, verdict_at(verdicts, SWEPT_FILTER), helpable, false,
			    k->spins);
		score_count(&w.first, verdict_at(verdicts, SWEPT_FIRST), helpable, false, k->spins);
		w.stale += key >> SWEEP_STALE <= i ? k->spins : 0;
	}
	return w;
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
	struct replay_vm_score *vm = score_vm_of(s, p->vcpu);
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
		score_begin_wait(s, p->vcpu, c->spin_ts, v);
	if (*helpable && (c->probed || p->confidence > STATES_SURE) &&
	    p->pick[POLICY_FIRST] != stock && p->pick[POLICY_FIRST] != POLICY_NONE &&
	    vcpu_bit(v->awaited, p->pick[POLICY_FIRST]))
		add_example(vm, p, c->spin_ts, p->pick[POLICY_FIRST], candidates);
}

int replay_score_picks(struct replay_score *s, struct replay_picks *p,
		       const struct replay_context *c)
{
	struct replay_vm_score *vm = score_vm_of(s, p->vcpu);
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
	count_awaited(s, p, c, candidates, &helpable);
	if (count_policies(s, p, v, helpable))
		return -ENOMEM;
	if (acks_confirmed(s->acks, p->vcpu, ACK_V3, p->ts, s->window_ns, &age) != VCPU_NOBODY) {
		vm->hinted++;
		if (hist_add(&vm->hint_age, age, 1))
			return -ENOMEM;
	}
	if (count_sweep(s, p, c))
		return -ENOMEM;
	return hist_add(&vm->candidates, candidates, 1);
}

static bool is_near(u64 a, u64 b)
{
	return (a > b ? a - b : b - a) <= NEAR_NS;
}

static enum replay_cause cause_of(const struct replay_score *s, const struct replay_picks *p,
				  u32 target, u64 near_ts)
{
	const struct replay_vm_score *vm = score_vm_of(s, p->vcpu);
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
	struct replay_vm_score *vm = score_vm_of(s, p->vcpu);
	bool agree = p->pick[POLICY_STOCK] == target, blind = p->blind == target;
	bool sure = p->confidence > STATES_SURE;

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
