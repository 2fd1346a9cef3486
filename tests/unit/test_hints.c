// SPDX-License-Identifier: GPL-2.0-only
/* test_hints.c - what becomes of hints, planted case by case. */
#include "analysis/yield/hints.h"

#include "story.h"
#include "unit.h"

#define MS (1000 * STORY_US)

static int to_hints(void *h, const struct event *ev)
{
	return hints_event(h, ev);
}

static struct hint_row row_at(const struct hints *h, u64 window_ns)
{
	struct hint_row row = { 0 };

	for (u32 i = 0; i < h->nr_windows; i++)
		if (h->window[i] == window_ns)
			hints_row(h, &h->vm[0], i, &row);
	ck_assert_uint_eq(row.window_ns, window_ns);
	ck_assert_uint_eq(row.recorded, row.overwritten + row.expired + row.open);
	ck_assert_uint_eq(row.overwritten, row.refreshed + row.retargeted);
	return row;
}

static void begin(struct story *s, struct hints *h, u64 window_ns)
{
	story_begin(s, 4);
	hints_init(h, window_ns, NULL, &s->vms);
	s->analysis = h;
	s->event = to_hints;
}

START_TEST(fates)
{
	struct hint_row row;
	struct hints h;
	struct story s;

	begin(&s, &h, 0);
	story_ipi(&s, 0, 0, 1, 0x50);	 /* replaced exactly at the end of 1 ms: overwritten */
	story_ipi(&s, 1000, 0, 2, 0x50); /* 1 us too late for 1 ms: expired */
	story_ipi(&s, 2001, 0, 2, 0x51); /* refreshed by the next at once */
	story_ipi(&s, 2001, 0, 2, 0x51);
	story_ipi(&s, 2500, 1, 0,
		  0x50); /* another sender: touches nothing; open or expired at the end */
	hints_finish(&h, 3001 * STORY_US);
	row = row_at(&h, MS);
	ck_assert_uint_eq(row.recorded, 5);
	ck_assert_uint_eq(row.retargeted, 1);
	ck_assert_uint_eq(row.refreshed, 1);
	ck_assert_uint_eq(row.expired, 1);
	ck_assert_uint_eq(row.open, 2); /* one of exactly 1 ms */
	ck_assert_uint_eq(row.alive_ns, 1 * MS + 1 * MS + 0 + 1 * MS + 501 * STORY_US);
	row = row_at(&h, MS / 2);
	ck_assert_uint_eq(row.expired, 4);
	ck_assert_uint_eq(row.open, 0);
	ck_assert_uint_eq(row.alive_ns, 4 * MS / 2);
	row = row_at(&h, 2 * MS);
	ck_assert_uint_eq(row.overwritten, 3);
	ck_assert_uint_eq(row.open, 2);
	ck_assert_uint_eq(h.vm[0].same, 2);
	ck_assert_uint_eq(h.vm[0].of, 3);
	ck_assert_uint_eq(h.vm[0].vcpus, 3);
	ck_assert_uint_eq(h.vm[0].state[IPI_STATE_PREEMPTED], 5);
	hints_release(&h);
	story_end(&s);
}
END_TEST

START_TEST(gaps)
{
	struct hint_row row;
	struct hints h;
	struct story s;

	begin(&s, &h, 0);
	story_ipi(&s, 0, 0, 1, 0x50);	 /* expired (1 ms) before the gap at 5000 */
	story_ipi(&s, 4600, 1, 2, 0x50); /* alive at the gap's start: open after 400 us */
	story_ipi(&s, 5500, 2, 3, 0x50); /* sent while events were missing: open, no time */
	story_gap(&s, 6000, 5000);
	story_ipi(&s, 6001, 0, 1, 0x50); /* overwrites nothing and is no stability with the first */
	story_ipi(&s, 6100, 1, 2, 0x50);
	hints_finish(&h, 6200 * STORY_US);
	row = row_at(&h, MS);
	ck_assert_uint_eq(row.recorded, 5);
	ck_assert_uint_eq(row.overwritten, 0);
	ck_assert_uint_eq(row.expired, 1);
	ck_assert_uint_eq(row.open, 4);
	ck_assert_uint_eq(row.alive_ns, 1 * MS + (400 + 0 + 199 + 100) * STORY_US);
	ck_assert_uint_eq(h.vm[0].of, 0);
	hints_release(&h);
	story_end(&s);
}
END_TEST

START_TEST(sweeps)
{
	struct hints h;

	hints_init(&h, 50 * MS, NULL, NULL); /* part of the sweep */
	ck_assert_uint_eq(h.nr_windows, HINT_SWEEP_NR);
	hints_init(&h, 7 * MS, NULL, NULL);
	ck_assert_uint_eq(h.nr_windows, HINT_SWEEP_NR + 1);
	ck_assert_uint_eq(h.window[5], 7 * MS);
	hints_init(&h, 1, NULL, NULL);
	ck_assert_uint_eq(h.window[0], 1);
	hints_init(&h, 900 * MS, NULL, NULL);
	ck_assert_uint_eq(h.window[HINT_SWEEP_NR], 900 * MS);
	for (u32 i = 1; i < h.nr_windows; i++)
		ck_assert_uint_lt(h.window[i - 1], h.window[i]);
}
END_TEST

START_TEST(filters)
{
	struct filter f = { 0 };
	struct hint_row row;
	struct hints h;
	struct story s;

	begin(&s, &h, 0);
	ck_assert_int_eq(ranges_parse(&f.vectors, "0x50", 255), 0);
	h.filter = &f;
	story_ipi(&s, 0, 0, 1, 0x50);
	story_ipi(&s, 500, 0, 2, 0x60); /* does not count, but replaces the one that does */
	story_ipi(&s, 600, 0, 1, 0x50);
	hints_finish(&h, 700 * STORY_US);
	row = row_at(&h, MS);
	ck_assert_uint_eq(row.recorded, 2);
	ck_assert_uint_eq(row.retargeted, 1);
	ck_assert_uint_eq(row.open, 1);
	ck_assert_uint_eq(row.alive_ns, 600 * STORY_US);
	ck_assert_uint_eq(h.vm[0].vcpus, 2);
	filter_release(&f);
	hints_release(&h);
	story_end(&s);
}
END_TEST

UNIT_SUITE(hints, fates, gaps, sweeps, filters)
