// SPDX-License-Identifier: GPL-2.0-only
/* test_whois_terms.c - thread ids that the host has used again, and threads that only look so. */
#include "analysis/whois.h"

#include "unit.h"

static struct whois w;
static struct thread_map map;
static struct vms vms;
static struct vm_names names;

static void begin(void)
{
	whois_init(&w, &map, &vms, &names);
	w.in_order = true;
}

static void see(u64 ts, u8 kind, s32 pid, s64 v0, s64 v1, s64 v3)
{
	struct event ev = {
		.ts = ts, .pid = pid, .kind = kind, .have = 0xf, .v = { v0, v1, 0, v3 }
	};

	ck_assert_int_eq(whois_ops.records(&w, &ev, 1), 0);
}

/* vCPU 0's thread sends to vCPU 1's, which answers. */
static void ipi(u64 ts, u32 vm_id, s32 from, s32 to)
{
	struct event ev = { .ts = ts + 1,
			    .pid = from,
			    .kind = EV_TRACK,
			    .ipi = { .src = 0,
				     .dst = 1,
				     .vm_pid = 5,
				     .vm_id = vm_id,
				     .have_vm_pid = true,
				     .have_vm_id = true } };

	see(ts, EV_ACCEPT, from, 1, 0, 0x41);
	ck_assert_int_eq(vms_resolve(&vms, &ev.ipi, 1), 0);
	ck_assert_int_eq(whois_ops.records(&w, &ev, 1), 0);
	see(ts + 2, EV_EOI, to, 1, 0x41, 0);
}

static void end(void)
{
	whois_release(&w);
	threads_release(&map);
	vms_release(&vms);
	vm_names_release(&names);
}

/* The vCPU and the VM's id of who has the thread id then. */
static void is(u64 ts, s32 pid, u32 vcpu, u32 vm_id)
{
	const struct thread *t = threads_find(&map, threads_id_at(&map, pid, ts));

	ck_assert_ptr_nonnull(t);
	ck_assert_uint_eq(t->vcpu, vcpu);
	ck_assert_uint_eq(vms.vm[t->vm].id, vm_id);
	ck_assert(!t->mixed);
	ck_assert_int_eq(threads_host_id(&map, t->pid), pid);
}

START_TEST(both_ids_are_used_again)
{
	begin();
	for (u64 i = 0; i < 10; i++)
		ipi(1000 + 10 * i, 1, 10, 11);
	for (u64 i = 0; i < 10; i++)
		ipi(5000 + 10 * i, 2, 10, 11);
	ck_assert_int_eq(whois_finish(&w), 0);
	is(1000, 10, 0, 1);
	is(1092, 11, 1, 1);
	is(5000, 10, 0, 2);
	is(5002, 11, 1, 2);
	ck_assert_uint_eq(map.nr_terms, 2);
	end();
}
END_TEST

START_TEST(and_for_other_vcpus)
{
	begin();
	for (u64 i = 0; i < 10; i++)
		ipi(1000 + 10 * i, 1, 10, 11);
	see(4990, EV_SWITCH, 10, 0, 0, 0);
	for (u64 i = 0; i < 10; i++)
		ipi(5000 + 10 * i, 2, 11, 10);
	ck_assert_int_eq(whois_finish(&w), 0);
	is(1091, 10, 0, 1);
	is(1092, 11, 1, 1);
	is(5000, 11, 0, 2);
	is(4990, 10, 1, 2);
	end();
}
END_TEST

/* A test program runs both vCPUs in one thread: it comes back to the first. */
START_TEST(a_thread_that_takes_turns)
{
	const struct thread *t;

	begin();
	for (u64 i = 0; i < 10; i++) {
		see(1000 + 2 * i, EV_ENTRY, 10, (s64)(i & 1), 0, 0);
		see(1001 + 2 * i, EV_EXIT, 10, (s64)(i & 1), 0, 0);
	}
	ck_assert_int_eq(whois_finish(&w), 0);
	for (u64 ts = 1000; ts < 1020; ts++)
		ck_assert_int_eq(threads_id_at(&map, 10, ts), 10);
	t = threads_find(&map, 10);
	ck_assert(t && t->mixed && t->vcpu == 0);
	end();
}
END_TEST

/* Two VMs at the same time: an answer that looks like one of the other VM's moves no thread. */
START_TEST(vms_side_by_side)
{
	begin();
	for (u64 i = 0; i < 10; i++) {
		ipi(1000 + 20 * i, 1, 10, 11);
		ipi(1010 + 20 * i, 2, 20, 21);
	}
	see(1300, EV_ACCEPT, 20, 1, 0, 0x42);
	see(1301, EV_EOI, 11, 1, 0x42, 0);
	ck_assert_int_eq(whois_finish(&w), 0);
	ck_assert_uint_eq(map.nr_terms, 0);
	is(1301, 11, 1, 1);
	is(1301, 21, 1, 2);
	end();
}
END_TEST

/* In no order of time nothing can be said of that. */
START_TEST(a_walk)
{
	begin();
	w.in_order = false;
	ipi(1000, 1, 10, 11);
	ipi(1010, 2, 10, 11);
	ck_assert_int_eq(whois_is_certain(&w), 0);
	ck_assert_uint_eq(map.nr_terms, 0);
	end();
}
END_TEST

UNIT_SUITE(whois_terms, both_ids_are_used_again, and_for_other_vcpus, a_thread_that_takes_turns,
	   vms_side_by_side, a_walk)
