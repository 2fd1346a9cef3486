// SPDX-License-Identifier: GPL-2.0-only
/* test_heatmap_gnuplot.c - what is in the script: data, labels, notes, and names as strings. */
#include "output/heatmap.h"

#include "unit.h"

static const u32 ids[] = { 0, 1 };
static const u64 num[] = { 0, 3, 5, 0 };

static struct heat heat(const char *title)
{
	return (struct heat){ .title = title,
			      .value_title = "IPIs",
			      .num = num,
			      .factor = 1,
			      .rows = { .title = "from", .nr = 2, .id = ids, .unit_many = "vCPUs" },
			      .cols = { .title = "to", .nr = 2, .id = ids, .unit_many = "vCPUs" } };
}

static void has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part), "no %s in:\n%s", part, text);
}

START_TEST(one)
{
	struct heat h = heat("it's");
	char note[] = "lost";
	char *notes[] = { note };
	struct heat_picture p = { .panel = &h, .nr = 1, .page = { .note = notes, .nr_notes = 1 } };
	struct capture c;

	capture_open(&c);
	ck_assert_int_eq(heat_script(&p, c.f), 0);
	has(capture_text(&c), "NaN 3\n5 NaN\n");
	has(c.text, "set title 'it''s'\n");
	has(c.text, "set xlabel 'to'\nset ylabel 'from'\n");
	has(c.text, "set label 'lost' at screen");
	has(c.text, "set cblabel 'IPIs' offset");
	has(c.text, "with labels"); /* few cells show their numbers */
	ck_assert_ptr_null(strstr(c.text, "multiplot"));
	capture_free(&c);
}
END_TEST

START_TEST(panels)
{
	struct heat h[] = { heat("one"), heat("two"), heat("three") };
	struct heat_picture p = { .panel = h, .nr = 3, .title = "3 VMs" };
	struct capture c;

	capture_open(&c);
	ck_assert_int_eq(heat_script(&p, c.f), 0);
	has(capture_text(&c), "set multiplot\n");
	has(c.text, "set label '3 VMs'");
	has(c.text, "plot $panel2 matrix");
	capture_free(&c);
}
END_TEST

START_TEST(files)
{
	struct heat h = heat("one");
	struct heat_picture p = { .panel = &h,
				  .nr = 1,
				  .page = { .data = "x.dat", .output = "x.png" } };
	struct capture c;

	capture_open(&c);
	ck_assert_int_eq(heat_script(&p, c.f), 0);
	has(capture_text(&c), "set output 'x.png'\n");
	has(c.text, "plot 'x.dat' index 0 matrix");
	ck_assert_ptr_null(strstr(c.text, "END_OF_DATA"));
	capture_free(&c);
	capture_open(&c);
	ck_assert_int_eq(heat_data(&p, c.f), 0);
	ck_assert_str_eq(capture_text(&c),
			 "# one\n# IPIs: from down, to across; NaN: none\nNaN 3\n5 NaN\n\n\n");
	capture_free(&c);
}
END_TEST

START_TEST(single)
{
	struct heat h = heat("one");
	struct heat_picture p = { .panel = &h, .nr = 1 };
	struct capture c;

	h.num = &num[1];
	h.rows.nr = h.cols.nr = 1;
	capture_open(&c);
	ck_assert_int_eq(heat_script(&p, c.f), 0);
	has(capture_text(&c), "\n3 NaN\nNaN NaN\nEND_OF_DATA\n");
	has(c.text, "set xrange [-0.5:0.5]\nset yrange [0.5:-0.5]\n");
	capture_free(&c);
}
END_TEST

UNIT_SUITE(heatmap_gnuplot, one, panels, files, single)
