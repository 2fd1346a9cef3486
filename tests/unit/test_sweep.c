// SPDX-License-Identifier: GPL-2.0-only
/* test_sweep.c - curves of the window sweep: their percents, and how terminal and page draw them.
 */
#include "output/sweep.h"

#include "unit.h"
#include "yield_sample.h"

static const struct yield_hint hints[] = { { 100000, 8, 2, 0, 2, 6, 0, 0 },
					   { 1000000, 8, 5, 2, 3, 2, 1, 0 } };
static const struct yield_window windows[] = {
	{ 100000, { 1, 25, 75, 0, 0 }, { 1, 50, 50, 0, 0 }, 0 },
	{ 1000000, { 1, 25, 75, 0, 0 }, { 1, 90, 10, 0, 0 }, 0 }
};

static void sample(struct yield_sample *s)
{
	yield_sample_init(s);
	s->vm.hint = hints;
	s->replay.window = windows;
	s->vm.nr_hints = s->replay.nr_windows = 2;
	s->replay.suggested_window_ns = 1000000;
}

START_TEST(shares)
{
	struct yield_sample s;
	struct sweep w;

	sample(&s);
	ck_assert(sweep_hints(&s.vm, &w));
	ck_assert_uint_eq(w.nr_windows, 2);
	ck_assert_double_eq(w.series[0].percent[1], 37.5);
	ck_assert_double_eq(w.series[1].percent[0], 0);
	ck_assert_double_eq(w.series[1].percent[1], 25);
	ck_assert_double_eq(w.series[2].percent[0], 75);
	ck_assert_uint_eq(w.suggested_ns, 0);
	ck_assert(sweep_hits(&s.vm, &w));
	ck_assert_double_eq(w.series[0].percent[0], 50);
	ck_assert_double_eq(w.series[0].percent[1], 90);
	ck_assert_double_eq(w.series[1].percent[1], 25);
	ck_assert_double_eq(w.series[2].percent[0], 40);
	ck_assert_uint_eq(w.suggested_ns, 1000000);
	s.replay.helpable = 0;
	ck_assert(!sweep_hits(&s.vm, &w));
	s.vm.replay = NULL;
	ck_assert(!sweep_hits(&s.vm, &w));
	s.vm.nr_hints = 0;
	ck_assert(!sweep_hints(&s.vm, &w));
}
END_TEST

START_TEST(terminal)
{
	struct yield_sample s;
	struct capture c;
	struct sweep w;

	sample(&s);
	ck_assert(sweep_hits(&s.vm, &w));
	capture_open(&c);
	/* (80 - 15) / 3 - 9 = 12 columns each */
	sweep_text(&w, 80, false, c.f);
	ck_assert_ptr_nonnull(
		strstr(capture_text(&c), "          0.1   50.0  ######         25.0  ###"));
	ck_assert_ptr_nonnull(strstr(c.text, "           1   90.0  ###########   "));
	ck_assert_ptr_nonnull(strstr(c.text, "<\n    < the suggested window, 1 ms\n"));
	for (char *line = strtok(c.text, "\n"); line; line = strtok(NULL, "\n"))
		ck_assert_uint_le(strlen(line), 80);
	capture_free(&c);
	capture_open(&c);
	sweep_text(&w, 80, true, c.f);
	/* 90 % of 12 columns, to an eighth: 10 and 6 eighths */
	ck_assert_ptr_nonnull(strstr(capture_text(&c), "90.0  "));
	ck_assert_ptr_nonnull(strstr(c.text, "\xe2\x96\x88\xe2\x96\x8a    25.0  \xe2\x96\x88"));
	capture_free(&c);
}
END_TEST

START_TEST(page)
{
	struct yield_sample s;
	struct capture c;
	struct sweep w;
	u32 points = 0;

	sample(&s);
	ck_assert(sweep_hits(&s.vm, &w));
	capture_open(&c);
	sweep_svg(&w, c.f);
	for (const char *p = capture_text(&c); (p = strstr(p, "class=\"p\"")); p++)
		points++;
	ck_assert_uint_eq(points, 3 * (2 + 1)); /* and one in the key */
	/* Left end, 50 %: the middle; right end, 90 %. */
	ck_assert_ptr_nonnull(strstr(c.text, "d=\"M48.0 101.0L466.0 29.8\"/>"));
	ck_assert_ptr_nonnull(strstr(c.text, "ipi-first), 1 ms: 90.0 %</title>"));
	ck_assert_ptr_nonnull(strstr(c.text, "<title>suggested: 1 ms</title>"));
	capture_free(&c);
}
END_TEST

START_TEST(labels)
{
	char label[32];

	sweep_label(500000, label, sizeof(label));
	ck_assert_str_eq(label, "0.5");
	sweep_label(500000000, label, sizeof(label));
	ck_assert_str_eq(label, "500");
}
END_TEST

UNIT_SUITE(sweep, shares, terminal, page, labels)
