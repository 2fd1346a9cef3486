// SPDX-License-Identifier: GPL-2.0-only
/* test_vm_table.c - the order of VMs, and that the table has it. */
#include "output/vm_table.h"

#include "unit.h"

static const struct vm_view vms[] = {
	{ .have_pid = true, .pid = 1, .ipis = 10, .state = { [VIEW_PREEMPTED] = 1 } },
	{ .have_pid = true,
	  .pid = 2,
	  .ipis = 30,
	  .state = { [VIEW_PREEMPTED] = 1, [VIEW_WOKEN] = 1 } },
	{ .have_pid = true, .pid = 3, .ipis = 20, .state = { [VIEW_PREEMPTED] = 10 } },
	{ .have_pid = true, .pid = 4, .ipis = 30, .state = { [VIEW_PREEMPTED] = 3 } },
	{ .have_pid = true, .pid = 5 },
};
static const struct graph_view g = { .vm = vms, .nr_vm = ARRAY_SIZE(vms), .duration_ns = 1000 };

static void check_order(enum graph_sort sort, const u32 want[ARRAY_SIZE(vms)])
{
	u32 *order = vm_table_order(&g, sort);

	ck_assert_ptr_nonnull(order);
	for (u32 i = 0; i < g.nr_vm; i++)
		ck_assert_uint_eq(order[i], want[i]);
	free(order);
}

START_TEST(orders)
{
	check_order(SORT_IPIS, (const u32[]){ 1, 3, 2, 0, 4 });
	check_order(SORT_RATE, (const u32[]){ 1, 3, 2, 0, 4 });
	/* 50 %, then 10 and 10 % by their places, then 7 and none. */
	check_order(SORT_RUNNABLE, (const u32[]){ 2, 0, 3, 1, 4 });
	check_order(SORT_DST, (const u32[]){ 0, 1, 2, 3, 4 });
}
END_TEST

START_TEST(rows_in_that_order)
{
	u32 *order = vm_table_order(&g, SORT_IPIS);
	const char *text, *last = NULL;
	struct capture c;

	capture_open(&c);
	vm_table_text(&g, order, &(struct text_style){ .quiet = true }, true, c.f);
	text = capture_text(&c);
	ck_assert_msg(!strncmp(text, "5 VMs\n", 6), "%s", text);
	for (u32 i = 0; i < g.nr_vm; i++) {
		char label[VIEW_VM_LABEL], line[64];
		const char *at;

		snprintf(line, sizeof(line), "\n  %s ", vm_view_label(&vms[order[i]], label));
		at = strstr(text, line);
		ck_assert_msg(at && (!last || at > last), "%s in %s", line, text);
		last = at;
	}
	capture_free(&c);
	free(order);
}
END_TEST

UNIT_SUITE(vm_table, orders, rows_in_that_order)
