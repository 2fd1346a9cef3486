// SPDX-License-Identifier: GPL-2.0-only
/* test_heatmap_text.c - a heatmap in a terminal, with and without colours. */
#include "output/heatmap.h"

#include "unit.h"

static const u32 ids[] = { 0, 7 };
static const u64 num[] = { 0, 10, 1, 0 };

static void check(int width, bool color, const char *want)
{
	struct heat h = { .title = "T",
			  .value_title = "IPIs",
			  .num = num,
			  .factor = 1,
			  .rows = { .title = "a", .nr = 2, .id = ids, .unit_many = "x" },
			  .cols = { .title = "b", .nr = 2, .id = ids, .unit_many = "x" } };
	struct capture c;

	capture_open(&c);
	ck_assert_int_eq(heat_text(&h, width, color, c.f), 0);
	ck_assert_str_eq(capture_text(&c), want);
	capture_free(&c);
}

START_TEST(digits)
{
	check(80, false,
	      "T\n  a down, b across\n    0 7\n 0 . 9\n 7 1 .\n"
	      "# IPIs\n# each step is 1, 9: 9 to 10; .: none\n");
}
END_TEST

START_TEST(colors)
{
	check(80, true,
	      "T\n  a down, b across\n    0 7\n"
	      " 0 .\033[38;5;231;48;5;17m 9\033[0m\n 7\033[38;5;16;48;5;179m 1\033[0m .\n"
	      "# IPIs\n# each step is 1, 9: 9 to 10; .: none\n");
}
END_TEST

UNIT_SUITE(heatmap_text, digits, colors)
