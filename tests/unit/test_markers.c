// SPDX-License-Identifier: GPL-2.0-only
/* test_markers.c - the lines that describe a host in its recording. */
#include "record/markers.h"

#include "record/tracer.h"
#include "unit.h"

static int put(void *ctx, const char *line)
{
	ck_assert_uint_lt(strlen(line), MARKER_MAX);
	fprintf(ctx, "%s\n", line);
	return 0;
}

static int refuse(void *ctx, const char *line)
{
	(*(int *)ctx)++;
	return -EIO;
}

START_TEST(lines)
{
	struct running_vm vm[] = { { 7, -1, "web \"server\"" }, { 4242, 15, "" } };
	struct running_vcpu vcpu[] = { { 0, 0, 9 }, { 1, 3, 4250 } };
	struct running r = { .vm = vm, .vcpu = vcpu, .nr_vms = 2, .nr_vcpus = 2 };
	struct cpu_place place[] = { { 0, 0, 0, 0, 0 }, { 3, 1, -1, -1, -1 } };
	struct capture c;
	int calls = 0;

	capture_open(&c);
	ck_assert_int_eq(markers_of_vms(&r, false, put, c.f), 0);
	ck_assert_int_eq(markers_of_cpus(place, 2, put, c.f), 0);
	ck_assert_str_eq(capture_text(&c), "kvm-ipi: vm 7/0 name \"web ?server?\"\n"
					   "kvm-ipi: vcpu 7/0 0 tid 9\n"
					   "kvm-ipi: vcpu 4242/15 3 tid 4250\n"
					   "kvm-ipi: cpu 0 core 0 llc 0 node 0 package 0\n"
					   "kvm-ipi: cpu 3 core 1\n");
	capture_free(&c);
	/* the tracepoint's numbers of VMs are not known */
	capture_open(&c);
	ck_assert_int_eq(markers_of_vms(&r, true, put, c.f), 0);
	ck_assert_str_eq(capture_text(&c), "kvm-ipi: vm 7 name \"web ?server?\"\n");
	capture_free(&c);
	ck_assert_int_eq(markers_of_vms(&r, false, refuse, &calls), -EIO);
	ck_assert_int_eq(markers_of_cpus(place, 2, refuse, &calls), -EIO);
	ck_assert_int_eq(calls, 2);
}
END_TEST

START_TEST(longest)
{
	struct running_vm vm = { INT32_MAX, INT32_MAX, "" };
	struct running_vcpu vcpu = { 0, UINT32_MAX, INT32_MAX };
	struct running r = { .vm = &vm, .vcpu = &vcpu, .nr_vms = 1, .nr_vcpus = 1 };
	struct capture c;

	memset(vm.name, 'x', VM_NAME_MAX - 1);
	capture_open(&c);
	ck_assert_int_eq(markers_of_vms(&r, false, put, c.f), 0);
	ck_assert_ptr_nonnull(strstr(capture_text(&c), " 4294967295 tid 2147483647\n"));
	capture_free(&c);
}
END_TEST

UNIT_SUITE(markers, lines, longest)
