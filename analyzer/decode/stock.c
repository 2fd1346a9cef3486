// SPDX-License-Identifier: GPL-2.0-only
/*
 * stock.c - see stock.h.
 *
 * Within a stay the order is not given: KVM writes the ipi, then the accepts; from 6.18 on, on the
 * fast path of an x2APIC's ICR write, the accepts come first. So a stay's events are kept until it
 * is over and then matched by vector: other accepts (the sender's own timer) occur in the same
 * stay. Should two ipis of a stay have the same vector, what is first among them tells which order
 * it is.
 *
 * A stay that lost events, or whose beginning or end was not recorded, has only answers that more
 * events could not have changed.
 */
#include "decode/stock.h"

#include <errno.h>
#include <stdlib.h>

#define FLAGS_IRQ	   0x18	 /* common_flags: in a hard or soft interrupt */
#define ITEMS_MAX	   16384 /* of a stay; a broadcast has as many as the VM has vCPUs */

#define ICR_VECTOR(icr)	   ((icr)&0xff)
#define ICR_MODE(icr)	   ((icr) >> 8 & 7)
#define ICR_ASSERT(icr)	   ((icr) >> 14 & 1)
#define ICR_LEVEL(icr)	   ((icr) >> 15 & 1)
#define ICR_SHORTHAND(icr) ((icr) >> 18 & 3)
enum { MODE_FIXED = 0, MODE_LOWEST = 1 };
enum { SHORTHAND_NONE = 0, SHORTHAND_SELF = 1 };

const u32 stock_kinds = EV_BIT(EV_ENTRY) | EV_BIT(EV_EXIT) | EV_BIT(EV_APIC_IPI) |
			EV_BIT(EV_ACCEPT);

const char *const stock_kind_names[NR_STOCK_KINDS] = {
	[STOCK_UNICAST] = "unicast",	    [STOCK_SELF] = "self",
	[STOCK_MULTICAST] = "multicast",    [STOCK_SHORTHAND] = "shorthand",
	[STOCK_LOWEST] = "lowest_priority", [STOCK_SPECIAL] = "special",
	[STOCK_DEASSERT] = "deassert",	    [STOCK_NOBODY] = "nobody",
	[STOCK_UNKNOWN] = "unknown",
};

/* An ipi (icr) or an accept (dst, vector) of a stay. */
struct item {
	u64 ts;
	u32 cpu;
	u32 input;
	u32 value; /* icr_low, or the receiver's vcpu_id */
	u8 vector;
	bool is_ipi;
};

struct stock_stay {
	s32 pid;
	bool whole_start; /* began with an event that was seen */
	bool torn;	  /* events were lost within it */
	bool have_vcpu;
	u32 vcpu;
	u32 nr_ipis;
	struct item *item;
	u32 nr, room;
};

void stock_init(struct stock *s, stock_put put, void *ctx)
{
	*s = (struct stock){ .put = put, .ctx = ctx };
}

void stock_release(struct stock *s)
{
	for (u32 i = 0; i < s->nr; i++)
		free(s->stay[i].item);
	free(s->stay);
	rows_index_release(&s->index);
	*s = (struct stock){ 0 };
}

/* The thread's stay, which is new when the thread is; NULL: out of memory. */
static struct stock_stay *get_stay(struct stock *s, s32 pid)
{
	struct stock_stay *grown = rows_grown(s->stay, &s->room, s->nr, sizeof(*grown));
	s64 at;

	if (!grown)
		return NULL;
	s->stay = grown;
	at = rows_index_add(&s->index, 0, (u32)pid);
	if (at < 0)
		return NULL;
	if (at == s->nr)
		s->stay[s->nr++] = (struct stock_stay){ .pid = pid };
	return &s->stay[at];
}

static int add_item(struct stock_stay *stay, const struct event *ev)
{
	struct item *it;

	if (stay->nr == ITEMS_MAX) {
		stay->torn = true;
		return 0;
	}
	it = rows_grown(stay->item, &stay->room, stay->nr, sizeof(*it));
	if (!it)
		return -ENOMEM;
	stay->item = it;
	it = &stay->item[stay->nr++];
	*it = (struct item){ .ts = ev->ts,
			     .cpu = ev->cpu,
			     .input = ev->input,
			     .value = (u32)ev->v[0],
			     .is_ipi = ev->kind == EV_APIC_IPI };
	it->vector = (u8)(it->is_ipi ? ICR_VECTOR(it->value) : ev->v[3]);
	stay->nr_ipis += it->is_ipi;
	return 0;
}

/* The stretch [from, to) of the stay in which the accepts of the ipi at `at` are. */
static void find_stretch(const struct stock_stay *stay, u32 at, u32 *from, u32 *to)
{
	const struct item *it = stay->item;
	u32 before = UINT32_MAX, after = UINT32_MAX, first = UINT32_MAX;

	for (u32 i = 0; i < stay->nr; i++) {
		if (it[i].vector != it[at].vector)
			continue;
		if (first == UINT32_MAX)
			first = i;
		if (it[i].is_ipi && i < at)
			before = i;
		if (it[i].is_ipi && i > at && after == UINT32_MAX)
			after = i;
	}
	*from = 0;
	*to = stay->nr;
	if (before == UINT32_MAX && after == UINT32_MAX)
		return;
	if (it[first].is_ipi) {
		*from = at;
		*to = min_of(after, stay->nr);
	} else {
		*from = before == UINT32_MAX ? 0 : before;
		*to = at;
	}
}

/* What the ICR alone says; STOCK_UNICAST: the acceptors decide. */
static u8 kind_by_icr(u32 icr)
{
	if (ICR_SHORTHAND(icr) == SHORTHAND_SELF)
		return STOCK_SELF;
	if (ICR_MODE(icr) != MODE_FIXED)
		return ICR_MODE(icr) == MODE_LOWEST ? STOCK_LOWEST : STOCK_SPECIAL;
	if (ICR_SHORTHAND(icr) != SHORTHAND_NONE)
		return STOCK_SHORTHAND;
	/* Linux writes every IPI as de-assert, but edge-triggered: those are delivered. */
	return ICR_LEVEL(icr) && !ICR_ASSERT(icr) ? STOCK_DEASSERT : STOCK_UNICAST;
}

/*
 * Whether events that were not seen could be accepts of this ipi. Where the beginning is missing,
 * an ipi that stands before its accepts has all of them.
 */
static bool certain_count(const struct stock_stay *stay, bool whole_end, bool accept_first,
			  u32 accepts)
{
	if (stay->torn || !whole_end)
		return false;
	return stay->whole_start || (!accept_first && accepts);
}

static int stock_put_ipi(struct stock *s, const struct stock_stay *stay, u32 at, bool whole_end)
{
	const struct item *it = &stay->item[at], *last = it;
	bool accept_first = false;
	struct stock_ipi out = { .pid = stay->pid,
				 .input = it->input,
				 .have_src = stay->have_vcpu };
	u32 from, to;

	out.kind = kind_by_icr(it->value);
	out.ipi = (struct ipi_event){
		.src = stay->vcpu,
		.vector = it->vector,
		.dst_cpu = IPI_CPU_NONE,
		.path = IPI_PATH_NONE,
		.no_path = true,
		.state = IPI_STATE_NONE,
		.no_state = true,
	};
	find_stretch(stay, at, &from, &to);
	for (u32 i = from; i < to; i++) {
		const struct item *a = &stay->item[i];

		if (a->is_ipi || a->vector != it->vector)
			continue;
		out.acceptors++;
		out.ipi.dst = a->value;
		accept_first |= i < at;
		last = a;
	}
	out.ipi.ts = last->ts;
	out.ipi.cpu = last->cpu;
	if (out.kind != STOCK_UNICAST)
		return s->put(s->ctx, &out);
	if (out.acceptors > 1)
		out.kind = STOCK_MULTICAST;
	else if (!certain_count(stay, whole_end, accept_first, out.acceptors))
		out.kind = STOCK_UNKNOWN;
	else if (!out.acceptors)
		out.kind = STOCK_NOBODY;
	else if (out.have_src && out.ipi.dst == out.ipi.src)
		out.kind = STOCK_SELF;
	return s->put(s->ctx, &out);
}

static int stock_close_stay(struct stock *s, struct stock_stay *stay, bool whole_end)
{
	int ret = 0;

	for (u32 i = 0; i < stay->nr && stay->nr_ipis && !ret; i++)
		if (stay->item[i].is_ipi)
			ret = stock_put_ipi(s, stay, i, whole_end);
	stay->nr = stay->nr_ipis = 0;
	stay->torn = false;
	return ret;
}

/* A kvm_entry or kvm_exit. */
static int boundary(struct stock *s, const struct event *ev)
{
	struct stock_stay *stay = get_stay(s, ev->pid);
	int ret;

	if (!stay)
		return -ENOMEM;
	if (ev->have & 1) {
		stay->vcpu = (u32)ev->v[0];
		stay->have_vcpu = true;
	}
	ret = stock_close_stay(s, stay, true);
	stay->whole_start = true;
	return ret;
}

/*
 * Without boundaries a stay ends where the next ipi comes. If accepts came before the one that
 * ends, then those behind it belong to the next.
 */
static int close_unbounded(struct stock *s, struct stock_stay *stay)
{
	struct item *it = stay->item;
	u32 behind = stay->nr, nr = stay->nr;
	bool accept_first = false;
	int ret;

	if (!stay->nr_ipis)
		return 0;
	while (!it[behind - 1].is_ipi)
		behind--;
	for (u32 i = 0; i < behind - 1; i++)
		accept_first |= it[i].vector == it[behind - 1].vector;
	if (!accept_first)
		return stock_close_stay(s, stay, true);
	stay->nr = behind;
	ret = stock_close_stay(s, stay, true);
	stay->nr = nr - behind;
	memmove(it, it + behind, stay->nr * sizeof(*it));
	return ret;
}

static void gap(struct stock *s)
{
	for (u32 i = 0; i < s->nr; i++) {
		struct stock_stay *stay = &s->stay[i];

		stay->torn |= stay->nr > 0;
		stay->whole_start = false;
	}
}

int stock_add(struct stock *s, const struct event *ev)
{
	struct stock_stay *stay;
	int ret;

	switch (ev->kind) {
	case EV_GAP: gap(s); return 0;
	case EV_ENTRY:
	case EV_EXIT: return boundary(s, ev);
	case EV_ACCEPT:
		/* Fixed ones only; and not what an interrupt brought into this thread. */
		if (ev->flags & FLAGS_IRQ || ev->v[1] & 0x700)
			return 0;
		break;
	case EV_APIC_IPI: break;
	default: return 0;
	}
	stay = get_stay(s, ev->pid);
	if (!stay)
		return -ENOMEM;
	stay->whole_start |= s->unbounded;
	if (s->unbounded && ev->kind == EV_APIC_IPI) {
		ret = close_unbounded(s, stay);
		if (ret)
			return ret;
	}
	return add_item(stay, ev);
}

int stock_end(struct stock *s)
{
	int ret = 0;

	for (u32 i = 0; i < s->nr && !ret; i++)
		ret = stock_close_stay(s, &s->stay[i], s->unbounded);
	return ret;
}
