// SPDX-License-Identifier: GPL-2.0-only
/* test_tracks.c - slices end where others begin, and what was not seen to end is not shown. */
#include "analysis/tracks.h"

#include "unit.h"

static char text[4096];

static void put_ipi(void *ctx, const struct ipi_event *ev, const u32 track[2], const u64 end[2])
{
	sprintf(text + strlen(text), "ipi %u>%u %llu-%llu/%llu\n", track[0], track[1],
		(unsigned long long)ev->ts, (unsigned long long)end[0], (unsigned long long)end[1]);
}

static void put_slice(void *ctx, u32 track, enum slice_kind kind, u64 start, u64 end)
{
	sprintf(text + strlen(text), "%d on %u %llu-%llu\n", kind, track, (unsigned long long)start,
		(unsigned long long)end);
}

static void put_gap(void *ctx, u64 ts, u32 cpu)
{
	sprintf(text + strlen(text), "gap %llu\n", (unsigned long long)ts);
}

static const struct tracks_ops ops = { put_ipi, put_slice, put_gap };
static const struct vms one_vm = { .nr = 1 };
static struct thread_map map;

static struct event ipi(u64 ts, s32 pid, u32 src, u32 dst)
{
	return (struct event){ .ts = ts, .pid = pid, .kind = EV_TRACK,
			       .ipi = { .ts = ts, .src = src, .dst = dst } };
}

static struct event other(u64 ts, s32 pid, enum event_kind kind, s64 v0, s64 v1, s64 v2, s64 v3)
{
	return (struct event){
		.ts = ts, .pid = pid, .kind = kind, .have = 0x3f, .v = { v0, v1, v2, v3 }
	};
}

/* vCPU n is thread 100 + n. */
static void begin(struct tracks *t, u32 nr)
{
	*t = (struct tracks){ .ops = &ops, .vms = &one_vm, .threads = &map };
	text[0] = 0;
	for (u32 i = nr; i-- > 0;)
		ck_assert_int_eq(tracks_add(t, 0, i), 0);
	ck_assert_int_eq(tracks_add(t, 0, 0), 0); /* twice is once */
	ck_assert_int_eq(tracks_ready(t), 0);
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
	ck_assert_int_eq(tracks_analysis_ops.records(t, ev, nr), 0);
	tracks_finish(t);
	ck_assert_str_eq(text, want);
	tracks_release(t);
	threads_release(&map);
}

START_TEST(alone)
{
	const struct event ev[] = { ipi(10, 100, 0, 1), ipi(5000, 101, 1, 2) };
	struct tracks t;

	begin(&t, 3);
	run(&t, ev, 2, "ipi 0>1 10-1010/1010\nipi 1>2 5000-6000/6000\n");
}
END_TEST

START_TEST(close_ones)
{
	/* On vCPU 1 something begins 5 ns later; those of one time stay together. */
	const struct event ev[] = { ipi(10, 100, 0, 1), ipi(15, 101, 1, 2), ipi(15, 100, 0, 1) };
	struct tracks t;

	begin(&t, 3);
	run(&t, ev, 3, "ipi 0>1 10-15/15\nipi 1>2 15-1015/1015\nipi 0>1 15-1015/1015\n");
}
END_TEST

START_TEST(spin_and_preemption)
{
	const struct event ev[] = {
		other(20, 100, EV_EXIT, 0, 40, 0, 1),		/* PAUSE on VMX */
		ipi(25, 101, 1, 0),
		other(30, 100, EV_SWITCH, 100, 0x100, 7, 0),	/* preempted */
		other(50, 7, EV_SWITCH, 7, 1, 100, 0),
		other(60, 100, EV_ENTRY, 0, 0, 0, 0),
		other(70, 100, EV_EXIT, 0, 12, 0, 1),		/* HLT is no spin */
		other(80, 100, EV_SWITCH, 100, 1, 7, 0),	/* blocks */
		other(90, 101, EV_WAKEUP, 100, 0, 0, 0),
		other(95, 7, EV_SWITCH, 7, 0, 100, 0),
		other(99, 100, EV_ENTRY, 0, 0, 0, 0),
	};
	struct tracks t;

	begin(&t, 2);
	run(&t, ev, ARRAY_SIZE(ev), "1 on 0 30-50\n0 on 0 20-60\n2 on 0 80-90\n3 on 0 90-95\n"
	    "ipi 1>0 25-1025/30\n");
}
END_TEST

START_TEST(a_gap_forgets)
{
	const struct event ev[] = {
		other(20, 100, EV_EXIT, 0, 0x77, 0, 2),
		other(30, 101, EV_SWITCH, 101, 0, 7, 0),
		{ .ts = 40, .kind = EV_GAP },
		other(50, 100, EV_ENTRY, 0, 0, 0, 0),
		other(60, 7, EV_SWITCH, 7, 0, 101, 0),
	};
	struct tracks t;

	begin(&t, 2);
	run(&t, ev, ARRAY_SIZE(ev), "gap 40\n");
}
END_TEST

START_TEST(more_than_are_kept)
{
	struct event ev[3 * TRACKS_PENDING];
	u32 lines = 0;
	struct tracks t;

	begin(&t, 2);
	for (u32 i = 0; i < ARRAY_SIZE(ev); i++)
		ev[i] = ipi(10, 100, 0, 1);
	t.ops = &(const struct tracks_ops){ put_ipi, put_slice, put_gap };
	for (u32 i = 0; i < ARRAY_SIZE(ev); i++) {
		ck_assert_int_eq(tracks_analysis_ops.records(&t, &ev[i], 1), 0);
		lines += text[0] != 0;
		text[0] = 0;
	}
	ck_assert_uint_eq(lines, 2 * TRACKS_PENDING);
	ck_assert_uint_eq(t.nr_pending, TRACKS_PENDING);
	tracks_release(&t);
	threads_release(&map);
}
END_TEST

START_TEST(a_vms_first_track)
{
	static const u32 vms[] = { 7, 2, 2, 5 };
	struct tracks t = { 0 };

	for (u32 i = 0; i < ARRAY_SIZE(vms); i++)
		ck_assert_int_eq(tracks_add(&t, vms[i], i), 0);
	ck_assert_int_eq(tracks_ready(&t), 0);
	ck_assert_uint_eq(tracks_first(&t, 0), 0);
	ck_assert_uint_eq(tracks_first(&t, 2), 0);
	ck_assert_uint_eq(tracks_first(&t, 5), 2);
	ck_assert_uint_eq(tracks_first(&t, 6), 3);
	ck_assert_uint_eq(tracks_first(&t, 7), 3);
	ck_assert_uint_eq(tracks_first(&t, 8), 4);
	tracks_release(&t);
}
END_TEST

UNIT_SUITE(tracks, a_vms_first_track, alone, close_ones, spin_and_preemption, a_gap_forgets,
	   more_than_are_kept)
