// SPDX-License-Identifier: GPL-2.0-only
/* test_yield_json.c - the contract's keys with their figures, and null for what is not there. */
#include "unit.h"
#include "yield_sample.h"

static void has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "not there: %s\nin: %s", part, text);
}

START_TEST(all_levels)
{
	struct yield_sample s;
	struct capture c;

	yield_sample_init(&s);
	capture_open(&c);
	yield_json(&s.view, c.f);
	has(capture_text(&c), "\"schema\": \"kvm-ipi.yield/1\"");
	has(capture_text(&c),
	    "{\"window_ns\": 50000000, \"recorded\": 8, \"overwritten\": 5, "
	    "\"refreshed\": 2, "
	    "\"retargeted\": 3, \"expired\": 2, \"open\": 1, \"alive_ns\": 77000000}");
	has(capture_text(&c), "\"stability\": {\"same\": 2, \"of\": 5}");
	has(capture_text(&c),
	    "\"states\": {\"guest\": 1, \"host\": 1, \"preempted\": 3, \"woken\": 1, "
	    "\"halted\": 2, \"unknown\": 0}");
	has(capture_text(&c), "{\"rule\": \"v2\", \"stale_ns\": 1500000, \"lost_early\": 4}");
	has(capture_text(&c), "\"probed\": true");
	has(capture_text(&c), "\"agree_blind\": 150");
	has(capture_text(&c),
	    "{\"policy\": \"stock\", \"relaxed\": false, \"picks\": 150, \"hits\": 40, "
	    "\"missed\": 60");
	has(capture_text(&c), "\"suggested_window_ns\": 500000");
	has(capture_text(&c), "\"picks\": [2, null]");
	has(capture_text(&c), "\"scheduler_mismatch\": 20");
	capture_free(&c);
}
END_TEST

START_TEST(hints_alone)
{
	struct yield_sample s;
	struct capture c;

	yield_sample_init(&s);
	s.vm.ack = NULL;
	s.vm.replay = NULL;
	s.vm.head.have_pid = false;
	capture_open(&c);
	yield_json(&s.view, c.f);
	has(capture_text(&c), "\"vm_pid\": null");
	has(capture_text(&c), "\"ack\": null");
	has(capture_text(&c), "\"replay\": null");
	capture_free(&c);
	yield_sample_init(&s);
	s.replay.probed = false;
	capture_open(&c);
	yield_json(&s.view, c.f);
	has(capture_text(&c), "\"scheduler_mismatch\": null");
	capture_free(&c);
}
END_TEST

UNIT_SUITE(yield_json, all_levels, hints_alone)
