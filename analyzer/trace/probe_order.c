// SPDX-License-Identifier: GPL-2.0-only
/*
 * probe_order.c - see probe_order.h.
 *
 * An interrupt's only acceptor is known when its delivery is over, some events later. Those are
 * held back meanwhile, so that the IPI stands where KVM traces it: behind the acceptance, before
 * what the receiver does about it.
 */
#include "trace/probe_order.h"
#include "decode/deliveries.h"
#include "model/marks.h"
#include "trace/held.h"

#include <errno.h>
#include <stdlib.h>

struct order {
	struct trace *t;
	u32 kinds;
	struct deliveries deliveries;
	struct held held;
};

/* In ev's stead, with what the join tells of it. */
static struct event told(const struct stock_ipi *ipi, u8 kind)
{
	return (struct event){ .ts = ipi->ipi.ts,
			       .cpu = ipi->ipi.cpu,
			       .pid = ipi->pid,
			       .input = ipi->input,
			       .kind = kind };
}

static int probe_order_take_ipi(void *ctx, const struct stock_ipi *ipi, u64 place)
{
	struct order *o = ctx;
	struct event ev = told(ipi, ipi->kind == STOCK_UNICAST ? EV_TRACK : EV_SENT);
	int ret;

	if (ev.kind == EV_SENT) {
		bool one = ipi->acceptors == 1;

		ev.v[0] = ipi->kind;
		ev.v[1] = ipi->acceptors;
		ev.v[2] = one ? (s64)ipi->ipi.dst : -1;
		ev.v[3] = one && !ipi->ipi.no_state ? ipi->ipi.state : -1;
		return held_pass(&o->held, &ev);
	}
	ev.ipi = ipi->ipi;
	ret = vms_resolve(&o->t->vms, &ev.ipi, 1);
	if (ret)
		return ret;
	o->t->in[ipi->input].events++;
	return held_place(&o->held, place, &ev);
}

static int probe_order_take(struct order *o, const struct event *ev)
{
	struct held *h = &o->held;
	int open;

	/* A marker's text is gone when the others are let go; its place is of no consequence. */
	if (ev->kind == EV_MARK)
		return held_pass(h, ev);
	held_add(h, ev);
	open = deliveries_add(&o->deliveries, ev, h->next - 1);
	if (open < 0)
		return open;
	if (ev->kind == EV_GAP)
		held_close_all(h);
	else if (EV_BIT(ev->kind) & PROBES_KINDS && !open)
		held_close_thread(h, ev->pid);
	if (open && held_open_thread(h, ev->pid, h->next - 1))
		return -ENOMEM;
	return held_go(h, false);
}

static int probe_order_records(void *self, const struct event *ev, u32 nr)
{
	struct order *o = self;
	int ret = 0;

	o->deliveries.kinds = o->kinds & PROBES_KINDS;
	for (u32 i = 0; i < nr && !ret; i++)
		ret = probe_order_take(o, &ev[i]);
	return ret ? ret : held_flush(&o->held);
}

static const struct ordered_ops order_ops = { .name = "probe_order",
					      .records = probe_order_records };

/* Both events that a delivery cannot be known without. */
static bool describe_deliveries(u32 kinds)
{
	return kinds & EV_BIT(EV_DELIVER) && kinds & EV_BIT(EV_DELIVER_ACCEPT);
}

int trace_run_ordered_probes(struct trace *t, const struct ordered_want *want,
			     const struct ordered *list, u32 nr, u32 *kinds, struct err *err)
{
	const u32 user_probes = EV_BIT(EV_PROBE_TARGET) | EV_BIT(EV_PROBE_RESULT);
	u32 wanted = want->kinds | user_probes;
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
	all.kinds = (wanted | PROBES_KINDS) & ~(EV_BIT(EV_TRACK) | EV_BIT(EV_SENT));
	o->t = t;
	deliveries_init(&o->deliveries, &t->probe_vms, probe_order_take_ipi, o);
	ret = trace_run_merged(t, &all, own, ARRAY_SIZE(own), &o->kinds, err);
	if (!ret) {
		ret = deliveries_end(&o->deliveries) ?: held_go(&o->held, true) ?:
		      held_flush(&o->held);
		if (ret)
			trace_failed(&t->in[0], ret, err);
	}
	*kinds = o->kinds & wanted;
	if (describe_deliveries(o->kinds))
		*kinds |= wanted & (EV_BIT(EV_TRACK) | EV_BIT(EV_SENT));
	t->events = 0;
	for (u32 i = 0; i < t->nr_in; i++)
		t->events += t->in[i].events;
	deliveries_release(&o->deliveries);
	held_release(&o->held);
	free(o);
	return ret;
}

/* IPIs for analyses that need no order. */
struct count {
	struct trace *t;
	struct filter *filter;
	const struct analysis *list;
	u32 nr_list;
	struct marks marks;
	struct ipi_event ev[BATCH_MAX];
	u32 nr;
};

static int probe_order_hand_on(struct count *c)
{
	s64 nr = c->nr;
	int ret = 0;

	c->nr = 0;
	if (nr && filter_active(c->filter))
		nr = filter_apply(c->filter, &c->t->vms, c->ev, (u32)nr);
	if (nr < 0)
		return (int)nr;
	c->t->counted += nr;
	for (u32 i = 0; i < c->nr_list && !ret && nr; i++)
		ret = c->list[i].ops->events(c->list[i].self, c->ev, (u32)nr);
	return ret;
}

static int probe_order_hand_on_gap(struct count *c, const struct event *ev)
{
	int ret = probe_order_hand_on(c);

	for (u32 i = 0; i < c->nr_list && !ret; i++)
		if (c->list[i].ops->gap)
			ret = c->list[i].ops->gap(c->list[i].self, ev->cpu, ev->ts);
	return ret;
}

static int count_one(struct count *c, const struct event *ev)
{
	switch (ev->kind) {
	case EV_GAP: return probe_order_hand_on_gap(c, ev);
	case EV_MARK: return marks_add(&c->marks, ev->ts, ev->text.s, ev->text.len);
	case EV_TRACK:
		c->ev[c->nr++] = ev->ipi;
		return c->nr == ARRAY_SIZE(c->ev) ? probe_order_hand_on(c) : 0;
	}
	return 0;
}

static int count_records(void *self, const struct event *ev, u32 nr)
{
	int ret = 0;

	for (u32 i = 0; i < nr && !ret; i++)
		ret = count_one(self, &ev[i]);
	return ret;
}

static const struct ordered_ops count_ops = { .name = "count", .records = count_records };

int trace_run_probes(struct trace *t, struct filter *filter, const struct analysis *list, u32 nr,
		     struct err *err)
{
	const struct ordered_want want = { .kinds = EV_BIT(EV_TRACK) | EV_BIT(EV_MARK) };
	struct count *c = calloc(1, sizeof(*c));
	struct ordered own[] = { { &count_ops, c } };
	u32 kinds;
	int ret;

	if (!c)
		return err_set(err, -ENOMEM, "out of memory");
	c->t = t;
	c->filter = filter;
	c->list = list;
	c->nr_list = nr;
	ret = trace_run_ordered_probes(t, &want, own, ARRAY_SIZE(own), &kinds, err);
	if (!ret) {
		ret = probe_order_hand_on(c) ?: marks_tell(&c->marks, t->names, t->topology);
		if (ret)
			err_set(err, ret, "out of memory");
	}
	t->vcpu_marks = c->marks.vcpus;
	marks_release(&c->marks);
	free(c);
	return ret;
}
