// SPDX-License-Identifier: GPL-2.0-only
/* test_vms.c - VMs told apart by pid and id, known or not. */
#include "model/vms.h"

#include "unit.h"

static struct vm vm(s32 pid, u32 id)
{
	return (struct vm){ .pid = pid, .id = id, .have_pid = true, .have_id = true };
}

START_TEST(each_has_its_number)
{
	struct vms vms = { 0 };

	/* Many processes, of two VMs each: numbers in the order of appearance, and found again. */
	for (int round = 0; round < 2; round++)
		for (u32 i = 0; i < 3000; i++) {
			struct vm key = vm((s32)(i / 2), i % 2);

			ck_assert_int_eq(vms_find(&vms, &key), i);
		}
	ck_assert_uint_eq(vms.nr, 3000);
	vms_release(&vms);
	vms_release(&vms);
}
END_TEST

START_TEST(unknown_is_not_zero)
{
	struct vm keys[] = { vm(0, 0),
			     { .have_pid = true },
			     { .have_id = true },
			     { .have_pid = false },
			     vm(-1, UINT32_MAX),
			     vm(-1, 0) };
	struct vms vms = { 0 };

	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
			ck_assert_int_eq(vms_find(&vms, &keys[i]), (s64)i);
	vms_release(&vms);
}
END_TEST

/* The decoder takes a line with an event's ids for that VM's: the first may not be empty. */
START_TEST(nobody_is_cached_as_0)
{
	struct ipi_event ev[] = {
		{ .vm_pid = 42, .vm_id = 3, .have_vm_pid = true, .have_vm_id = true },
		{ .vm_pid = 0, .vm_id = 0, .have_vm_pid = true, .have_vm_id = true },
	};
	struct vms vms = { 0 };
	const struct vm_cached *first = &vms.cache.line[VM_CACHE_OF_0];

	ck_assert_int_eq(vms_resolve(&vms, &ev[0], 1), 0);
	ck_assert(first->used && first->ids && vm_cache_line(first->ids) != VM_CACHE_OF_0);
	ck_assert_int_eq(vms_resolve(&vms, &ev[1], 1), 0);
	ck_assert_uint_eq(ev[1].vm, 1);
	ck_assert(first->used && !first->ids && first->number == 1);
	vms_release(&vms);
}
END_TEST

START_TEST(events_get_their_numbers)
{
	struct ipi_event ev[1000];
	struct vms vms = { 0 };

	/* Runs of one VM, and jumps between more of them than any cache has places. */
	for (u32 i = 0; i < 1000; i++)
		ev[i] = (struct ipi_event){ .vm_pid = (s32)(i / 3 % 200),
					    .have_vm_pid = true,
					    .vm_id = i % 7 ? 1 : 0,
					    .have_vm_id = i % 7 != 0 };
	for (int round = 0; round < 2; round++) {
		ck_assert_int_eq(vms_resolve(&vms, ev, 1000), 0);
		for (u32 i = 0; i < 1000; i++) {
			const struct vm *v = &vms.vm[ev[i].vm];

			ck_assert_uint_lt(ev[i].vm, vms.nr);
			ck_assert(v->have_pid && v->pid == ev[i].vm_pid);
			ck_assert(v->have_id == ev[i].have_vm_id && v->id == ev[i].vm_id);
		}
	}
	ck_assert_int_eq(vms_resolve(&vms, ev, 0), 0);
	vms_release(&vms);
}
END_TEST

START_TEST(order)
{
	struct vm sorted[] = { vm(-3, 9),
			       vm(1, 2),
			       vm(1, 10),
			       { .have_pid = true, .pid = 1 },
			       vm(2, 0),
			       { .have_id = true, .id = 1 },
			       { .have_id = true, .id = 5 },
			       { .have_pid = false } };

	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++)
		for (size_t j = 0; j < ARRAY_SIZE(sorted); j++) {
			int c = vm_compare(&sorted[i], &sorted[j]);

			ck_assert_int_eq((c > 0) - (c < 0), (i > j) - (i < j));
		}
}
END_TEST

UNIT_SUITE(vms, each_has_its_number, unknown_is_not_zero, nobody_is_cached_as_0,
	   events_get_their_numbers, order)
