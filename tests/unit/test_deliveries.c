// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_deliveries.c - groups of probe events joined to IPIs: what each kernel's functions give,
 * what nests, what interrupts bring, what loss leaves.
 */
#include "decode/deliveries.h"

#include "unit.h"

#define OUT_MAX 32
enum { HARDIRQ = 0x08, SOFTIRQ = 0x10 };
enum { KVM_A = 0x1000, KVM_B = 0x2000 };

static struct deliveries d;
static struct probe_vms vms;
static struct stock_ipi out[OUT_MAX];
static u64 out_place[OUT_MAX];
static u32 nr_out, cpu;
static u64 now;
static int open_now; /* what deliveries_add() said last */

static int take(void *ctx, const struct stock_ipi *ipi, u64 place)
{
	ck_assert_uint_lt(nr_out, OUT_MAX);
	out_place[nr_out] = place;
	out[nr_out++] = *ipi;
	return 0;
}

static void begin_with(u32 kinds)
{
	nr_out = 0;
	now = 1000;
	cpu = 0;
	vms = (struct probe_vms){ 0 };
	deliveries_init(&d, &vms, take, NULL);
	d.kinds = kinds;
}

static void begin(void)
{
	begin_with(PROBES_KINDS);
}

static void end(void)
{
	ck_assert_int_eq(deliveries_end(&d), 0);
	deliveries_release(&d);
	probe_vms_release(&vms);
}

static void add(struct event ev)
{
	ev.ts = now;
	ev.cpu = cpu;
	open_now = deliveries_add(&d, &ev, now);
	ck_assert_int_ge(open_now, 0);
	now += 10;
}

static struct event delivery(s32 pid, u32 src, u16 vector)
{
	return (struct event){ .kind = EV_DELIVER,
			       .pid = pid,
			       .deliver = { .vm = KVM_A,
					    .vm_pid = 100,
					    .have_vm_pid = true,
					    .src = src,
					    .from_vcpu = true,
					    .vector = vector,
					    .kind = STOCK_UNICAST } };
}

static void deliver(s32 pid, u32 src, u16 vector)
{
	add(delivery(pid, src, vector));
}

static void accept_flagged(s32 pid, u32 dst, u16 vector, u8 flags)
{
	add((struct event){ .kind = EV_DELIVER_ACCEPT,
			    .pid = pid,
			    .flags = flags,
			    .accept = { .dst = dst,
					.cpu = (s32)dst + 10,
					.vector = vector,
					.state = IPI_STATE_HALTED } });
}

static void ret(u8 kind, s32 pid, s64 v)
{
	add((struct event){ .kind = kind, .pid = pid, .have = 1, .v = { v } });
}

static void accepts(s32 pid, u32 dst, u16 vector, s64 accepted)
{
	accept_flagged(pid, dst, vector, 0);
	ret(EV_ACCEPTED, pid, accepted);
}

static void gap(void)
{
	add((struct event){ .kind = EV_GAP, .v = { -1 } });
}

/* As 6.12 delivers to one vCPU. */
static void send(s32 pid, u32 src, u32 dst, u16 vector)
{
	deliver(pid, src, vector);
	accepts(pid, dst, vector, 1);
	ret(EV_FAST, pid, 1);
	ret(EV_DELIVERED, pid, 1);
}

static void check(u32 i, u8 kind, u32 src, u32 dst, u16 vector, u8 path)
{
	ck_assert_uint_lt(i, nr_out);
	ck_assert_uint_eq(out[i].kind, kind);
	ck_assert_uint_eq(out[i].ipi.vector, vector);
	ck_assert_uint_eq(out[i].ipi.src, src);
	if (kind != STOCK_UNICAST)
		return;
	ck_assert_uint_eq(out[i].ipi.dst, dst);
	ck_assert_uint_eq(out[i].ipi.path, path);
	ck_assert(out[i].have_src && out[i].ipi.state == IPI_STATE_HALTED);
	ck_assert_int_eq(out[i].ipi.dst_cpu, (s32)dst + 10);
	ck_assert(out[i].ipi.have_vm_pid && out[i].ipi.vm_pid == 100);
}

START_TEST(fast_and_slow)
{
	begin();
	send(7, 0, 1, 0x41);
	deliver(7, 0, 0x42);
	ret(EV_FAST, 7, 0);
	accepts(7, 2, 0x42, 1);
	ck_assert_int_eq(open_now, 1);
	ret(EV_DELIVERED, 7, 1);
	ck_assert_int_eq(open_now, 0);
	ck_assert_uint_eq(nr_out, 2);
	check(0, STOCK_UNICAST, 0, 1, 0x41, IPI_PATH_FAST);
	check(1, STOCK_UNICAST, 0, 2, 0x42, IPI_PATH_SLOW);
	/* The time is that of the accept, the place that of its return. */
	ck_assert_uint_eq(out[0].ipi.ts, 1010);
	ck_assert_uint_eq(out_place[0], 1020);
	end();
}
END_TEST

START_TEST(what_is_no_directed_ipi)
{
	struct event ev;

	begin();
	deliver(7, 0, 0x41); /* to two */
	accepts(7, 1, 0x41, 1);
	accepts(7, 2, 0x41, 1);
	ret(EV_FAST, 7, 1);
	ret(EV_DELIVERED, 7, 2);
	deliver(7, 0, 0x42); /* of two, one accepts: the first */
	accepts(7, 1, 0x42, 1);
	accepts(7, 2, 0x42, 0);
	ret(EV_FAST, 7, 1);
	ret(EV_DELIVERED, 7, 1);
	deliver(7, 0, 0x43); /* nobody: a de-assert, a disabled APIC */
	accepts(7, 1, 0x43, 0);
	ret(EV_FAST, 7, 1);
	ret(EV_DELIVERED, 7, 0);
	deliver(7, 0, 0x44); /* nobody has that id */
	ret(EV_FAST, 7, 0);
	ret(EV_DELIVERED, 7, -1);
	send(7, 0, 0, 0x45); /* itself */
	ev = delivery(7, 0, 0x46);
	ev.deliver.kind = STOCK_SHORTHAND;
	add(ev);
	accepts(7, 1, 0x46, 1);
	ret(EV_DELIVERED, 7, 1);
	ev = delivery(7, 0, 0x47);
	ev.deliver.from_vcpu = false; /* a device */
	add(ev);
	accepts(7, 1, 0x47, 1);
	ret(EV_FAST, 7, 1);
	ret(EV_DELIVERED, 7, 1);
	end();
	ck_assert_uint_eq(nr_out, 6);
	check(0, STOCK_MULTICAST, 0, 0, 0x41, 0);
	check(1, STOCK_UNICAST, 0, 1, 0x42, IPI_PATH_FAST);
	check(2, STOCK_NOBODY, 0, 0, 0x43, 0);
	check(3, STOCK_NOBODY, 0, 0, 0x44, 0);
	check(4, STOCK_SELF, 0, 0, 0x45, 0);
	check(5, STOCK_SHORTHAND, 0, 0, 0x46, 0);
	ck_assert_uint_eq(out[0].acceptors, 2);
}
END_TEST

START_TEST(threads_and_nesting)
{
	begin();
	deliver(7, 0, 0x41);
	deliver(8, 3, 0x51); /* meanwhile, elsewhere */
	deliver(7, 0, 0x42); /* inside the first */
	accepts(7, 2, 0x42, 1);
	accepts(8, 4, 0x51, 1);
	ret(EV_FAST, 7, 1);
	ret(EV_DELIVERED, 7, 1);
	accepts(7, 1, 0x41, 1);
	ret(EV_FAST, 7, 1);
	ret(EV_DELIVERED, 7, 1);
	ret(EV_FAST, 8, 1);
	ret(EV_DELIVERED, 8, 1);
	end();
	ck_assert_uint_eq(nr_out, 3);
	check(0, STOCK_UNICAST, 0, 2, 0x42, IPI_PATH_FAST);
	check(1, STOCK_UNICAST, 0, 1, 0x41, IPI_PATH_FAST);
	check(2, STOCK_UNICAST, 3, 4, 0x51, IPI_PATH_FAST);
}
END_TEST

/* More than is kept: the innermost are right, of the outermost nothing is said. */
START_TEST(too_deep)
{
	begin();
	for (u16 i = 0; i < 6; i++)
		deliver(7, i, 0x60 + i);
	for (u32 i = 6; i--;) {
		accepts(7, 9, (u16)(0x60 + i), 1);
		ret(EV_FAST, 7, 1);
		ret(EV_DELIVERED, 7, 1);
	}
	end();
	ck_assert_uint_eq(nr_out, 6);
	check(0, STOCK_UNKNOWN, 0, 0, 0x60, 0);
	check(1, STOCK_UNKNOWN, 1, 0, 0x61, 0);
	for (u32 i = 2; i < 6; i++)
		check(i, STOCK_UNICAST, 7 - i, 9, (u16)(0x67 - i), IPI_PATH_FAST);
}
END_TEST

START_TEST(interrupt_context)
{
	struct event ev = delivery(7, 5, 0xec);

	begin();
	deliver(7, 0, 0x41);
	accept_flagged(7, 3, 0xec, HARDIRQ);
	accept_flagged(7, 3, 0xed, SOFTIRQ);
	ev.flags = SOFTIRQ;
	add(ev);
	accepts(7, 1, 0x41, 1);
	ret(EV_FAST, 7, 1);
	ret(EV_DELIVERED, 7, 1);
	end();
	ck_assert_uint_eq(nr_out, 1);
	check(0, STOCK_UNICAST, 0, 1, 0x41, IPI_PATH_FAST);
}
END_TEST

/* 7.1: `deliver` is on the outer and on the inner function. */
START_TEST(two_functions)
{
	struct event ev = delivery(7, 0, 0x31);

	begin();
	deliver(7, 0, 0x41); /* both */
	send(7, 0, 1, 0x41);
	deliver(7, 0, 0x42); /* a write of an x2APIC's ICR: the inner one alone */
	accepts(7, 2, 0x42, 1);
	ret(EV_FAST, 7, 1);
	accepts(7, 5, 0xf2, 1); /* PV IPIs, not of that delivery */
	deliver(7, 0, 0x43);	/* which cannot do it, and the slow exit comes */
	ret(EV_FAST, 7, 0);
	deliver(7, 0, 0x43);
	deliver(7, 0, 0x43);
	ret(EV_FAST, 7, 0);
	accepts(7, 3, 0x43, 1);
	ret(EV_DELIVERED, 7, 1);
	ev.deliver.from_vcpu = false; /* a device's, by the inner one, too */
	add(ev);
	accepts(7, 3, 0x31, 1);
	ret(EV_FAST, 7, 1);
	accepts(7, 6, 0xf3, 1);
	deliver(7, 0, 0x44); /* the same twice, to nobody */
	ret(EV_FAST, 7, 1);
	deliver(7, 0, 0x44);
	ret(EV_FAST, 7, 1);
	end();
	ck_assert_uint_eq(nr_out, 7);
	check(0, STOCK_UNICAST, 0, 1, 0x41, IPI_PATH_FAST);
	check(1, STOCK_UNICAST, 0, 2, 0x42, IPI_PATH_FAST);
	check(2, STOCK_HYPERCALL, 0, 0, 0xf2, 0);
	check(3, STOCK_UNICAST, 0, 3, 0x43, IPI_PATH_SLOW);
	check(4, STOCK_HYPERCALL, 0, 0, 0xf3, 0);
	check(5, STOCK_NOBODY, 0, 0, 0x44, 0);
	check(6, STOCK_NOBODY, 0, 0, 0x44, 0);
}
END_TEST

START_TEST(outside_of_deliveries)
{
	begin();
	accepts(7, 1, 0xfb, 1);
	accepts(7, 2, 0xfb, 0);
	accepts(7, 3, 0xfb, 1);
	ck_assert_uint_eq(nr_out, 0);
	send(7, 0, 1, 0x41);
	/* A device's, whose deliver() was filtered out, or cut off before the recording began. */
	accepts(7, 4, 0x31, 1);
	ret(EV_FAST, 7, 1);
	ret(EV_DELIVERED, 7, 1);
	accepts(7, 5, 0x32, 1);
	ret(EV_DELIVERED, 7, 1);
	end();
	ck_assert_uint_eq(nr_out, 3);
	check(0, STOCK_HYPERCALL, 0, 0, 0xfb, 0);
	ck_assert_uint_eq(out[0].ipi.dst, 1);
	ck_assert_uint_eq(out[1].ipi.dst, 3);
	check(2, STOCK_UNICAST, 0, 1, 0x41, IPI_PATH_FAST);
}
END_TEST

/* `fast` and `delivered` may be left out. */
START_TEST(fewer_probes)
{
	const u32 three = EV_BIT(EV_DELIVER) | EV_BIT(EV_DELIVER_ACCEPT) | EV_BIT(EV_ACCEPTED);

	begin_with(three);
	deliver(7, 0, 0x41);
	accepts(7, 1, 0x41, 1);
	deliver(7, 0, 0x42);
	accepts(7, 1, 0x42, 1);
	accepts(7, 2, 0x42, 1);
	end();
	ck_assert_uint_eq(nr_out, 2);
	check(0, STOCK_UNICAST, 0, 1, 0x41, IPI_PATH_NONE);
	ck_assert(out[0].ipi.no_path);
	check(1, STOCK_MULTICAST, 0, 0, 0x42, 0);

	begin_with(three | EV_BIT(EV_FAST));
	deliver(7, 0, 0x41);
	accepts(7, 1, 0x41, 1);
	ret(EV_FAST, 7, 1);
	deliver(7, 0, 0x42);
	ret(EV_FAST, 7, 0);
	accepts(7, 2, 0x42, 1);
	end();
	ck_assert_uint_eq(nr_out, 2);
	check(0, STOCK_UNICAST, 0, 1, 0x41, IPI_PATH_FAST);
	check(1, STOCK_UNICAST, 0, 2, 0x42, IPI_PATH_SLOW);

	begin_with(EV_BIT(EV_DELIVER) | EV_BIT(EV_DELIVER_ACCEPT));
	deliver(7, 0, 0x41);
	accept_flagged(7, 1, 0x41, 0);
	end();
	ck_assert_uint_eq(nr_out, 1);
	check(0, STOCK_UNICAST, 0, 1, 0x41, IPI_PATH_NONE);
}
END_TEST

START_TEST(loss_inside_a_group)
{
	begin();
	deliver(7, 0, 0x41);
	accepts(7, 1, 0x41, 1);
	gap(); /* another acceptor may have been here */
	ret(EV_FAST, 7, 1);
	ret(EV_DELIVERED, 7, 1);
	deliver(7, 0, 0x42);
	gap(); /* its end, and the beginning of the next one */
	accepts(7, 2, 0x43, 1);
	ret(EV_FAST, 7, 1);
	ret(EV_DELIVERED, 7, 1);
	accepts(7, 3, 0x44, 1); /* nothing before it: cut off, not a PV IPI */
	ret(EV_FAST, 7, 1);
	ret(EV_DELIVERED, 7, 1);
	send(7, 0, 1, 0x45);
	end();
	ck_assert_uint_eq(nr_out, 3);
	check(0, STOCK_UNKNOWN, 0, 0, 0x41, 0);
	check(1, STOCK_UNKNOWN, 0, 0, 0x42, 0);
	check(2, STOCK_UNICAST, 0, 1, 0x45, IPI_PATH_FAST);
}
END_TEST

/* Gaps leave deliveries whose end is never seen; they must not pile up. */
START_TEST(many_gaps)
{
	begin();
	for (int i = 0; i < 10; i++) {
		deliver(7, 0, 0x41);
		gap();
	}
	send(7, 0, 1, 0x42);
	end();
	ck_assert_uint_eq(nr_out, 11);
	check(10, STOCK_UNICAST, 0, 1, 0x42, IPI_PATH_FAST);
}
END_TEST

/* A thread that moves leaves a part of its delivery with a CPU whose gap shows later. */
START_TEST(moved_between_cpus)
{
	begin();
	deliver(7, 0, 0x41);
	accepts(7, 1, 0x41, 1); /* a second one is lost here */
	cpu = 1;
	ret(EV_FAST, 7, 1);
	ret(EV_DELIVERED, 7, 2);
	cpu = 0;
	gap();
	deliver(7, 0, 0x42);
	cpu = 1;
	accepts(7, 1, 0x42, 1);
	ret(EV_FAST, 7, 1);
	ck_assert_uint_eq(nr_out, 1);
	ret(EV_DELIVERED, 7, 1);
	end();
	ck_assert_uint_eq(nr_out, 2);
	check(0, STOCK_UNKNOWN, 0, 0, 0x41, 0);
	check(1, STOCK_UNICAST, 0, 1, 0x42, IPI_PATH_FAST);
}
END_TEST

START_TEST(missed_returns)
{
	begin();
	deliver(7, 0, 0x41);
	accept_flagged(7, 1, 0x41, 0); /* a return probe that had no slot left */
	accepts(7, 2, 0x41, 1);
	ret(EV_FAST, 7, 1);
	ret(EV_DELIVERED, 7, 2);
	deliver(7, 0, 0x42); /* the end of the recording is in it */
	accepts(7, 1, 0x42, 1);
	end();
	ck_assert_uint_eq(nr_out, 2);
	check(0, STOCK_UNKNOWN, 0, 0, 0x41, 0);
	check(1, STOCK_UNKNOWN, 0, 0, 0x42, 0);
}
END_TEST

/* Numbers in the order of appearance; the same structure in another process is another VM. */
START_TEST(identity_of_vms)
{
	struct event ev = delivery(8, 0, 0x41);

	begin();
	ev.deliver.vm = KVM_B;
	add(ev);
	accepts(8, 1, 0x41, 1);
	ret(EV_FAST, 8, 1);
	ret(EV_DELIVERED, 8, 1);
	send(7, 0, 1, 0x42);
	ev.deliver.vm_pid = 101;
	add(ev);
	accepts(8, 1, 0x41, 1);
	ret(EV_FAST, 8, 1);
	ret(EV_DELIVERED, 8, 1);
	ev.deliver.vm = 0;
	add(ev);
	accepts(8, 1, 0x41, 1);
	ret(EV_FAST, 8, 1);
	ret(EV_DELIVERED, 8, 1);
	end();
	ck_assert_uint_eq(nr_out, 4);
	ck_assert(out[0].ipi.have_vm_id && out[0].ipi.vm_id == 1);
	ck_assert(out[1].ipi.have_vm_id && out[1].ipi.vm_id == 2);
	ck_assert(out[2].ipi.have_vm_id && out[2].ipi.vm_id == 3 && out[2].ipi.vm_pid == 101);
	ck_assert(!out[3].ipi.have_vm_id && out[3].ipi.vm_pid == 101);
}
END_TEST

UNIT_SUITE(deliveries, fast_and_slow, what_is_no_directed_ipi, threads_and_nesting, too_deep,
	   interrupt_context, two_functions, outside_of_deliveries, fewer_probes,
	   loss_inside_a_group, many_gaps, moved_between_cpus, missed_returns, identity_of_vms)
