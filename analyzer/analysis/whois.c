// SPDX-License-Identifier: GPL-2.0-only
/*
 * whois.c - see whois.h.
 *
 * An acceptance waits until a thread that runs a vCPU of that number shows the vector. If several
 * acceptances wait (two VMs, or an interrupt that a timer brought), the evidence is shared out among
 * their senders: certain evidence weighs most. Acceptances in interrupt context have no sender, but
 * they explain an injection, too. After lost events nothing waits any more.
 */
#define _GNU_SOURCE
#include "analysis/whois.h"
#include "decode/events.h"

#include <errno.h>
#include <stdlib.h>

#define FLAGS_IRQ 0x18		/* common_flags: in a hard or soft interrupt */
#define WEIGHT_SHOWN 12		/* divided by the number of possible senders */
#define WEIGHT_WOKEN 120	/* KVM wakes vCPUs of its own VM only; other wakers are rare there */
#define PENDING_MAX 14
#define NOBODY UINT32_MAX

const u32 whois_kinds = EV_BIT(EV_TRACK) | EV_BIT(EV_ENTRY) | EV_BIT(EV_EXIT) |
			EV_BIT(EV_USERSPACE_EXIT) | EV_BIT(EV_APIC_IPI) | EV_BIT(EV_ACCEPT) |
			EV_BIT(EV_EOI) | EV_BIT(EV_INJ_VIRQ) | EV_BIT(EV_WAKEUP) | EV_BIT(EV_WAKING);

struct whois_pending {
	u32 vcpu;
	u16 vector;
	u8 nr;
	bool used;
	u32 sender[PENDING_MAX]; /* threads' numbers, oldest first; NOBODY: in interrupt context */
};

struct whois_thread {
	u32 vcpu;	/* of the last kvm_entry or kvm_exit, or VCPU_NONE */
	u32 top;	/* the vCPU that it ran most; how much more than others */
	u64 lead;
	bool mixed;
	bool in_kvm;	/* between kvm_exit and kvm_entry, and not in the VMM */
	bool shows_inj;
	bool sends;
};

void whois_init(struct whois *w, struct thread_map *map)
{
	*w = (struct whois){ .map = map };
}

void whois_release(struct whois *w)
{
	free(w->thread);
	free(w->pending);
	groups_release(&w->groups);
	*w = (struct whois){ 0 };
}

/* The thread's number, or -ENOMEM. */
static s64 thread_number(struct whois *w, s32 pid)
{
	struct thread *t = threads_add(w->map, pid);
	u32 n;

	if (!t)
		return -ENOMEM;
	n = (u32)(t - w->map->thread);
	if (n >= w->room) {
		struct whois_thread *grown = realloc(w->thread, w->map->room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		w->thread = grown;
		for (; w->room < w->map->room; w->room++)
			grown[w->room] = (struct whois_thread){ .vcpu = VCPU_NONE,
								.top = VCPU_NONE };
	}
	return n;
}

/* The thread was seen running that vCPU. */
static void runs(struct whois_thread *t, u32 vcpu)
{
	t->vcpu = vcpu;
	if (t->top == vcpu) {
		t->lead++;
		return;
	}
	t->mixed |= t->top != VCPU_NONE;
	if (t->lead)
		t->lead--;
	else
		t->top = vcpu;
}

static struct whois_pending *find_pending(const struct whois *w, u32 vcpu, u16 vector)
{
	u32 mask = w->pending_room - 1;
	u32 i = (u32)(((u64)vcpu << 16 | vector) * 0x9e3779b97f4a7c15ull >> 32) & mask;

	while (w->pending[i].used && (w->pending[i].vcpu != vcpu || w->pending[i].vector != vector))
		i = (i + 1) & mask;
	return &w->pending[i];
}

static int grow_pending(struct whois *w)
{
	struct whois old = *w;

	w->pending_room = old.pending_room ? 2 * old.pending_room : 256;
	w->pending = calloc(w->pending_room, sizeof(*w->pending));
	if (!w->pending) {
		*w = old;
		return -ENOMEM;
	}
	for (u32 i = 0; i < old.pending_room; i++)
		if (old.pending[i].used)
			*find_pending(w, old.pending[i].vcpu, old.pending[i].vector) =
				old.pending[i];
	free(old.pending);
	return 0;
}

static int accepted(struct whois *w, u32 sender, u32 vcpu, u16 vector)
{
	struct whois_pending *p;

	if (2 * w->nr_pending >= w->pending_room && grow_pending(w))
		return -ENOMEM;
	p = find_pending(w, vcpu, vector);
	w->nr_pending += !p->used;
	p->used = true;
	p->vcpu = vcpu;
	p->vector = vector;
	/* Sent again before it was shown: the two will be shown as one. */
	for (u32 i = 0; i < p->nr; i++)
		if (p->sender[i] == sender)
			return 0;
	if (p->nr == PENDING_MAX)
		memmove(p->sender, p->sender + 1, --p->nr * sizeof(*p->sender));
	p->sender[p->nr++] = sender;
	return 0;
}

/* A thread shows a vector: those that wait for its vCPU's number may have sent it. */
static int shown(struct whois *w, u32 receiver, u16 vector)
{
	struct whois_pending *p;
	int ret = 0;

	if (w->thread[receiver].vcpu == VCPU_NONE || !w->pending_room)
		return 0;
	p = find_pending(w, w->thread[receiver].vcpu, vector);
	if (!p->used || !p->nr)
		return 0;
	for (u32 i = 0; i < p->nr; i++)
		if (p->sender[i] == receiver) {
			/* Its own timer, or its own IPI: that explains it. */
			p->nr--;
			memmove(&p->sender[i], &p->sender[i + 1],
				(p->nr - i) * sizeof(*p->sender));
			return 0;
		}
	for (u32 i = 0; i < p->nr && !ret; i++)
		if (p->sender[i] != NOBODY)
			ret = groups_vote(&w->groups, p->sender[i], receiver,
					  max_of(WEIGHT_SHOWN / p->nr, 1));
	p->nr = 0;
	return ret;
}

static void forget_pending(struct whois *w)
{
	for (u32 i = 0; i < w->pending_room; i++)
		w->pending[i].nr = 0;
	for (u32 i = 0; i < w->map->nr; i++)
		w->thread[i].in_kvm = false;
}

static int see_track(struct whois *w, u32 n, const struct event *ev)
{
	struct thread *t = &w->map->thread[n];

	t->vm = ev->ipi.vm;
	t->vm_known = KNOWN_CERTAIN;
	if (w->thread[n].vcpu != ev->ipi.src)
		runs(&w->thread[n], ev->ipi.src);
	w->thread[n].sends = true;
	return 0;
}

static int see_accept(struct whois *w, u32 n, const struct event *ev)
{
	bool irq = ev->flags & FLAGS_IRQ;

	if (!irq)
		w->thread[n].sends = true;
	return accepted(w, irq ? NOBODY : n, (u32)ev->v[0], (u16)ev->v[3]);
}

static int see_wakeup(struct whois *w, u32 n, const struct event *ev)
{
	s64 woken;

	if (!w->thread[n].in_kvm || ev->flags & FLAGS_IRQ)
		return 0;
	woken = thread_number(w, (s32)ev->v[0]);
	return woken < 0 ? (int)woken : groups_vote(&w->groups, n, (u32)woken, WEIGHT_WOKEN);
}

static int see(struct whois *w, const struct event *ev)
{
	s64 number = ev->kind == EV_GAP ? 0 : thread_number(w, ev->pid);
	u32 n = (u32)number;
	struct whois_thread *t;

	if (number < 0)
		return (int)number;
	t = w->thread + n;
	switch (ev->kind) {
	case EV_GAP:
		forget_pending(w);
		return 0;
	case EV_TRACK:
		return see_track(w, n, ev);
	case EV_ENTRY:
	case EV_EXIT:
		t->in_kvm = ev->kind == EV_EXIT;
		if (ev->have & 1)
			runs(t, (u32)ev->v[0]);
		return 0;
	case EV_USERSPACE_EXIT:
		t->in_kvm = false;
		return 0;
	case EV_ACCEPT:
		return see_accept(w, n, ev);
	case EV_APIC_IPI:
		t->sends = true;
		return 0;
	case EV_EOI:
		if (t->vcpu != (u32)ev->v[0])
			runs(t, (u32)ev->v[0]);
		return t->shows_inj || ev->v[1] < 0 ? 0 : shown(w, n, (u16)ev->v[1]);
	case EV_INJ_VIRQ:
		t->shows_inj = true;
		return shown(w, n, (u16)ev->v[0]);
	case EV_WAKEUP:
	case EV_WAKING:
		return see_wakeup(w, n, ev);
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

const struct analysis_ops whois_ops = { .ordered = true, .records = whois_records };

/* A group that gets a number for a name, in this order: senders' first, then by the lowest thread id. */
struct anonymous {
	u32 group;
	bool sends;
	s32 pid;
};

static int compare_anonymous(const void *a, const void *b)
{
	const struct anonymous *x = a, *y = b;

	if (x->sends != y->sends)
		return x->sends ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static int number_groups(struct whois *w, struct vms *vms)
{
	struct group_node *node = w->groups.node;
	struct anonymous *list = malloc((w->map->nr + 1) * sizeof(*list));
	u32 nr = 0;

	if (!list)
		return -ENOMEM;
	for (u32 i = 0; i < w->map->nr; i++) {
		struct anonymous a = { .group = i, .pid = INT32_MAX };

		if (node[i].group != i || node[i].slot == GROUP_NONE ||
		    node[i].label != GROUP_NONE)
			continue;
		for (u32 k = i; k != GROUP_NONE; k = node[k].next) {
			a.sends |= w->thread[k].sends;
			a.pid = min_of(a.pid, w->map->thread[k].pid);
		}
		list[nr++] = a;
	}
	qsort(list, nr, sizeof(*list), compare_anonymous);
	for (u32 i = 0; i < nr; i++) {
		s64 vm = vms_find(vms, &(struct vm){ .id = i + 1, .have_id = true });

		if (vm < 0) {
			free(list);
			return (int)vm;
		}
		node[list[i].group].label = (u32)vm;
	}
	free(list);
	return 0;
}

int whois_finish(struct whois *w, struct vms *vms)
{
	struct thread_map *map = w->map;
	int ret = groups_nodes(&w->groups, map->nr);

	for (u32 i = 0; i < map->nr && !ret; i++) {
		struct thread *t = &map->thread[i];

		t->mixed = w->thread[i].mixed;
		if (w->thread[i].top != VCPU_NONE) {
			t->vcpu = w->thread[i].top;
			t->vcpu_known = t->mixed ? KNOWN_INFERRED : KNOWN_CERTAIN;
		}
		w->groups.node[i].slot = t->vcpu;
		w->groups.node[i].label = t->vm;
	}
	ret = ret ?: groups_join(&w->groups) ?: number_groups(w, vms);
	for (u32 i = 0; i < map->nr && !ret; i++) {
		struct thread *t = &map->thread[i];

		if (t->vm != VM_NONE || t->vcpu == VCPU_NONE)
			continue;
		t->vm = w->groups.node[w->groups.node[i].group].label;
		t->vm_known = KNOWN_INFERRED;
	}
	return ret ?: threads_seal(map);
}
