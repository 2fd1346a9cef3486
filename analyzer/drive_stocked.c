// SPDX-License-Identifier: GPL-2.0-only
/* drive_stocked.c - see drive_stocked.h. */
#include "drive_stocked.h"

#include <errno.h>
#include <stdlib.h>

#define RING 4096	/* events that wait at most; a power of two */

/* An event; or a place that a kvm_apic_ipi keeps for its IPI: empty, then perhaps filled. */
struct stocked_slot {
	struct event ev;
	bool waits;
	bool empty;
};

static struct stocked_slot *slot_at(const struct stocked *s, u64 at)
{
	return &s->ring[at & (RING - 1)];
}

/* What the join says of a kvm_apic_ipi: fills the oldest place that its thread keeps. */
static int put(void *ctx, const struct stock_ipi *ipi)
{
	struct stocked *s = ctx;
	const struct thread *t = threads_find(s->map, ipi->pid);

	for (u64 at = s->head; at < s->tail; at++) {
		struct stocked_slot *slot = slot_at(s, at);

		if (!slot->waits || slot->ev.pid != ipi->pid)
			continue;
		slot->waits = false;
		if (ipi->kind != STOCK_UNICAST || !t || t->vm == VM_NONE || t->vcpu == VCPU_NONE ||
		    t->vcpu == ipi->ipi.dst)
			return 0;
		slot->empty = false;
		slot->ev.ipi = ipi->ipi;
		slot->ev.ipi.ts = slot->ev.ts;
		slot->ev.ipi.src = t->vcpu;
		slot->ev.ipi.vm = t->vm;
		s->ipis++;
		return 0;
	}
	return 0;
}

int stocked_init(struct stocked *s, const struct thread_map *map, const struct analysis *list, u32 nr)
{
	*s = (struct stocked){ .map = map, .list = list, .nr_list = nr };
	stock_init(&s->stock, put, s);
	s->ring = calloc(RING, sizeof(*s->ring));
	return s->ring ? 0 : -ENOMEM;
}

void stocked_release(struct stocked *s)
{
	if (s->ring)
		stock_release(&s->stock);
	free(s->ring);
	*s = (struct stocked){ 0 };
}

static int drain(struct stocked *s, bool all)
{
	int ret = 0;

	while (s->head < s->tail && !ret) {
		struct stocked_slot *slot = slot_at(s, s->head);

		if (slot->waits && !all && s->tail - s->head < RING - 1)
			break;
		s->head++;
		for (u32 i = 0; i < s->nr_list && !ret && !slot->empty; i++)
			ret = s->list[i].ops->records(s->list[i].self, &slot->ev, 1);
	}
	return ret;
}

static void push(struct stocked *s, const struct event *ev, bool waits)
{
	struct stocked_slot *slot = slot_at(s, s->tail++);

	*slot = (struct stocked_slot){ .ev = *ev, .waits = waits, .empty = waits };
	if (waits)
		slot->ev.kind = EV_TRACK;
}

static int add(struct stocked *s, const struct event *ev)
{
	int ret;

	push(s, ev, false);
	if (ev->kind == EV_APIC_IPI)
		push(s, ev, true);
	ret = stock_add(&s->stock, ev);
	return ret ? ret : drain(s, false);
}

static int stocked_records(void *self, const struct event *ev, u32 nr)
{
	int ret = 0;

	for (u32 i = 0; i < nr && !ret; i++)
		ret = add(self, &ev[i]);
	return ret;
}

const struct analysis_ops stocked_ops = { .ordered = true, .records = stocked_records };

int stocked_finish(struct stocked *s)
{
	int ret = stock_end(&s->stock);

	return ret ? ret : drain(s, true);
}
