// SPDX-License-Identifier: GPL-2.0-only
/* test_cost.c - a rate of records as instructions and as a part of a CPU. */
#include "record/cost.h"

#include "unit.h"

START_TEST(by_kind_of_record)
{
	struct plan tracepoints = { .nr_events = 3 }, probes = { .nr_events = 6, .nr_probes = 5 };

	ck_assert_uint_eq(cost_instructions(&tracepoints, 0), 0);
	ck_assert_uint_eq(cost_instructions(&tracepoints, 1000), 1000 * COST_TRACEPOINT);
	ck_assert_uint_eq(cost_instructions(&probes, 1000), 1000 * COST_PROBE);
	ck_assert_uint_gt(COST_PROBE, COST_TRACEPOINT);
}
END_TEST

START_TEST(in_words)
{
	struct plan p = { .nr_probes = 1 };
	u64 per_s = 3000000000ull / COST_PROBE; /* all of a CPU */
	struct capture c;
	char want[128];

	capture_open(&c);
	cost_print(&p, per_s, c.f);
	snprintf(want, sizeof(want), "%llu records/s: at most %llu.%llu million instructions/s, ",
		 (unsigned long long)per_s, (unsigned long long)per_s * COST_PROBE / 1000000,
		 (unsigned long long)per_s * COST_PROBE / 100000 % 10);
	ck_assert_int_eq(strncmp(capture_text(&c), want, strlen(want)), 0);
	ck_assert(strstr(capture_text(&c), "99.9 % of a CPU") ||
		  strstr(capture_text(&c), "100.0 % of a CPU"));
	capture_free(&c);
}
END_TEST

UNIT_SUITE(cost, by_kind_of_record, in_words)
