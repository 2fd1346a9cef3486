// SPDX-License-Identifier: GPL-2.0-only
/* latency.c - see latency.h. */
#include "analysis/latency.h"

#include <errno.h>
#include <stdlib.h>

int latency_init(struct latency *l, const struct thread_map *map, u32 max_slow,
		 struct filter *filter, const struct vms *vms)
{
	int ret;

	*l = (struct latency){ .filter = filter, .vms = vms, .max_slow = max_slow };
	ret = vcpus_init(&l->vcpus, map);
	if (ret)
		return ret;
	l->vcpu = calloc((size_t)l->vcpus.nr + 1, sizeof(*l->vcpu));
	l->slow = calloc(max_slow == LATENCY_ALL ? 1 : (size_t)max_slow + 1, sizeof(*l->slow));
	return l->vcpu && l->slow ? 0 : -ENOMEM;
}

void latency_release(struct latency *l)
{
	for (u32 n = 0; l->vcpu && n < l->vcpus.nr; n++) {
		for (u32 i = 0; i < l->vcpu[n].nr_queues; i++)
			free(l->vcpu[n].queue[i].ipi);
		free(l->vcpu[n].queue);
	}
	for (u32 i = 0; i < l->nr_rows; i++)
		for (int s = 0; s < NR_LATENCY_STAGES; s++)
			hist_release(&l->row[i].hist[s]);
	vcpus_release(&l->vcpus);
	free(l->vcpu);
	free(l->row);
	rows_index_release(&l->index);
	free(l->slow);
	*l = (struct latency){ 0 };
}

/* The rows that an IPI is counted in: its VM, pair, vector and receiver's state. */
#define ROWS 4

static void keys_of(const struct latency_ipi *ipi, struct latency_key key[ROWS])
{
	const u32 any = LATENCY_ANY;

	key[0] = (struct latency_key){ ipi->vm, any, any, any, any };
	key[1] = (struct latency_key){ ipi->vm, ipi->src, ipi->dst, any, any };
	key[2] = (struct latency_key){ ipi->vm, any, any, ipi->vector, any };
	key[3] = (struct latency_key){ ipi->vm, any, any, any, ipi->state };
}

static int count_ipi(struct latency *l, const struct latency_ipi *ipi)
{
	struct latency_key key[ROWS];

	l->counted++;
	keys_of(ipi, key);
	for (int i = 0; i < ROWS && !l->no_rows; i++) {
		struct latency_row *r = latency_row_find(l, key[i]);

		if (!r)
			return -ENOMEM;
		r->ipis++;
	}
	return 0;
}

/* A stage is reached, at ts. */
static int reach(struct latency *l, struct latency_ipi *ipi, enum latency_stage stage, u64 ts)
{
	struct latency_key key[ROWS];
	u64 after = ts > ipi->sent ? ts - ipi->sent : 0;

	if (ipi->after[stage] != LATENCY_UNKNOWN)
		return 0;
	ipi->after[stage] = after;
	if (!ipi->counts || l->no_rows)
		return 0;
	keys_of(ipi, key);
	for (int i = 0; i < ROWS; i++) {
		struct latency_row *r = latency_row_find(l, key[i]);

		if (!r || hist_add(&r->hist[stage], after, 1))
			return -ENOMEM;
	}
	return l->reached ? l->reached(l->reached_ctx, ipi, stage) : 0;
}

/* No further stage can follow. */
static void latency_end_ipi(struct latency *l, const struct latency_ipi *ipi)
{
	if (!ipi->counts)
		return;
	latency_slow_offer(l, ipi);
	if (l->watch && l->watch->over)
		l->watch->over(l->watch_ctx, ipi);
}

static struct latency_queue *latency_find_queue(struct latency_vcpu *v, u16 vector, bool add)
{
	struct latency_queue *grown;

	for (u32 i = 0; i < v->nr_queues; i++)
		if (v->queue[i].vector == vector)
			return &v->queue[i];
	grown = add ? realloc(v->queue, (v->nr_queues + 1) * sizeof(*grown)) : NULL;
	if (!grown)
		return NULL;
	v->queue = grown;
	grown[v->nr_queues] = (struct latency_queue){ .vector = vector };
	return &grown[v->nr_queues++];
}

static void latency_give_up(struct latency *l, struct latency_vcpu *v,
			    const struct latency_ipi *ipi)
{
	v->waiting -= ipi->after[LATENCY_RUNNING] == LATENCY_UNKNOWN;
	l->unanswered += ipi->counts;
	latency_end_ipi(l, ipi);
}

/* The IPIs of a queue up to nr are not in it any more. */
static void latency_shift(struct latency *l, struct latency_queue *q, u32 nr)
{
	q->nr -= nr;
	q->injected -= min_of(q->injected, nr);
	q->run -= min_of(q->run, nr);
	l->nr_waiting -= nr;
	if (q->nr)
		memmove(q->ipi, q->ipi + nr, q->nr * sizeof(*q->ipi));
}

/* Gives the older half of each queue up; of those without any acknowledgement, or of all. */
static void latency_make_room(struct latency *l, bool of_all)
{
	for (u32 n = 0; n < l->vcpus.nr; n++)
		for (u32 i = 0; i < l->vcpu[n].nr_queues; i++) {
			struct latency_queue *q = &l->vcpu[n].queue[i];
			u32 older = q->acknowledged && !of_all ? 0 : (q->nr + 1) / 2;

			for (u32 k = 0; k < older; k++) {
				l->given_up += q->ipi[k].counts;
				latency_give_up(l, &l->vcpu[n], &q->ipi[k]);
			}
			if (older)
				latency_shift(l, q, older);
		}
}

static struct latency_ipi *push(struct latency *l, struct latency_queue *q)
{
	struct latency_ipi *grown;

	if (unlikely(l->nr_waiting == LATENCY_WAITING_MAX)) {
		latency_make_room(l, false);
		/* A pass over all queues has to pay for itself by what it frees. */
		if (l->nr_waiting > LATENCY_WAITING_MAX / 4 * 3)
			latency_make_room(l, true);
	}
	grown = rows_grown(q->ipi, &q->room, q->nr, sizeof(*grown));
	if (!grown)
		return NULL;
	q->ipi = grown;
	l->nr_waiting++;
	return &q->ipi[q->nr++];
}

static int latency_passes(struct latency *l, const struct event *ev)
{
	struct ipi_event copy = ev->ipi;

	if (!l->filter || !filter_active(l->filter))
		return 1;
	return (int)filter_apply(l->filter, l->vms, &copy, 1);
}

/*
 * When the IPI was sent and accepted, by what its thread has shown since its exit. An exit sends
 * one: the next is shown anew, also where exits are not recorded.
 */
static void take_times(struct latency_vcpu *sender, const struct event *ev, u64 *sent,
		       u64 *accepted)
{
	*sent = sender && sender->have_sent ? sender->sent : ev->ts;
	*accepted = LATENCY_UNKNOWN;
	for (u32 i = 0; sender && i < sender->nr_accepts; i++)
		if (sender->accept[i].apicid == ev->ipi.dst &&
		    sender->accept[i].vector == ev->ipi.vector)
			*accepted = sender->accept[i].ts;
	if (*accepted != LATENCY_UNKNOWN)
		*sent = min_of(*sent, *accepted);
	if (sender) {
		sender->have_sent = false;
		sender->nr_accepts = 0;
	}
}

static int latency_see_ipi(struct latency *l, const struct event *ev)
{
	u32 src = vcpus_find(&l->vcpus, ev->ipi.vm, ev->ipi.src);
	u32 dst = vcpus_find(&l->vcpus, ev->ipi.vm, ev->ipi.dst);
	struct latency_ipi ipi = {
		.vm = ev->ipi.vm,
		.src = ev->ipi.src,
		.dst = ev->ipi.dst,
		.dst_vcpu = dst,
		.vector = ev->ipi.vector,
		.state = ev->ipi.state,
		.path = ev->ipi.path,
		.src_pid = ev->pid,
		.cpu = ev->ipi.cpu,
		.dst_cpu = ev->ipi.dst_cpu,
	};
	int counts = latency_passes(l, ev);
	struct latency_queue *q;
	struct latency_ipi *at;
	u64 accepted;

	if (counts < 0)
		return counts;
	ipi.counts = counts;
	for (int s = 0; s < NR_LATENCY_STAGES; s++)
		ipi.after[s] = LATENCY_UNKNOWN;
	take_times(src == VCPU_NOBODY ? NULL : &l->vcpu[src], ev, &ipi.sent, &accepted);
	if (counts && count_ipi(l, &ipi))
		return -ENOMEM;
	ipi.number = l->counted;
	if (accepted != LATENCY_UNKNOWN && reach(l, &ipi, LATENCY_ACCEPTED, accepted))
		return -ENOMEM;
	if (counts && l->watch && l->watch->sent)
		l->watch->sent(l->watch_ctx, &ipi);
	if (dst == VCPU_NOBODY) {
		l->unanswered += counts;
		latency_end_ipi(l, &ipi);
		return 0;
	}
	if (vcpu_is(&l->vcpus, &l->vcpus.vcpu[dst], VCPU_RUN) &&
	    reach(l, &ipi, LATENCY_RUNNING, ipi.sent))
		return -ENOMEM;
	q = latency_find_queue(&l->vcpu[dst], ipi.vector, true);
	at = q ? push(l, q) : NULL;
	if (!at)
		return -ENOMEM;
	*at = ipi;
	l->vcpu[dst].waiting += ipi.after[LATENCY_RUNNING] == LATENCY_UNKNOWN;
	return 0;
}

/* The receiver shows the vector: all of its IPIs that wait have reached that stage. */
static int see_injected(struct latency *l, struct latency_queue *q, u64 ts)
{
	for (; q->injected < q->nr; q->injected++)
		if (reach(l, &q->ipi[q->injected], LATENCY_INJECTED, ts))
			return -ENOMEM;
	return 0;
}

static int see_acknowledged(struct latency *l, struct latency_vcpu *v, struct latency_queue *q,
			    u64 ts)
{
	q->acknowledged = true;
	for (u32 i = 0; i < q->nr; i++) {
		if (reach(l, &q->ipi[i], LATENCY_ACKNOWLEDGED, ts))
			return -ENOMEM;
		v->waiting -= q->ipi[i].after[LATENCY_RUNNING] == LATENCY_UNKNOWN;
		latency_end_ipi(l, &q->ipi[i]);
	}
	latency_shift(l, q, q->nr);
	return 0;
}

static int see_shown(struct latency *l, u32 n, u16 vector, enum latency_stage stage, u64 ts)
{
	struct latency_vcpu *v = &l->vcpu[n];
	struct latency_queue *q = latency_find_queue(v, vector, false);

	if (!q)
		return 0;
	return stage == LATENCY_INJECTED ? see_injected(l, q, ts) : see_acknowledged(l, v, q, ts);
}

static int see_run(struct latency *l, u32 n, u64 ts)
{
	struct latency_vcpu *v = &l->vcpu[n];

	for (u32 i = 0; v->waiting && i < v->nr_queues; i++) {
		struct latency_queue *q = &v->queue[i];

		for (; q->run < q->nr; q->run++)
			if (reach(l, &q->ipi[q->run], LATENCY_RUNNING, ts))
				return -ENOMEM;
	}
	v->waiting = 0;
	return 0;
}

static void latency_see_accept(struct latency_vcpu *v, const struct event *ev)
{
	u32 at = v->nr_accepts < ARRAY_SIZE(v->accept) ? v->nr_accepts++ : 0;

	v->accept[at] = (struct latency_accept){ (u32)ev->v[0], (u16)ev->v[3], ev->ts };
}

/* Events were missed: what waits may have been answered there. */
static void see_gap(struct latency *l)
{
	for (u32 n = 0; n < l->vcpus.nr; n++) {
		struct latency_vcpu *v = &l->vcpu[n];

		for (u32 i = 0; i < v->nr_queues; i++) {
			for (u32 k = 0; k < v->queue[i].nr; k++)
				latency_give_up(l, v, &v->queue[i].ipi[k]);
			latency_shift(l, &v->queue[i], v->queue[i].nr);
		}
		v->waiting = v->nr_accepts = 0;
		v->have_sent = false;
	}
}

static int latency_see_own(struct latency *l, const struct event *ev)
{
	u32 n = vcpus_of_pid(&l->vcpus, ev->pid);
	struct latency_vcpu *v;

	if (n == VCPU_NOBODY)
		return 0;
	v = &l->vcpu[n];
	switch (ev->kind) {
	case EV_EXIT:
	case EV_ENTRY:
		v->have_sent = false;
		v->nr_accepts = 0;
		return 0;
	case EV_APIC_IPI:
		v->have_sent = true;
		v->sent = ev->ts;
		return 0;
	case EV_ACCEPT: latency_see_accept(v, ev); return 0;
	case EV_INJ_VIRQ: return see_shown(l, n, (u16)ev->v[0], LATENCY_INJECTED, ev->ts);
	case EV_EOI:
		return ev->v[1] < 0 ? 0
				    : see_shown(l, n, (u16)ev->v[1], LATENCY_ACKNOWLEDGED, ev->ts);
	}
	return 0;
}

int latency_event(struct latency *l, const struct event *ev)
{
	int ret = 0;
	u32 n;

	if (ev->kind == EV_TRACK)
		return latency_see_ipi(l, ev);
	if (ev->kind == EV_GAP)
		see_gap(l);
	else if (ev->kind != EV_SWITCH && ev->kind != EV_WAKEUP)
		ret = latency_see_own(l, ev);
	if (!ret)
		ret = vcpus_event(&l->vcpus, ev);
	if (!ret && ev->kind == EV_SWITCH) {
		n = vcpus_of_pid(&l->vcpus, (s32)ev->v[2]);
		if (n != VCPU_NOBODY && l->vcpu[n].waiting)
			ret = see_run(l, n, ev->ts);
	}
	return ret;
}

static int latency_records(void *self, const struct event *ev, u32 nr)
{
	int ret = 0;

	for (u32 i = 0; i < nr && !ret; i++)
		ret = latency_event(self, &ev[i]);
	return ret ?: ((struct latency *)self)->no_memory ? -ENOMEM : 0;
}

const struct ordered_ops latency_ops = { .name = "latency",
					 .needs = latency_needs,
					 .records = latency_records };

int latency_finish(struct latency *l)
{
	for (u32 n = 0; n < l->vcpus.nr; n++)
		for (u32 i = 0; i < l->vcpu[n].nr_queues; i++) {
			struct latency_queue *q = &l->vcpu[n].queue[i];

			for (u32 k = 0; k < q->nr; k++)
				latency_give_up(l, &l->vcpu[n], &q->ipi[k]);
			latency_shift(l, q, q->nr);
		}
	latency_rows_sort(l);
	latency_slow_sort(l);
	return l->no_memory ? -ENOMEM : 0;
}
