// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_stock_order.c - IPIs of stock events in their place among the others: against kvm_ipi_track
 * in the same recordings, event by event.
 */
#include "trace/stock_order.h"

#include "unit.h"

#define EVENTS_MAX 200000

/* What an ordered run handed on. */
struct seen {
	struct event *ipi;
	u32 nr_ipis;
	u64 others; /* a hash of all other events, in their order */
	u64 last_ts;
};

static int record(void *self, const struct event *ev, u32 nr)
{
	struct seen *s = self;

	for (u32 i = 0; i < nr; i++) {
		ck_assert_uint_ge(ev[i].ts, s->last_ts);
		s->last_ts = ev[i].ts;
		if (ev[i].kind == EV_TRACK) {
			ck_assert_uint_lt(s->nr_ipis, EVENTS_MAX);
			s->ipi[s->nr_ipis++] = ev[i];
		} else {
			s->others = (s->others ^ ev[i].ts ^ ev[i].kind) * 0x9e3779b97f4a7c15ull;
		}
	}
	return 0;
}

static const struct ordered_ops ops = { .name = "test", .records = record };

static void run(const char *name, bool stock, struct seen *s, struct trace *t)
{
	struct ordered_want want = { .kinds = EV_BIT(EV_TRACK) | EV_BIT(EV_EOI) |
					      EV_BIT(EV_ENTRY) };
	struct ordered list[] = { { &ops, s } };
	struct thread_map map = { 0 };
	char path[UNIT_PATH], *paths[] = { path };
	struct err err;
	u32 kinds;

	*s = (struct seen){ .ipi = malloc(EVENTS_MAX * sizeof(*s->ipi)) };
	snprintf(path, sizeof(path), "tests/data/captures/%s.dat", name);
	ck_assert_int_eq(trace_open(t, paths, 1, false, &err), 0);
	if (stock) {
		ck_assert_int_eq(trace_threads(t, &map, &kinds, &err), 0);
		ck_assert_int_eq(trace_run_ordered_stock(t, &want, &map, list, 1, &kinds, &err), 0);
	} else {
		ck_assert_int_eq(trace_run_ordered(t, &want, list, 1, &kinds, &err), 0);
	}
	ck_assert_uint_eq(kinds, want.kinds);
	ck_assert_uint_eq(t->events, s->nr_ipis);
	threads_release(&map);
}

static int by_thread(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->ts < y->ts ? -1 : x->ts > y->ts;
}

static void compare(const char *name)
{
	struct seen stock, track;
	struct trace a, b;

	run(name, true, &stock, &a);
	run(name, false, &track, &b);
	ck_assert_uint_eq(stock.others, track.others);
	ck_assert_uint_eq(stock.nr_ipis, track.nr_ipis);
	qsort(stock.ipi, stock.nr_ipis, sizeof(*stock.ipi), by_thread);
	qsort(track.ipi, track.nr_ipis, sizeof(*track.ipi), by_thread);
	for (u32 i = 0; i < track.nr_ipis; i++) {
		const struct event *x = &stock.ipi[i], *y = &track.ipi[i];

		ck_assert(x->pid == y->pid && x->ipi.src == y->ipi.src && x->ipi.dst == y->ipi.dst);
		ck_assert(x->ipi.vector == y->ipi.vector && x->ipi.vm_pid == y->ipi.vm_pid &&
			  x->ipi.vm_id == y->ipi.vm_id);
		/* kvm_ipi_track comes behind the acceptance, before the thread sends again. */
		ck_assert_uint_le(x->ts, y->ts);
		if (i && y[-1].pid == y->pid)
			ck_assert_uint_gt(x->ts, y[-1].ts);
	}
	free(stock.ipi);
	free(track.ipi);
	trace_close(&a);
	trace_close(&b);
}

START_TEST(three_vms)
{
	compare("612-g-three-vms-yield");
}
END_TEST
START_TEST(accepts_first)
{
	compare("71-c-x2apic-fastpath-all");
}
END_TEST
START_TEST(two_vms_of_a_process)
{
	compare("71-f-two-vms-x2+xapic-all");
}
END_TEST
START_TEST(linux_guest)
{
	compare("612-n-j-debian612-pv-all");
}
END_TEST

START_TEST(unpatched)
{
	struct seen s;
	struct trace t;

	run("612s-g-three-vms-yield", true, &s, &t);
	ck_assert_uint_eq(s.nr_ipis, 764);
	free(s.ipi);
	trace_close(&t);
}
END_TEST

UNIT_SUITE(stock_order, three_vms, accepts_first, two_vms_of_a_process, linux_guest, unpatched)
