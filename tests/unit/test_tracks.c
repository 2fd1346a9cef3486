// SPDX-License-Identifier: GPL-2.0-only
/* test_tracks.c - what vCPUs did, and what was not seen to end is not shown. */
#include "analysis/tracks.h"

#include "unit.h"

static char text[4096];

static void put_slice(void *ctx, u32 track, enum slice_kind kind, u64 start, u64 end, u32 picks)
{
	sprintf(text + strlen(text), "%d on %u %llu-%llu", kind, track, (unsigned long long)start,
		(unsigned long long)end);
	sprintf(text + strlen(text), picks ? " %u picks\n" : "\n", picks);
}

static void put_pick(void *ctx, u32 track, const struct track_pick *pick)
{
	sprintf(text + strlen(text), "%u picks %d: %lld %llu-%llu\n", track, (int)pick->vcpu,
		(long long)pick->result, (unsigned long long)pick->start,
		(unsigned long long)pick->end);
}

static void put_gap(void *ctx, u64 ts, u32 cpu)
{
	sprintf(text + strlen(text), "gap %llu\n", (unsigned long long)ts);
}

static const struct tracks_ops ops = { put_slice, put_pick, put_gap };
static struct thread_map map;

static struct event other(u64 ts, s32 pid, enum event_kind kind, s64 v0, s64 v1, s64 v2, s64 v3)
{
	return (struct event){
		.ts = ts, .pid = pid, .kind = kind, .have = 0x3f, .v = { v0, v1, v2, v3 }
	};
}

/* vCPU n is thread 100 + n. */
static void begin(struct tracks *t, u32 nr)
{
	*t = (struct tracks){ .ops = &ops, .threads = &map };
	text[0] = 0;
	for (u32 i = nr; i-- > 0;)
		ck_assert_int_eq(tracks_add(t, 0, i), 0);
	ck_assert_int_eq(tracks_add(t, 0, 0), 0); /* twice is once */
	tracks_ready(t);
	ck_assert_uint_eq(t->nr, nr);
	for (u32 i = 0; i < nr; i++) {
		struct thread *thread = threads_add(&map, 100 + (s32)i);

		ck_assert_ptr_nonnull(thread);
		thread->vm = 0;
		thread->vcpu = i;
	}
}

static void run(struct tracks *t, const struct event *ev, u32 nr, const char *want)
{
	for (u32 i = 0; i < nr; i++)
		tracks_event(t, &ev[i]);
	ck_assert_str_eq(text, want);
	tracks_release(t);
	threads_release(&map);
}

START_TEST(spin_and_preemption)
{
	const struct event ev[] = {
		other(20, 100, EV_EXIT, 0, 40, 0, 1),	     /* PAUSE on VMX */
		other(30, 100, EV_SWITCH, 100, 0x100, 7, 0), /* preempted */
		other(50, 7, EV_SWITCH, 7, 1, 100, 0),	     other(60, 100, EV_ENTRY, 0, 0, 0, 0),
		other(70, 100, EV_EXIT, 0, 12, 0, 1),	 /* HLT is no spin */
		other(80, 100, EV_SWITCH, 100, 1, 7, 0), /* blocks */
		other(90, 101, EV_WAKEUP, 100, 0, 0, 0),     other(95, 7, EV_SWITCH, 7, 0, 100, 0),
		other(99, 100, EV_ENTRY, 0, 0, 0, 0),
	};
	struct tracks t;

	begin(&t, 2);
	run(&t, ev, ARRAY_SIZE(ev), "1 on 0 30-50\n0 on 0 20-60\n2 on 0 80-90\n3 on 0 90-95\n");
}
END_TEST

START_TEST(a_gap_forgets)
{
	const struct event ev[] = {
		other(20, 100, EV_EXIT, 0, 0x77, 0, 2), other(30, 101, EV_SWITCH, 101, 0, 7, 0),
		{ .ts = 40, .kind = EV_GAP },		other(50, 100, EV_ENTRY, 0, 0, 0, 0),
		other(60, 7, EV_SWITCH, 7, 0, 101, 0),
	};
	struct tracks t;

	begin(&t, 2);
	run(&t, ev, ARRAY_SIZE(ev), "gap 40\n");
}
END_TEST

START_TEST(picks)
{
	const struct event ev[] = {
		other(10, 100, EV_PROBE_RESULT, 1, 0, 0, 0), /* its call was not seen */
		other(20, 100, EV_EXIT, 0, 0x77, 0, 2),
		other(21, 100, EV_PROBE_TARGET, 101, 0, 0, 0),
		other(22, 100, EV_PROBE_RESULT, -3, 0, 0, 0),
		other(23, 100, EV_PROBE_TARGET, 55, 0, 0, 0), /* no vCPU */
		other(25, 100, EV_SWITCH, 100, 0x100, 7, 0),
		other(28, 7, EV_SWITCH, 7, 1, 100, 0),
		other(29, 100, EV_PROBE_RESULT, 1, 0, 0, 0),
		other(30, 100, EV_PROBE_TARGET, 101, 0, 0, 0), /* never returns */
		other(40, 100, EV_ENTRY, 0, 0, 0, 0),
		other(45, 100, EV_PROBE_RESULT, 1, 0, 0, 0),
	};
	struct tracks t;

	begin(&t, 2);
	run(&t, ev, ARRAY_SIZE(ev),
	    "0 picks 1: -3 21-22\n1 on 0 25-28\n0 picks -1: 1 23-29\n"
	    "0 on 0 20-40 2 picks\n");
}
END_TEST

START_TEST(a_vms_first_track)
{
	static const u32 vms[] = { 7, 2, 2, 5 };
	struct tracks t = { 0 };

	for (u32 i = 0; i < ARRAY_SIZE(vms); i++)
		ck_assert_int_eq(tracks_add(&t, vms[i], i), 0);
	tracks_ready(&t);
	ck_assert_uint_eq(tracks_first(&t, 0), 0);
	ck_assert_uint_eq(tracks_first(&t, 2), 0);
	ck_assert_uint_eq(tracks_first(&t, 5), 2);
	ck_assert_uint_eq(tracks_first(&t, 6), 3);
	ck_assert_uint_eq(tracks_first(&t, 7), 3);
	ck_assert_uint_eq(tracks_first(&t, 8), 4);
	tracks_release(&t);
}
END_TEST

UNIT_SUITE(tracks, a_vms_first_track, spin_and_preemption, a_gap_forgets, picks)
