// SPDX-License-Identifier: GPL-2.0-only
/*
 * tracks.c - see tracks.h. Spins are PAUSE exits and the hypercall by which Hyper-V's guests say
 * that they spin: from there to the next kvm_entry of the thread.
 */
#include "analysis/tracks.h"

#include <errno.h>
#include <stdlib.h>

#define EXIT_ISA_VMX	 1
#define EXIT_ISA_SVM	 2
#define EXIT_PAUSE_VMX	 40
#define EXIT_PAUSE_SVM	 0x77
#define HV_LONG_SPIN	 8

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

int tracks_ready(struct tracks *t)
{
	u32 kept = 0;

	if (t->nr)
		qsort(t->track, t->nr, sizeof(*t->track), compare_tracks);
	for (u32 i = 0; i < t->nr; i++)
		if (!kept || compare_tracks(&t->track[i], &t->track[kept - 1]))
			t->track[kept++] = t->track[i];
	t->nr = kept;
	t->pending = calloc(TRACKS_PENDING, sizeof(*t->pending));
	return t->pending ? 0 : -ENOMEM;
}

void tracks_release(struct tracks *t)
{
	free(t->track);
	free(t->pending);
	*t = (struct tracks){ 0 };
}

u32 tracks_find(const struct tracks *t, u32 vm, u32 vcpu)
{
	struct track_state want = { .vm = vm, .vcpu = vcpu };
	const struct track_state *s = t->nr ? bsearch(&want, t->track, t->nr, sizeof(want),
						      compare_tracks) : NULL;

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

static struct pending_ipi *pending_at(const struct tracks *t, u32 i)
{
	return &t->pending[(t->first + i) % TRACKS_PENDING];
}

static void hand_out(struct tracks *t)
{
	struct pending_ipi *p = pending_at(t, 0);

	t->ops->ipi(t->ctx, &p->ev, p->track, p->end);
	t->first = (t->first + 1) % TRACKS_PENDING;
	t->nr_pending--;
}

/* Time goes on: IPIs whose slices end before now are done. */
static void advance(struct tracks *t, u64 ts)
{
	t->now = max_of(t->now, ts);
	while (t->nr_pending && pending_at(t, 0)->ev.ts + TRACKS_IPI_NS <= t->now)
		hand_out(t);
}

/* Something begins or ends on this track now: what began before ends here. */
static void touch(struct tracks *t, struct track_state *s)
{
	u32 number = (u32)(s - t->track);

	if (s->last_ipi + TRACKS_IPI_NS <= t->now)
		return;
	for (u32 i = 0; i < t->nr_pending; i++) {
		struct pending_ipi *p = pending_at(t, i);

		for (int side = 0; side < 2; side++)
			if (p->track[side] == number && p->ev.ts < t->now && p->end[side] > t->now)
				p->end[side] = t->now;
	}
}

static void tracks_add_ipi(struct tracks *t, const struct ipi_event *ev)
{
	u32 track[2] = { tracks_find(t, ev->vm, ev->src), tracks_find(t, ev->vm, ev->dst) };
	struct pending_ipi *p;

	if (track[0] == t->nr || track[1] == t->nr)
		return;
	touch(t, &t->track[track[0]]);
	touch(t, &t->track[track[1]]);
	if (t->nr_pending == TRACKS_PENDING) {
		/* More than fit: the oldest cannot wait for what ends it, so it ends now. */
		p = pending_at(t, 0);
		p->end[0] = min_of(p->end[0], t->now);
		p->end[1] = min_of(p->end[1], t->now);
		hand_out(t);
	}
	p = pending_at(t, t->nr_pending++);
	p->ev = *ev;
	p->ev.ts = t->now;
	for (int side = 0; side < 2; side++) {
		p->track[side] = track[side];
		p->end[side] = t->now + TRACKS_IPI_NS;
		t->track[track[side]].last_ipi = t->now;
	}
}

static void end_off(struct tracks *t, struct track_state *s)
{
	touch(t, s);
	if (s->off)
		t->ops->slice(t->ctx, (u32)(s - t->track), s->off_kind, s->off_since, t->now);
	s->off = false;
}

static void begin_off(struct tracks *t, struct track_state *s, enum slice_kind kind)
{
	touch(t, s);
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
	touch(t, s);
	s->spinning = true;
	s->spin_since = t->now;
}

static void enter(struct tracks *t, s32 pid)
{
	struct track_state *s = running(t, pid);

	if (!s || !s->spinning)
		return;
	touch(t, s);
	t->ops->slice(t->ctx, (u32)(s - t->track), SLICE_SPIN, s->spin_since, t->now);
	s->spinning = false;
}

static void leave(struct tracks *t, const struct event *ev)
{
	struct track_state *s = running(t, ev->pid);
	s64 isa = ev->have & 1 << 3 ? ev->v[3] : 0;
	bool pause = isa == EXIT_ISA_SVM ? ev->v[1] == EXIT_PAUSE_SVM : ev->v[1] == EXIT_PAUSE_VMX;

	/* A spin that is still open lacks its kvm_entry. */
	if (s)
		s->spinning = false;
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
		t->track[i].spinning = false;
		t->track[i].off = false;
	}
	if (t->ops->gap)
		t->ops->gap(t->ctx, t->now, ev->cpu);
}

static int tracks_draw(struct tracks *t, const struct event *ev)
{
	struct ipi_event ipi;
	s64 kept = 1;

	advance(t, ev->ts);
	switch (ev->kind) {
	case EV_TRACK:
		ipi = ev->ipi;
		if (t->filter && filter_active(t->filter))
			kept = filter_apply(t->filter, t->vms, &ipi, 1);
		if (kept > 0)
			tracks_add_ipi(t, &ipi);
		return kept < 0 ? (int)kept : 0;
	case EV_ENTRY:
		enter(t, ev->pid);
		return 0;
	case EV_EXIT:
		leave(t, ev);
		return 0;
	case EV_HV_HYPERCALL:
		if ((ev->v[0] & 0xffff) == HV_LONG_SPIN)
			begin_spin(t, ev->pid);
		return 0;
	case EV_SWITCH:
		switch_threads(t, ev);
		return 0;
	case EV_WAKEUP: tracks_wake(t, ev); return 0;
	case EV_GAP: tracks_forget(t, ev); return 0;
	}
	return 0;
}

static int tracks_records(void *self, const struct event *ev, u32 nr)
{
	struct tracks *t = self;
	int ret = 0;

	for (u32 i = 0; i < nr && !ret; i++)
		ret = tracks_draw(t, &ev[i]);
	return ret;
}

void tracks_finish(struct tracks *t)
{
	while (t->nr_pending)
		hand_out(t);
}

const struct ordered_ops tracks_analysis_ops = { .name = "tracks",
						 .needs = tracks_needs,
						 .records = tracks_records };
