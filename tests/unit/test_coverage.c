// SPDX-License-Identifier: GPL-2.0-only
/* test_coverage.c - what is counted beside the directed IPIs, and what confirms those. */
#include "analysis/coverage.h"

#include "unit.h"

static struct coverage c;
static struct thread_map map;

/* One VM, number 0: thread 100 + n runs vCPU n. */
static void begin(void)
{
	for (u32 i = 0; i < 3; i++) {
		struct thread *t = threads_add(&map, 100 + (s32)i);

		t->vm = 0;
		t->vcpu = i;
	}
	ck_assert_int_eq(threads_seal(&map), 0);
	coverage_init(&c, &map);
	c.kinds = EV_BIT(EV_INJ_VIRQ) | EV_BIT(EV_EOI);
}

static void end(void)
{
	coverage_release(&c);
	threads_release(&map);
}

static void add(u8 kind, s32 pid, u64 ts, s64 v0, s64 v1, s64 v2, s64 v3)
{
	struct event ev = {
		.ts = ts, .pid = pid, .kind = kind, .have = 0xf, .v = { v0, v1, v2, v3 }
	};

	ck_assert_int_eq(coverage_event(&c, &ev), 0);
}

static void injects(s32 pid, u64 ts, u8 vec)
{
	add(EV_INJ_VIRQ, pid, ts, vec, 0, 0, 0);
}
static void acks(s32 pid, u64 ts, s64 vec)
{
	add(EV_EOI, pid, ts, pid - 100, vec, 0, 0);
}

static void sent(u32 dst, u64 ts, u8 vec)
{
	struct ipi_event ipi = { .ts = ts, .dst = dst, .vector = vec };

	ck_assert_int_eq(coverage_watch(&c, &ipi), 0);
}

START_TEST(acknowledged)
{
	begin();
	sent(1, 10, 0x41);
	sent(1, 20, 0x41);
	acks(101, 30, 0x41); /* one for both */
	sent(1, 40, 0x41);
	acks(101, 50, 0x42); /* another vector */
	acks(102, 50, 0x41); /* another vCPU */
	acks(101, 50, -1);
	sent(2, 45, 0x41); /* comes out of the join late: it has been acknowledged before */
	sent(7, 60, 0x41); /* nobody knows that vCPU's thread */
	coverage_finish(&c);
	ck_assert_uint_eq(c.watched, 4);
	ck_assert_uint_eq(c.unwatched, 1);
	ck_assert_uint_eq(c.no_eoi, 1);
	end();
}
END_TEST

START_TEST(confirmed)
{
	begin();
	sent(1, 10, 0x41);
	sent(1, 20, 0x41);
	sent(1, 30, 0x41);
	injects(101, 40, 0x41); /* of three one */
	sent(1, 45, 0x41);
	acks(101, 50, 0x41); /* that of the injection before: it confirms nothing */
	sent(2, 60, 0x42);
	injects(102, 70, 0x42);
	injects(102, 80, 0x42);
	sent(2, 75, 0x42); /* late, and confirmed by the injection at 80 */
	sent(2, 76, 0x42); /* late, too: that injection has confirmed one already */
	coverage_finish(&c);
	ck_assert_uint_eq(c.watched, 7);
	ck_assert_uint_eq(c.unconfirmed, 4);
	end();
}
END_TEST

START_TEST(other_kinds)
{
	struct stock_ipi ipi = { .kind = STOCK_MULTICAST, .acceptors = 3 };

	begin();
	coverage_sent(&c, &ipi);
	coverage_sent(&c, &ipi);
	ipi.kind = STOCK_SELF;
	coverage_sent(&c, &ipi);
	add(EV_HYPERCALL, 100, 1, 10, 7, (s64)(1ull << 63), 0);
	add(EV_HYPERCALL, 100, 2, 11, 7, 0, 0);
	add(EV_HV_SEND_IPI, 100, 3, 0x41, 3, 0, 0);
	add(EV_HV_SEND_IPI_EX, 100, 4, 0x41, 0, 0, 0);
	add(EV_AVIC_IPI, 100, 5, 0, 0, 0, 1);
	add(EV_AVIC_IPI, 100, 6, 0, 0, 0, 2);
	add(EV_AVIC_IPI, 100, 7, 0, 0, 0, 99);
	ck_assert_uint_eq(c.sent[STOCK_MULTICAST], 2);
	ck_assert_uint_eq(c.sent[STOCK_SELF], 1);
	ck_assert_uint_eq(c.acceptors, 6);
	ck_assert_uint_eq(c.pv, 1);
	ck_assert_uint_eq(c.pv_targets, 4);
	ck_assert_uint_eq(c.hyperv, 2);
	ck_assert(c.avic[1] == 1 && c.avic[2] == 1 && c.avic[4] == 1);
	end();
}
END_TEST

/* What probes show of IPIs by hypercall, and AVIC's of receivers that do not run: with their pairs.
 */
START_TEST(pairs)
{
	struct event ev = { .kind = EV_SENT, .pid = 101, .v = { STOCK_HYPERCALL, 1, 2, -1 } };
	struct event avic = {
		.kind = EV_AVIC_IPI, .pid = 101, .have = 0x1f, .v = { 1, 0, 0x4041, 1, 2 }
	};

	begin();
	ck_assert_int_eq(coverage_joined(&c, &ev), 0);
	ck_assert_int_eq(coverage_joined(&c, &ev), 0);
	ev.v[2] = 1; /* its own timer */
	ck_assert_int_eq(coverage_joined(&c, &ev), 0);
	ev.v[2] = 2;
	ev.pid = 999; /* no vCPU's thread */
	ck_assert_int_eq(coverage_joined(&c, &ev), 0);
	ev.v[0] = STOCK_MULTICAST;
	ev.v[1] = 3;
	ck_assert_int_eq(coverage_joined(&c, &ev), 0);
	ck_assert_int_eq(coverage_event(&c, &avic), 0);
	avic.v[2] |= 0x800; /* logical: the index is no vCPU */
	ck_assert_int_eq(coverage_event(&c, &avic), 0);
	avic.v[2] = 0x41;
	avic.v[3] = 2; /* the receiver's APIC cannot do it: KVM delivers */
	ck_assert_int_eq(coverage_event(&c, &avic), 0);
	ck_assert_uint_eq(c.hypercall_accepts, 2);
	ck_assert(c.sent[STOCK_MULTICAST] == 1 && c.acceptors == 3);
	ck_assert(c.avic[1] == 2 && c.avic[2] == 1);
	ck_assert_uint_eq(c.nr_pairs, 2);
	ck_assert(!c.pair[0].avic && c.pair[0].src == 1 && c.pair[0].dst == 2 &&
		  c.pair[0].count == 2);
	ck_assert(c.pair[1].avic && c.pair[1].src == 1 && c.pair[1].dst == 2 &&
		  c.pair[1].count == 1);
	end();
}
END_TEST

START_TEST(hardware)
{
	begin();
	add(EV_EXIT, 100, 1, 0, 40, 0, 1);
	ck_assert_int_eq(coverage_hardware(&c), HW_UNKNOWN);
	injects(100, 2, 0x41);
	ck_assert_int_eq(coverage_hardware(&c), HW_NONE);
	add(EV_EXIT, 100, 3, 0, 56, 0, 1); /* VMX: APIC write */
	ck_assert_int_eq(coverage_hardware(&c), HW_APICV);
	end();
	begin();
	add(EV_EXIT, 100, 1, 0, 56, 0, 2); /* SVM: something else */
	ck_assert_int_eq(coverage_hardware(&c), HW_UNKNOWN);
	add(EV_APICV_ACCEPT, 100, 1, 0, 0, 0, 0x41);
	ck_assert_int_eq(coverage_hardware(&c), HW_AVIC);
	end();
	begin();
	add(EV_AVIC_IPI, 100, 1, 0, 0, 0, 0);
	ck_assert_int_eq(coverage_hardware(&c), HW_AVIC);
	end();
}
END_TEST

START_TEST(gaps)
{
	struct event ev = { .ts = 500, .cpu = 3, .kind = EV_GAP, .v = { 7, 400 } };

	begin();
	ck_assert_int_eq(coverage_event(&c, &ev), 0);
	ck_assert_int_eq(coverage_gap(&c, 1, 0, 100, -1), 0); /* before the first record */
	for (u32 i = 0; i < 2 * COVERAGE_SPANS; i++)
		ck_assert_int_eq(coverage_gap(&c, 3, 1000 + 10 * i, 1005 + 10 * i, 1), 0);
	ck_assert_uint_eq(c.nr_cpus, 2);
	ck_assert(c.cpu[0].cpu == 1 && c.cpu[0].gaps == 1 && c.cpu[0].unknown && !c.cpu[0].ns);
	ck_assert(c.cpu[0].from == 100 && c.cpu[0].to == 100);
	ck_assert(c.cpu[1].cpu == 3 && !c.cpu[1].unknown);
	ck_assert_uint_eq(c.cpu[1].gaps, 1 + 2 * COVERAGE_SPANS);
	ck_assert_uint_eq(c.cpu[1].events, 7 + 2 * COVERAGE_SPANS);
	ck_assert_uint_eq(c.cpu[1].ns, 100 + 5 * 2 * COVERAGE_SPANS);
	ck_assert(c.cpu[1].from == 400 && c.cpu[1].to == 1005 + 10 * (2 * COVERAGE_SPANS - 1));
	ck_assert(c.cpu[1].nr_spans == COVERAGE_SPANS && c.cpu[1].span[1].from == 1000);
	end();
}
END_TEST

START_TEST(many_lines)
{
	begin();
	for (u32 v = 0; v < 256; v++)
		for (u32 dst = 0; dst < 3; dst++)
			sent(dst, 10 + v, (u8)v);
	for (u32 v = 0; v < 255; v++)
		acks(101, 1000 + v, v);
	coverage_finish(&c);
	ck_assert_uint_eq(c.watched, 768);
	ck_assert_uint_eq(c.no_eoi, 768 - 255);
	end();
}
END_TEST

UNIT_SUITE(coverage, acknowledged, confirmed, other_kinds, pairs, hardware, gaps, many_lines)
