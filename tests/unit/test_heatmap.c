// SPDX-License-Identifier: GPL-2.0-only
/* test_heatmap.c - values, groups, scales, colours and labels of heatmaps. */
#include "output/heatmap.h"

#include <math.h>

#include "unit.h"

static const u32 ids[] = { 0, 1, 2, 3, 10 };
static const u64 num[] = { 0,  1,  2,  3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
			   13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0,	99 };

static struct heat heat(u32 nr)
{
	return (struct heat){ .rows = { .nr = nr, .id = ids, .unit_many = "vCPUs" },
			      .cols = { .nr = nr, .id = ids, .unit_many = "vCPUs" },
			      .num = num,
			      .factor = 1 };
}

START_TEST(groups_add_up)
{
	struct heat h = heat(5);
	struct heat_grid g;
	char text[100];
	double v;

	ck_assert_int_eq(heat_group(&h, 3, 3, &g), 0);
	ck_assert_uint_eq(g.group_rows, 2);
	ck_assert_uint_eq(g.nr_cols, 3);
	ck_assert(heat_value(&g, 0, 0, &v));
	ck_assert(v == 0 + 1 + 5 + 6);
	ck_assert(heat_value(&g, 2, 2, &v));
	ck_assert(v == 99);
	/* Nothing is no value. */
	ck_assert(!heat_value(&g, 2, 0, &v));
	ck_assert(g.high == 99 && g.low == 0 + 1 + 5 + 6);
	ck_assert(heat_group_remark(&g, text, sizeof(text)));
	ck_assert_str_eq(text, "5 x 5 vCPUs: each cell is 2 x 2 of them, taken together");
	heat_grid_release(&g);
}
END_TEST

START_TEST(shares)
{
	const u64 den[] = { 0, 4, 8, 2 };
	const u64 some[] = { 0, 1, 0, 2 };
	struct heat h = heat(2);
	struct heat_grid g;
	double v;

	h.num = some;
	h.den = den;
	h.factor = 100;
	ck_assert_int_eq(heat_group(&h, 9, 9, &g), 0);
	ck_assert(!heat_value(&g, 0, 0, &v));
	ck_assert(heat_value(&g, 0, 1, &v) && v == 25);
	/* 0 % of something is a value. */
	ck_assert(heat_value(&g, 1, 0, &v) && v == 0);
	heat_grid_release(&g);
}
END_TEST

START_TEST(scales)
{
	struct heat h = heat(2);
	struct heat_scale s = heat_scale(&h, 2, 8);

	ck_assert(s.from == 0 && s.to == 8);
	ck_assert(heat_place(&s, 8) == 1 && heat_place(&s, 2) == 0.25 && heat_place(&s, 99) == 1);
	h.log = true;
	s = heat_scale(&h, 1, 1000);
	ck_assert(fabs(heat_place(&s, 10) - 1 / 3.0) < 1e-9 && heat_place(&s, 0) == 0);
	s = heat_scale(&h, 5, 5);
	ck_assert(s.from == 5 && s.to == 50);
	h.top = 100;
	s = heat_scale(&h, 60, 80);
	ck_assert(s.from == 10 && s.to == 100);
}
END_TEST

/* Relative luminance, as the eye and a grey printer weigh colours. */
static double luminance(u32 rgb)
{
	static const double weight[] = { 0.2126, 0.7152, 0.0722 };
	double sum = 0;

	for (int i = 0; i < 3; i++) {
		double c = (rgb >> (16 - 8 * i) & 0xff) / 255.0;

		sum += weight[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
	}
	return sum;
}

START_TEST(darker_is_more)
{
	double last = 1;

	/* Even the smallest value is told from white paper: a contrast of more than 1.5. */
	ck_assert(1.05 / (luminance(heat_color(0)) + 0.05) > 1.5);
	for (int i = 0; i <= 100; i++) {
		double now = luminance(heat_color(i / 100.0));

		ck_assert(now < last);
		last = now;
	}
	ck_assert_uint_eq(heat_color(0), heat_colors[0]);
	ck_assert_uint_eq(heat_color(1), heat_colors[HEAT_COLORS - 1]);
}
END_TEST

START_TEST(labels)
{
	struct heat_tick tick[HEAT_TICKS_MAX];
	struct heat_axis a = { .nr = 5, .id = ids };
	struct heat_axis time = { .nr = 81, .step = 0.05 };
	u32 many[1000];

	ck_assert_uint_eq(heat_ticks(&a, 1, 10, tick), 5);
	ck_assert_str_eq(tick[4].text, "10");
	ck_assert(tick[4].at == 4);
	for (u32 i = 0; i < 1000; i++)
		many[i] = i;
	a = (struct heat_axis){ .nr = 1000, .id = many };
	/* 30 fit: every fiftieth, in the middle of a fourth of its cell. */
	ck_assert_uint_eq(heat_ticks(&a, 4, 30, tick), 20);
	ck_assert_str_eq(tick[1].text, "50");
	ck_assert(tick[1].at == 50.5 / 4 - 0.5);
	ck_assert_uint_eq(heat_ticks(&time, 1, 9, tick), 9);
	ck_assert_str_eq(tick[8].text, "4");
	ck_assert(fabs(tick[8].at - 79.5) < 1e-6);
	a.nr = 0;
	ck_assert_uint_eq(heat_ticks(&a, 1, 9, tick), 0);
}
END_TEST

START_TEST(lines_between)
{
	static const bool divided[] = { true, false, true };
	const struct heat_axis with = { .nr = 3, .divided = divided }, without = { .nr = 3 };

	ck_assert(!heat_divided(&with, 1, 0)); /* nothing is before the first */
	ck_assert(!heat_divided(&with, 1, 1));
	ck_assert(heat_divided(&with, 1, 2));
	ck_assert(!heat_divided(&with, 2, 2)); /* a cell of several has no edge of one */
	ck_assert(!heat_divided(&without, 1, 2));
}
END_TEST

UNIT_SUITE(heatmap, groups_add_up, shares, scales, darker_is_more, labels, lines_between)
