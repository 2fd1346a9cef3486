// SPDX-License-Identifier: GPL-2.0-only
/* test_svg.c - pictures inside the page. */
#include "output/svg.h"

#include "net_fixture.h"
#include "unit.h"

START_TEST(matrix)
{
	static const u32 ids[] = { 0, 7 };
	static const u64 num[] = { 0, 10, 1, 0 };
	struct heat h = { .num = num,
			  .factor = 1,
			  .rows = { .nr = 2, .id = ids },
			  .cols = { .nr = 2, .id = ids } };
	struct capture c;

	capture_open(&c);
	ck_assert_int_eq(svg_matrix(&h, c.f), 0);
	ck_assert_ptr_nonnull(strstr(capture_text(&c),
				     "<rect x=\"1\" y=\"0\" width=\"1\" height=\"1\" "
				     "class=\"c9\"><title>0 \xe2\x86\x92 7: 10</title></rect>"));
	ck_assert_ptr_nonnull(strstr(c.text, "class=\"c1\"><title>7 \xe2\x86\x92 0: 1<"));
	ck_assert_ptr_null(strstr(c.text, "0 \xe2\x86\x92 0"));
	capture_free(&c);
}
END_TEST

START_TEST(graph)
{
	struct net_fixture f;
	struct capture c;

	net_fixture(&f, "VM");
	capture_open(&c);
	ck_assert_int_eq(svg_graph(&f.n, c.f), 0);
	ck_assert_ptr_nonnull(
		strstr(capture_text(&c), "<title>0 \xe2\x86\x92 4: 9</title></path>"));
	/* Who has no edge that is shown has no place. */
	ck_assert_ptr_null(strstr(c.text, "vCPU 9"));
	capture_free(&c);
}
END_TEST

START_TEST(rates)
{
	static const u64 count[] = { 2, 0, 4 };
	struct capture c;

	capture_open(&c);
	svg_rates(count, 3, 500000000, c.f);
	ck_assert_ptr_nonnull(strstr(capture_text(&c),
				     "<rect x=\"0\" y=\"20.00\" width=\"1\" height=\"20.00\">"));
	ck_assert_ptr_nonnull(strstr(c.text, "<title>1 s: 4 IPIs</title>"));
	ck_assert_ptr_null(strstr(c.text, "x=\"1\""));
	capture_free(&c);
}
END_TEST

UNIT_SUITE(svg, matrix, graph, rates)
