// SPDX-License-Identifier: GPL-2.0-only
/*
 * replay.c - see replay.h.
 *
 * An event does up to four things, in this order: searches and ends whose time has come are done; what
 * the event means for its own thread's spin (its search must be over before the thread goes on); the
 * state takes it; what it begins.
 *
 * Times. A search runs some time after the event that announces it: from kvm_exit through the exit
 * handler and the probes' own cost, about 4 us on the slow machines that were measured, and about half
 * of that from the hypercall's event. last_boosted_vcpu is written after yield_to() returned, some
 * microseconds after the spinner was switched in. All of these are options: hardware without probes is
 * faster. Where probes show when the earlier spins made their first try, half of that time (the rest
 * is the search itself and the probe) takes the place of the first two. They order the searches of two
 * CPUs that overlap, nothing else.
 */
#include "analysis/replay.h"

#include <errno.h>
#include <stdlib.h>

#define AHEAD_SIZE 8192		/* events that wait at most; a power of two */
#define HELD_NS	   25000	/* preempted this soon after its exit: before the search */
#define WATCH_NS   60000	/* a switch later than this has other reasons */
#define TRY_NS	   100000	/* a first try later than this was held up by something else */
#define TRY_WEIGHT 16		/* of all earlier spins together, against one more */
#define SPIN_WAIT  8		/* the code of HVCALL_NOTIFY_LONG_SPIN_WAIT */

const u32 replay_kinds = EV_BIT(EV_TRACK) | EV_BIT(EV_ENTRY) | EV_BIT(EV_EXIT) |
			 EV_BIT(EV_USERSPACE_EXIT) | EV_BIT(EV_HYPERCALL) | EV_BIT(EV_HV_HYPERCALL) |
			 EV_BIT(EV_HV_SEND_IPI) | EV_BIT(EV_HV_SEND_IPI_EX) | EV_BIT(EV_APIC_IPI) |
			 EV_BIT(EV_ACCEPT) | EV_BIT(EV_EOI) | EV_BIT(EV_SWITCH) | EV_BIT(EV_WAKEUP) |
			 EV_BIT(EV_PROBE_TARGET) | EV_BIT(EV_PROBE_RESULT);

/* An event in the ring, and what reading on has shown. */
struct replay_ahead {
	struct event ev;
	bool waits;	/* for its thread's next try or entry */
	bool known;
	u32 next_try;	/* vCPU, or VCPU_NOBODY */
};

static int init_vms(struct replay *r)
{
	size_t words = 0, at = 0;

	for (u32 i = 0; i < r->vcpus.nr_vms; i++)
		words += (4 + POLICY_SCRATCH) * (size_t)r->vcpus.vm[i].words;
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
		vm->scratch = vm->awaited + w;
		vm->scan_vcpu = VCPU_NOBODY;
		at += (4 + POLICY_SCRATCH) * (size_t)w;
		if (states_init(&vm->states, r->vcpus.vm[i].nr, w))
			return -ENOMEM;
	}
	return 0;
}

int replay_init(struct replay *r, const struct replay_options *opt, const struct thread_map *map,
		struct filter *filter, const struct vms *vms)
{
	int ret;

	*r = (struct replay){ .opt = *opt, .next_due = UINT64_MAX,
			      .until_try = { 2 * opt->exit_delay_ns, 2 * opt->hypercall_delay_ns } };
	ret = vcpus_init(&r->vcpus, map);
	if (!ret)
		ret = acks_init(&r->acks, &r->vcpus, opt->window_ns, filter, vms);
	if (!ret)
		ret = replay_score_init(&r->score, &r->vcpus, &r->acks, opt->window_ns, filter, vms);
	if (!ret)
		ret = init_vms(r);
	if (ret)
		return ret;
	r->spin = calloc((size_t)r->vcpus.nr + 1, sizeof(*r->spin));
	r->due = calloc((size_t)r->vcpus.nr + 1, sizeof(*r->due));
	r->waits_at = calloc((size_t)r->vcpus.nr + 1, sizeof(*r->waits_at));
	r->opened = calloc((size_t)r->vcpus.nr + 1, sizeof(*r->opened));
	if (opt->probed)
		r->ahead = calloc(AHEAD_SIZE, sizeof(*r->ahead));
	return r->spin && r->due && r->waits_at && r->opened && (r->ahead || !opt->probed) ? 0 : -ENOMEM;
}

void replay_release(struct replay *r)
{
	for (u32 i = 0; r->vm && i < r->vcpus.nr_vms; i++)
		states_release(&r->vm[i].states);
	replay_score_release(&r->score);
	acks_release(&r->acks);
	vcpus_release(&r->vcpus);
	free(r->spin);
	free(r->vm);
	free(r->masks);
	free(r->due);
	free(r->ahead);
	free(r->waits_at);
	free(r->opened);
	*r = (struct replay){ 0 };
}

static struct replay_vm *vm_of(struct replay *r, u32 n)
{
	return &r->vm[r->vcpus.vcpu[n].group];
}

static const struct vcpu_vm *vcpus_of(const struct replay *r, u32 n)
{
	return &r->vcpus.vm[r->vcpus.vcpu[n].group];
}

static u32 slot_of(const struct replay *r, u32 n)
{
	return n == VCPU_NOBODY ? POLICY_NONE : r->vcpus.vcpu[n].slot;
}

/* When something is due for this vCPU; UINT64_MAX: nothing. */
static u64 due_of(const struct replay_spin *s)
{
	if (s->open && !(s->searched && s->guessed)) {
		if (s->held)
			return UINT64_MAX;
		return min_of(s->searched ? UINT64_MAX : s->due, s->guessed ? UINT64_MAX : s->guess_due);
	}
	return s->flying ? s->end_due : UINT64_MAX;
}

/* Rebuilds the list's earliest time, and takes out who waits for nothing. */
static void update_due(struct replay *r)
{
	u32 kept = 0;

	r->next_due = UINT64_MAX;
	for (u32 i = 0; i < r->nr_due; i++) {
		u64 due = due_of(&r->spin[r->due[i]]);

		if (due == UINT64_MAX)
			continue;
		r->due[kept++] = r->due[i];
		r->next_due = min_of(r->next_due, due);
	}
	r->nr_due = kept;
}

static void add_due(struct replay *r, u32 n)
{
	u32 i = 0;

	while (i < r->nr_due && r->due[i] != n)
		i++;
	if (i == r->nr_due)
		r->due[r->nr_due++] = n;
	r->next_due = min_of(r->next_due, due_of(&r->spin[n]));
}

/* Who cannot be yielded to because both queues hold one task. */
static const u64 *find_lonely(struct replay *r, u32 n)
{
	const struct vcpu_vm *cv = vcpus_of(r, n);
	u64 *lonely = vm_of(r, n)->lonely;

	if (vcpus_running(&r->vcpus, r->vcpus.vcpu[n].cpu) != 1)
		return NULL;
	for (u32 i = 0; i < cv->nr; i++)
		vcpu_set(lonely, i, vcpus_running(&r->vcpus, r->vcpus.vcpu[cv->first + i].cpu) == 1);
	return lonely;
}

static void make_view(struct replay *r, u32 n, struct policy_view *v)
{
	const struct vcpu_vm *cv = vcpus_of(r, n);
	struct replay_vm *vm = vm_of(r, n);

	*v = (struct policy_view){
		.vm = cv, .nr = cv->nr, .words = cv->words, .me = slot_of(r, n), .last = vm->last,
		.order = r->opt.order, .kernel = r->spin[n].kernel, .in_spin = vm->in_spin,
		.turn = vm->turn, .lonely = find_lonely(r, n),
		.pending = r->acks.vm[r->vcpus.vcpu[n].group].pending, .awaited = vm->awaited,
		.scratch = vm->scratch,
	};
	policy_prepare(v);
}

/* What of it concerns IPIs: the blind model does not ask. */
static void see_ipis(struct replay *r, u32 n, u64 ts, struct policy_view *v)
{
	struct replay_vm *vm = vm_of(r, n);

	for (int rule = 0; rule < NR_ACK_RULES; rule++)
		v->hint[rule] = slot_of(r, acks_confirmed(&r->acks, n, rule, ts, r->opt.window_ns, NULL));
	acks_awaited(&r->acks, n, ts, r->opt.window_ns, vm->awaited);
}

static void commit(struct replay *r, u32 n, struct policy_view *v)
{
	struct replay_spin *s = &r->spin[n];

	v->last = s->last;
	s->done = policy_commit(v, s->done, slot_of(r, s->next_try), vm_of(r, n)->turn);
}

/* The blind model's search. */
static void guess(struct replay *r, u32 n, struct policy_view *v)
{
	struct replay_spin *s = &r->spin[n];

	s->guessed = true;
	s->picks.blind = states_search(&vm_of(r, n)->states, v, &s->picks.confidence);
	s->flying = true;
	s->end_due = UINT64_MAX;
}

/* The search by every policy. Without probes all guesses are asked. */
static int search(struct replay *r, u32 n, u64 ts, struct policy_view *v)
{
	struct replay_spin *s = &r->spin[n];
	struct replay_vm *vm = vm_of(r, n);
	struct replay_context c = { .view = v, .spin_ts = s->ts,
				    .probed = r->opt.probed };
	double unused;

	s->searched = true;
	s->last = v->last;
	s->picks.ts = ts;
	for (int i = 0; i < NR_POLICIES; i++)
		s->picks.pick[i] = r->opt.probed ? policies[i].pick(v, &policies[i]) :
						   states_ask(&vm->states, v, &policies[i], &unused);
	if (!r->opt.probed) {
		guess(r, n, v);
		s->picks.pick[POLICY_STOCK] = s->picks.blind;
	}
	if (replay_score_picks(&r->score, &s->picks, &c))
		return -ENOMEM;
	if (r->opt.probed) {
		vcpu_set(vm->in_spin, v->me, true);
		if (s->try_known)
			commit(r, n, v);
	}
	if (vm->scan_vcpu != n)
		vm->scan_ts[1] = vm->scan_ts[0];
	vm->scan_ts[0] = ts;
	vm->scan_vcpu = n;
	return 0;
}

/* Makes the searches of vCPU n that are due at ts. */
static int search_due(struct replay *r, u32 n, u64 ts)
{
	struct replay_spin *s = &r->spin[n];
	struct replay_vm *vm = vm_of(r, n);
	struct policy_view v;

	/* What is not asked of all guesses is asked of the heaviest. */
	if (!r->opt.probed)
		states_best(&vm->states, &vm->last, vm->in_spin, vm->turn);
	make_view(r, n, &v);
	if (r->opt.probed && !s->guessed && s->guess_due <= ts)
		guess(r, n, &v);
	if (!s->searched && s->due <= ts) {
		see_ipis(r, n, ts, &v);
		if (search(r, n, ts, &v))
			return -ENOMEM;
	}
	if (s->searched && s->guessed)
		replay_score_sure(&r->score, &s->picks);
	return 0;
}

/* The thread goes on: its searches are over by now. */
static int search_now(struct replay *r, u32 n, u64 ts)
{
	struct replay_spin *s = &r->spin[n];

	if (s->searched && s->guessed)
		return 0;
	s->held = false;
	s->due = min_of(s->due, ts);
	s->guess_due = min_of(s->guess_due, ts);
	return search_due(r, n, ts);
}

/* The probed search is over; pick: a slot, or POLICY_NONE. */
static void end_probed(struct replay *r, u32 n, u32 pick)
{
	struct replay_vm *vm = vm_of(r, n);
	struct policy_view v = { .nr = vcpus_of(r, n)->nr, .last = r->spin[n].last,
				 .order = r->opt.order };

	vcpu_set(vm->in_spin, slot_of(r, n), false);
	vcpu_set(vm->turn, slot_of(r, n), false);
	if (pick != POLICY_NONE)
		vm->last = policy_boosted(&v, pick);
}

static void end_blind(struct replay *r, u32 n)
{
	if (r->spin[n].flying)
		states_end(&vm_of(r, n)->states, slot_of(r, n));
	r->spin[n].flying = false;
}

static int run_due(struct replay *r, u64 ts)
{
	while (r->next_due <= ts) {
		u32 best = VCPU_NOBODY;

		for (u32 i = 0; i < r->nr_due; i++)
			if (due_of(&r->spin[r->due[i]]) == r->next_due) {
				best = r->due[i];
				break;
			}
		if (best != VCPU_NOBODY) {
			struct replay_spin *s = &r->spin[best];

			if (s->open && !(s->searched && s->guessed)) {
				if (search_due(r, best, r->next_due))
					return -ENOMEM;
			} else {
				end_blind(r, best);
			}
		}
		update_due(r);
	}
	return 0;
}

static void add_watch(struct replay *r, u32 n, const struct event *ev)
{
	if (r->nr_watches == REPLAY_WATCHES) {
		memmove(r->watch, r->watch + 1, (REPLAY_WATCHES - 1) * sizeof(*r->watch));
		r->nr_watches--;
	}
	r->watch[r->nr_watches++] = (struct replay_watch){ n, (s32)ev->cpu, ev->ts + WATCH_NS, 0 };
}

/* What the thread did after its search, for the blind model. */
static void outcome(struct replay *r, u32 n, const struct event *ev)
{
	struct replay_spin *s = &r->spin[n];
	struct states_outcome o = { .me = slot_of(r, n), .cpu = (s32)ev->cpu, .next = POLICY_NONE };

	if (s->outcome || !s->flying)
		return;
	s->outcome = true;
	if (ev->kind == EV_SWITCH) {
		u32 next = vcpus_of_pid(&r->vcpus, (s32)ev->v[2]);

		o.switched = true;
		if (next != VCPU_NOBODY && r->vcpus.vcpu[next].group == r->vcpus.vcpu[n].group)
			o.next = slot_of(r, next);
		add_watch(r, n, ev);
	}
	states_outcome(&vm_of(r, n)->states, &r->vcpus, vcpus_of(r, n), &o);
}

/* The first switch on a CPU that another spinner's yield may have asked for. */
static void see_watches(struct replay *r, const struct event *ev)
{
	u32 next = vcpus_of_pid(&r->vcpus, (s32)ev->v[2]), kept = 0;

	for (u32 i = 0; i < r->nr_watches; i++) {
		struct replay_watch *w = &r->watch[i];
		u64 bit = ev->cpu < 64 ? 1ull << ev->cpu : 0;
		u32 slot = POLICY_NONE;

		if (ev->ts > w->until || !r->spin[w->vcpu].flying)
			continue;
		if (bit && !(w->seen & bit) && (s32)ev->cpu != w->cpu) {
			w->seen |= bit;
			if (next != VCPU_NOBODY &&
			    r->vcpus.vcpu[next].group == r->vcpus.vcpu[w->vcpu].group)
				slot = slot_of(r, next);
			states_first_switch(&vm_of(r, w->vcpu)->states, &r->vcpus,
					    vcpus_of(r, w->vcpu), slot_of(r, w->vcpu),
					    (s32)ev->cpu, slot);
		}
		r->watch[kept++] = *w;
	}
	r->nr_watches = kept;
}

/* The spinner's thread leaves the CPU. */
static int own_switch(struct replay *r, u32 n, const struct event *ev)
{
	struct replay_spin *s = &r->spin[n];

	if (!s->searched || !s->guessed) {
		u64 since = max_of(s->ts, r->vcpus.vcpu[n].in_ts);

		/* yield_to() leaves through schedule(), which says 0: this one was preempted before. */
		if (ev->v[1] == TASK_PREEMPTED && ev->ts - since <= HELD_NS) {
			s->held = true;
			return 0;
		}
		if (search_now(r, n, ev->ts))
			return -ENOMEM;
	}
	outcome(r, n, ev);
	if (s->flying)
		s->end_due = UINT64_MAX;
	/* No try follows: an ordinary preemption after the search. */
	if (r->opt.probed && s->try_known && s->next_try == VCPU_NOBODY && s->tried == VCPU_NOBODY)
		end_probed(r, n, POLICY_NONE);
	return 0;
}

/* The spinner's thread goes back to the guest, or exits once more without having entered. */
static int own_entry(struct replay *r, u32 n, const struct event *ev)
{
	struct replay_spin *s = &r->spin[n];

	if (search_now(r, n, ev->ts))
		return -ENOMEM;
	outcome(r, n, ev);
	end_blind(r, n);
	if (r->opt.probed)
		end_probed(r, n, POLICY_NONE);
	s->open = false;
	return 0;
}

static void own_target(struct replay *r, u32 n, const struct event *ev)
{
	struct replay_spin *s = &r->spin[n];
	u32 target = vcpus_of_pid(&r->vcpus, (s32)ev->v[0]);
	struct policy_view v;

	if (target != VCPU_NOBODY && r->vcpus.vcpu[target].group != r->vcpus.vcpu[n].group)
		target = VCPU_NOBODY;
	if (!s->tries && ev->ts - s->ts <= TRY_NS) {
		u64 *mean = &r->until_try[s->hypercall];

		*mean = (*mean * (TRY_WEIGHT - 1) + (ev->ts - s->ts)) / TRY_WEIGHT;
	}
	s->tries = true;
	s->tried = target;
	s->try_ts = ev->ts;
	/* Not read ahead (the window was full): what it looked at is known only now. */
	if (s->searched && !s->try_known && target != VCPU_NOBODY) {
		s->next_try = target;
		make_view(r, n, &v);
		commit(r, n, &v);
	}
}

static int own_result(struct replay *r, u32 n, const struct event *ev, const struct replay_ahead *a)
{
	struct replay_spin *s = &r->spin[n];
	struct policy_view v;
	u32 target = s->tried;

	if (search_now(r, n, ev->ts))
		return -ENOMEM;
	s->tried = VCPU_NOBODY;
	if (target == VCPU_NOBODY)
		return 0;
	if ((s32)ev->v[0] > 0) {
		struct replay_vm *vm = vm_of(r, n);
		u64 near_ts = vm->scan_vcpu == n ? vm->scan_ts[1] : vm->scan_ts[0];

		replay_score_choice(&r->score, &s->picks, slot_of(r, target), ev->ts, s->try_ts,
				    near_ts);
		end_probed(r, n, slot_of(r, target));
		s->next_try = VCPU_NOBODY;
		return 0;
	}
	r->score.vm[r->vcpus.vcpu[n].group].failed_tries += s->picks.counts;
	s->try_known = a && a->known;
	s->next_try = a ? a->next_try : VCPU_NOBODY;
	if (s->try_known) {
		make_view(r, n, &v);
		commit(r, n, &v);
	}
	return 0;
}

/* What the event means for the spin of its own thread. */
static int own_event(struct replay *r, const struct event *ev, const struct replay_ahead *a)
{
	u32 n = ev->kind == EV_SWITCH ? vcpus_of_pid(&r->vcpus, (s32)ev->v[0]) :
					vcpus_of_event(&r->vcpus, ev);

	if (n == VCPU_NOBODY || !r->spin[n].open)
		return 0;
	switch (ev->kind) {
	case EV_SWITCH:
		return own_switch(r, n, ev);
	case EV_ENTRY:
	case EV_EXIT:
	case EV_USERSPACE_EXIT:
		return own_entry(r, n, ev);
	case EV_PROBE_TARGET:
		own_target(r, n, ev);
		return 0;
	case EV_PROBE_RESULT:
		return own_result(r, n, ev, a);
	}
	return 0;
}

static bool is_spin(const struct event *ev)
{
	if (ev->kind == EV_EXIT)
		return vcpu_exit_kind(ev) == VCPU_EXIT_PAUSE;
	return ev->kind == EV_HV_HYPERCALL && ev->v[0] == SPIN_WAIT;
}

static u64 guess_delay(const struct replay *r, bool hypercall)
{
	return hypercall ? r->opt.hypercall_delay_ns : r->opt.exit_delay_ns;
}

static void begin_spin(struct replay *r, u32 n, const struct event *ev, const struct replay_ahead *a)
{
	bool exit = ev->kind == EV_EXIT;
	u64 delay = r->until_try[!exit] / 2;
	bool svm = exit && (ev->have & 1 << 3) && ev->v[3] == 2;

	end_blind(r, n);
	replay_score_spin(&r->score, n);
	r->spin[n] = (struct replay_spin){
		.open = true, .ts = ev->ts, .due = ev->ts + delay, .end_due = UINT64_MAX,
		.guess_due = ev->ts + guess_delay(r, !exit), .picks = { .vcpu = n },
		.next_try = a ? a->next_try : VCPU_NOBODY, .try_known = a && a->known,
		.tried = VCPU_NOBODY, .hypercall = !exit,
		/* SVM's PAUSE asks for kernel mode only when the spinner was in it; the others always. */
		.kernel = !svm || !vcpu_is(&r->vcpus, &r->vcpus.vcpu[n], VCPU_USER),
	};
	add_due(r, n);
}

/* The vCPU runs again in the middle of a spin. */
static void own_switch_in(struct replay *r, u32 n, const struct event *ev)
{
	struct replay_spin *s = &r->spin[n];

	if (!s->open)
		return;
	if (s->held) {
		s->held = false;
		s->due = ev->ts + r->until_try[s->hypercall] / 2;
		s->guess_due = ev->ts + guess_delay(r, s->hypercall);
		add_due(r, n);
	} else if (s->flying) {
		s->end_due = ev->ts + r->opt.end_delay_ns;
		add_due(r, n);
	}
}

static void forget(struct replay *r)
{
	for (u32 n = 0; n < r->vcpus.nr; n++) {
		r->spin[n] = (struct replay_spin){ .tried = VCPU_NOBODY };
		r->score.vcpu[n].nr_waits = 0;
	}
	for (u32 i = 0; i < r->vcpus.nr_vms; i++) {
		memset(r->vm[i].in_spin, 0, r->vcpus.vm[i].words * sizeof(u64));
		memset(r->vm[i].turn, 0, r->vcpus.vm[i].words * sizeof(u64));
		states_forget(&r->vm[i].states);
	}
	r->nr_due = r->nr_watches = 0;
	r->next_due = UINT64_MAX;
}

/* What a switch means beside the state: outcomes, ends of waits, a spinner that comes back. */
static int after_switch(struct replay *r, const struct event *ev)
{
	u32 n;

	if (replay_score_after(&r->score, ev))
		return -ENOMEM;
	n = vcpus_of_pid(&r->vcpus, (s32)ev->v[2]);
	if (n != VCPU_NOBODY)
		own_switch_in(r, n, ev);
	return 0;
}

/* What the event begins. */
static void begin(struct replay *r, const struct event *ev, const struct replay_ahead *a)
{
	u32 n;

	if (ev->kind == EV_GAP) {
		forget(r);
		return;
	}
	n = is_spin(ev) ? vcpus_of_event(&r->vcpus, ev) : VCPU_NOBODY;
	if (n != VCPU_NOBODY)
		begin_spin(r, n, ev, a);
}

/* An event at its turn; a: what was read ahead, or NULL. Most kinds concern one or two of these alone. */
static int consume(struct replay *r, const struct event *ev, const struct replay_ahead *a)
{
	const u32 own = EV_BIT(EV_SWITCH) | EV_BIT(EV_ENTRY) | EV_BIT(EV_EXIT) |
			EV_BIT(EV_USERSPACE_EXIT) | EV_BIT(EV_PROBE_TARGET) | EV_BIT(EV_PROBE_RESULT);
	const u32 acks = EV_BIT(EV_TRACK) | EV_BIT(EV_EOI) | EV_BIT(EV_GAP);
	const u32 begins = EV_BIT(EV_EXIT) | EV_BIT(EV_HV_HYPERCALL) | EV_BIT(EV_GAP);
	u32 kind = EV_BIT(ev->kind);

	if (unlikely(r->next_due <= ev->ts) && run_due(r, ev->ts))
		return -ENOMEM;
	if (kind & own && own_event(r, ev, a))
		return -ENOMEM;
	if (kind & REPLAY_SCORE_KINDS && replay_score_before(&r->score, ev))
		return -ENOMEM;
	if (kind & acks && acks_event(&r->acks, ev))
		return -ENOMEM;
	if (ev->kind == EV_SWITCH && r->nr_watches)
		see_watches(r, ev);
	if (vcpus_event(&r->vcpus, ev))
		return -ENOMEM;
	if (ev->kind == EV_SWITCH)
		return after_switch(r, ev);
	if (kind & begins)
		begin(r, ev, a);
	return 0;
}

/* The thread's waiting event knows now. */
static void resolve(struct replay *r, u32 n, u32 next_try)
{
	struct replay_ahead *a;

	if (!r->waits_at[n])
		return;
	a = &r->ahead[(r->waits_at[n] - 1) & (AHEAD_SIZE - 1)];
	a->waits = false;
	a->known = true;
	a->next_try = next_try;
	r->waits_at[n] = 0;
}

/* Lets the event say what it knows of earlier ones; true: it must wait for what comes. */
static bool look_ahead(struct replay *r, const struct event *ev, u32 *thread)
{
	u32 target, n;

	if (ev->kind != EV_ENTRY && ev->kind != EV_PROBE_TARGET && ev->kind != EV_PROBE_RESULT &&
	    !is_spin(ev))
		return false;
	n = *thread = vcpus_of_pid(&r->vcpus, ev->pid);
	if (n == VCPU_NOBODY)
		return false;
	switch (ev->kind) {
	case EV_ENTRY:
		resolve(r, n, VCPU_NOBODY);
		r->opened[n] = false;
		return false;
	case EV_PROBE_TARGET:
		target = vcpus_of_pid(&r->vcpus, (s32)ev->v[0]);
		if (target != VCPU_NOBODY && r->vcpus.vcpu[target].group != r->vcpus.vcpu[n].group)
			target = VCPU_NOBODY;
		resolve(r, n, target);
		return false;
	case EV_PROBE_RESULT:
		return r->opened[n] && (s32)ev->v[0] <= 0;
	}
	resolve(r, n, VCPU_NOBODY);
	r->opened[n] = true;
	return true;
}

/* Hands on what is at the ring's head and waits for nothing; all: whatever it waits for. */
static int drain(struct replay *r, bool all)
{
	int ret = 0;

	while (r->head < r->tail && !ret) {
		struct replay_ahead *a = &r->ahead[r->head & (AHEAD_SIZE - 1)];

		if (a->waits && !all && r->tail - r->head < AHEAD_SIZE)
			break;
		if (a->waits) {
			u32 n = vcpus_of_pid(&r->vcpus, a->ev.pid);

			if (n != VCPU_NOBODY && r->waits_at[n] == r->head + 1)
				r->waits_at[n] = 0;
		}
		r->head++;
		ret = consume(r, &a->ev, a);
	}
	return ret;
}

int replay_event(struct replay *r, const struct event *ev)
{
	struct replay_ahead *a;
	u32 thread;
	bool waits;

	if (!r->opt.probed)
		return consume(r, ev, NULL);
	waits = look_ahead(r, ev, &thread);
	if (!waits && r->head == r->tail)
		return consume(r, ev, NULL);
	if (ev->kind == EV_GAP) {
		/* What comes behind it is no answer to what was before. */
		memset(r->waits_at, 0, r->vcpus.nr * sizeof(*r->waits_at));
		if (drain(r, true))
			return -ENOMEM;
	}
	a = &r->ahead[r->tail & (AHEAD_SIZE - 1)];
	*a = (struct replay_ahead){ .ev = *ev, .waits = waits, .next_try = VCPU_NOBODY };
	r->tail++;
	if (waits)
		r->waits_at[thread] = r->tail;
	return drain(r, false);
}

static int replay_records(void *self, const struct event *ev, u32 nr)
{
	int ret = 0;

	for (u32 i = 0; i < nr && !ret; i++)
		ret = replay_event(self, &ev[i]);
	return ret;
}

const struct analysis_ops replay_ops = { .ordered = true, .records = replay_records };

int replay_finish(struct replay *r, u64 last_ts)
{
	int ret = drain(r, true);

	if (!ret)
		ret = run_due(r, last_ts);
	acks_finish(&r->acks, last_ts);
	for (u32 n = 0; n < r->vcpus.nr; n++)
		r->score.vm[r->vcpus.vcpu[n].group].waits_open += r->score.vcpu[n].nr_waits;
	return ret;
}
