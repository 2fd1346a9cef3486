// SPDX-License-Identifier: GPL-2.0-only
/* test_stock.c - kvm_apic_ipi joined with kvm_apic_accept_irq: each order, and each trap of it. */
#include "decode/stock.h"

#include "unit.h"

#define OUT_MAX 16
enum { HARDIRQ = 0x08, SOFTIRQ = 0x10 };
enum { ASSERT = 1 << 14, LEVEL = 1 << 15, LOGICAL = 1 << 11 };

static struct stock s;
static struct stock_ipi out[OUT_MAX];
static u32 nr_out;
static u64 now;

static int take(void *ctx, const struct stock_ipi *ipi)
{
	ck_assert_uint_lt(nr_out, OUT_MAX);
	out[nr_out++] = *ipi;
	return 0;
}

static void begin(void)
{
	nr_out = 0;
	now = 1000;
	stock_init(&s, take, NULL);
}

static void add(u8 kind, s32 pid, u8 flags, s64 v0, s64 v1, s64 v3)
{
	struct event ev = { .ts = now,
			    .cpu = (u32)(now / 10 % 2),
			    .pid = pid,
			    .kind = kind,
			    .flags = flags,
			    .have = 0xf,
			    .v = { v0, v1, 0, v3 } };

	now += 10;
	ck_assert_int_eq(stock_add(&s, &ev), 0);
}

static void exits(s32 pid, u32 vcpu)
{
	add(EV_EXIT, pid, 0, vcpu, 32, 0);
}
static void enters(s32 pid, u32 vcpu)
{
	add(EV_ENTRY, pid, 0, vcpu, 0, 0);
}
static void sends(s32 pid, u32 icr)
{
	add(EV_APIC_IPI, pid, 0, icr, 0, 0);
}
static void accepts(s32 pid, u32 dst, u8 vec)
{
	add(EV_ACCEPT, pid, 0, dst, 0, vec);
}
static void gap(void)
{
	add(EV_GAP, 0, 0, -1, 0, 0);
}

static void end(void)
{
	ck_assert_int_eq(stock_end(&s), 0);
	stock_release(&s);
}

static void check_out(u32 i, u8 kind, u32 src, u32 dst, u16 vector)
{
	ck_assert_uint_lt(i, nr_out);
	ck_assert_uint_eq(out[i].kind, kind);
	ck_assert_uint_eq(out[i].ipi.vector, vector);
	if (kind != STOCK_UNICAST)
		return;
	ck_assert(out[i].have_src && out[i].ipi.src == src && out[i].ipi.dst == dst);
	ck_assert(out[i].ipi.path == IPI_PATH_NONE && out[i].ipi.state == IPI_STATE_NONE);
	ck_assert(out[i].ipi.dst_cpu == IPI_CPU_NONE && !out[i].ipi.have_vm_pid);
}

START_TEST(both_orders)
{
	begin();
	exits(7, 0);
	sends(7, 0x41 | ASSERT);
	accepts(7, 1, 0x41);
	enters(7, 0);
	exits(7, 0);
	accepts(7, 2, 0x42);
	sends(7, 0x42);
	enters(7, 0);
	ck_assert_uint_eq(nr_out, 2);
	check_out(0, STOCK_UNICAST, 0, 1, 0x41);
	check_out(1, STOCK_UNICAST, 0, 2, 0x42);
	/* The time is that of the acceptance, as kvm_ipi_track has it. */
	ck_assert_uint_eq(out[0].ipi.ts, 1020);
	ck_assert_uint_eq(out[1].ipi.ts, 1050);
	end();
}
END_TEST

START_TEST(interrupts_on_the_same_thread)
{
	begin();
	exits(7, 0);
	accepts(7, 0, 0xec); /* its own timer, right before the ipi */
	sends(7, 0xfd);
	add(EV_ACCEPT, 7, HARDIRQ, 3, 0, 0xfd);
	add(EV_ACCEPT, 7, SOFTIRQ, 2, 0, 0xfd);
	add(EV_ACCEPT, 7, 0, 2, 0x100, 0xfd); /* lowest priority: none of a fixed ipi's */
	accepts(7, 1, 0xfd);
	accepts(7, 0, 0xec);
	enters(7, 0);
	ck_assert_uint_eq(nr_out, 1);
	check_out(0, STOCK_UNICAST, 0, 1, 0xfd);
	end();
}
END_TEST

START_TEST(deassert)
{
	begin();
	exits(7, 0);
	sends(7, 0x51 | LEVEL);
	accepts(7, 1, 0x51); /* KVM says so before it looks at the level */
	enters(7, 0);
	exits(7, 0);
	sends(7, 0xfd); /* as Linux writes all of them: de-assert, edge */
	accepts(7, 1, 0xfd);
	enters(7, 0);
	exits(7, 0);
	sends(7, 0x52 | LEVEL | ASSERT);
	accepts(7, 1, 0x52);
	enters(7, 0);
	check_out(0, STOCK_DEASSERT, 0, 1, 0x51);
	check_out(1, STOCK_UNICAST, 0, 1, 0xfd);
	check_out(2, STOCK_UNICAST, 0, 1, 0x52);
	end();
}
END_TEST

START_TEST(kinds)
{
	begin();
	exits(7, 0);
	sends(7, 0x41 | 3 << 18);
	accepts(7, 1, 0x41);
	enters(7, 0);
	exits(7, 0);
	sends(7, 0x42 | 1 << 18);
	accepts(7, 0, 0x42);
	enters(7, 0);
	exits(7, 0);
	sends(7, 0x43 | LOGICAL);
	accepts(7, 0, 0x43); /* the sender is one of two */
	accepts(7, 3, 0x43);
	enters(7, 0);
	exits(7, 0);
	sends(7, 0x44);
	accepts(7, 0, 0x44);
	enters(7, 0);
	exits(7, 0);
	sends(7, 0x45 | 1 << 8);
	enters(7, 0);
	exits(7, 0);
	sends(7, 0x46 | 4 << 8);
	enters(7, 0);
	exits(7, 0);
	sends(7, 0x47);
	enters(7, 0);
	check_out(0, STOCK_SHORTHAND, 0, 0, 0x41);
	check_out(1, STOCK_SELF, 0, 0, 0x42);
	check_out(2, STOCK_MULTICAST, 0, 0, 0x43);
	ck_assert_uint_eq(out[2].acceptors, 2);
	check_out(3, STOCK_SELF, 0, 0, 0x44);
	check_out(4, STOCK_LOWEST, 0, 0, 0x45);
	check_out(5, STOCK_SPECIAL, 0, 0, 0x46);
	check_out(6, STOCK_NOBODY, 0, 0, 0x47);
	end();
}
END_TEST

START_TEST(no_second_count)
{
	begin();
	exits(7, 0);
	sends(7, 0x41);
	accepts(7, 1, 0x41);
	add(EV_APICV_ACCEPT, 7, 0, 1, 0, 0x41);
	enters(7, 0);
	check_out(0, STOCK_UNICAST, 0, 1, 0x41);
	/* Accepts without an ipi: a PV IPI, a device. */
	exits(7, 0);
	accepts(7, 1, 0x41);
	enters(7, 0);
	ck_assert_uint_eq(nr_out, 1);
	end();
}
END_TEST

START_TEST(threads_side_by_side)
{
	begin();
	exits(7, 0);
	exits(8, 1);
	sends(7, 0x41); /* the same vector, from two senders, on changing CPUs */
	sends(8, 0x41);
	accepts(8, 0, 0x41);
	accepts(7, 1, 0x41);
	enters(8, 1);
	enters(7, 0);
	ck_assert_uint_eq(nr_out, 2);
	check_out(0, STOCK_UNICAST, 1, 0, 0x41);
	check_out(1, STOCK_UNICAST, 0, 1, 0x41);
	end();
}
END_TEST

START_TEST(two_in_a_stay)
{
	begin();
	exits(7, 0);
	sends(7, 0x41);
	accepts(7, 1, 0x41);
	sends(7, 0x41);
	accepts(7, 2, 0x41);
	enters(7, 0);
	exits(7, 0);
	accepts(7, 1, 0x42);
	sends(7, 0x42);
	accepts(7, 2, 0x42);
	sends(7, 0x42);
	enters(7, 0);
	ck_assert_uint_eq(nr_out, 4);
	check_out(0, STOCK_UNICAST, 0, 1, 0x41);
	check_out(1, STOCK_UNICAST, 0, 2, 0x41);
	check_out(2, STOCK_UNICAST, 0, 1, 0x42);
	check_out(3, STOCK_UNICAST, 0, 2, 0x42);
	end();
}
END_TEST

START_TEST(lost_events)
{
	begin();
	exits(7, 0);
	sends(7, 0x41);
	gap();
	accepts(7, 1, 0x41); /* perhaps not the only one */
	enters(7, 0);
	check_out(0, STOCK_UNKNOWN, 0, 0, 0x41);
	exits(7, 0);
	gap();
	sends(7, 0x42); /* complete: it stands before its accepts */
	accepts(7, 1, 0x42);
	enters(7, 0);
	check_out(1, STOCK_UNICAST, 0, 1, 0x42);
	exits(7, 0);
	gap();
	accepts(7, 1, 0x43); /* one before it may be lost */
	sends(7, 0x43);
	enters(7, 0);
	check_out(2, STOCK_UNKNOWN, 0, 0, 0x43);
	exits(7, 0);
	gap();
	sends(7, 0x44); /* nobody, or lost */
	enters(7, 0);
	check_out(3, STOCK_UNKNOWN, 0, 0, 0x44);
	end();
}
END_TEST

START_TEST(ends_of_the_recording)
{
	begin();
	sends(7, 0x41);
	accepts(7, 1, 0x41);
	enters(7, 3); /* the sender is known by now */
	check_out(0, STOCK_UNICAST, 3, 1, 0x41);
	sends(8, 0x42);
	enters(8, 2);
	check_out(1, STOCK_UNKNOWN, 0, 0, 0x42);
	exits(7, 3);
	sends(7, 0x43);
	accepts(7, 1, 0x43);
	ck_assert_uint_eq(nr_out, 2);
	end(); /* an accept might have followed */
	check_out(2, STOCK_UNKNOWN, 0, 0, 0x43);
}
END_TEST

START_TEST(without_entries_and_exits)
{
	begin();
	s.unbounded = true;
	sends(7, 0x41);
	accepts(7, 1, 0x41);
	sends(7, 0x41);
	accepts(7, 2, 0x41);
	accepts(8, 1, 0x51);
	sends(8, 0x51);
	accepts(8, 2, 0x51);
	sends(8, 0x51);
	end();
	ck_assert_uint_eq(nr_out, 4);
	for (u32 i = 0; i < nr_out; i++) {
		ck_assert_uint_eq(out[i].kind, STOCK_UNICAST);
		ck_assert(!out[i].have_src);
	}
	ck_assert_uint_eq(out[0].ipi.dst, 1);
	ck_assert_uint_eq(out[1].ipi.dst, 1);
	ck_assert_uint_eq(out[2].ipi.dst, 2);
	ck_assert_uint_eq(out[3].ipi.dst, 2);
}
END_TEST

START_TEST(many_threads)
{
	begin();
	for (s32 pid = 1; pid < 3000; pid++)
		exits(pid, (u32)pid);
	for (s32 pid = 1; pid < 3000; pid += 1000) {
		sends(pid, 0x41);
		accepts(pid, 9999, 0x41);
		enters(pid, (u32)pid);
	}
	ck_assert_uint_eq(nr_out, 3);
	check_out(2, STOCK_UNICAST, 2001, 9999, 0x41);
	end();
}
END_TEST

/* More than a broadcast to the largest VM: what is left of the stay can be a part of anything. */
START_TEST(a_stay_without_end)
{
	begin();
	exits(7, 0);
	sends(7, 0x41);
	for (u32 i = 0; i < 20000; i++)
		accepts(7, 1, 0x42);
	accepts(7, 1, 0x41);
	enters(7, 0);
	end();
	ck_assert_uint_eq(nr_out, 1);
	check_out(0, STOCK_UNKNOWN, 0, 0, 0x41);
}
END_TEST

UNIT_SUITE(stock, both_orders, interrupts_on_the_same_thread, deassert, kinds, no_second_count,
	   threads_side_by_side, two_in_a_stay, lost_events, ends_of_the_recording,
	   without_entries_and_exits, many_threads, a_stay_without_end)
