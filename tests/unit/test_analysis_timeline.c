// SPDX-License-Identifier: GPL-2.0-only
/* test_analysis_timeline.c - bins: how wide, and what falls into them. */
#include "analysis/timeline.h"

#include "unit.h"

START_TEST(widths)
{
	static const struct {
		u64 span;
		u32 max;
		u64 want;
	} cases[] = { { 0, 200, 1 },
		      { 199, 200, 1 },
		      { 200, 200, 2 },
		      { 399, 200, 2 },
		      { 400, 200, 5 },
		      { 4042372000, 200, 50000000 },
		      { 1000000000, 100, 20000000 } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct timeline t;

		ck_assert_int_eq(
			timeline_init(&t, 1000, 1000 + cases[i].span, 0, cases[i].max, 1, NULL, 0),
			0);
		ck_assert_uint_eq(t.bin_ns, cases[i].want);
		ck_assert_uint_le(t.nr_bins, cases[i].max);
		timeline_release(&t);
	}
}
END_TEST

START_TEST(too_many)
{
	struct timeline t;

	ck_assert_int_eq(timeline_init(&t, 0, 1000000000, 1, 10, 1, NULL, 0), -EFBIG);
	timeline_release(&t);
}
END_TEST

START_TEST(counts)
{
	const struct timeline_pair pairs[] = { { 1, 5, 6 }, { 0, 1, 2 } };
	const struct ipi_event ev[] = {
		{ .ts = 100, .vm = 0, .src = 1, .dst = 2, .state = IPI_STATE_PREEMPTED },
		{ .ts = 109, .vm = 0, .src = 1, .dst = 2, .state = IPI_STATE_GUEST },
		{ .ts = 110, .vm = 0, .src = 2, .dst = 1 },
		{ .ts = 120, .vm = 1, .src = 5, .dst = 6, .state = IPI_STATE_WOKEN },
		{ .ts = 900, .vm = 1, .src = 5, .dst = 6 }, /* outside */
	};
	struct timeline t;

	ck_assert_int_eq(timeline_init(&t, 100, 120, 10, 0, 2, pairs, 2), 0);
	ck_assert_uint_eq(t.nr_bins, 3);
	ck_assert_int_eq(timeline_ops.events(&t, ev, ARRAY_SIZE(ev)), 0);
	ck_assert_uint_eq(t.vm_count[0], 2);
	ck_assert_uint_eq(t.vm_count[1], 1);
	ck_assert_uint_eq(t.vm_count[3 + 2], 1);
	ck_assert_uint_eq(timeline_find(&t, 0, 1, 2), 0);
	ck_assert_uint_eq(timeline_find(&t, 1, 5, 6), 1);
	ck_assert_uint_eq(timeline_find(&t, 1, 6, 5), 2);
	ck_assert_uint_eq(t.pair_count[0], 2);
	ck_assert_uint_eq(t.pair_runnable[0], 1);
	ck_assert_uint_eq(t.pair_runnable[3 + 2], 1);
	timeline_release(&t);
}
END_TEST

START_TEST(parts)
{
	const struct timeline_pair pairs[] = { { 0, 1, 2 } };
	const struct ipi_event ev[] = {
		{ .ts = 100, .vm = 0, .src = 1, .dst = 2, .state = IPI_STATE_PREEMPTED },
		{ .ts = 110, .vm = 0, .src = 2, .dst = 1 },
		{ .ts = 110, .vm = 2, .src = 2, .dst = 1 }, /* a VM that nobody knew */
	};
	static const u32 map[] = { 0, 1, 2 };
	struct timeline t;
	void *part;

	ck_assert_int_eq(timeline_init(&t, 100, 110, 10, 0, 2, pairs, 1), 0);
	ck_assert_int_eq(timeline_ops.events(&t, ev, 1), 0);
	part = timeline_ops.fork(&t);
	ck_assert_ptr_nonnull(part);
	ck_assert_uint_eq(((struct timeline *)part)->vm_count[0], 0);
	ck_assert_int_eq(timeline_ops.events(part, ev, ARRAY_SIZE(ev)), 0);
	ck_assert_int_eq(timeline_ops.join(&t, part, map), 0);
	timeline_ops.drop(part);
	ck_assert_uint_eq(t.vm_count[0], 2);
	ck_assert_uint_eq(t.vm_count[1], 1);
	ck_assert_uint_eq(t.pair_count[0], 2);
	ck_assert_uint_eq(t.pair_known[0], 2);
	ck_assert_uint_eq(t.pair_runnable[0], 2);
	timeline_release(&t);
}
END_TEST

UNIT_SUITE(analysis_timeline, widths, too_many, counts, parts)
