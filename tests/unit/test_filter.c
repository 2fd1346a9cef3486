// SPDX-License-Identifier: GPL-2.0-only
/* test_filter.c - which IPIs pass. */
#include "analysis/filter.h"

#include "unit.h"

#define NR 64

/* All combinations of two VMs, vCPUs, vectors and CPUs; times are the numbers. */
static void fill(struct vms *vms, struct ipi_event ev[NR])
{
	for (u32 i = 0; i < NR; i++)
		ev[i] = (struct ipi_event){ .ts = i,
					    .vm_pid = i & 1 ? 10 : 20,
					    .vm_id = i & 2 ? 1 : 2,
					    .have_vm_pid = true,
					    .have_vm_id = true,
					    .src = i >> 2 & 1,
					    .dst = i >> 3 & 1 ? 5 : 6,
					    .vector = i >> 4 & 1 ? 0xfd : IPI_VECTOR_NONE,
					    .cpu = i >> 5 & 1 };
	ck_assert_int_eq(vms_resolve(vms, ev, NR), 0);
}

/* How many pass; those that do keep their order. */
static s64 apply(struct filter *f, struct ipi_event ev[NR])
{
	struct vms vms = { 0 };
	s64 kept;

	fill(&vms, ev);
	kept = filter_apply(f, &vms, ev, NR);
	for (s64 i = 1; i < kept; i++)
		ck_assert_uint_lt(ev[i - 1].ts, ev[i].ts);
	vms_release(&vms);
	filter_release(f);
	return kept;
}

START_TEST(none)
{
	struct ipi_event ev[NR];
	struct filter f = { 0 };

	ck_assert(!filter_active(&f));
	ck_assert_int_eq(apply(&f, ev), NR);
}
END_TEST

START_TEST(vcpus_at_either_end)
{
	struct ipi_event ev[NR];
	struct filter f = { 0 };

	ck_assert_int_eq(ranges_parse(&f.vcpus, "1,5", 100), 0);
	ck_assert(filter_active(&f));
	ck_assert_int_eq(apply(&f, ev), NR * 3 / 4);
	for (u32 i = 0; i < NR * 3 / 4; i++)
		ck_assert(ev[i].src == 1 || ev[i].dst == 5);
}
END_TEST

START_TEST(vectors_and_cpus)
{
	struct ipi_event ev[NR];
	struct filter f = { 0 };

	ck_assert_int_eq(ranges_parse(&f.vectors, "0-255", 255), 0);
	ck_assert_int_eq(apply(&f, ev), NR / 2); /* an unknown vector is none of them */
	ck_assert_int_eq(ranges_parse(&f.vectors, "0xfd", 255), 0);
	ck_assert_int_eq(ranges_parse(&f.cpus, "1-7", 100), 0);
	ck_assert_int_eq(apply(&f, ev), NR / 4);
	ck_assert(ev[0].vector == 0xfd && ev[0].cpu == 1);
}
END_TEST

START_TEST(times_are_inclusive)
{
	struct ipi_event ev[NR];
	struct filter f = { .have_time = true, .from = 5, .to = 9 };

	ck_assert_int_eq(apply(&f, ev), 5);
	ck_assert(ev[0].ts == 5 && ev[4].ts == 9);
	f = (struct filter){ .have_time = true, .from = NR, .to = UINT64_MAX };
	ck_assert_int_eq(apply(&f, ev), 0);
}
END_TEST

START_TEST(vms_by_number)
{
	struct vm_names names = { 0 };
	struct ipi_event ev[NR];
	struct filter f = { .names = &names };

	ck_assert_int_eq(filter_add_vm(&f, "10"), 0);
	ck_assert_int_eq(apply(&f, ev), NR / 2);
	ck_assert_int_eq(ev[0].vm_pid, 10);
	f.names = &names;
	ck_assert_int_eq(filter_add_vm(&f, "10/1"), 0);
	ck_assert_int_eq(filter_add_vm(&f, "20/2"), 0);
	ck_assert_int_eq(apply(&f, ev), NR / 2);
	for (u32 i = 0; i < NR / 2; i++)
		ck_assert_uint_eq(ev[i].vm_id, ev[i].vm_pid == 10 ? 1 : 2);
	f.names = &names;
	ck_assert_int_eq(filter_add_vm(&f, "30"), 0);
	ck_assert_int_eq(apply(&f, ev), 0);
}
END_TEST

START_TEST(vms_by_name)
{
	struct vm_names names = { 0 };
	struct ipi_event ev[NR];
	struct filter f = { .names = &names };

	ck_assert_int_eq(vm_names_parse_line(&names, "10 web"), 0);
	ck_assert_int_eq(vm_names_parse_line(&names, "20/2 db"), 0);
	ck_assert_int_eq(vm_names_parse_line(&names, "20/1 10"), 0);
	ck_assert_int_eq(filter_add_vm(&f, "web"), 0);
	ck_assert_int_eq(apply(&f, ev), NR / 2);
	f.names = &names;
	ck_assert_int_eq(filter_add_vm(&f, "db"), 0);
	ck_assert_int_eq(apply(&f, ev), NR / 4);
	f.names = &names;
	ck_assert_int_eq(filter_add_vm(&f, "we"), 0);
	ck_assert_int_eq(apply(&f, ev), 0);
	f.names = &names;
	ck_assert_int_eq(filter_add_vm(&f, "10"), 0); /* a number is a pid, not a name */
	ck_assert_int_eq(apply(&f, ev), NR / 2);
	ck_assert_int_eq(ev[0].vm_pid, 10);
	vm_names_release(&names);
}
END_TEST

START_TEST(vms_that_come_later)
{
	struct vm_names names = { 0 };
	struct filter f = { .names = &names };
	struct vms vms = { 0 };
	u64 kept = 0;

	/* A decision is made for each VM when it appears. */
	ck_assert_int_eq(filter_add_vm(&f, "77"), 0);
	for (s32 pid = 0; pid < 1000; pid++) {
		struct ipi_event ev = { .vm_pid = pid % 500, .have_vm_pid = true };

		ck_assert_int_eq(vms_resolve(&vms, &ev, 1), 0);
		kept += filter_apply(&f, &vms, &ev, 1);
	}
	ck_assert_uint_eq(kept, 2);
	vms_release(&vms);
	filter_release(&f);
}
END_TEST

UNIT_SUITE(filter, none, vcpus_at_either_end, vectors_and_cpus, times_are_inclusive, vms_by_number,
	   vms_by_name, vms_that_come_later)
