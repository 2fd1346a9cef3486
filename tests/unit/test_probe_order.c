// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_probe_order.c - IPIs by probes in their place: against the text of the same records, joined
 * by the rule in its plainest form.
 */
#include "trace/probe_order.h"

#include "unit.h"

#define CAPTURE	   "tests/data/captures/612s-probes-states.dat"
#define IPIS	   160
#define DELIVERIES 161 /* one of them has a shorthand */

struct seen {
	u64 nr[NR_EVENT_KINDS];
	u64 accept_ts, accepted_ts, last_ts;
	u32 misplaced;
};

static int record(void *self, const struct event *ev, u32 nr)
{
	struct seen *s = self;

	for (u32 i = 0; i < nr; i++) {
		s->nr[ev[i].kind]++;
		switch (ev[i].kind) {
		case EV_DELIVER_ACCEPT: s->accept_ts = ev[i].ts; break;
		case EV_ACCEPTED: s->accepted_ts = ev[i].ts; break;
		case EV_TRACK:
			/* One sender at a time: the events before it are its own. */
			s->misplaced += ev[i].ts != s->accept_ts || s->last_ts != s->accepted_ts;
			continue;
		}
		s->last_ts = ev[i].ts;
	}
	return 0;
}

static const struct ordered_ops ops = { .name = "test", .records = record };

START_TEST(every_ipi_stands_behind_its_acceptance)
{
	struct ordered_want want = { .kinds = EV_BIT(EV_TRACK) | EV_BIT(EV_SENT) | PROBES_KINDS };
	char path[] = CAPTURE, *paths[] = { path };
	struct seen s = { 0 };
	struct ordered list[] = { { &ops, &s } };
	struct trace t;
	struct err err;
	u32 kinds;

	ck_assert_int_eq(trace_open(&t, paths, 1, false, &err), 0);
	t.probes = true;
	ck_assert_int_eq(trace_run_ordered(&t, &want, list, 1, &kinds, &err), 0);
	ck_assert_uint_eq(kinds, want.kinds);
	ck_assert_uint_eq(t.events, IPIS);
	ck_assert_uint_eq(s.nr[EV_TRACK], IPIS);
	ck_assert_uint_eq(s.nr[EV_DELIVER], DELIVERIES);
	ck_assert_uint_eq(s.nr[EV_SENT], 1);
	ck_assert_uint_eq(s.misplaced, 0);
	trace_close(&t);
}
END_TEST

static int count(void *self, const struct ipi_event *ev, u32 nr)
{
	*(u64 *)self += nr;
	return 0;
}

static const struct analysis_ops count_ops = { .events = count };

START_TEST(counting)
{
	char path[] = CAPTURE, *paths[] = { path };
	struct filter filter = { 0 };
	u64 counted = 0;
	struct analysis list[] = { { &count_ops, &counted } };
	struct trace t;
	struct err err;

	ck_assert_int_eq(trace_open(&t, paths, 1, false, &err), 0);
	ck_assert_int_eq(trace_run(&t, &filter, list, 1, 0, &err), 0);
	ck_assert_uint_eq(t.events, 0); /* there is no kvm_ipi_track in it */
	t.probes = true;
	for (u64 run = 1; run <= 2; run++) {
		ck_assert_int_eq(trace_run(&t, &filter, list, 1, 0, &err), 0);
		ck_assert_uint_eq(counted, run * IPIS);
		ck_assert_uint_eq(t.events, IPIS);
		ck_assert_uint_eq(t.counted, IPIS);
		ck_assert_uint_eq(t.vms.nr, 3);
	}
	filter_release(&filter);
	trace_close(&t);
}
END_TEST

UNIT_SUITE(probe_order, every_ipi_stands_behind_its_acceptance, counting)
