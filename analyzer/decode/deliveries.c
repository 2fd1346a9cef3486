// SPDX-License-Identifier: GPL-2.0-only
/*
 * deliveries.c - see deliveries.h.
 *
 * Which functions the probes are on depends on the kernel. Where `deliver` is on two functions that
 * call each other (7.1), the same delivery begins twice, and one that the inner function could not
 * finish begins again: a `deliver` that equals the one before it, with no `accept` between, is the
 * same delivery. The inner function alone has no `delivered`: with the map's receivers known
 * (`fast`), all is known. A group whose events are of several CPUs waits for `delivered`
 * nevertheless, whose number of acceptors must be the one that was seen: one CPU may have lost what
 * another one shows no gap for.
 */
#include "decode/deliveries.h"

#include <errno.h>
#include <stdlib.h>

#define FLAGS_IRQ   0x18 /* common_flags: in a hard or soft interrupt */
#define DEPTH_MAX   4	 /* of nested deliveries; of more, the outermost is given up */
#define OUTSIDE_MAX 4096 /* acceptances that wait to be known as outside of a delivery */

/* An APIC was asked to accept an interrupt. */
struct asked {
	u64 ts;
	u32 cpu;
	u32 dst;
	s32 dst_cpu;
	u16 vector;
	u8 state;
	bool accepted;
};

struct delivery {
	u64 vm;
	s32 vm_pid;
	u32 src;
	u16 vector;
	u8 kind;
	bool from_vcpu, have_vm_pid;
	bool torn;   /* events of it are lost */
	bool asking; /* `accept` came, `accepted` did not yet */
	bool have_fast, fast;
	bool moved; /* its events are of several CPUs */
	bool told;  /* has come out */
	u32 cpu, input;
	u32 nr_asked, nr_accepted;
	struct asked now, last; /* asked, and accepted last */
	u64 place;		/* of the last `accepted` */
};

struct delivery_thread {
	s32 pid;
	u32 depth;
	struct delivery open[DEPTH_MAX];
	struct asked *outside;
	u32 nr_outside, room, input;
};

void probe_vms_release(struct probe_vms *v)
{
	rows_index_release(&v->index);
}

void deliveries_init(struct deliveries *d, struct probe_vms *vms, deliveries_put put, void *ctx)
{
	*d = (struct deliveries){ .vms = vms, .put = put, .ctx = ctx, .kinds = PROBES_KINDS };
}

void deliveries_release(struct deliveries *d)
{
	for (u32 i = 0; i < d->nr; i++)
		free(d->thread[i].outside);
	free(d->thread);
	rows_index_release(&d->index);
	*d = (struct deliveries){ 0 };
}

/* NULL: out of memory. */
static struct delivery_thread *get_thread(struct deliveries *d, s32 pid)
{
	struct delivery_thread *grown = rows_grown(d->thread, &d->room, d->nr, sizeof(*grown));
	s64 at;

	if (!grown)
		return NULL;
	d->thread = grown;
	at = rows_index_add(&d->index, 0, (u32)pid);
	if (at < 0)
		return NULL;
	if (at == d->nr)
		d->thread[d->nr++] = (struct delivery_thread){ .pid = pid };
	return &d->thread[at];
}

static struct delivery *innermost(struct delivery_thread *t)
{
	return t->depth ? &t->open[t->depth - 1] : NULL;
}

static struct ipi_event ipi_of(const struct asked *a)
{
	return (struct ipi_event){
		.ts = a->ts,
		.cpu = a->cpu,
		.dst = a->dst,
		.dst_cpu = a->dst_cpu,
		.vector = a->vector,
		.state = a->state,
		.no_state = a->state == IPI_STATE_NONE,
		.path = IPI_PATH_NONE,
		.no_path = true,
	};
}

static u8 kind_by_acceptors(const struct delivery *g)
{
	if (g->torn || g->asking)
		return STOCK_UNKNOWN;
	if (g->nr_accepted != 1)
		return g->nr_accepted ? STOCK_MULTICAST : STOCK_NOBODY;
	return g->last.dst == g->src ? STOCK_SELF : STOCK_UNICAST;
}

/* The delivery's VM, as far as its records identify it; 0 or -ENOMEM. */
static int name_vm(struct deliveries *d, const struct delivery *g, struct ipi_event *ipi)
{
	s64 number = 0;

	if (g->vm) {
		number = rows_index_add(&d->vms->index, g->vm, (u32)g->vm_pid) + 1;
		if (number <= 0)
			return -ENOMEM;
		ipi->have_vm_id = true;
		ipi->vm_id = (u32)number;
	}
	ipi->have_vm_pid = g->have_vm_pid;
	ipi->vm_pid = g->have_vm_pid ? g->vm_pid : 0;
	return 0;
}

/* A delivery comes out, if a vCPU asked for it, and once. */
static int tell(struct deliveries *d, const struct delivery_thread *t, struct delivery *g)
{
	struct stock_ipi out = { .pid = t->pid,
				 .input = g->input,
				 .have_src = true,
				 .kind = g->kind,
				 .acceptors = g->nr_accepted };
	int ret;

	if (g->told)
		return 0;
	g->told = true;
	if (!g->from_vcpu)
		return 0;
	if (out.kind == STOCK_UNICAST)
		out.kind = kind_by_acceptors(g);
	out.ipi = ipi_of(&g->last);
	out.ipi.src = g->src;
	if (g->vector != IPI_VECTOR_NONE)
		out.ipi.vector = g->vector;
	if (g->have_fast) {
		out.ipi.no_path = false;
		out.ipi.path = g->fast ? IPI_PATH_FAST : IPI_PATH_SLOW;
	}
	ret = name_vm(d, g, &out.ipi);
	return ret ? ret : d->put(d->ctx, &out, g->place);
}

/* What waits was outside of any delivery. */
static int tell_outside(struct deliveries *d, struct delivery_thread *t)
{
	int ret = 0;

	for (u32 i = 0; i < t->nr_outside && !ret; i++) {
		struct stock_ipi out = { .kind = STOCK_HYPERCALL,
					 .acceptors = 1,
					 .pid = t->pid,
					 .input = t->input,
					 .ipi = ipi_of(&t->outside[i]) };

		if (t->outside[i].accepted)
			ret = d->put(d->ctx, &out, 0);
	}
	t->nr_outside = 0;
	return ret;
}

static int end_innermost(struct deliveries *d, struct delivery_thread *t)
{
	return tell(d, t, &t->open[--t->depth]);
}

static bool same_delivery(const struct delivery *g, const struct event *ev)
{
	return !g->torn && !g->told && !g->nr_asked && g->vm == ev->deliver.vm &&
	       g->vm_pid == ev->deliver.vm_pid && g->src == ev->deliver.src &&
	       g->vector == ev->deliver.vector && g->kind == ev->deliver.kind &&
	       g->from_vcpu == ev->deliver.from_vcpu;
}

/* Whether the next `deliver` shows that this one is over. */
static bool is_over(const struct deliveries *d, const struct delivery *g)
{
	return g->torn || (g->have_fast && g->fast) || !(d->kinds & EV_BIT(EV_DELIVERED));
}

static int see_deliver(struct deliveries *d, struct delivery_thread *t, const struct event *ev)
{
	struct delivery *g = innermost(t);
	int ret = 0;

	if (g && same_delivery(g, ev)) {
		g->have_fast = false;
		return 0;
	}
	if (!g || is_over(d, g))
		ret = tell_outside(d, t);
	while (!ret && t->depth && is_over(d, innermost(t)))
		ret = end_innermost(d, t);
	if (t->depth == DEPTH_MAX && !ret) {
		t->open[0].torn = true;
		ret = tell(d, t, &t->open[0]);
		memmove(t->open, t->open + 1, --t->depth * sizeof(*t->open));
	}
	t->open[t->depth++] = (struct delivery){
		.vm = ev->deliver.vm,
		.vm_pid = ev->deliver.vm_pid,
		.src = ev->deliver.src,
		.vector = ev->deliver.vector,
		.kind = ev->deliver.kind,
		.from_vcpu = ev->deliver.from_vcpu,
		.have_vm_pid = ev->deliver.have_vm_pid,
		.cpu = ev->cpu,
		.input = ev->input,
		.last = { .ts = ev->ts,
			  .cpu = ev->cpu,
			  .dst_cpu = IPI_CPU_NONE,
			  .vector = IPI_VECTOR_NONE,
			  .state = IPI_STATE_NONE },
	};
	return ret;
}

/* The delivery that an event other than `deliver` belongs to; NULL: none. */
static struct delivery *current(struct delivery_thread *t, const struct event *ev)
{
	struct delivery *g = innermost(t);

	if (!g || g->told)
		return NULL;
	g->moved |= g->cpu != ev->cpu;
	return g;
}

static int keep_outside(struct deliveries *d, struct delivery_thread *t, const struct asked *a)
{
	int ret = t->nr_outside == OUTSIDE_MAX ? tell_outside(d, t) : 0;
	struct asked *grown = rows_grown(t->outside, &t->room, t->nr_outside, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	t->outside = grown;
	t->outside[t->nr_outside++] = *a;
	return ret;
}

static int see_accept(struct deliveries *d, struct delivery_thread *t, const struct event *ev)
{
	struct delivery *g = current(t, ev);
	struct asked a = { .ts = ev->ts,
			   .cpu = ev->cpu,
			   .dst = ev->accept.dst,
			   .dst_cpu = ev->accept.cpu,
			   .vector = ev->accept.vector,
			   .state = ev->accept.state };

	if (g) {
		g->torn |= g->asking;
		g->asking = true;
		g->nr_asked++;
		g->now = a;
		return 0;
	}
	t->input = ev->input;
	return d->kinds & (EV_BIT(EV_FAST) | EV_BIT(EV_DELIVERED)) ? keep_outside(d, t, &a) : 0;
}

/* Without `accepted` in the recording, what was asked for counts as accepted. */
static void see_accepted(struct delivery_thread *t, const struct event *ev, s64 accepted, u64 place)
{
	struct delivery *g = current(t, ev);

	if (g && g->asking) {
		g->asking = false;
		if (accepted > 0) {
			g->nr_accepted++;
			g->last = g->now;
			g->place = place;
		}
	} else if (!g && t->nr_outside) {
		t->outside[t->nr_outside - 1].accepted = accepted > 0;
	}
}

static int see_fast(struct deliveries *d, struct delivery_thread *t, const struct event *ev)
{
	struct delivery *g = current(t, ev);

	if (!g) { /* the end of something whose beginning was not seen, or is of no vCPU */
		t->nr_outside = 0;
		return 0;
	}
	g->have_fast = true;
	g->fast = ev->v[0];
	return g->fast && !g->moved ? tell(d, t, g) : 0;
}

static int see_delivered(struct deliveries *d, struct delivery_thread *t, const struct event *ev)
{
	struct delivery *g = innermost(t);

	t->nr_outside = 0;
	if (!g)
		return 0;
	/* Below 0 nobody was asked. */
	if (g->kind == STOCK_UNICAST && g->nr_accepted != (u64)max_of(ev->v[0], (s64)0))
		g->torn = true;
	return end_innermost(d, t);
}

static void see_gap(struct deliveries *d)
{
	for (u32 i = 0; i < d->nr; i++) {
		struct delivery_thread *t = &d->thread[i];

		for (u32 n = 0; n < t->depth; n++)
			t->open[n].torn = true;
		t->nr_outside = 0;
	}
}

static int see(struct deliveries *d, struct delivery_thread *t, const struct event *ev, u64 place)
{
	int ret;

	switch (ev->kind) {
	case EV_DELIVER: return see_deliver(d, t, ev);
	case EV_DELIVER_ACCEPT:
		ret = see_accept(d, t, ev);
		if (!(d->kinds & EV_BIT(EV_ACCEPTED)))
			see_accepted(t, ev, 1, place);
		return ret;
	case EV_ACCEPTED: see_accepted(t, ev, ev->v[0], place); return 0;
	case EV_FAST: return see_fast(d, t, ev);
	default: return see_delivered(d, t, ev);
	}
}

int deliveries_add(struct deliveries *d, const struct event *ev, u64 place)
{
	struct delivery_thread *t;
	int ret;

	if (ev->kind == EV_GAP)
		see_gap(d);
	if (!(EV_BIT(ev->kind) & PROBES_KINDS) || ev->flags & FLAGS_IRQ)
		return 0;
	t = get_thread(d, ev->pid);
	if (!t)
		return -ENOMEM;
	ret = see(d, t, ev, place);
	for (u32 i = 0; i < t->depth && !ret; i++) {
		const struct delivery *g = &t->open[i];

		ret = g->from_vcpu && !g->told && !g->torn && g->nr_accepted &&
		      g->kind == STOCK_UNICAST;
	}
	return ret;
}

int deliveries_end(struct deliveries *d)
{
	int ret = 0;

	for (u32 i = 0; i < d->nr && !ret; i++) {
		struct delivery_thread *t = &d->thread[i];

		ret = tell_outside(d, t);
		while (t->depth && !ret) {
			struct delivery *g = innermost(t);

			/* A group that nothing ends ends here; another one was cut off. */
			g->torn |= !is_over(d, g);
			ret = end_innermost(d, t);
		}
	}
	return ret;
}
