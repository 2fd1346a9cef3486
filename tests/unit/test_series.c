// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_series.c - counts by stretch against a plain count of the same events, however long the
 * recording is and however many took part.
 */
#include "analysis/compare/series.h"

#include "unit.h"

#define EVENTS 5000
#define START  1000000000ull

static void make_event(struct ipi_event *ev, u32 i, u64 step)
{
	*ev = (struct ipi_event){
		.ts = START + i * step,
		.src = i % 7,
		.dst = i % 5 + 7,
		.vm = i % 3 == 0,
		.vector = (u16)(0xf0 + i % 2),
		.cpu = i % 2,
		.dst_cpu = i % 4 ? (s32)(i % 3) : -1,
		.path = i % 11 == 0,
		.state = (u8)(i % 6),
	};
	ev->state = ev->state == 5 ? 99 : ev->state;
}

/* The events in two halves of one series, or the second half as another part. */
static void run(struct series *s, u64 step, bool parts)
{
	static struct ipi_event ev[EVENTS];
	const u32 same[] = { 0, 1 };
	void *part;

	for (u32 i = 0; i < EVENTS; i++)
		make_event(&ev[i], i, step);
	*s = (struct series){ .in_time = true, .start = START };
	part = series_ops.fork(s);
	ck_assert_ptr_nonnull(part);
	ck_assert_int_eq(series_ops.events(s, ev, EVENTS / 2), 0);
	ck_assert_int_eq(series_ops.events(parts ? part : s, ev + EVENTS / 2, EVENTS / 2), 0);
	ck_assert_int_eq(series_ops.join(s, part, same), 0);
	series_ops.drop(part);
}

static u64 sum_edge(const struct series *s, u32 edge)
{
	u64 n = 0;

	for (u32 t = 0; t < STRETCHES_MAX; t++)
		n += series_count(s, t, edge);
	return n;
}

static void check(u64 step, bool parts)
{
	struct series s;
	u32 want[STRETCHES_MAX][NR_SERIES_PARTS] = { { 0 } };
	u32 last = 0;

	run(&s, step, parts);
	ck_assert_uint_eq(s.width % SERIES_WIDTH_MIN, 0);
	for (u32 i = 0; i < EVENTS; i++) {
		struct ipi_event ev;
		u32 t;

		make_event(&ev, i, step);
		t = (u32)((ev.ts - START) / s.width);
		ck_assert_uint_lt(t, STRETCHES_MAX);
		last = t;
		if (ev.vm)
			continue;
		want[t][ev.state < NR_IPI_STATES ? ev.state : SERIES_STATE_OTHER]++;
		want[t][SERIES_PATH_SLOW] += ev.path == IPI_PATH_SLOW;
		want[t][SERIES_CPU_SAME] += ev.dst_cpu == (s32)ev.cpu;
		want[t][SERIES_CPU_UNKNOWN] += ev.dst_cpu < 0;
	}
	ck_assert(!memcmp(want, s.vm[0].n, sizeof(want)));
	ck_assert(s.width == SERIES_WIDTH_MIN || last >= STRETCHES_MAX / 2);
	ck_assert_uint_eq(series_range(&s, START, START + (EVENTS - 1) * step).nr, last);
	ck_assert_uint_eq(series_range(&s, START + 1, START + (EVENTS - 1) * step).from, 1);
	for (u32 i = 0; i < s.pairs.edges.nr; i++)
		ck_assert_uint_eq(sum_edge(&s, i), edge_total(&s.pairs.edges, i));
	series_release(&s);
}

START_TEST(short_and_long)
{
	check(100, false);
	check(5000, false);
	check(123456, false);
	check(7654321, false);
}
END_TEST

START_TEST(parts_give_the_same)
{
	check(100, true);
	check(5000, true);
	check(123456, true);
	check(7654321, true);
}
END_TEST

START_TEST(without_time_pairs_alone)
{
	struct ipi_event ev[2];
	struct series s = { .in_time = false };

	make_event(&ev[0], 0, 1);
	make_event(&ev[1], 1, 1);
	ck_assert_int_eq(series_ops.events(&s, ev, 2), 0);
	ck_assert_uint_eq(s.pairs.edges.nr, 2);
	ck_assert_ptr_null(s.stretch[0].n);
	ck_assert_uint_gt(series_ops.bytes(&s), 0);
	series_release(&s);
}
END_TEST

/* Times before the start, which a reader of a damaged file may meet, are in the first stretch. */
START_TEST(before_the_start)
{
	struct series s = { .in_time = true, .start = START };
	struct ipi_event ev;

	make_event(&ev, 3, 1);
	ev.ts = 5;
	ck_assert_int_eq(series_ops.events(&s, &ev, 1), 0);
	ck_assert_uint_eq(series_count(&s, 0, 0), 1);
	ck_assert_uint_eq(series_range(&s, 5, 6).nr, 0);
	series_release(&s);
}
END_TEST

UNIT_SUITE(series, short_and_long, parts_give_the_same, without_time_pairs_alone, before_the_start)
