// SPDX-License-Identifier: GPL-2.0-only
/*
 * search.c - see parts.h. A spinner's search when its time has come: the view of the
 * VM at that moment, every policy's pick and the blind model's, what is left behind at its end.
 */
#include "analysis/yield/parts.h"

#include <errno.h>

/* vCPUs whose yield_to() fails with -ESRCH: both queues hold one task. */
static const u64 *find_esrch(struct replay *r, u32 n)
{
	const struct vcpu_vm *cv = replay_vcpus_of(r, n);
	u64 *esrch = replay_vm_of(r, n)->esrch;

	if (vcpus_running(&r->vcpus, r->vcpus.vcpu[n].cpu) != 1)
		return NULL;
	for (u32 i = 0; i < cv->nr; i++)
		vcpu_set(esrch, i, vcpus_running(&r->vcpus, r->vcpus.vcpu[cv->first + i].cpu) == 1);
	return esrch;
}

struct policy_view *search_view(struct replay *r, u32 n)
{
	struct replay_vm *vm = replay_vm_of(r, n);
	struct policy_view *v = &vm->view;

	v->me = replay_slot_of(r, n);
	v->last = vm->last;
	v->kernel = r->spin[n].kernel;
	v->esrch = find_esrch(r, n);
	policy_prepare(v);
	return v;
}

/* What of it concerns IPIs: the blind model does not ask. */
static void see_ipis(struct replay *r, u32 n, u64 ts, struct policy_view *v)
{
	const struct replay_vm *vm = replay_vm_of(r, n);
	struct acks_awaited to = { r->opt.window_ns, r->score.window[r->score.nr_windows - 1],
				   vm->awaited, vm->awaited_long };

	for (int rule = 0; rule < NR_ACK_RULES; rule++) {
		u32 at = acks_confirmed(&r->acks, n, rule, ts, r->opt.window_ns, NULL);

		v->hint[rule] = replay_slot_of(r, at);
	}
	acks_awaited(&r->acks, n, ts, &to);
}

/* The last of the view's masks is that of the kernel's rule. */
static u64 *search_rule(const struct policy_view *v)
{
	return v->scratch + (size_t)(POLICY_SCRATCH - 1) * v->words;
}

/* Whether the first round of the search can have come to that try. */
static bool can_be_tried(const struct policy_view *v, const struct replay_spin *s, const u64 *rule,
			 u32 tried)
{
	if (tried == POLICY_NONE || !vcpu_bit(rule, tried))
		return false;
	if (vcpu_bit(v->in_spin, tried) && !vcpu_bit(v->turn, tried))
		return false;
	return policy_place(v, tried) >= s->done;
}

void search_commit(struct replay *r, u32 n, struct policy_view *v)
{
	struct replay_spin *s = &r->spin[n];

	u32 tried = replay_slot_of(r, s->next_try);
	int policy = r->opt.kernel_policy;
	u64 *turn = replay_vm_of(r, n)->turn, *rule = search_rule(v);

	v->last = s->last;
	if (policy == POLICY_FIRST && !s->before && policy_tries_first(v, s->hint)) {
		s->before = true;
		if (tried == s->hint)
			return;
	}
	policy_rule(v, policy, s->relaxed, s->hint, rule);
	if (policies[policy].relaxed && !s->relaxed && !can_be_tried(v, s, rule, tried)) {
		policy_commit(v, rule, s->done, POLICY_NONE, turn);
		s->relaxed = true;
		s->done = 0;
		policy_rule(v, policy, true, s->hint, rule);
	}
	s->done = policy_commit(v, rule, s->done, tried, turn);
}

/*
 * What the kernel's policy lets pass, for the blind model, which has one round and no try before
 * it: a receiver that is tried first stands alone, and a second round for a first one that finds
 * none.
 */
static u64 *blind_rule(const struct replay *r, u32 n, const struct policy_view *v)
{
	int policy = r->opt.kernel_policy;
	u32 hint = r->spin[n].hint;
	u64 *rule = search_rule(v), any = 0;

	if (policy == POLICY_STOCK)
		return v->stock;
	policy_rule(v, policy, false, hint, rule);
	for (u32 w = 0; w < v->words; w++)
		any |= rule[w] & v->yields[w];
	if (policies[policy].relaxed && !any)
		policy_rule(v, policy, true, hint, rule);
	if (policy == POLICY_FIRST && policy_tries_first(v, hint) && vcpu_bit(v->yields, hint)) {
		memset(rule, 0, v->words * sizeof(*rule));
		vcpu_set(rule, hint, true);
	}
	return rule;
}

/* The blind model's search. */
static void search_blind(struct replay *r, u32 n, struct policy_view *v)
{
	struct replay_spin *s = &r->spin[n];
	u64 *stock = v->stock;

	s->blind_done = true;
	v->stock = blind_rule(r, n, v);
	r->picks[n].blind = hypotheses_search(&replay_vm_of(r, n)->hypotheses, v,
					      &r->picks[n].confidence);
	v->stock = stock;
	/* It does not have these policies' flags right: measured, it is wrong where it is sure. */
	if (policies[r->opt.kernel_policy].relaxed || r->opt.kernel_policy == POLICY_FIRST)
		r->picks[n].confidence = min_of(r->picks[n].confidence, HYPOTHESES_SURE);
	s->in_flight = true;
	s->end_due = UINT64_MAX;
}

/* A policy's pick, in the state that the probes show, or of all hypotheses. */
static u32 ask(struct replay *r, u32 n, const struct policy_view *v, const struct policy *p)
{
	double unused;

	return r->opt.probed ? p->pick(v, p)
			     : hypotheses_ask(&replay_vm_of(r, n)->hypotheses, v, p, &unused);
}

/*
 * The picks of the policies from the first one on. Two rows of one policy differ in whose hints
 * they use: with equal hints they pick the same.
 */
static void ask_all(struct replay *r, u32 n, const struct policy_view *v, int first)
{
	u32 *pick = r->picks[n].pick;

	for (int i = first; i < NR_POLICIES; i++) {
		const struct policy *p = &policies[i];
		int like = r->like[i];

		pick[i] = like < i && v->hint[p->rule] == v->hint[policies[like].rule]
				  ? pick[like]
				  : ask(r, n, v, p);
	}
}

/* What reading ahead showed of the search: the vCPU that it tries first. */
static void see_try(struct replay *r, u32 n, struct policy_view *v)
{
	struct replay_spin *s = &r->spin[n];
	struct replay_vm *vm = replay_vm_of(r, n);

	if (vm->last_boosted.nr && s->try_known) {
		last_boosted_search(&vm->last_boosted, v, replay_slot_of(r, s->next_try));
		/* As this search went by now, the flags are those that it leaves. */
		s->last = last_boosted_best(&vm->last_boosted);
	}
	vcpu_set(vm->in_spin, v->me, true);
	if (s->try_known)
		search_commit(r, n, v);
}

/* The search by every policy. Without probes the kernel's own is that of the hypotheses. */
static int search(struct replay *r, u32 n, u64 ts, struct policy_view *v)
{
	bool known = !r->opt.probed && r->opt.kernel_policy == POLICY_STOCK; /* stock's pick */
	struct replay_spin *s = &r->spin[n];
	struct replay_vm *vm = replay_vm_of(r, n);
	struct score_context c = { .view = v,
				   .awaited_long = vm->awaited_long,
				   .spin_ts = s->ts,
				   .probed = r->opt.probed };

	s->searched = true;
	s->last = v->last;
	r->picks[n].ts = ts;
	_Static_assert(!POLICY_STOCK, "the stock one is the first");
	ask_all(r, n, v, known ? POLICY_STOCK + 1 : POLICY_STOCK);
	if (!r->opt.probed) {
		search_blind(r, n, v);
		r->picks[n].pick[r->opt.kernel_policy] = r->picks[n].blind;
	}
	if (score_picks(&r->score, &r->picks[n], &c))
		return -ENOMEM;
	if (r->opt.probed)
		see_try(r, n, v);
	if (vm->scan_vcpu != n)
		vm->scan_ts[1] = vm->scan_ts[0];
	vm->scan_ts[0] = ts;
	vm->scan_vcpu = n;
	return 0;
}

/*
 * Who comes onto a CPU before the search makes its try, as far as earlier ones tell when that is,
 * was a candidate and cannot be yielded to.
 */
static void see_soon(const struct replay *r, u32 n, struct policy_view *v)
{
	const struct replay_spin *s = &r->spin[n];
	u64 until = s->ts + min_of(s->until_try, (u64)REPLAY_LOOK_NS);
	const u32 probes = EV_BIT(EV_PROBE_PICK) | EV_BIT(EV_PROBE_TARGET) |
			   EV_BIT(EV_PROBE_RESULT);

	for (const struct event *ev = r->at; ev < r->end && ev->ts <= until; ev++) {
		u32 next;

		/* Its next step comes after the try; what probes say of that is not asked. */
		if (ev->pid == r->vcpus.vcpu[n].pid && !(EV_BIT(ev->kind) & probes))
			return;
		if (ev->kind != EV_SWITCH)
			continue;
		next = vcpus_of_pid(&r->vcpus, (s32)ev->v[2]);
		if (next != VCPU_NOBODY && r->vcpus.vcpu[next].group == r->vcpus.vcpu[n].group)
			vcpu_set(v->yields, r->vcpus.vcpu[next].slot, false);
	}
}

/* Makes the searches of vCPU n that are due at ts. */
static int search_due(struct replay *r, u32 n, u64 ts)
{
	struct replay_spin *s = &r->spin[n];
	struct replay_vm *vm = replay_vm_of(r, n);
	struct policy_view *v;

	/* What is not asked of all hypotheses is asked of the heaviest. */
	if (!r->opt.probed)
		hypotheses_best(&vm->hypotheses, &vm->last, vm->in_spin, vm->turn);
	v = search_view(r, n);
	if (!s->searched || !s->blind_done) {
		see_ipis(r, n, ts, v);
		s->hint = v->hint[policies[r->opt.kernel_policy].rule];
	}
	if (r->opt.probed && !s->blind_done && !s->blind_held && s->blind_due <= ts)
		search_blind(r, n, v);
	if (!s->searched && s->due <= ts) {
		if (r->opt.probed)
			see_soon(r, n, v);
		if (search(r, n, ts, v))
			return -ENOMEM;
	}
	if (s->searched && s->blind_done)
		score_sure(&r->score, &r->picks[n]);
	return 0;
}

/* The thread goes on: its searches are over by now. */
int search_now(struct replay *r, u32 n, u64 ts)
{
	struct replay_spin *s = &r->spin[n];

	if (s->searched && s->blind_done)
		return 0;
	s->held = s->blind_held = false;
	s->due = min_of(s->due, ts);
	s->blind_due = min_of(s->blind_due, ts);
	return search_due(r, n, ts);
}

/* The probed search is over; pick: a slot, or POLICY_NONE. */
void search_end_probed(struct replay *r, u32 n, u32 pick)
{
	struct replay_vm *vm = replay_vm_of(r, n);
	struct policy_view v = { .nr = replay_vcpus_of(r, n)->nr,
				 .last = r->spin[n].last,
				 .order = r->opt.order };

	vcpu_set(vm->in_spin, replay_slot_of(r, n), false);
	vcpu_set(vm->turn, replay_slot_of(r, n), false);
	if (pick == POLICY_NONE)
		return;
	vm->last = policy_boosted(&v, pick);
	if (vm->last_boosted.nr) {
		last_boosted_end(&vm->last_boosted, replay_slot_of(r, n), pick);
		vm->last = last_boosted_best(&vm->last_boosted);
	}
}

void search_end_blind(struct replay *r, u32 n)
{
	if (r->spin[n].in_flight)
		hypotheses_end(&replay_vm_of(r, n)->hypotheses, replay_slot_of(r, n));
	r->spin[n].in_flight = false;
}

/* Whether at is a time that the spin still waits for. */
static bool waits_for(const struct replay_spin *s, u64 at)
{
	return (!s->searched && s->due == at) || (!s->blind_done && s->blind_due == at) ||
	       (s->in_flight && s->end_due == at);
}

/* Among the first nr of the list, which are in their order. */
static bool search_is_listed(const struct replay *r, u32 nr, struct replay_due due)
{
	for (; nr && r->due[nr - 1].at == due.at; nr--)
		if (r->due[nr - 1].vcpu == due.vcpu)
			return true;
	return false;
}

/* Removes what is no longer waited for, and duplicates. */
static void make_room(struct replay *r)
{
	u32 kept = 0;

	for (u32 i = r->due_head; i < r->due_tail; i++) {
		struct replay_due due = r->due[i];

		if (waits_for(&r->spin[due.vcpu], due.at) && !search_is_listed(r, kept, due))
			r->due[kept++] = due;
	}
	r->due_head = 0;
	r->due_tail = kept;
}

void search_add_due(struct replay *r, u32 n, u64 at)
{
	u32 i;

	if (unlikely(r->due_tail == r->due_room))
		make_room(r);
	for (i = r->due_tail++; i > r->due_head && r->due[i - 1].at > at; i--)
		r->due[i] = r->due[i - 1];
	r->due[i] = (struct replay_due){ at, n };
	r->due[r->due_tail].at = UINT64_MAX;
}

/* Does what vCPU n's spin waits for, at its time; what was said to be due may be over. */
static int do_due(struct replay *r, u32 n, u64 at)
{
	const struct replay_spin *s = &r->spin[n];

	if (s->open && !(s->searched && s->blind_done)) {
		bool due = (!s->searched && s->due <= at) || (!s->blind_done && s->blind_due <= at);

		return due && !s->held ? search_due(r, n, at) : 0;
	}
	if (s->end_due <= at)
		search_end_blind(r, n);
	return 0;
}

int search_run_due(struct replay *r, u64 ts)
{
	int ret = 0;

	while (r->due_head < r->due_tail && r->due[r->due_head].at <= ts && !ret) {
		struct replay_due due = r->due[r->due_head++];

		ret = do_due(r, due.vcpu, due.at);
	}
	/* Back to where the list is in the cache. */
	if (r->due_head == r->due_tail)
		search_forget_due(r);
	return ret;
}
