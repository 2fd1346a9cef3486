// SPDX-License-Identifier: GPL-2.0-only
/*
 * stock_order.c - see stock_order.h.
 *
 * Whether an acceptance was that of a directed IPI is known when the sender's stay in KVM is over.
 * Until then all events from there on are held back, so that the IPI can be put in its place. A
 * sender that is scheduled out in between holds them for long: when too many are held, they go on
 * without it, and its IPI comes late.
 */
#include "trace/stock_order.h"
#include "trace/held.h"

#include <errno.h>
#include <stdlib.h>

#define FLAGS_IRQ 0x18

struct order {
	struct trace *t;
	const struct thread_map *map;
	u32 kinds;
	struct stock stock;
	struct held held;
};

bool stock_name_ipi(const struct trace *t, const struct thread_map *map, struct stock_ipi *ipi)
{
	const struct thread *thread = threads_find(map, ipi->pid);
	const struct vm *vm;

	if (!ipi->have_src && thread && thread->vcpu != VCPU_NONE) {
		ipi->ipi.src = thread->vcpu;
		ipi->have_src = true;
	}
	if (!thread || thread->vm == VM_NONE || !ipi->have_src)
		ipi->kind = STOCK_UNKNOWN;
	else if (ipi->ipi.src == ipi->ipi.dst)
		ipi->kind = STOCK_SELF;
	if (ipi->kind != STOCK_UNICAST)
		return false;
	vm = &t->vms.vm[thread->vm];
	ipi->ipi.vm = thread->vm;
	ipi->ipi.vm_id = vm->id;
	ipi->ipi.vm_pid = vm->pid;
	ipi->ipi.have_vm_id = vm->have_id;
	ipi->ipi.have_vm_pid = vm->have_pid;
	return true;
}

/* The number of the IPI's acceptance; when that is gone already, of the event that stands last. */
static u64 find_place(const struct held *h, const struct stock_ipi *ipi)
{
	u64 from = h->first, to = h->next;

	while (from < to) {
		u64 mid = from + (to - from) / 2;

		if (held_at(h, mid)->ts < ipi->ipi.ts)
			from = mid + 1;
		else
			to = mid;
	}
	for (; from < h->next && held_at(h, from)->ts == ipi->ipi.ts; from++) {
		const struct event *ev = held_at(h, from);

		if (ev->kind == EV_ACCEPT && ev->pid == ipi->pid && (u32)ev->v[0] == ipi->ipi.dst)
			return from;
	}
	return h->next - 1;
}

static int stock_order_take_ipi(void *ctx, const struct stock_ipi *out)
{
	struct order *o = ctx;
	struct held *h = &o->held;
	struct stock_ipi ipi = *out;
	struct event ev;
	u64 place;

	if (ipi.kind != STOCK_UNICAST || h->first == h->next || !stock_name_ipi(o->t, o->map, &ipi))
		return 0;
	place = find_place(h, &ipi);
	ipi.ipi.ts = held_at(h, place)->ts;
	ev = (struct event){ .ts = ipi.ipi.ts,
			     .cpu = ipi.ipi.cpu,
			     .pid = ipi.pid,
			     .input = ipi.input,
			     .kind = EV_TRACK,
			     .ipi = ipi.ipi };
	o->t->in[ipi.input].events++;
	return held_place(h, place, &ev);
}

static int open_stay(struct order *o, const struct event *ev, u64 seq)
{
	const struct thread *t = threads_find(o->map, ev->pid);

	/* A vCPU's own timer can be nobody's IPI; neither can what an interrupt brought. */
	if (ev->flags & FLAGS_IRQ || (t && t->vcpu == (u32)ev->v[0]))
		return 0;
	return held_open_thread(&o->held, ev->pid, seq);
}

static int stock_order_take(struct order *o, const struct event *ev)
{
	bool ends = ev->kind == EV_ENTRY || ev->kind == EV_EXIT ||
		    (o->stock.unbounded && ev->kind == EV_APIC_IPI);
	struct held *h = &o->held;
	int ret;

	/* A marker's text is gone when the others are let go; its place is of no consequence. */
	if (ev->kind == EV_MARK)
		return held_pass(h, ev);
	held_add(h, ev);
	ret = stock_add(&o->stock, ev);
	if (ends)
		held_close_thread(h, ev->pid);
	if (!ret && ev->kind == EV_ACCEPT)
		ret = open_stay(o, ev, h->next - 1);
	return ret ? ret : held_go(h, false);
}

static int stock_order_records(void *self, const struct event *ev, u32 nr)
{
	struct order *o = self;
	int ret = 0;

	o->stock.unbounded = !(o->kinds & (EV_BIT(EV_ENTRY) | EV_BIT(EV_EXIT)));
	for (u32 i = 0; i < nr && !ret; i++)
		ret = stock_order_take(o, &ev[i]);
	return ret ? ret : held_flush(&o->held);
}

static const struct ordered_ops order_ops = { .name = "stock_order",
					      .records = stock_order_records };

int trace_run_ordered_stock(struct trace *t, const struct ordered_want *want,
			    const struct thread_map *map, const struct ordered *list, u32 nr,
			    u32 *kinds, struct err *err)
{
	u32 wanted = want->kinds | EV_BIT(EV_TRACK) | EV_BIT(EV_PROBE_TARGET) |
		     EV_BIT(EV_PROBE_RESULT);
	struct ordered_want all = *want;
	struct order *o = calloc(1, sizeof(*o));
	struct ordered own[] = { { &order_ops, o } };
	int ret;

	for (u32 i = 0; i < nr; i++)
		wanted |= needs_kinds(list[i].ops->needs);
	if (!o || held_init(&o->held, wanted, list, nr)) {
		free(o);
		return err_set(err, -ENOMEM, "out of memory");
	}
	all.kinds = (wanted | stock_kinds) & ~EV_BIT(EV_TRACK);
	o->t = t;
	o->map = map;
	stock_init(&o->stock, stock_order_take_ipi, o);
	ret = trace_run_ordered(t, &all, own, ARRAY_SIZE(own), &o->kinds, err);
	if (!ret) {
		ret = stock_end(&o->stock) ?: held_go(&o->held, true) ?: held_flush(&o->held);
		if (ret)
			err_set(err, ret, "out of memory");
	}
	/* What is asked for and what there is: the IPIs are there, by another name. */
	*kinds = (o->kinds & wanted) | (o->kinds & EV_BIT(EV_APIC_IPI) ? EV_BIT(EV_TRACK) : 0);
	t->events = 0;
	for (u32 i = 0; i < t->nr_in; i++)
		t->events += t->in[i].events;
	stock_release(&o->stock);
	held_release(&o->held);
	free(o);
	return ret;
}
