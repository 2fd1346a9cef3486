// SPDX-License-Identifier: GPL-2.0-only
/* test_perfetto.c - an arrow is two slices, its beginning and its end, in this order. */
#include "output/perfetto.h"

#include "unit.h"

START_TEST(arrow)
{
	struct graph_view g = { .schema = "s", .source = "track" };
	struct perfetto_ipi ipi = {
		.ts_ns = 1234567, .src_end_ns = 1235567, .dst_end_ns = 1234567, .src = { 10, 11 },
		.dst = { 10, 15 }, .src_id = 0, .dst_id = 4, .vector = 0xfd, .state = "halted",
		.path = "fast", .cpu = 1, .dst_cpu = -1,
	};
	struct perfetto p;
	struct capture c;
	const char *at;

	capture_open(&c);
	perfetto_begin(&p, &g, c.f);
	perfetto_process(&p, 10, "VM \"x\"", 0);
	perfetto_thread(&p, ipi.src, 0);
	perfetto_ipi(&p, &ipi);
	perfetto_slice(&p, ipi.src, 5, 1005, "spin", "spin");
	perfetto_gap(&p, ipi.src, 6, 3);
	perfetto_end(&p);
	at = strstr(capture_text(&c),
		    "\"ph\": \"X\", \"pid\": 10, \"tid\": 11, \"ts\": 1234.567, \"dur\": 1.000");
	ck_assert_ptr_nonnull(at);
	at = strstr(at, "\"ph\": \"X\", \"pid\": 10, \"tid\": 15, \"ts\": 1234.567, \"dur\": 0.000");
	ck_assert_ptr_nonnull(at);
	at = strstr(at, "{\"ph\": \"s\", \"pid\": 10, \"tid\": 11, \"ts\": 1234.567, \"cat\": \"ipi\", "
		    "\"name\": \"ipi\", \"id\": 1}");
	ck_assert_ptr_nonnull(at);
	at = strstr(at, "{\"ph\": \"f\", \"pid\": 10, \"tid\": 15, \"ts\": 1234.567, \"cat\": \"ipi\", "
		    "\"name\": \"ipi\", \"id\": 1, \"bp\": \"e\"}");
	ck_assert_ptr_nonnull(at);
	ck_assert_ptr_nonnull(strstr(at, "\"ts\": 0.005, \"dur\": 1.000, \"cat\": \"spin\""));
	ck_assert_ptr_nonnull(strstr(c.text, "\"name\": \"VM \\\"x\\\"\""));
	ck_assert_uint_eq(p.arrows, 1);
	capture_free(&c);
}
END_TEST

UNIT_SUITE(perfetto, arrow)
