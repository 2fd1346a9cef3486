// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_latency_json.c - stages with their figures; null for a stage that is missing or was not met.
 */
#include "latency_sample.h"
#include "unit.h"

START_TEST(figures)
{
	static const char *const want[] = {
		"\"schema\": \"kvm-ipi.latency/1\"",
		"\"accepted\": null",
		"\"injected\": {\"count\": 0, \"min_ns\": null",
		"\"acknowledged\": {\"count\": 7, \"min_ns\": 1000, \"mean_ns\": 2000, \"p50_ns\": 1500, "
		"\"p90_ns\": 3000, \"p99_ns\": 4000, \"max_ns\": 5000}",
		"\"src\": 1,",
		"\"vector\": 253,",
		"\"state\": \"preempted\",",
		"{\"time_ns\": 5, \"vm_pid\": 42, \"vm_id\": 3, \"name\": null, \"src\": 1, \"dst\": 2, "
		"\"vector\": 253, \"state\": \"preempted\", \"accepted\": 10, \"injected\": null, "
		"\"acknowledged\": 5000, \"running\": 20, \"sent_ts_ns\": 1000000005, "
		"\"src_pid\": 100, \"dst_pid\": null}",
	};
	struct latency_sample s;
	struct capture c;

	latency_sample_init(&s);
	capture_open(&c);
	latency_json(&s.view, c.f);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		ck_assert_msg(strstr(capture_text(&c), want[i]) != NULL, "not there: %s\nin: %s",
			      want[i], capture_text(&c));
	capture_free(&c);
}
END_TEST

UNIT_SUITE(latency_json, figures)
