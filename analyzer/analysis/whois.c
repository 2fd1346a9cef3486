// SPDX-License-Identifier: GPL-2.0-only
/*
 * whois.c - see whois.h.
 *
 * An acceptance waits until a thread that runs a vCPU of that number shows the vector. If several
 * acceptances wait (two VMs, or an interrupt that a timer brought), the evidence is shared out
 * among their senders: certain evidence weighs most. Acceptances in interrupt context have no
 * sender, but they explain an injection, too. After lost events nothing waits any more.
 */
#define _GNU_SOURCE
#include "analysis/whois.h"
#include "analysis/whois_threads.h"
#include "decode/event.h"
#include "model/marker.h"
#include "util/ranges.h"

#include <errno.h>
#include <stdlib.h>

#define FLAGS_IRQ    0x18 /* common_flags: in a hard or soft interrupt */
#define WEIGHT_SHOWN 12	  /* divided by the number of possible senders */
#define WEIGHT_WOKEN 120  /* KVM wakes vCPUs of its own VM only; other wakers are rare there */
#define WEIGHT_TOLD  (1u << 30) /* somebody knew it: no evidence comes near */
#define PENDING_MAX  14

const u32 whois_walk_kinds = EV_BIT(EV_TRACK) | EV_BIT(EV_ENTRY) | EV_BIT(EV_EXIT) |
			     EV_BIT(EV_EOI) | EV_BIT(EV_MARK);

struct whois_pending {
	u8 nr;
	u32 sender[PENDING_MAX]; /* threads' numbers, oldest first; WHOIS_NOBODY: in interrupt
				    context */
};

void whois_init(struct whois *w, struct thread_map *map, struct vms *vms, struct vm_names *names)
{
	*w = (struct whois){ .map = map, .vms = vms, .names = names };
}

void whois_release(struct whois *w)
{
	for (u32 i = 0; i < w->nr_guests; i++)
		free(w->guest[i].name);
	free(w->guest);
	free(w->thread);
	free(w->life);
	free(w->pending);
	rows_index_release(&w->pending_index);
	groups_release(&w->groups);
	*w = (struct whois){ 0 };
}

static int accepted(struct whois *w, u32 sender, u32 vcpu, u16 vector)
{
	struct whois_pending *p = rows_grown(w->pending, &w->pending_room, w->nr_pending,
					     sizeof(*p));
	s64 at;

	if (!p)
		return -ENOMEM;
	w->pending = p;
	at = rows_index_add(&w->pending_index, vector, vcpu);
	if (at < 0)
		return -ENOMEM;
	p = &w->pending[at];
	if (at == w->nr_pending)
		w->pending[w->nr_pending++] = (struct whois_pending){ 0 };
	/* Sent again before it was shown: the two will be shown as one. */
	for (u32 i = 0; i < p->nr; i++)
		if (p->sender[i] == sender)
			return 0;
	if (p->nr == PENDING_MAX)
		memmove(p->sender, p->sender + 1, --p->nr * sizeof(*p->sender));
	p->sender[p->nr++] = sender;
	return 0;
}

/* The VM of all senders, or VM_NONE. */
static u32 vm_of_senders(const struct whois *w, const struct whois_pending *p)
{
	u32 vm = VM_NONE;

	for (u32 i = 0; i < p->nr; i++) {
		u32 n = p->sender[i], next = n == WHOIS_NOBODY ? VM_NONE : w->map->thread[n].vm;

		if (next == VM_NONE || (i && next != vm))
			return VM_NONE;
		vm = next;
	}
	return vm;
}

/* A thread shows a vector: those that wait for its vCPU's number may have sent it. */
static int whois_shown(struct whois *w, u32 number, u16 vector)
{
	struct whois_pending *p;
	s64 at, receiver = number;
	int ret = 0;
	u32 vm;

	if (w->thread[receiver].runs.vcpu == VCPU_NONE)
		return 0;
	at = rows_index_find(&w->pending_index, vector, w->thread[receiver].runs.vcpu);
	if (at < 0)
		return 0;
	p = &w->pending[at];
	for (u32 i = 0; i < p->nr; i++)
		if (p->sender[i] == receiver) {
			/* Its own timer, or its own IPI: that explains it. */
			p->nr--;
			memmove(&p->sender[i], &p->sender[i + 1], (p->nr - i) * sizeof(*p->sender));
			return 0;
		}
	vm = vm_of_senders(w, p);
	if (vm != VM_NONE)
		receiver = whois_answers(w, receiver, vm);
	if (receiver < 0)
		return (int)receiver;
	for (u32 i = 0; i < p->nr && !ret; i++)
		if (p->sender[i] != WHOIS_NOBODY)
			ret = groups_vote(&w->groups, p->sender[i], (u32)receiver,
					  max_of(WEIGHT_SHOWN / p->nr, 1));
	p->nr = 0;
	return ret;
}

static void forget_pending(struct whois *w)
{
	for (u32 i = 0; i < w->nr_pending; i++)
		w->pending[i].nr = 0;
	for (u32 i = 0; i < w->map->nr; i++)
		w->thread[i].in_kvm = false;
}

/* What waits was sent by the thread's successor, as its IPI says now. */
static void pass_on_pending(struct whois *w, u32 from, u32 to)
{
	for (u32 i = 0; i < w->nr_pending; i++)
		for (u32 k = 0; k < w->pending[i].nr; k++)
			if (w->pending[i].sender[k] == from)
				w->pending[i].sender[k] = to;
}

static int see_track(struct whois *w, u32 number, const struct event *ev)
{
	s64 n = number;
	struct whois_thread *seen;
	struct thread *t;

	if (w->thread[n].runs.vcpu != ev->ipi.src)
		n = whois_runs(w, n, ev->ipi.src);
	if (n >= 0)
		n = whois_moves(w, n, ev->ipi.vm);
	if (n >= 0 && w->thread[n].runs.vcpu != ev->ipi.src)
		n = whois_runs(w, n, ev->ipi.src);
	if (n < 0 || whois_lives(w, ev->ipi.vm, ev->ts))
		return -ENOMEM;
	if (n != number)
		pass_on_pending(w, number, (u32)n);
	t = &w->map->thread[n];
	w->learned += t->vm != ev->ipi.vm;
	t->vm = ev->ipi.vm;
	t->vm_known = KNOWN_CERTAIN;
	seen = &w->thread[n];
	seen->sends = true;
	seen->term.vm = ev->ipi.vm;
	seen->term.of_vm = seen->term.of_vcpu = (struct whois_silence){ 0, ev->ts };
	return 0;
}

static int whois_see_accept(struct whois *w, u32 n, const struct event *ev)
{
	bool irq = ev->flags & FLAGS_IRQ;

	if (!irq)
		w->thread[n].sends = true;
	return accepted(w, irq ? WHOIS_NOBODY : n, (u32)ev->v[0], (u16)ev->v[3]);
}

static int see_wakeup(struct whois *w, u32 n, const struct event *ev)
{
	s64 woken;

	if (!w->thread[n].in_kvm || ev->flags & FLAGS_IRQ)
		return 0;
	woken = whois_thread_number(w, (s32)ev->v[0]);
	return woken < 0 ? (int)woken : groups_vote(&w->groups, n, (u32)woken, WEIGHT_WOKEN);
}

/* A name of the user's own stays; so does the first of two markers. */
int whois_name_vm(struct whois *w, const struct vm *vm, const char *name)
{
	if (!w->names || vm_names_find(w->names, vm))
		return 0;
	return vm_names_add(w->names, vm, name);
}

static int see_mark(struct whois *w, const struct event *ev)
{
	struct marker m;
	s64 n, vm;

	if (marker_parse(ev->text.s, ev->text.len, &m))
		return 0;
	if (m.kind == MARKER_CPU) {
		m.levels.since = ev->ts;
		return w->topology && !w->topology->fixed
			       ? topology_add(w->topology, m.cpu, &m.levels)
			       : 0;
	}
	if (m.kind == MARKER_POLICY)
		return 0;
	if (m.kind == MARKER_VM)
		return whois_name_vm(w, &m.vm, m.name);
	vm = vms_find(w->vms, &m.vm);
	n = whois_thread_number(w, m.tid);
	if (vm < 0 || n < 0)
		return -ENOMEM;
	w->moved |= w->thread[n].told_vm != VM_NONE &&
		    (w->thread[n].told_vm != vm || w->thread[n].told != m.vcpu);
	w->thread[n].told = m.vcpu;
	w->thread[n].told_vm = (u32)vm;
	return 0;
}

/* As VMMs name their vCPUs' threads: QEMU, Firecracker, Cloud Hypervisor, crosvm, kvmtool. */
static const struct {
	const char *before, *behind;
} name_forms[] = {
	{ "CPU ", "/KVM" },    { "fc_vcpu ", "" },  { "vcpu", "" },
	{ "crosvm_vcpu", "" }, { "kvm-vcpu-", "" },
};

/* The vCPU in a thread's name, or VCPU_NONE. */
static u32 vcpu_in_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(name_forms); i++) {
		size_t len = strlen(name_forms[i].before);
		const char *end;
		u64 vcpu;

		if (!strncmp(name, name_forms[i].before, len) &&
		    !number_parse(name + len, &end, &vcpu) && !strcmp(end, name_forms[i].behind) &&
		    vcpu < VCPU_NONE)
			return (u32)vcpu;
	}
	return VCPU_NONE;
}

int whois_thread_name(struct whois *w, s32 pid, const char *name)
{
	u32 vcpu = vcpu_in_name(name);
	s64 n;

	if (vcpu == VCPU_NONE)
		return 0;
	n = whois_thread_number(w, pid);
	if (n < 0)
		return (int)n;
	if (w->thread[n].told == VCPU_NONE)
		w->thread[n].told = vcpu;
	return 0;
}

int whois_guest(struct whois *w, const char *name)
{
	struct whois_guest *grown = realloc(w->guest, (w->nr_guests + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	w->guest = grown;
	grown[w->nr_guests] = (struct whois_guest){ .name = strdup(name), .first = WHOIS_NOBODY };
	return grown[w->nr_guests++].name ? 0 : -ENOMEM;
}

int whois_guest_cpu(struct whois *w, u32 cpu, s32 pid)
{
	struct whois_guest *g = &w->guest[w->nr_guests - 1];
	s64 n = whois_thread_number(w, pid);

	if (n < 0)
		return (int)n;
	w->thread[n].told = cpu;
	w->thread[n].in_guest = true;
	if (g->first == WHOIS_NOBODY)
		g->first = (u32)n;
	return groups_vote(&w->groups, g->first, (u32)n, WEIGHT_TOLD);
}

static int see(struct whois *w, const struct event *ev)
{
	struct whois_thread *t;
	s64 number;
	u32 n;

	if (ev->kind == EV_GAP) {
		forget_pending(w);
		return 0;
	}
	number = whois_thread_number(w, ev->pid);
	if (number < 0)
		return (int)number;
	n = (u32)number;
	t = w->thread + n;
	whois_end_silence(&t->term, ev->ts);
	switch (ev->kind) {
	case EV_MARK: return see_mark(w, ev);
	case EV_TRACK: return see_track(w, n, ev);
	case EV_ENTRY:
	case EV_EXIT:
		if (ev->have & 1)
			number = whois_runs(w, n, (u32)ev->v[0]);
		if (number >= 0)
			w->thread[number].in_kvm = ev->kind == EV_EXIT;
		return (int)min_of(number, (s64)0);
	case EV_USERSPACE_EXIT: t->in_kvm = false; return 0;
	case EV_ACCEPT: return whois_see_accept(w, n, ev);
	case EV_APIC_IPI: t->sends = true; return 0;
	case EV_EOI:
		if (t->runs.vcpu != (u32)ev->v[0])
			number = whois_runs(w, n, (u32)ev->v[0]);
		if (number < 0)
			return (int)number;
		return w->thread[number].shows_inj || ev->v[1] < 0
			       ? 0
			       : whois_shown(w, (u32)number, (u16)ev->v[1]);
	case EV_INJ_VIRQ: t->shows_inj = true; return whois_shown(w, n, (u16)ev->v[0]);
	case EV_WAKEUP:
	case EV_WAKING: return see_wakeup(w, n, ev);
	}
	return 0;
}

static int whois_records(void *self, const struct event *ev, u32 nr)
{
	int ret = 0;

	for (u32 i = 0; i < nr && !ret; i++)
		ret = see(self, &ev[i]);
	return ret;
}

const struct ordered_ops whois_ops = { .name = "whois",
				       .needs = whois_needs,
				       .records = whois_records };
