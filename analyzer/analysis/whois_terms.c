// SPDX-License-Identifier: GPL-2.0-only
/*
 * whois_terms.c - see whois_threads.h. The threads that have had one id are a list from the last to
 * the first, which is the one that the map finds by the id; that one knows the last.
 *
 * A thread is taken for a new one at the first sign of another vCPU or VM. If a vCPU comes back
 * that an earlier one of the list ran, it was a single thread by turns, and the list is united. It
 * is kept short, so each sign costs the same; what is lost by that is a thread id that the host
 * used more than TERMS_MAX times within one recording.
 */
#include "analysis/whois.h"
#include "analysis/whois_threads.h"

#include <errno.h>
#include <stdlib.h>

static const struct whois_runs nothing_seen = { .vcpu = VCPU_NONE, .top = VCPU_NONE };

/* The number of a thread in the map, which may be new (NULL: there was no memory); or -ENOMEM. */
static s64 take_thread(struct whois *w, const struct thread *t)
{
	struct whois_thread *grown;

	if (!t)
		return -ENOMEM;
	if (w->map->nr > w->room) {
		grown = realloc(w->thread, w->map->room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		w->thread = grown;
		for (; w->room < w->map->room; w->room++)
			grown[w->room] = (struct whois_thread){ .runs = nothing_seen,
								.term.vm = VM_NONE,
								.told_vm = VM_NONE,
								.told = VCPU_NONE };
	}
	return t - w->map->thread;
}

/* The number of the first thread that had this id. */
static s64 first_number(struct whois *w, s32 pid)
{
	return take_thread(w, threads_add(w->map, threads_host_id(w->map, pid)));
}

s64 whois_thread_number(struct whois *w, s32 pid)
{
	s64 n = first_number(w, pid);

	return n < 0 || !w->thread[n].term.latest ? n : w->thread[n].term.latest;
}

static void take_silence(struct whois_silence *s, u64 from, u64 to)
{
	if (to - from >= s->longest)
		*s = (struct whois_silence){ to - from, from + 1 };
}

void whois_end_silence(struct whois_term *t, u64 ts)
{
	take_silence(&t->of_vcpu, t->last, ts);
	take_silence(&t->of_vm, t->last, ts);
	t->last = ts;
}

/* How many threads in a row may have had one id. */
#define TERMS_MAX 16

/* Whether an earlier one of them ran this vCPU (VCPU_NONE: whichever), or they are too many. */
static bool takes_turns(const struct whois *w, u32 n, u32 vcpu)
{
	u32 nr = 1;

	for (; w->thread[n].term.before && nr < TERMS_MAX; nr++) {
		n = w->thread[n].term.before - 1;
		if (vcpu != VCPU_NONE && w->thread[n].runs.top == vcpu)
			return true;
	}
	return nr == TERMS_MAX;
}

/* Thread n and those before it are one. Its number. */
static u32 whois_unite(struct whois *w, u32 n)
{
	u32 vm = VM_NONE;

	for (; w->thread[n].term.before; n = w->thread[n].term.before - 1) {
		if (w->map->thread[n].vm != VM_NONE)
			vm = w->map->thread[n].vm;
		w->map->thread[n].vm = VM_NONE;
		w->thread[n].runs = nothing_seen;
		threads_never(w->map, w->map->thread[n].pid);
	}
	if (vm != VM_NONE) {
		w->map->thread[n].vm = vm;
		w->map->thread[n].vm_known = KNOWN_CERTAIN;
	}
	w->thread[n].term.alternates = true;
	w->thread[n].term.latest = 0;
	return n;
}

/* The number of a new thread with thread n's id, from then on; n if there are too many; -ENOMEM. */
static s64 whois_new_term(struct whois *w, u32 n, u64 since)
{
	s32 host_id = threads_host_id(w->map, w->map->thread[n].pid);
	struct thread *t = threads_succeed(w->map, host_id, since);
	s64 next = t || errno != E2BIG ? take_thread(w, t) : n;

	if (next < 0 || next == n)
		return next;
	w->thread[next].term = (struct whois_term){ .last = since, .before = n + 1, .vm = VM_NONE };
	w->thread[next].in_kvm = w->thread[n].in_kvm;
	w->thread[next].shows_inj = w->thread[n].shows_inj;
	w->thread[first_number(w, host_id)].term.latest = (u32)next;
	return next;
}

s64 whois_runs(struct whois *w, s64 n, u32 vcpu)
{
	struct whois_thread *t = &w->thread[n];
	struct whois_runs *r;

	if (w->in_order && t->runs.top != VCPU_NONE && t->runs.top != vcpu && !t->term.alternates) {
		if (takes_turns(w, (u32)n, vcpu))
			n = whois_unite(w, (u32)n);
		else
			n = whois_new_term(w, (u32)n, t->term.of_vcpu.since);
		if (n < 0)
			return n;
	}
	r = &w->thread[n].runs;
	r->vcpu = vcpu;
	w->thread[n].term.of_vcpu = (struct whois_silence){ 0, w->thread[n].term.last };
	if (r->top == vcpu) {
		r->lead++;
		return n;
	}
	w->learned++;
	r->mixed |= r->top != VCPU_NONE;
	if (r->lead)
		r->lead--;
	else
		r->top = vcpu;
	return n;
}

s64 whois_moves(struct whois *w, s64 n, u32 vm)
{
	u32 was = w->map->thread[n].vm;

	if (was == VM_NONE || was == vm)
		return n;
	w->moved = true;
	if (!w->in_order || w->thread[n].term.alternates)
		return n;
	if (takes_turns(w, (u32)n, VCPU_NONE))
		return whois_unite(w, (u32)n);
	return whois_new_term(w, (u32)n, w->thread[n].term.of_vm.since);
}

int whois_lives(struct whois *w, u32 vm, u64 ts)
{
	struct whois_life *grown;

	if (vm >= w->nr_lives) {
		grown = realloc(w->life, w->vms->nr * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		w->life = grown;
		for (; w->nr_lives < w->vms->nr; w->nr_lives++)
			grown[w->nr_lives] = (struct whois_life){ UINT64_MAX, 0 };
	}
	w->life[vm].first = min_of(w->life[vm].first, ts);
	w->life[vm].last = max_of(w->life[vm].last, ts);
	return 0;
}

s64 whois_answers(struct whois *w, s64 n, u32 vm)
{
	u32 was = w->thread[n].term.vm, vcpu = w->thread[n].runs.vcpu;
	bool one_after_the_other = was < w->nr_lives && vm < w->nr_lives &&
				   w->life[was].last < w->life[vm].first;

	if (was != VM_NONE && was != vm) {
		if (!w->in_order || w->thread[n].term.alternates || !one_after_the_other)
			return n;
		if (takes_turns(w, (u32)n, VCPU_NONE))
			return whois_unite(w, (u32)n);
		n = whois_new_term(w, (u32)n, w->thread[n].term.of_vm.since);
		if (n < 0)
			return n;
		w->thread[n].runs = (struct whois_runs){ vcpu, vcpu, 1, false };
	}
	w->thread[n].term.vm = vm;
	w->thread[n].term.of_vm = (struct whois_silence){ 0, w->thread[n].term.last };
	return n;
}
