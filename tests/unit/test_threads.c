// SPDX-License-Identifier: GPL-2.0-only
/* test_threads.c - threads by id, and by VM and vCPU. */
#include "model/threads.h"

#include "unit.h"

START_TEST(added_once)
{
	struct thread_map map = { 0 };
	const struct thread *t;

	ck_assert_ptr_null(threads_find(&map, 1));
	for (int round = 0; round < 2; round++)
		for (s32 pid = 1; pid <= 1000; pid++)
			ck_assert_int_eq(threads_add(&map, pid * 64)->pid, pid * 64);
	ck_assert_uint_eq(map.nr, 1000);
	t = threads_find(&map, 640);
	ck_assert(t && t->vcpu == VCPU_NONE && t->vm == VM_NONE);
	ck_assert(t->vm_known == KNOWN_NOT && t->vcpu_known == KNOWN_NOT && !t->mixed);
	ck_assert_ptr_null(threads_find(&map, 641));
	threads_release(&map);
}
END_TEST

static void put(struct thread_map *map, s32 pid, u32 vm, u32 vcpu, u8 known)
{
	struct thread *t = threads_add(map, pid);

	t->vm = vm;
	t->vcpu = vcpu;
	t->vm_known = known;
}

START_TEST(by_vm_and_vcpu)
{
	struct thread_map map = { 0 };
	const struct threads_vm *vm;

	put(&map, 30, 5, 1, KNOWN_INFERRED);
	put(&map, 10, 2, 0, KNOWN_INFERRED);
	put(&map, 20, 5, 0, KNOWN_CERTAIN);
	put(&map, 40, 5, 1, KNOWN_INFERRED); /* a second thread of the same vCPU */
	put(&map, 50, VM_NONE, 1, KNOWN_NOT);
	put(&map, 60, 5, VCPU_NONE, KNOWN_CERTAIN);
	ck_assert_int_eq(threads_seal(&map), 0);
	ck_assert_uint_eq(map.nr_vms, 2);
	ck_assert_int_eq(threads_of(&map, 5, 1)->pid, 30);
	ck_assert_int_eq(threads_of(&map, 5, 0)->pid, 20);
	ck_assert_ptr_null(threads_of(&map, 5, 2));
	ck_assert_ptr_null(threads_of(&map, 3, 0));
	vm = threads_vm(&map, 5);
	ck_assert(vm && vm->nr == 3 && vm->known == KNOWN_CERTAIN);
	ck_assert_int_eq(threads_at(&map, vm, 2)->pid, 40);
	ck_assert_uint_eq(threads_vm(&map, 2)->known, KNOWN_INFERRED);
	put(&map, 70, 1, 0, KNOWN_NAMED);
	ck_assert_int_eq(threads_seal(&map), 0); /* again, after a change */
	ck_assert_int_eq(threads_of(&map, 1, 0)->pid, 70);
	threads_release(&map);
}
END_TEST

UNIT_SUITE(threads, added_once, by_vm_and_vcpu)
