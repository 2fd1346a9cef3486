// SPDX-License-Identifier: GPL-2.0-only
/* test_heatmap_scale.c - the places on the colours' scale. */
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

/*
 * The colours' labels: whole counts, at least two on a short logarithmic scale, large ones cut
 * short.
 */
START_TEST(color_labels)
{
	struct heat h = heat("one");
	struct heat_picture p = { .panel = &h, .nr = 1 };
	struct capture c;

	capture_open(&c);
	ck_assert_int_eq(heat_script(&p, c.f), 0);
	has(capture_text(&c), "set cbtics ('0' 0, '1' 1, '2' 2, '3' 3, '4' 4, '5' 5)\n");
	capture_free(&c);
	h.log = true;
	capture_open(&c);
	ck_assert_int_eq(heat_script(&p, c.f), 0);
	has(capture_text(&c), "set cbtics ('5' 5, '10' 10, '20' 20)\n");
	capture_free(&c);
	h.log = false;
	h.factor = 1e5;
	capture_open(&c);
	ck_assert_int_eq(heat_script(&p, c.f), 0);
	has(capture_text(&c), "('0' 0, '50000' 50000, '100k' 100000, ");
	capture_free(&c);
}
END_TEST

UNIT_SUITE(heatmap_scale, color_labels)
