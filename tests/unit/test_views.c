// SPDX-License-Identifier: GPL-2.0-only
/* test_views.c - the words that every writer shares. */
#include "output/views.h"

#include "unit.h"

START_TEST(labels)
{
	struct vm_view vm = {
		.have_pid = true, .have_id = true, .pid = INT32_MIN, .id = UINT32_MAX
	};
	char buf[VIEW_VM_LABEL];

	ck_assert_str_eq(vm_view_label(&vm, buf), "-2147483648/4294967295");
	vm.have_id = false;
	ck_assert_str_eq(vm_view_label(&vm, buf), "-2147483648/?");
	vm.have_pid = false;
	ck_assert_str_eq(vm_view_label(&vm, buf), "?/?");
}
END_TEST

START_TEST(state_names)
{
	ck_assert_str_eq(view_state_names[0], "guest");
	ck_assert_str_eq(view_state_names[2], "preempted");
	ck_assert_str_eq(view_state_names[VIEW_STATES], "unknown");
}
END_TEST

START_TEST(each_kind_of_loss_counts)
{
	struct input_view in[2] = { { .overrun = 7, .time_shift = 1 } }; /* overrun: not known */

	ck_assert(!view_lossy(in, 2));
	in[1] = (struct input_view){ .gaps = 1 };
	ck_assert(view_lossy(in, 2));
	in[1] = (struct input_view){ .overrun = 1, .overrun_known = true };
	ck_assert(view_lossy(in, 2));
	in[1] = (struct input_view){ .skipped = 1 };
	ck_assert(view_lossy(in, 2));
	in[1] = (struct input_view){ .salvaged = true };
	ck_assert(view_lossy(in, 2));
	ck_assert(!view_lossy(in, 1));
}
END_TEST

UNIT_SUITE(views, labels, state_names, each_kind_of_loss_counts)
