// SPDX-License-Identifier: GPL-2.0-only
/*
 * ahead.c - see parts.h. A search's time depends on when its thread next leaves the CPU, and a
 * probed one needs the vCPU that its thread tries next. So a batch of events is looked through for
 * what it says of searches before it, and
 * then handed on as far as the first search that still waits; what is behind it is kept for later.
 */
#include "analysis/yield/parts.h"

#include <errno.h>
#include <stdlib.h>

#define LATER_MAX 8192 /* events that are kept for later at most */
#define PIECE_MAX 1024 /* and of a batch, that are looked through at once */
/* So that what is kept is moved once for as many events, and no more. */
#define LATER_ROOM (2 * LATER_MAX + PIECE_MAX)
#define WAITS	   (2 * LATER_MAX) /* a power of two, more than wait at any time */

int ahead_init(struct replay *r)
{
	r->later = calloc(LATER_ROOM, sizeof(*r->later));
	r->wait = calloc(WAITS, sizeof(*r->wait));
	r->waits_at = calloc((size_t)r->vcpus.nr + 1, sizeof(*r->waits_at));
	r->opened = calloc((size_t)r->vcpus.nr + 1, sizeof(*r->opened));
	r->next_at = calloc((size_t)r->vcpus.nr + 1, sizeof(*r->next_at));
	return r->later && r->wait && r->waits_at && r->opened && r->next_at ? 0 : -ENOMEM;
}

void ahead_release(struct replay *r)
{
	free(r->later);
	free(r->wait);
	free(r->waits_at);
	free(r->opened);
	free(r->next_at);
}

/* The thread's search waits no more; known: next_try is the vCPU that it tries next. */
static void end_wait(struct replay *r, u32 n, bool known, u32 next_try)
{
	struct ahead *a;

	if (!r->waits_at[n])
		return;
	a = &r->wait[(r->waits_at[n] - 1) % WAITS];
	a->waits = false;
	a->known = known;
	a->next_try = next_try;
	r->waits_at[n] = 0;
}

static void ahead_begin_wait(struct replay *r, u32 n, u64 number, u64 ts)
{
	end_wait(r, n, false, VCPU_NOBODY);
	r->wait[r->wait_tail++ % WAITS] = (struct ahead){
		.number = number,
		.ts = ts,
		.vcpu = n,
		.waits = r->opt.probed,
		.next_try = VCPU_NOBODY,
	};
	r->waits_at[n] = r->opt.probed ? r->wait_tail : 0;
}

/* The thread of a spin is switched out or goes back to the guest. */
static void see_next(struct replay *r, u32 n, const struct event *ev)
{
	struct ahead *a;

	if (!r->next_at[n])
		return;
	a = &r->wait[(r->next_at[n] - 1) % WAITS];
	r->next_at[n] = 0;
	if (ev->ts - a->ts > REPLAY_LOOK_NS)
		return;
	a->next_ts = ev->ts;
	/* yield_to() leaves through schedule(), which says 0. */
	a->out = ev->kind == EV_SWITCH && ev->v[1] == TASK_PREEMPTED &&
		 ev->ts - a->ts <= REPLAY_HELD_NS;
}

/* The thread's search has come to a vCPU. */
static void see_pick(struct replay *r, u32 n, const struct event *ev)
{
	struct ahead *a = &r->wait[(r->next_at[n] - 1) % WAITS];

	if (r->next_at[n] && ev->ts - a->ts <= REPLAY_LOOK_NS)
		a->picked = true;
}

/* What comes now is no answer to what was before. */
static void end_waits(struct replay *r)
{
	for (u64 i = r->wait_head; i < r->wait_tail; i++) {
		if (r->wait[i % WAITS].waits)
			end_wait(r, r->wait[i % WAITS].vcpu, false, VCPU_NOBODY);
		r->wait[i % WAITS].seen = true;
	}
}

/* What the event says of those before it, and whether it waits itself. number: its own. */
static void look_through(struct replay *r, const struct event *ev, u64 number)
{
	const u32 kinds = EV_BIT(EV_SWITCH) | EV_BIT(EV_ENTRY) | EV_BIT(EV_PROBE_PICK) |
			  EV_BIT(EV_PROBE_TARGET) | EV_BIT(EV_PROBE_RESULT) | EV_BIT(EV_GAP);
	u32 n;

	r->looked_ts = ev->ts;
	if (!(EV_BIT(ev->kind) & kinds) && !spin_begins(ev))
		return;
	if (unlikely(ev->kind == EV_GAP)) {
		end_waits(r);
		memset(r->opened, 0, r->vcpus.nr * sizeof(*r->opened));
		memset(r->next_at, 0, r->vcpus.nr * sizeof(*r->next_at));
		return;
	}
	n = vcpus_of_pid(&r->vcpus, ev->pid);
	if (n == VCPU_NOBODY)
		return;
	switch (ev->kind) {
	case EV_SWITCH: see_next(r, n, ev); return;
	case EV_ENTRY:
		see_next(r, n, ev);
		end_wait(r, n, true, VCPU_NOBODY);
		r->opened[n] = false;
		return;
	case EV_PROBE_PICK: see_pick(r, n, ev); return;
	case EV_PROBE_TARGET: end_wait(r, n, true, replay_target_of(r, n, ev)); return;
	case EV_PROBE_RESULT:
		if (r->opened[n] && (s32)ev->v[0] <= 0)
			ahead_begin_wait(r, n, number, ev->ts);
		return;
	}
	end_wait(r, n, true, VCPU_NOBODY);
	r->opened[n] = true;
	ahead_begin_wait(r, n, number, ev->ts);
	r->next_at[n] = r->wait_tail;
}

/* Not enough is known yet of what comes behind. */
static bool must_wait(const struct replay *r, const struct ahead *a)
{
	u64 look = r->opt.probed ? REPLAY_LOOK_NS : REPLAY_HELD_NS;

	return a->waits || (!a->seen && r->looked_ts <= a->ts + look);
}

/*
 * Hands on events, the first of which is r->next of the trace, as far as the first that waits.
 * Returns how many, or -ENOMEM.
 */
static s64 ahead_hand_on(struct replay *r, const struct event *ev, u32 nr)
{
	const u64 begin = r->next, end = begin + nr;

	r->end = ev + nr;
	while (r->next < end) {
		bool some = r->wait_head < r->wait_tail;
		const struct ahead *a = &r->wait[r->wait_head % WAITS];
		u64 until = some ? min_of(a->number, end) : end;

		for (; r->next < until; r->next++) {
			r->at = &ev[r->next - begin];
			if (consume_event(r, r->at, NULL))
				return -ENOMEM;
		}
		if (until == end || must_wait(r, a))
			break;
		r->at = &ev[until - begin];
		if (consume_event(r, r->at, a))
			return -ENOMEM;
		r->wait_head++;
		r->next++;
	}
	return (s64)(r->next - begin);
}

static int hand_on_later(struct replay *r)
{
	s64 done = ahead_hand_on(r, r->later + r->later_head, r->nr_later);

	if (done < 0)
		return (int)done;
	r->later_head += (u32)done;
	r->nr_later -= (u32)done;
	return 0;
}

static void keep(struct replay *r, const struct event *ev, u32 nr)
{
	if (r->later_head + r->nr_later + nr > LATER_ROOM || !r->nr_later) {
		memmove(r->later, r->later + r->later_head, r->nr_later * sizeof(*r->later));
		r->later_head = 0;
	}
	memcpy(r->later + r->later_head + r->nr_later, ev, nr * sizeof(*ev));
	r->nr_later += nr;
}

/* The first of those that are kept waits no more. */
static int ahead_give_up(struct replay *r)
{
	if (r->wait[r->wait_head % WAITS].waits)
		end_wait(r, r->wait[r->wait_head % WAITS].vcpu, false, VCPU_NOBODY);
	r->looked_ts = UINT64_MAX;
	return hand_on_later(r);
}

static int take_piece(struct replay *r, const struct event *ev, u32 nr)
{
	s64 done = 0;
	int ret;

	for (u32 i = 0; i < nr; i++)
		look_through(r, &ev[i], r->next + r->nr_later + i);
	ret = hand_on_later(r);
	if (!ret && !r->nr_later)
		done = ahead_hand_on(r, ev, nr);
	if (ret || done < 0)
		return -ENOMEM;
	keep(r, ev + done, nr - (u32)done);
	while (r->nr_later > LATER_MAX && !ret)
		ret = ahead_give_up(r);
	return ret;
}

int ahead_events(struct replay *r, const struct event *ev, u32 nr)
{
	int ret = 0;

	for (u32 i = 0; i < nr && !ret; i += PIECE_MAX)
		ret = take_piece(r, ev + i, min_of(nr - i, (u32)PIECE_MAX));
	return ret;
}

int ahead_finish(struct replay *r)
{
	int ret = 0;

	while (r->nr_later && !ret)
		ret = ahead_give_up(r);
	return ret;
}
