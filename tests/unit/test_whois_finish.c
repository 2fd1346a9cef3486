// SPDX-License-Identifier: GPL-2.0-only
/* test_whois_finish.c - what is decided when all was seen. */
#include "analysis/whois.h"

#include "unit.h"

static struct whois w;
static struct thread_map map;
static struct vms vms;
static struct vm_names names;
static u64 now;

static void begin(void)
{
	now = 1;
	whois_init(&w, &map, &vms, &names);
}

static void add(u8 kind, s32 pid, u8 flags, s64 v0, s64 v1, s64 v3)
{
	struct event ev = { .ts = now++,
			    .pid = pid,
			    .kind = kind,
			    .flags = flags,
			    .have = 0xf,
			    .v = { v0, v1, 0, v3 } };

	ck_assert_int_eq(whois_ops.records(&w, &ev, 1), 0);
}

static void runs(s32 pid, u32 vcpu)
{
	add(EV_ENTRY, pid, 0, vcpu, 0, 0);
}

static void marks(const char *text)
{
	struct event ev = {
		.ts = now++, .pid = 1, .kind = EV_MARK, .text = { text, (u32)strlen(text) }
	};

	ck_assert_int_eq(whois_ops.records(&w, &ev, 1), 0);
}

static void tracks(s32 pid, s32 vm_pid, u32 vm_id, u32 src, u32 dst)
{
	struct event ev = { .ts = now++,
			    .pid = pid,
			    .kind = EV_TRACK,
			    .ipi = { .src = src,
				     .dst = dst,
				     .vm_pid = vm_pid,
				     .vm_id = vm_id,
				     .have_vm_pid = true,
				     .have_vm_id = true } };

	ck_assert_int_eq(vms_resolve(&vms, &ev.ipi, 1), 0);
	ck_assert_int_eq(whois_ops.records(&w, &ev, 1), 0);
}

static void finish(void)
{
	ck_assert_int_eq(whois_finish(&w), 0);
}

static void end(void)
{
	whois_release(&w);
	threads_release(&map);
	vms_release(&vms);
	vm_names_release(&names);
}

START_TEST(a_thread_of_several_vcpus)
{
	begin();
	for (int i = 0; i < 5; i++)
		runs(10, 1);
	runs(10, 2);
	finish();
	ck_assert_uint_eq(threads_find(&map, 10)->vcpu, 1);
	ck_assert(threads_find(&map, 10)->mixed);
	ck_assert_uint_eq(threads_find(&map, 10)->vcpu_known, KNOWN_INFERRED);
	end();
}
END_TEST

/* Where every vCPU's thread has told its VM nothing has to be inferred; whatever else is said. */
START_TEST(certain)
{
	begin();
	ck_assert_int_eq(whois_is_certain(&w), 1);
	runs(10, 0);
	ck_assert_int_eq(whois_is_certain(&w), 0);
	tracks(10, 5, 1, 0, 1);
	ck_assert_int_eq(whois_is_certain(&w), 1);
	runs(11, 1);
	ck_assert_int_eq(whois_is_certain(&w), 0);
	marks("kvm-ipi: vcpu 5/15 1 tid 11");
	ck_assert_int_eq(whois_is_certain(&w), 1);
	/* The same VM, as the marker's writer knows it; then it is another one. */
	marks("kvm-ipi: vcpu 5/15 0 tid 10");
	ck_assert_int_eq(whois_is_certain(&w), 1);
	tracks(11, 5, 2, 1, 0);
	ck_assert_int_eq(whois_is_certain(&w), 0);
	end();

	begin();
	tracks(10, 5, 1, 0, 1);
	whois_thread_name(&w, 12, "CPU 3/KVM"); /* a vCPU of nobody knows which VM */
	ck_assert_int_eq(whois_is_certain(&w), 0);
	end();

	begin();
	tracks(10, 5, 1, 0, 1);
	tracks(10, 6, 1, 0, 1); /* its number was used again */
	ck_assert_int_eq(whois_is_certain(&w), 0);
	end();

	begin();
	tracks(10, 5, 1, 0, 1);
	runs(10, 1);
	ck_assert_int_eq(whois_is_certain(&w), 0);
	end();
}
END_TEST

UNIT_SUITE(whois_finish, a_thread_of_several_vcpus, certain)
