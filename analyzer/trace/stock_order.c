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

#include <errno.h>
#include <stdlib.h>

#define HELD_MAX (1u << 16)	/* events; some MB */
#define OUT_MAX 256
#define FLAGS_IRQ 0x18

/* A thread's first acceptance in a stay that is not over. */
struct open_stay {
	s32 pid;
	u64 seq;
};

/* An IPI that comes behind the event of that number. */
struct placed {
	u64 seq;
	struct event ev;
};

struct order {
	struct trace *t;
	const struct thread_map *map;
	u32 wanted, kinds;
	const struct ordered *list;
	u32 nr_list;
	struct stock stock;
	struct event *held;	/* a ring of HELD_MAX */
	u64 first, next;	/* numbers of the oldest event that is held, and of the next one */
	struct open_stay *open;	/* by number */
	u32 nr_open, room_open;
	struct placed *placed;
	u32 nr_placed, room_placed;
	struct event out[OUT_MAX];
	u32 nr_out;
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

static struct event *held_at(const struct order *o, u64 seq)
{
	return &o->held[seq % HELD_MAX];
}

/* The number of the IPI's acceptance; when that is gone already, of the event that stands last. */
static u64 find_place(const struct order *o, const struct stock_ipi *ipi)
{
	u64 from = o->first, to = o->next;

	while (from < to) {
		u64 mid = from + (to - from) / 2;

		if (held_at(o, mid)->ts < ipi->ipi.ts)
			from = mid + 1;
		else
			to = mid;
	}
	for (; from < o->next && held_at(o, from)->ts == ipi->ipi.ts; from++) {
		const struct event *ev = held_at(o, from);

		if (ev->kind == EV_ACCEPT && ev->pid == ipi->pid && (u32)ev->v[0] == ipi->ipi.dst)
			return from;
	}
	return o->next - 1;
}

static int stock_order_take_ipi(void *ctx, const struct stock_ipi *out)
{
	struct order *o = ctx;
	struct stock_ipi ipi = *out;
	struct placed *p;

	if (ipi.kind != STOCK_UNICAST || o->first == o->next || !stock_name_ipi(o->t, o->map, &ipi))
		return 0;
	p = rows_grown(o->placed, &o->room_placed, o->nr_placed, sizeof(*p));
	if (!p)
		return -ENOMEM;
	o->placed = p;
	p = &o->placed[o->nr_placed++];
	*p = (struct placed){ .seq = find_place(o, &ipi) };
	p->ev = (struct event){ .ts = held_at(o, p->seq)->ts, .cpu = ipi.ipi.cpu, .pid = ipi.pid,
				.input = ipi.input, .kind = EV_TRACK, .ipi = ipi.ipi };
	p->ev.ipi.ts = p->ev.ts;
	o->t->in[ipi.input].events++;
	return 0;
}

static int stock_order_flush(struct order *o)
{
	u32 nr = o->nr_out;
	int ret = 0;

	o->nr_out = 0;
	for (u32 i = 0; i < o->nr_list && !ret && nr; i++)
		ret = o->list[i].ops->records(o->list[i].self, o->out, nr);
	return ret;
}

static int stock_order_put(struct order *o, const struct event *ev)
{
	if (ev->kind != EV_GAP && !(o->wanted & EV_BIT(ev->kind)))
		return 0;
	o->out[o->nr_out++] = *ev;
	return o->nr_out == OUT_MAX ? stock_order_flush(o) : 0;
}

/* The oldest event, and the IPIs that come behind it, in the order in which they were found. */
static int release_one(struct order *o)
{
	u32 kept = 0;
	int ret = stock_order_put(o, held_at(o, o->first));

	for (u32 i = 0; i < o->nr_placed && !ret; i++)
		if (o->placed[i].seq == o->first)
			ret = stock_order_put(o, &o->placed[i].ev);
		else
			o->placed[kept++] = o->placed[i];
	o->nr_placed = kept;
	o->first++;
	return ret;
}

static int open_stay(struct order *o, const struct event *ev, u64 seq)
{
	const struct thread *t = threads_find(o->map, ev->pid);
	struct open_stay *grown;

	/* A vCPU's own timer can be nobody's IPI; neither can what an interrupt brought. */
	if (ev->flags & FLAGS_IRQ || (t && t->vcpu == (u32)ev->v[0]))
		return 0;
	for (u32 i = 0; i < o->nr_open; i++)
		if (o->open[i].pid == ev->pid)
			return 0;
	grown = rows_grown(o->open, &o->room_open, o->nr_open, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	o->open = grown;
	o->open[o->nr_open++] = (struct open_stay){ ev->pid, seq };
	return 0;
}

static void stock_order_close_stay(struct order *o, s32 pid)
{
	u32 kept = 0;

	for (u32 i = 0; i < o->nr_open; i++)
		if (o->open[i].pid != pid)
			o->open[kept++] = o->open[i];
	o->nr_open = kept;
}

/* Lets go what nothing can be put into any more. */
static int stock_order_release(struct order *o, bool all)
{
	int ret = 0;

	while (!ret && o->first < o->next) {
		bool full = o->next - o->first == HELD_MAX;

		if (o->nr_open && o->open[0].seq <= o->first && !all && !full)
			break;
		if (full && o->nr_open && o->open[0].seq <= o->first)
			stock_order_close_stay(o, o->open[0].pid);
		ret = release_one(o);
	}
	return ret;
}

static int stock_order_take(struct order *o, const struct event *ev)
{
	bool ends = ev->kind == EV_ENTRY || ev->kind == EV_EXIT ||
		    (o->stock.unbounded && ev->kind == EV_APIC_IPI);
	int ret;

	/* A marker's text is gone when the others are let go; its place is of no consequence. */
	if (ev->kind == EV_MARK)
		return stock_order_put(o, ev);
	*held_at(o, o->next++) = *ev;
	ret = stock_add(&o->stock, ev);
	if (ends)
		stock_order_close_stay(o, ev->pid);
	if (!ret && ev->kind == EV_ACCEPT)
		ret = open_stay(o, ev, o->next - 1);
	return ret ? ret : stock_order_release(o, false);
}

static int stock_order_records(void *self, const struct event *ev, u32 nr)
{
	struct order *o = self;
	int ret = 0;

	o->stock.unbounded = !(o->kinds & (EV_BIT(EV_ENTRY) | EV_BIT(EV_EXIT)));
	for (u32 i = 0; i < nr && !ret; i++)
		ret = stock_order_take(o, &ev[i]);
	return ret ? ret : stock_order_flush(o);
}

static const struct ordered_ops order_ops = { .name = "stock_order",
					      .records = stock_order_records };

int trace_run_ordered_stock(struct trace *t, const struct ordered_want *want,
			    const struct thread_map *map, const struct ordered *list, u32 nr,
			    u32 *kinds, struct err *err)
{
	struct ordered_want all = *want;
	struct order *o = calloc(1, sizeof(*o));
	struct ordered own[] = { { &order_ops, o } };
	int ret = -ENOMEM;

	if (o)
		o->held = malloc(HELD_MAX * sizeof(*o->held));
	if (!o || !o->held) {
		free(o);
		return err_set(err, ret, "out of memory");
	}
	for (u32 i = 0; i < nr; i++)
		all.kinds |= needs_kinds(list[i].ops->needs);
	o->wanted = all.kinds | EV_BIT(EV_TRACK) | EV_BIT(EV_PROBE_TARGET) |
		    EV_BIT(EV_PROBE_RESULT);
	all.kinds = (all.kinds | stock_kinds) & ~EV_BIT(EV_TRACK);
	o->t = t;
	o->map = map;
	o->list = list;
	o->nr_list = nr;
	stock_init(&o->stock, stock_order_take_ipi, o);
	ret = trace_run_ordered(t, &all, own, ARRAY_SIZE(own), &o->kinds, err);
	if (!ret) {
		ret = stock_end(&o->stock) ?: stock_order_release(o, true) ?: stock_order_flush(o);
		if (ret)
			err_set(err, ret, "out of memory");
	}
	/* What is asked for and what there is: the IPIs are there, by another name. */
	*kinds = (o->kinds & o->wanted) | (o->kinds & EV_BIT(EV_APIC_IPI) ? EV_BIT(EV_TRACK) : 0);
	t->events = 0;
	for (u32 i = 0; i < t->nr_in; i++)
		t->events += t->in[i].events;
	stock_release(&o->stock);
	free(o->held);
	free(o->open);
	free(o->placed);
	free(o);
	return ret;
}
