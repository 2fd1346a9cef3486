// SPDX-License-Identifier: GPL-2.0-only
/*
 * tracks.c - see tracks.h. Spins are PAUSE exits and the hypercall by which Hyper-V's guests say
 * that they spin: from there to the next kvm_entry of the thread.
 */
#include "analysis/tracks.h"

#include <errno.h>
#include <stdlib.h>

#define EXIT_ISA_VMX   1
#define EXIT_ISA_SVM   2
#define EXIT_PAUSE_VMX 40
#define EXIT_PAUSE_SVM 0x77
#define HV_LONG_SPIN   8

static int compare_tracks(const void *a, const void *b)
{
	const struct track_state *x = a, *y = b;

	if (x->vm != y->vm)
		return x->vm < y->vm ? -1 : 1;
	return x->vcpu < y->vcpu ? -1 : x->vcpu > y->vcpu;
}

int tracks_add(struct tracks *t, u32 vm, u32 vcpu)
{
	/* Room doubles at powers of two. */
	if (!(t->nr & (t->nr - 1))) {
		struct track_state *grown = realloc(
			t->track, max_of(2 * (size_t)t->nr, (size_t)64) * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		t->track = grown;
	}
	t->track[t->nr++] = (struct track_state){ .vm = vm, .vcpu = vcpu };
	return 0;
}

void tracks_ready(struct tracks *t)
{
	u32 kept = 0;

	if (t->nr)
		qsort(t->track, t->nr, sizeof(*t->track), compare_tracks);
	for (u32 i = 0; i < t->nr; i++)
		if (!kept || compare_tracks(&t->track[i], &t->track[kept - 1]))
			t->track[kept++] = t->track[i];
	t->nr = kept;
}

void tracks_release(struct tracks *t)
{
	free(t->track);
	*t = (struct tracks){ 0 };
}

u32 tracks_find(const struct tracks *t, u32 vm, u32 vcpu)
{
	struct track_state want = { .vm = vm, .vcpu = vcpu };
	const struct track_state *s = t->nr ? bsearch(&want, t->track, t->nr, sizeof(want),
						      compare_tracks)
					    : NULL;

	return s ? (u32)(s - t->track) : t->nr;
}

u32 tracks_first(const struct tracks *t, u32 vm)
{
	u32 from = 0, to = t->nr;

	while (from < to) {
		u32 mid = from + (to - from) / 2;

		if (t->track[mid].vm < vm)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

/* NULL: the thread is no vCPU that is shown, or was several. */
static struct track_state *track_of(struct tracks *t, s64 pid)
{
	const struct thread *thread;
	u32 track;

	if (pid <= 0 || pid > INT32_MAX)
		return NULL;
	thread = threads_find(t->threads, (s32)pid);
	if (!thread || thread->mixed || thread->vcpu == VCPU_NONE || thread->vm == VM_NONE)
		return NULL;
	track = tracks_find(t, thread->vm, thread->vcpu);
	return track < t->nr ? &t->track[track] : NULL;
}

static void end_off(struct tracks *t, struct track_state *s)
{
	if (s->off)
		t->ops->slice(t->ctx, (u32)(s - t->track), s->off_kind, s->off_since, t->now, 0);
	s->off = false;
}

static void begin_off(struct tracks *t, struct track_state *s, enum slice_kind kind)
{
	s->off = true;
	s->off_since = t->now;
	s->off_kind = kind;
}

/* The thread does something: if it was off its CPU, its coming back was missed. */
static struct track_state *running(struct tracks *t, s32 pid)
{
	struct track_state *s = track_of(t, pid);

	if (s)
		s->off = false;
	return s;
}

static void begin_spin(struct tracks *t, s32 pid)
{
	struct track_state *s = running(t, pid);

	if (!s)
		return;
	s->spinning = true;
	s->spin_since = t->now;
	s->picks = 0;
	s->picking = false;
}

static void enter(struct tracks *t, s32 pid)
{
	struct track_state *s = running(t, pid);

	if (!s)
		return;
	s->picking = false;
	if (s->spinning)
		t->ops->slice(t->ctx, (u32)(s - t->track), SLICE_SPIN, s->spin_since, t->now,
			      s->picks);
	s->spinning = false;
}

/* yield_to() is called for a thread: whose vCPU is that? */
static void begin_pick(struct tracks *t, const struct event *ev)
{
	struct track_state *s = running(t, ev->pid), *target = track_of(t, ev->v[0]);

	if (!s)
		return;
	s->picking = true;
	s->pick_since = t->now;
	s->picked = target && target->vm == s->vm ? target->vcpu : VCPU_NONE;
}

static void end_pick(struct tracks *t, const struct event *ev)
{
	struct track_state *s = running(t, ev->pid);

	if (!s || !s->picking)
		return;
	s->picks++;
	s->picking = false;
	t->ops->pick(t->ctx, (u32)(s - t->track),
		     &(struct track_pick){ .start = s->pick_since,
					   .end = t->now,
					   .vcpu = s->picked,
					   .result = (s32)ev->v[0] });
}

static void leave(struct tracks *t, const struct event *ev)
{
	struct track_state *s = running(t, ev->pid);
	s64 isa = ev->have & 1 << 3 ? ev->v[3] : 0;
	bool pause = isa == EXIT_ISA_SVM ? ev->v[1] == EXIT_PAUSE_SVM : ev->v[1] == EXIT_PAUSE_VMX;

	/* A spin that is still open lacks its kvm_entry. */
	if (s)
		s->spinning = s->picking = false;
	if (pause && (isa == EXIT_ISA_VMX || isa == EXIT_ISA_SVM))
		begin_spin(t, ev->pid);
}

static void switch_threads(struct tracks *t, const struct event *ev)
{
	struct track_state *prev = track_of(t, ev->v[0]), *next = track_of(t, ev->v[2]);

	/* The low byte is why it sleeps; 0, or a flag above it (preempted): it could run. */
	if (prev)
		begin_off(t, prev, ev->v[1] & 0xff ? SLICE_BLOCKED : SLICE_PREEMPTED);
	if (next)
		end_off(t, next);
}

static void tracks_wake(struct tracks *t, const struct event *ev)
{
	struct track_state *s = track_of(t, ev->v[0]);

	if (!s || !s->off || s->off_kind != SLICE_BLOCKED)
		return;
	end_off(t, s);
	begin_off(t, s, SLICE_WOKEN);
}

/* What was missed may have ended anything. */
static void tracks_forget(struct tracks *t, const struct event *ev)
{
	for (u32 i = 0; i < t->nr; i++) {
		t->track[i].spinning = t->track[i].picking = false;
		t->track[i].off = false;
	}
	if (t->ops->gap)
		t->ops->gap(t->ctx, t->now, ev->cpu);
}

void tracks_event(struct tracks *t, const struct event *ev)
{
	t->now = max_of(t->now, ev->ts);
	switch (ev->kind) {
	case EV_ENTRY: enter(t, ev->pid); return;
	case EV_EXIT: leave(t, ev); return;
	case EV_HV_HYPERCALL:
		if ((ev->v[0] & 0xffff) == HV_LONG_SPIN)
			begin_spin(t, ev->pid);
		return;
	case EV_SWITCH: switch_threads(t, ev); return;
	case EV_WAKEUP: tracks_wake(t, ev); return;
	case EV_PROBE_TARGET: begin_pick(t, ev); return;
	case EV_PROBE_RESULT: end_pick(t, ev); return;
	case EV_GAP: tracks_forget(t, ev); return;
	}
}
