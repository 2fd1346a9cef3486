// SPDX-License-Identifier: GPL-2.0-only
/* test_bars.c - latencies as bars: which rows there are, their decades, their places. */
#include "output/bars.h"

#include "latency_sample.h"
#include "unit.h"

START_TEST(rows)
{
	struct latency_sample l;
	struct bars s;

	latency_sample_init(&l);
	ck_assert(bars_of(&l.vm, &s));
	/* The VM's injected has nothing; then two stages by the one state. */
	ck_assert_uint_eq(s.nr, 5);
	ck_assert_str_eq(s.row[0].name, "accepted");
	ck_assert_str_eq(s.row[1].name, "acknowledged");
	ck_assert_str_eq(s.row[4].name, "running: preempted");
	ck_assert_uint_eq(s.row[4].t.p90, 3000);
	l.vm.nr_lines = 0;
	ck_assert(!bars_of(&l.vm, &s));
}
END_TEST

START_TEST(axis)
{
	struct bars s = { .nr = 2,
			  .row = { { .t = { 1, 15000, 0, 20000, 0, 0, 900000 } },
				   { .t = { 1, 0, 0, 0, 0, 0, 0 } } } };
	struct bars_axis a;

	s.row[1].t.max = 700;
	a = bars_axis(&s, 1);
	ck_assert_int_eq(a.from, -1);
	ck_assert_int_eq(a.to, 3);
	ck_assert_double_eq(bars_place(&a, 10000), 0.5);
	ck_assert_double_eq(bars_place(&a, 0), 0);
	ck_assert_double_eq(bars_place(&a, 100), 0);
	ck_assert_double_eq(bars_place(&a, 10000000), 1);
	a = bars_axis(&s, 0);
	ck_assert_int_lt(a.from, a.to);
	s.row[0] = s.row[1];
	s.row[0].t.max = s.row[1].t.max = 0;
	a = bars_axis(&s, 1);
	ck_assert_int_lt(a.from, a.to);
}
END_TEST

START_TEST(labels)
{
	char label[32];

	bars_label(-1, "u", label, sizeof(label));
	ck_assert_str_eq(label, "0.1 us");
	bars_label(2, "u", label, sizeof(label));
	ck_assert_str_eq(label, "100 us");
	bars_label(4, "u", label, sizeof(label));
	ck_assert_str_eq(label, "10 ms");
	bars_label(6, "u", label, sizeof(label));
	ck_assert_str_eq(label, "1 s");
}
END_TEST

START_TEST(terminal)
{
	struct bars s = { .nr = 1,
			  .row = { { "running", { 8, 1000, 0, 10000, 100000, 0, 1000000 } } } };
	struct capture c;

	capture_open(&c);
	/* 41 columns of names and counts, 31 of the axis: ten a decade */
	bars_text(&s, 72, false, c.f);
	ck_assert_ptr_nonnull(strstr(capture_text(&c), "|1 us     |10 us    |100 us\n"));
	ck_assert_ptr_nonnull(strstr(c.text, " 8  ----------O==========----------\n"));
	for (char *line = strtok(c.text, "\n"); line; line = strtok(NULL, "\n"))
		ck_assert_uint_le(strlen(line), 80);
	capture_free(&c);
}
END_TEST

UNIT_SUITE(bars, rows, axis, labels, terminal)
