// SPDX-License-Identifier: GPL-2.0-only
/* test_bars_gnuplot.c - the script of latencies: the data in it or beside it, names as strings.
 */
#include "output/bars.h"

#include "unit.h"

static const struct bars bars = {
	.nr = 1, .row = { { "running", { 8, 0, 0, 10000, 50000, 90000, 95000 } } }
};
static char title[] = "VM 1/2 it's";
static char note[] = "events were lost";
static char *titles[] = { title }, *notes[] = { note };

START_TEST(inside)
{
	struct bars_picture p = { .from = "sending",
				  .panel = &bars,
				  .title = titles,
				  .nr = 1,
				  .page = { .note = notes, .nr_notes = 1 } };
	struct capture c;

	capture_open(&c);
	ck_assert_int_eq(bars_script(&p, c.f), 0);
	/* 0 stands at the axis' beginning: 10 us, as that is the first decade. */
	ck_assert_ptr_nonnull(strstr(capture_text(&c), "\n0 10 10 50 90 95 8\nEND_OF_DATA"));
	ck_assert_ptr_nonnull(strstr(c.text, "set xrange [10:100]"));
	ck_assert_ptr_nonnull(strstr(c.text, "set ytics ('running (8)' 0)"));
	ck_assert_ptr_nonnull(strstr(c.text, "set title 'VM 1/2 it''s'"));
	ck_assert_ptr_nonnull(strstr(c.text, "'events were lost'"));
	ck_assert_ptr_null(strstr(c.text, "set output"));
	capture_free(&c);
}
END_TEST

START_TEST(beside)
{
	struct bars_picture p = { .from = "sending",
				  .panel = &bars,
				  .title = titles,
				  .nr = 1,
				  .page = { .data = "x.dat", .output = "x.png" } };
	struct capture c;

	capture_open(&c);
	ck_assert_int_eq(bars_script(&p, c.f), 0);
	ck_assert_ptr_nonnull(strstr(capture_text(&c), "plot 'x.dat' index 0 using"));
	ck_assert_ptr_nonnull(strstr(c.text, "set output 'x.png'"));
	ck_assert_ptr_null(strstr(c.text, "END_OF_DATA"));
	capture_free(&c);
	capture_open(&c);
	ck_assert_int_eq(bars_data(&p, c.f), 0);
	ck_assert_ptr_nonnull(strstr(capture_text(&c), "# 0: running\n"));
	ck_assert_ptr_nonnull(strstr(c.text, "\n0 10 10 50 90 95 8\n"));
	capture_free(&c);
}
END_TEST

UNIT_SUITE(bars_gnuplot, inside, beside)
