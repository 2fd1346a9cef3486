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

START_TEST(each_kind_of_loss_counts)
{
	struct shape_input in[2] = { { .overrun = 7, .time_shift = 1 } }; /* overrun: not known */

	ck_assert(!shape_lossy(in, 2));
	in[1] = (struct shape_input){ .gaps = 1 };
	ck_assert(shape_lossy(in, 2));
	in[1] = (struct shape_input){ .overrun = 1, .overrun_known = true };
	ck_assert(shape_lossy(in, 2));
	in[1] = (struct shape_input){ .skipped = 1 };
	ck_assert(shape_lossy(in, 2));
	in[1] = (struct shape_input){ .salvaged = true };
	ck_assert(shape_lossy(in, 2));
	ck_assert(!shape_lossy(in, 1));
}
END_TEST

UNIT_SUITE(shapes, labels, state_names, each_kind_of_loss_counts)
