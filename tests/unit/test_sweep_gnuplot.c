// SPDX-License-Identifier: GPL-2.0-only
/* test_sweep_gnuplot.c - the script of a window sweep: a panel where there is something, names as
 * strings. */
#include "output/sweep.h"

#include "unit.h"

static const struct sweep curve = { .title = "t",
				    .value_title = "v",
				    .nr_windows = 3,
				    .nr_series = 1,
				    .window_ns = { 100000, 1000000, 1100000 },
				    .series = { { "it's", { 1, 2.5, 3 } } },
				    .suggested_ns = 1000000 };

START_TEST(panels)
{
	struct sweep_row rows[2] = { { .title = "VM 1", .have_hints = true, .hints = curve },
				     { .title = "VM 2", .have_hits = true, .hits = curve } };
	struct sweep_picture p = { .row = rows, .nr = 2 };
	struct capture c;

	capture_open(&c);
	ck_assert_int_eq(sweep_script(&p, c.f), 0);
	ck_assert_ptr_nonnull(
		strstr(capture_text(&c), "$panel0 << END_OF_DATA\n0.1 1.00\n1 2.50\n1.1 3.00\n"));
	ck_assert_ptr_nonnull(strstr(c.text, "set title 'VM 1: t'"));
	ck_assert_ptr_nonnull(strstr(c.text, "set title 'VM 2: t'"));
	ck_assert_ptr_nonnull(strstr(c.text, "plot $panel1 using 1:2"));
	ck_assert_ptr_null(strstr(c.text, "$panel2"));
	ck_assert_ptr_nonnull(strstr(c.text, "title 'it''s'"));
	/* Labels do not lie upon each other. */
	ck_assert_ptr_nonnull(strstr(c.text, "set xtics ('0.1' 0.1, '1' 1, '' 1.1)"));
	ck_assert_ptr_nonnull(strstr(c.text, "set arrow 1 from first 1,"));
	capture_free(&c);
}
END_TEST

START_TEST(beside)
{
	struct sweep_row row = { .title = "VM 1", .have_hints = true, .hints = curve };
	struct sweep_picture p = { .row = &row,
				   .nr = 1,
				   .page = { .data = "x.dat", .output = "x.svg" } };
	struct capture c;

	capture_open(&c);
	ck_assert_int_eq(sweep_script(&p, c.f), 0);
	ck_assert_ptr_nonnull(strstr(capture_text(&c), "plot 'x.dat' index 0 using 1:2"));
	ck_assert_ptr_nonnull(strstr(c.text, "set output 'x.svg'"));
	capture_free(&c);
	capture_open(&c);
	ck_assert_int_eq(sweep_data(&p, c.f), 0);
	ck_assert_str_eq(capture_text(&c),
			 "# 0: VM 1: v\n# window_ms, it's\n0.1 1.00\n1 2.50\n1.1 3.00\n\n\n");
	capture_free(&c);
}
END_TEST

UNIT_SUITE(sweep_gnuplot, panels, beside)
