// SPDX-License-Identifier: GPL-2.0-only
/* test_shapes.c - the words that every writer shares. */
#include "output/shapes.h"

#include "unit.h"

START_TEST(labels)
{
	struct shape_vm vm = {
		.have_pid = true, .have_id = true, .pid = INT32_MIN, .id = UINT32_MAX
	};
	char buf[SHAPE_VM_LABEL];

	ck_assert_str_eq(shape_vm_label(&vm, buf), "-2147483648/4294967295");
	vm.have_id = false;
	ck_assert_str_eq(shape_vm_label(&vm, buf), "-2147483648/?");
	vm.have_pid = false;
	ck_assert_str_eq(shape_vm_label(&vm, buf), "?/?");
}
END_TEST

START_TEST(state_names)
{
	ck_assert_str_eq(shape_state_names[0], "guest");
	ck_assert_str_eq(shape_state_names[2], "preempted");
	ck_assert_str_eq(shape_state_names[SHAPE_STATES], "unknown");
}
END_TEST

UNIT_SUITE(shapes, labels, state_names)
