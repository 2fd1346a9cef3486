// SPDX-License-Identifier: GPL-2.0-only
/*
 * spin.c - see parts.h. A spin from its first event to its last: what the events of
 * its own thread mean for it, and the switches of other CPUs that a yield may have asked for.
 */
#include "analysis/yield/parts.h"

#include <errno.h>

#define WATCH_NS   60000  /* a switch later than this has other reasons */
#define TRY_NS	   100000 /* a first try later than this was held up by something else */
#define PART_ONE   1024ull
#define TRY_WEIGHT 16 /* of all earlier spins together, against one more */

static inline u64 cpu_bit(u32 cpu)
{
	return cpu < VCPU_PLACES ? 1ull << cpu : 0;
}

/* The CPUs on which a vCPU of the VM waits that could have been yielded to. */
static u64 waiting_cpus(const struct replay *r, const struct vcpu_vm *vm)
{
	u64 cpus = 0;

	for (u32 w = 0; w < vm->words; w++)
		for (u64 left = vm->mask[VCPU_READY][w]; left; left &= left - 1) {
			u32 slot = w * 64 + (u32)__builtin_ctzll(left);

			cpus |= cpu_bit((u32)r->vcpus.vcpu[vm->first + slot].cpu);
		}
	return cpus;
}

/* The oldest watch, if they are all in use, makes room. */
static void add_watch(struct replay *r, u32 n, const struct event *ev)
{
	u64 cpus = waiting_cpus(r, replay_vcpus_of(r, n)) & ~cpu_bit(ev->cpu);
	u32 at = r->next_watch++ % REPLAY_WATCHES;

	for (u64 left = r->watch[at].cpus; left; left &= left - 1)
		r->watched[__builtin_ctzll(left)] &= ~(1ull << at);
	for (u64 left = cpus; left; left &= left - 1)
		r->watched[__builtin_ctzll(left)] |= 1ull << at;
	r->watch[at] = (struct replay_watch){
		.vcpu = n,
		.group = r->vcpus.vcpu[n].group,
		.slot = replay_slot_of(r, n),
		.spin_ts = r->spin[n].ts,
		.until = ev->ts + WATCH_NS,
		.cpus = cpus,
	};
}

/* What the thread did after its search, for the blind model. */
static void outcome(struct replay *r, u32 n, const struct event *ev, u32 next)
{
	struct replay_spin *s = &r->spin[n];
	struct hypotheses_outcome o = { .me = replay_slot_of(r, n),
					.cpu = (s32)ev->cpu,
					.next = POLICY_NONE };

	if (s->outcome || !s->in_flight)
		return;
	s->outcome = true;
	if (ev->kind == EV_SWITCH) {
		o.switched = true;
		if (next != VCPU_NOBODY && r->vcpus.vcpu[next].group == r->vcpus.vcpu[n].group)
			o.next = replay_slot_of(r, next);
		add_watch(r, n, ev);
	}
	hypotheses_outcome(&replay_vm_of(r, n)->hypotheses, &r->vcpus, replay_vcpus_of(r, n), &o);
}

/* The first switch on a CPU that another spinner's yield may have asked for. */
void spin_see_watches(struct replay *r, const struct event *ev, u32 next)
{
	u32 group = next == VCPU_NOBODY ? VCPU_NOBODY : r->vcpus.vcpu[next].group;
	u32 slot = replay_slot_of(r, next);
	u64 left = ev->cpu < VCPU_PLACES ? r->watched[ev->cpu] : 0;

	if (likely(!left))
		return;
	r->watched[ev->cpu] = 0;
	for (; left; left &= left - 1) {
		struct replay_watch *w = &r->watch[__builtin_ctzll(left)];
		const struct replay_spin *s = &r->spin[w->vcpu];

		w->cpus &= ~cpu_bit(ev->cpu);
		if (ev->ts <= w->until && s->in_flight && s->ts == w->spin_ts)
			hypotheses_first_switch(&r->vm[w->group].hypotheses, w->slot,
						vcpus_place(&r->vcpus.vm[w->group], ev->cpu),
						w->group == group ? slot : POLICY_NONE);
	}
}

int spin_own_switch(struct replay *r, u32 n, const struct event *ev, u32 next)
{
	struct replay_spin *s = &r->spin[n];

	if (!s->searched || !s->blind_done) {
		u64 since = max_of(s->ts, r->vcpus.vcpu[n].in_ts);

		/*
		 * yield_to() leaves through schedule(), which says 0: this one was preempted
		 * before.
		 */
		if (ev->v[1] == TASK_PREEMPTED && ev->ts - since <= REPLAY_HELD_NS) {
			s->held = s->blind_held = true;
			return 0;
		}
		if (search_now(r, n, ev->ts))
			return -ENOMEM;
	}
	outcome(r, n, ev, next);
	if (s->in_flight)
		s->end_due = UINT64_MAX;
	/* No try follows: an ordinary preemption after the search. */
	if (r->opt.probed && s->try_known && s->next_try == VCPU_NOBODY && s->tried == VCPU_NOBODY)
		search_end_probed(r, n, POLICY_NONE);
	return 0;
}

int spin_own_entry(struct replay *r, u32 n, const struct event *ev)
{
	struct replay_spin *s = &r->spin[n];

	if (search_now(r, n, ev->ts))
		return -ENOMEM;
	outcome(r, n, ev, VCPU_NOBODY);
	search_end_blind(r, n);
	if (r->opt.probed)
		search_end_probed(r, n, POLICY_NONE);
	s->open = false;
	return 0;
}

/* How long a spin took to its first try, for the next ones. */
static void learn(struct replay *r, const struct replay_spin *s, u64 until_try)
{
	u64 *mean = &r->until_try[s->hypercall], *part = &r->try_part[s->hypercall], now;

	*mean = (*mean * (TRY_WEIGHT - 1) + until_try) / TRY_WEIGHT;
	if (!s->until_next)
		return;
	now = min_of(PART_ONE * until_try / s->until_next, PART_ONE);
	*part = *part ? (*part * (TRY_WEIGHT - 1) + now) / TRY_WEIGHT : now;
}

void spin_own_target(struct replay *r, u32 n, const struct event *ev)
{
	struct replay_spin *s = &r->spin[n];
	u32 target = replay_target_of(r, n, ev);

	if (!s->tries && ev->ts - s->ts <= TRY_NS)
		learn(r, s, ev->ts - s->ts);
	s->tries = true;
	s->tried = target;
	s->try_ts = ev->ts;
	/* Not read ahead (the window was full): what it looked at is known only now. */
	if (s->searched && !s->try_known && target != VCPU_NOBODY) {
		s->next_try = target;
		search_commit(r, n, search_view(r, n));
	}
}

int spin_own_result(struct replay *r, u32 n, const struct event *ev, const struct ahead *a)
{
	struct replay_spin *s = &r->spin[n];
	u32 target = s->tried;

	if (search_now(r, n, ev->ts))
		return -ENOMEM;
	s->tried = VCPU_NOBODY;
	if (target == VCPU_NOBODY)
		return 0;
	if ((s32)ev->v[0] > 0) {
		struct replay_vm *vm = replay_vm_of(r, n);
		u64 near_ts = vm->scan_vcpu == n ? vm->scan_ts[1] : vm->scan_ts[0];

		score_choice(&r->score, &r->picks[n], replay_slot_of(r, target), ev->ts, s->try_ts,
			     near_ts);
		search_end_probed(r, n, replay_slot_of(r, target));
		s->next_try = VCPU_NOBODY;
		return 0;
	}
	r->score.vm[r->vcpus.vcpu[n].group].failed_tries += r->picks[n].counts;
	s->try_known = a && a->known;
	s->next_try = a ? a->next_try : VCPU_NOBODY;
	if (s->try_known) {
		search_commit(r, n, search_view(r, n));
	}
	return 0;
}

/*
 * How long it will be until this spin's search: half of what it was until the first try of earlier
 * ones. Where the thread's next switch or entry is known, as the same part of the time until then.
 */
static u64 probed_delay(const struct replay *r, bool hypercall, u64 until_next)
{
	u64 until_try = r->until_try[hypercall], part = r->try_part[hypercall];

	if (until_next && part)
		until_try = min_of(until_next * part / PART_ONE, 2 * until_try);
	return until_try / 2;
}

static u64 blind_delay(const struct replay *r, bool hypercall)
{
	return hypercall ? r->opt.hypercall_delay_ns : r->opt.exit_delay_ns;
}

/* Without probes the blind model's search is the only one. */
static void add_searches(struct replay *r, u32 n)
{
	search_add_due(r, n, r->spin[n].due);
	if (r->opt.probed)
		search_add_due(r, n, r->spin[n].blind_due);
}

void spin_begin(struct replay *r, u32 n, const struct event *ev, const struct ahead *a)
{
	bool exit = ev->kind == EV_EXIT;
	bool out = a && a->out;
	u64 until_next = a && a->next_ts && !out ? a->next_ts - ev->ts : 0;
	u64 delay = probed_delay(r, !exit, until_next);
	bool svm = exit && (ev->have & 1 << 3) && ev->v[3] == 2;

	search_end_blind(r, n);
	score_spin(&r->score, n);
	r->spin[n] = (struct replay_spin){
		.open = true,
		.ts = ev->ts,
		.due = ev->ts + delay,
		.until_next = until_next,
		.until_try = 2 * delay,
		.held = out && !(r->opt.probed && a->picked),
		.blind_held = out,
		.end_due = UINT64_MAX,
		.blind_due = ev->ts + blind_delay(r, !exit),
		.next_try = a ? a->next_try : VCPU_NOBODY,
		.try_known = a && a->known,
		.tried = VCPU_NOBODY,
		.hypercall = !exit,
		/*
		 * SVM's PAUSE asks for kernel mode only when the spinner was in it; the others
		 * always.
		 */
		.kernel = !svm || !vcpu_is(&r->vcpus, &r->vcpus.vcpu[n], VCPU_USER),
	};
	add_searches(r, n);
}

/* The vCPU runs again in the middle of a spin. */
void spin_switch_in(struct replay *r, u32 n, const struct event *ev)
{
	struct replay_spin *s = &r->spin[n];

	if (!s->open)
		return;
	if (s->held || s->blind_held) {
		s->held = s->blind_held = false;
		s->due = ev->ts + r->until_try[s->hypercall] / 2;
		s->blind_due = ev->ts + blind_delay(r, s->hypercall);
		add_searches(r, n);
	} else if (s->in_flight) {
		s->end_due = ev->ts + r->opt.end_delay_ns;
		search_add_due(r, n, s->end_due);
	}
}
