// SPDX-License-Identifier: GPL-2.0-only
/* test_html.c - the page: names are text, loss is at the top. */
#include "output/html.h"

#include "net_fixture.h"
#include "unit.h"

static void vectors(const void *ctx, u32 vm, u64 count[VIEW_NO_VECTOR + 1])
{
	memset(count, 0, (VIEW_NO_VECTOR + 1) * sizeof(*count));
	count[0xfd] = 16;
}

static const char *vector_name(const void *ctx, u32 vector)
{
	return "<b>";
}

START_TEST(page)
{
	static const u32 ids[] = { 0, 4, 9 };
	static const u64 num[] = { 0, 9, 0, 6, 0, 0, 1, 0, 0 };
	static const u64 bins[] = { 1, 2 };
	struct heat h = { .num = num,
			  .factor = 1,
			  .rows = { .nr = 3, .id = ids },
			  .cols = { .nr = 3, .id = ids } };
	struct input_view in = { .file = "<script>", .gaps = 1, .lost = 7, .lost_known = true };
	struct net_fixture f;
	struct graph_view g = { .in = &in,
				.nr_in = 1,
				.vm = &f.vm,
				.nr_vm = 1,
				.duration_ns = 1000000000,
				.vectors = vectors,
				.vector_name = vector_name };
	struct html_vm v = {
		.vm = &f.vm, .matrix = &h, .net = &f.n, .bin = bins, .nr_bins = 2, .bin_ns = 1000000
	};
	const char *loss, *table;
	struct capture c;

	net_fixture(&f, "</script><script>alert(1)");
	capture_open(&c);
	html_begin(&g, c.f);
	ck_assert_int_eq(html_vm(&g, &v, c.f), 0);
	html_end(c.f);
	loss = strstr(capture_text(&c), "role=\"alert\"");
	table = strstr(c.text, "<table>");
	ck_assert_ptr_nonnull(loss);
	ck_assert_ptr_nonnull(table);
	ck_assert(loss < table);
	ck_assert_ptr_null(strstr(c.text, "<script>alert"));
	ck_assert_ptr_nonnull(strstr(c.text, "&lt;/script&gt;&lt;script&gt;alert(1)"));
	ck_assert_ptr_nonnull(strstr(c.text, "&lt;b&gt;"));
	ck_assert_ptr_nonnull(strstr(c.text, "<tr><td>0<td>4<td>9<td>56.3<td>9.0<td>33.3\n"));
	ck_assert_ptr_nonnull(strstr(c.text, "id=\"vm-42-3\""));
	capture_free(&c);
}
END_TEST

UNIT_SUITE(html, page)
