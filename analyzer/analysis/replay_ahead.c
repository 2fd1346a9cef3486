// SPDX-License-Identifier: GPL-2.0-only
/*
 * replay_ahead.c - see replay_parts.h. Events wait in a ring while the search of one of them needs
 * to know whom its thread tries next, and go on in their order.
 */
#include "analysis/replay_parts.h"

#include <errno.h>

/* The thread's waiting event knows now. */
static void resolve(struct replay *r, u32 n, u32 next_try)
{
	struct replay_ahead *a;

	if (!r->waits_at[n])
		return;
	a = &r->ahead[(r->waits_at[n] - 1) & (AHEAD_SIZE - 1)];
	a->waits = false;
	a->known = true;
	a->next_try = next_try;
	r->waits_at[n] = 0;
}

/* Lets the event say what it knows of earlier ones; true: it must wait for what comes. */
static bool look_ahead(struct replay *r, const struct event *ev, u32 *thread)
{
	const u32 kinds = EV_BIT(EV_ENTRY) | EV_BIT(EV_PROBE_TARGET) | EV_BIT(EV_PROBE_RESULT);
	u32 target, n;

	if (!(EV_BIT(ev->kind) & kinds) && !replay_is_spin(ev))
		return false;
	n = *thread = vcpus_of_pid(&r->vcpus, ev->pid);
	if (n == VCPU_NOBODY)
		return false;
	switch (ev->kind) {
	case EV_ENTRY:
		resolve(r, n, VCPU_NOBODY);
		r->opened[n] = false;
		return false;
	case EV_PROBE_TARGET:
		target = vcpus_of_pid(&r->vcpus, (s32)ev->v[0]);
		if (target != VCPU_NOBODY && r->vcpus.vcpu[target].group != r->vcpus.vcpu[n].group)
			target = VCPU_NOBODY;
		resolve(r, n, target);
		return false;
	case EV_PROBE_RESULT:
		return r->opened[n] && (s32)ev->v[0] <= 0;
	}
	resolve(r, n, VCPU_NOBODY);
	r->opened[n] = true;
	return true;
}

/* Hands on what is at the ring's head and waits for nothing; all: whatever it waits for. */
int replay_drain(struct replay *r, bool all)
{
	int ret = 0;

	while (r->head < r->tail && !ret) {
		struct replay_ahead *a = &r->ahead[r->head & (AHEAD_SIZE - 1)];

		if (a->waits && !all && r->tail - r->head < AHEAD_SIZE)
			break;
		if (a->waits) {
			u32 n = vcpus_of_pid(&r->vcpus, a->ev.pid);

			if (n != VCPU_NOBODY && r->waits_at[n] == r->head + 1)
				r->waits_at[n] = 0;
		}
		r->head++;
		ret = replay_consume(r, &a->ev, a);
	}
	/* Back to where the ring is in the cache. */
	if (r->head == r->tail)
		r->head = r->tail = 0;
	return ret;
}

int replay_event(struct replay *r, const struct event *ev)
{
	struct replay_ahead *a;
	u32 thread;
	bool waits;

	if (!r->opt.probed)
		return replay_consume(r, ev, NULL);
	waits = look_ahead(r, ev, &thread);
	if (!waits && r->head == r->tail)
		return replay_consume(r, ev, NULL);
	if (ev->kind == EV_GAP) {
		/* What comes behind it is no answer to what was before. */
		memset(r->waits_at, 0, r->vcpus.nr * sizeof(*r->waits_at));
		if (replay_drain(r, true))
			return -ENOMEM;
	}
	a = &r->ahead[r->tail & (AHEAD_SIZE - 1)];
	*a = (struct replay_ahead){ .ev = *ev, .waits = waits, .next_try = VCPU_NOBODY };
	r->tail++;
	if (waits)
		r->waits_at[thread] = r->tail;
	return replay_drain(r, false);
}
