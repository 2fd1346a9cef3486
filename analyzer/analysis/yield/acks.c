// SPDX-License-Identifier: GPL-2.0-only
/* acks.c - see acks.h. */
#include "analysis/yield/acks.h"

#include <errno.h>
#include <stdlib.h>

#define DELAY_BITS   7	/* percentiles to 1 part in 256 */
#define NEWEST_VCPUS 64 /* of VMs up to this size it is kept since when who waits for whom */

const char *const ack_rule_names[NR_ACK_RULES] = {
	[ACK_V3] = "v3",
	[ACK_V2] = "v2",
	[ACK_NONE] = "none",
};

static int init_newest(struct acks *a)
{
	size_t pairs = 0;
	u64 *at;

	for (u32 i = 0; i < a->vcpus->nr_vms; i++) {
		u32 nr = a->vcpus->vm[i].nr;

		pairs += nr <= NEWEST_VCPUS ? nr * nr : 0;
	}
	at = a->newest = calloc(pairs + 1, sizeof(*a->newest));
	if (!at)
		return -ENOMEM;
	for (u32 i = 0; i < a->vcpus->nr_vms; i++) {
		const struct vcpu_vm *vm = &a->vcpus->vm[i];

		for (u32 n = 0; n < vm->nr && vm->nr <= NEWEST_VCPUS; n++, at += vm->nr)
			a->vcpu[vm->first + n].newest = at;
	}
	return 0;
}

int acks_init(struct acks *a, const struct vcpus *vcpus, u64 window_ns, struct filter *filter,
	      const struct vms *vms)
{
	size_t words = 0, at = 0;

	*a = (struct acks){ .vcpus = vcpus, .filter = filter, .vms = vms, .window_ns = window_ns };
	for (u32 i = 0; i < vcpus->nr_vms; i++)
		words += (2 * (size_t)vcpus->vm[i].nr + 1) * vcpus->vm[i].words;
	a->vcpu = calloc((size_t)vcpus->nr + 1, sizeof(*a->vcpu));
	a->vm = calloc((size_t)vcpus->nr_vms + 1, sizeof(*a->vm));
	a->masks = calloc(words + 1, sizeof(*a->masks));
	if (!a->vcpu || !a->vm || !a->masks)
		return -ENOMEM;
	for (u32 i = 0; i < vcpus->nr_vms; i++) {
		const struct vcpu_vm *vm = &vcpus->vm[i];

		hist_init(&a->vm[i].delay, DELAY_BITS);
		a->vm[i].pending = a->masks + at;
		at += vm->words;
		for (u32 n = 0; n < vm->nr; n++, at += 2 * vm->words) {
			a->vcpu[vm->first + n].hinted_by = a->masks + at;
			a->vcpu[vm->first + n].awaits = a->masks + at + vm->words;
		}
	}
	return init_newest(a);
}

void acks_release(struct acks *a)
{
	for (u32 n = 0; a->vcpu && n < a->vcpus->nr; n++) {
		for (u32 i = 0; i < a->vcpu[n].nr_queues; i++) {
			free(a->vcpu[n].queue[i].wait);
			free(a->vcpu[n].queue[i].source);
		}
		free(a->vcpu[n].queue);
	}
	for (u32 i = 0; a->vm && i < a->vcpus->nr_vms; i++)
		hist_release(&a->vm[i].delay);
	free(a->vcpu);
	free(a->vm);
	free(a->masks);
	free(a->newest);
	*a = (struct acks){ 0 };
}

static struct acks_vm *acks_vm_of(const struct acks *a, u32 n)
{
	return &a->vm[a->vcpus->vcpu[n].group];
}

static u32 acks_slot_of(const struct acks *a, u32 n)
{
	return a->vcpus->vcpu[n].slot;
}

/* Adds the time that the hint outlived its acknowledgement, under each rule. */
static void count_stale(struct acks *a, u32 n, u64 end)
{
	struct ack_hint *h = &a->vcpu[n].hint;

	if (!h->set || !h->counts || !h->acked)
		return;
	end = min_of(end, h->ts + a->window_ns);
	for (int r = 0; r < NR_ACK_RULES; r++) {
		u64 stop = h->ended[r] ? min_of(end, h->end_ts[r]) : end;

		if (stop > h->acked_ts)
			acks_vm_of(a, n)->stale_ns[r] += stop - h->acked_ts;
	}
}

static void drop_hint(struct acks *a, u32 n)
{
	struct ack_hint *h = &a->vcpu[n].hint;

	if (h->set && h->dst != VCPU_NOBODY)
		vcpu_set(a->vcpu[h->dst].hinted_by, acks_slot_of(a, n), false);
	h->set = false;
}

static struct ack_queue *acks_find_queue(struct ack_vcpu *v, u16 vector)
{
	for (u32 i = 0; i < v->nr_queues; i++)
		if (v->queue[i].vector == vector)
			return &v->queue[i];
	return NULL;
}

static struct ack_queue *add_queue(struct ack_vcpu *v, u16 vector)
{
	struct ack_queue *grown = realloc(v->queue, (v->nr_queues + 1) * sizeof(*grown));

	if (!grown)
		return NULL;
	v->queue = grown;
	grown[v->nr_queues] = (struct ack_queue){ .vector = vector };
	return &grown[v->nr_queues++];
}

static int add_wait(struct ack_queue *q, u64 ts, bool counts)
{
	struct ack_wait *grown;

	if (q->nr == ACKS_QUEUE_MAX) {
		/* Nothing acknowledges this vector: forget the older half. */
		q->nr /= 2;
		memmove(q->wait, q->wait + q->nr, q->nr * sizeof(*q->wait));
	}
	grown = rows_grown(q->wait, &q->room, q->nr, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	q->wait = grown;
	q->wait[q->nr++] = (struct ack_wait){ ts, counts };
	return 0;
}

static int add_source(struct ack_queue *q, u32 src, u64 ts)
{
	struct ack_source *grown;

	for (u32 i = 0; i < q->nr_src; i++)
		if (q->source[i].src == src) {
			q->source[i].newest = ts;
			return 0;
		}
	grown = rows_grown(q->source, &q->src_room, q->nr_src, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	q->source = grown;
	q->source[q->nr_src++] = (struct ack_source){ src, ts };
	return 0;
}

/* The IPI waits for its acknowledgement. */
static int add_pending(struct acks *a, u32 src, u32 dst, u16 vector, u64 ts, bool counts)
{
	struct ack_vcpu *v = &a->vcpu[dst];
	struct ack_queue *q = acks_find_queue(v, vector);
	u32 before;
	int ret;

	if (!q)
		q = add_queue(v, vector);
	if (!q)
		return -ENOMEM;
	before = q->nr;
	ret = add_wait(q, ts, counts);
	if (ret)
		return ret;
	v->nr_waiting += q->nr - before;
	vcpu_set(acks_vm_of(a, dst)->pending, acks_slot_of(a, dst), true);
	vcpu_set(a->vcpu[src].awaits, acks_slot_of(a, dst), true);
	if (a->vcpu[src].newest)
		a->vcpu[src].newest[acks_slot_of(a, dst)] = ts;
	return add_source(q, src, ts);
}

static int acks_passes(struct acks *a, const struct event *ev)
{
	struct ipi_event copy = ev->ipi;

	if (!a->filter || !filter_active(a->filter))
		return 1;
	return (int)filter_apply(a->filter, a->vms, &copy, 1);
}

static int acks_see_ipi(struct acks *a, const struct event *ev)
{
	const struct ipi_event *ipi = &ev->ipi;
	u32 src = vcpus_find(a->vcpus, ipi->vm, ipi->src),
	    dst = vcpus_find(a->vcpus, ipi->vm, ipi->dst);
	int counts = acks_passes(a, ev);
	struct ack_hint *h;
	int ret = 0;

	if (counts < 0)
		return counts;
	if (counts && ipi->vm < a->vcpus->nr_group_of && a->vcpus->group_of[ipi->vm] != VCPU_NOBODY)
		a->vm[a->vcpus->group_of[ipi->vm]].ipis++;
	if (src == VCPU_NOBODY)
		return 0;
	h = &a->vcpu[src].hint;
	count_stale(a, src, ev->ts);
	if (h->set && h->counts && !h->acked && ev->ts - h->ts <= a->window_ns)
		acks_vm_of(a, src)->overwritten_unacked++;
	drop_hint(a, src);
	*h = (struct ack_hint){
		.set = true, .counts = counts, .dst = dst, .vector = ipi->vector, .ts = ev->ts
	};
	if (dst != VCPU_NOBODY) {
		vcpu_set(a->vcpu[dst].hinted_by, acks_slot_of(a, src), true);
		if (ipi->vector != IPI_VECTOR_NONE)
			ret = add_pending(a, src, dst, ipi->vector, ev->ts, counts);
	}
	return ret;
}

/*
 * An EOI ends a sender's hint under a rule; early: before it was acknowledged, by another vector.
 */
static void acks_end_hint(struct acks *a, u32 n, enum ack_rule rule, const struct event *ev)
{
	struct ack_hint *h = &a->vcpu[n].hint;

	if (!h->set || h->ended[rule])
		return;
	h->ended[rule] = true;
	h->end_ts[rule] = ev->ts;
	if (h->counts && !h->acked && h->vector != (u16)ev->v[1] && ev->ts - h->ts <= a->window_ns)
		acks_vm_of(a, n)->lost_early[rule]++;
}

/* The hints that name this receiver, at its EOI. */
static void end_hints(struct acks *a, u32 dst, const struct event *ev)
{
	const struct vcpu_vm *vm = &a->vcpus->vm[a->vcpus->vcpu[dst].group];
	const u64 *by = a->vcpu[dst].hinted_by;

	for (u32 w = 0; w < vm->words; w++)
		for (u64 left = by[w]; left; left &= left - 1) {
			u32 n = vm->first + w * 64 + (u32)__builtin_ctzll(left);
			struct ack_hint *h = &a->vcpu[n].hint;

			if (h->vector == (u16)ev->v[1]) {
				if (!h->acked) {
					h->acked = true;
					h->acked_ts = ev->ts;
				}
				acks_end_hint(a, n, ACK_V3, ev);
			}
			acks_end_hint(a, n, ACK_V2, ev);
		}
	acks_end_hint(a, dst, ACK_V2, ev);
}

/*
 * The time of the sender's last IPI to the receiver that was not acknowledged; false: there is
 * none.
 */
static bool last_unacked(const struct ack_vcpu *v, u32 src, u64 *last)
{
	bool any = false;

	*last = 0;
	for (const struct ack_queue *q = v->queue; q < v->queue + v->nr_queues; q++)
		for (u32 i = 0; i < q->nr_src; i++)
			if (q->source[i].src == src) {
				*last = max_of(*last, q->source[i].newest);
				any = true;
			}
	return any;
}

/* Nobody waits for what was in the queue; some may wait for another vector. */
static void empty_queue(struct acks *a, u32 dst, struct ack_queue *q)
{
	struct ack_vcpu *v = &a->vcpu[dst];
	u32 nr_src = q->nr_src;

	v->nr_waiting -= q->nr;
	q->nr = q->nr_src = 0;
	for (u32 i = 0; i < nr_src; i++) {
		struct ack_vcpu *src = &a->vcpu[q->source[i].src];
		u64 last = 0;
		bool more = v->nr_waiting && last_unacked(v, q->source[i].src, &last);

		vcpu_set(src->awaits, acks_slot_of(a, dst), more);
		if (src->newest)
			src->newest[acks_slot_of(a, dst)] = last;
	}
	vcpu_set(acks_vm_of(a, dst)->pending, acks_slot_of(a, dst), v->nr_waiting);
}

static int acks_see_eoi(struct acks *a, u32 dst, const struct event *ev)
{
	struct ack_queue *q;
	struct ack_vcpu *v;

	if (dst == VCPU_NOBODY || ev->v[1] < 0)
		return 0;
	v = &a->vcpu[dst];
	end_hints(a, dst, ev);
	q = v->nr_waiting ? acks_find_queue(v, (u16)ev->v[1]) : NULL;
	for (u32 i = 0; q && i < q->nr; i++) {
		struct acks_vm *vm = acks_vm_of(a, dst);

		if (!q->wait[i].counts)
			continue;
		vm->acknowledged++;
		if (hist_add(&vm->delay, ev->ts - q->wait[i].ts, 1))
			return -ENOMEM;
	}
	if (q)
		empty_queue(a, dst, q);
	return 0;
}

/*
 * What waits or hints at ts ends there: the EOIs may have been among the events that were missed.
 */
static void acks_end_all(struct acks *a, u64 ts)
{
	for (u32 n = 0; n < a->vcpus->nr; n++) {
		struct ack_vcpu *v = &a->vcpu[n];

		count_stale(a, n, ts);
		drop_hint(a, n);
		for (u32 i = 0; i < v->nr_queues; i++)
			v->queue[i].nr = v->queue[i].nr_src = 0;
		v->nr_waiting = 0;
		memset(v->awaits, 0, a->vcpus->vm[a->vcpus->vcpu[n].group].words * sizeof(u64));
		vcpu_set(acks_vm_of(a, n)->pending, acks_slot_of(a, n), false);
	}
}

int acks_event(struct acks *a, u32 n, const struct event *ev)
{
	switch (ev->kind) {
	case EV_TRACK: return acks_see_ipi(a, ev);
	case EV_EOI: return acks_see_eoi(a, n, ev);
	case EV_GAP: acks_end_all(a, (u64)ev->v[1]);
	}
	return 0;
}

void acks_finish(struct acks *a, u64 last_ts)
{
	acks_end_all(a, last_ts);
}

bool acks_awaited(const struct acks *a, u32 n, u64 ts, struct acks_awaited *to)
{
	const struct vcpu_vm *vm = &a->vcpus->vm[a->vcpus->vcpu[n].group];
	const u64 *awaits = a->vcpu[n].awaits, *newest = a->vcpu[n].newest;
	u64 any = 0;

	for (u32 w = 0; w < vm->words; w++) {
		u64 mask = 0, long_mask = 0;

		for (u64 left = awaits[w]; left; left &= left - 1) {
			u32 slot = w * 64 + (u32)__builtin_ctzll(left);
			u64 last, bit = left & -left;

			if (likely(newest))
				last = newest[slot];
			else
				last_unacked(&a->vcpu[vm->first + slot], n, &last);
			mask |= ts - last <= to->window_ns ? bit : 0;
			long_mask |= ts - last <= to->long_ns ? bit : 0;
		}
		to->mask[w] = mask;
		to->long_mask[w] = long_mask;
		any |= mask;
	}
	return any;
}
