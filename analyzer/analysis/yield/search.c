// SPDX-License-Identifier: GPL-2.0-only
/*
 * search.c - see parts.h. A spinner's search when its time has come: the view of the
 * VM at that moment, every policy's pick and the blind model's, what is left behind at its end.
 */
#include "analysis/yield/parts.h"

#include <errno.h>

/* Who cannot be yielded to because both queues hold one task. */
static const u64 *find_lonely(struct replay *r, u32 n)
{
	const struct vcpu_vm *cv = replay_vcpus_of(r, n);
	u64 *lonely = replay_vm_of(r, n)->lonely;

	if (vcpus_running(&r->vcpus, r->vcpus.vcpu[n].cpu) != 1)
		return NULL;
	for (u32 i = 0; i < cv->nr; i++)
		vcpu_set(lonely, i,
			 vcpus_running(&r->vcpus, r->vcpus.vcpu[cv->first + i].cpu) == 1);
	return lonely;
}

struct policy_view *replay_view(struct replay *r, u32 n)
{
	struct replay_vm *vm = replay_vm_of(r, n);
	struct policy_view *v = &vm->view;

	v->me = replay_slot_of(r, n);
	v->last = vm->last;
	v->kernel = r->spin[n].kernel;
	v->lonely = find_lonely(r, n);
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

void replay_commit(struct replay *r, u32 n, struct policy_view *v)
{
	struct replay_spin *s = &r->spin[n];

	v->last = s->last;
	s->done = policy_commit(v, s->done, replay_slot_of(r, s->next_try),
				replay_vm_of(r, n)->turn);
}

/* The blind model's search. */
static void guess(struct replay *r, u32 n, struct policy_view *v)
{
	struct replay_spin *s = &r->spin[n];

	s->guessed = true;
	r->picks[n].blind = states_search(&replay_vm_of(r, n)->states, v, &r->picks[n].confidence);
	s->flying = true;
	s->end_due = UINT64_MAX;
}

/* A policy's pick, in the state that the probes show, or of all guesses. */
static u32 ask(struct replay *r, u32 n, const struct policy_view *v, const struct policy *p)
{
	double unused;

	return r->opt.probed ? p->pick(v, p) :
			       states_ask(&replay_vm_of(r, n)->states, v, p, &unused);
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

		pick[i] = like < i && v->hint[p->rule] == v->hint[policies[like].rule] ?
				  pick[like] : ask(r, n, v, p);
	}
}

/* What is known of the search behind it: whom it tries first. */
static void see_try(struct replay *r, u32 n, struct policy_view *v)
{
	struct replay_spin *s = &r->spin[n];
	struct replay_vm *vm = replay_vm_of(r, n);

	if (vm->lasts.nr && s->try_known) {
		lasts_search(&vm->lasts, v, replay_slot_of(r, s->next_try));
		/* As this search went by now, the flags are those that it leaves. */
		s->last = lasts_best(&vm->lasts);
	}
	vcpu_set(vm->in_spin, v->me, true);
	if (s->try_known)
		replay_commit(r, n, v);
}

/* The search by every policy. Without probes the stock one's is that of the guesses. */
static int search(struct replay *r, u32 n, u64 ts, struct policy_view *v)
{
	struct replay_spin *s = &r->spin[n];
	struct replay_vm *vm = replay_vm_of(r, n);
	struct replay_context c = { .view = v, .awaited_long = vm->awaited_long,
				    .spin_ts = s->ts, .probed = r->opt.probed };

	s->searched = true;
	s->last = v->last;
	r->picks[n].ts = ts;
	_Static_assert(!POLICY_STOCK, "the stock one is the first");
	ask_all(r, n, v, r->opt.probed ? POLICY_STOCK : POLICY_STOCK + 1);
	if (!r->opt.probed) {
		guess(r, n, v);
		r->picks[n].pick[POLICY_STOCK] = r->picks[n].blind;
	}
	if (replay_score_picks(&r->score, &r->picks[n], &c))
		return -ENOMEM;
	if (r->opt.probed)
		see_try(r, n, v);
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
	struct replay_vm *vm = replay_vm_of(r, n);
	struct policy_view *v;

	/* What is not asked of all guesses is asked of the heaviest. */
	if (!r->opt.probed)
		states_best(&vm->states, &vm->last, vm->in_spin, vm->turn);
	v = replay_view(r, n);
	if (r->opt.probed && !s->guessed && s->guess_due <= ts)
		guess(r, n, v);
	if (!s->searched && s->due <= ts) {
		see_ipis(r, n, ts, v);
		if (search(r, n, ts, v))
			return -ENOMEM;
	}
	if (s->searched && s->guessed)
		replay_score_sure(&r->score, &r->picks[n]);
	return 0;
}

/* The thread goes on: its searches are over by now. */
int replay_search_now(struct replay *r, u32 n, u64 ts)
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
void replay_end_probed(struct replay *r, u32 n, u32 pick)
{
	struct replay_vm *vm = replay_vm_of(r, n);
	struct policy_view v = { .nr = replay_vcpus_of(r, n)->nr, .last = r->spin[n].last,
				 .order = r->opt.order };

	vcpu_set(vm->in_spin, replay_slot_of(r, n), false);
	vcpu_set(vm->turn, replay_slot_of(r, n), false);
	if (pick == POLICY_NONE)
		return;
	vm->last = policy_boosted(&v, pick);
	if (vm->lasts.nr) {
		lasts_end(&vm->lasts, replay_slot_of(r, n), pick);
		vm->last = lasts_best(&vm->lasts);
	}
}

void replay_end_blind(struct replay *r, u32 n)
{
	if (r->spin[n].flying)
		states_end(&replay_vm_of(r, n)->states, replay_slot_of(r, n));
	r->spin[n].flying = false;
}

/* Whether at is a time that the spin still waits for. */
static bool waits_for(const struct replay_spin *s, u64 at)
{
	return (!s->searched && s->due == at) || (!s->guessed && s->guess_due == at) ||
	       (s->flying && s->end_due == at);
}

/* Among the first nr of the list, which are in their order. */
static bool search_is_listed(const struct replay *r, u32 nr, struct replay_due due)
{
	for (; nr && r->due[nr - 1].at == due.at; nr--)
		if (r->due[nr - 1].vcpu == due.vcpu)
			return true;
	return false;
}

/* Takes out what nobody waits for any more, and what stands there twice. */
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

void replay_add_due(struct replay *r, u32 n, u64 at)
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

	if (s->open && !(s->searched && s->guessed)) {
		bool due = (!s->searched && s->due <= at) || (!s->guessed && s->guess_due <= at);

		return due && !s->held ? search_due(r, n, at) : 0;
	}
	if (s->end_due <= at)
		replay_end_blind(r, n);
	return 0;
}

int replay_run_due(struct replay *r, u64 ts)
{
	int ret = 0;

	while (r->due_head < r->due_tail && r->due[r->due_head].at <= ts && !ret) {
		struct replay_due due = r->due[r->due_head++];

		ret = do_due(r, due.vcpu, due.at);
	}
	/* Back to where the list is in the cache. */
	if (r->due_head == r->due_tail)
		replay_forget_due(r);
	return ret;
}
