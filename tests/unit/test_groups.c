// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_groups.c - threads into VMs: by sums of evidence, against wrong evidence, never against
 * slots.
 */
#include "model/groups.h"

#include "unit.h"

static struct groups g;

/* Nodes with these slots and no labels. */
static void begin(u32 nr, const u32 *slots)
{
	ck_assert_int_eq(groups_nodes(&g, nr), 0);
	for (u32 i = 0; i < nr; i++)
		g.node[i].slot = slots[i];
}

static void vote(u32 a, u32 b, u32 weight)
{
	ck_assert_int_eq(groups_vote(&g, a, b, weight), 0);
}

static bool together(u32 a, u32 b)
{
	return g.node[a].group == g.node[b].group;
}

static void end(void)
{
	groups_release(&g);
}

START_TEST(sums_decide)
{
	/* Two VMs of three vCPUs: nodes 0-2 and 3-5. */
	static const u32 slots[] = { 0, 1, 2, 0, 1, 2 };

	begin(6, slots);
	vote(0, 1, 12);
	vote(3, 4, 12);
	vote(5, 3, 5); /* node 5 belongs to the second: 10 in sum */
	vote(4, 5, 5);
	vote(0, 5, 7); /* the heaviest single one is wrong */
	vote(0, 4, 3);
	vote(1, 2, 1);
	vote(2, 2, 9);
	ck_assert_int_eq(groups_join(&g), 0);
	ck_assert(together(0, 1) && together(1, 2) && together(3, 4) && together(4, 5));
	ck_assert(!together(0, 3));
	end();
}
END_TEST

START_TEST(slots_and_labels)
{
	static const u32 slots[] = { 0, 0, 1, 1, 2, GROUP_NONE };

	begin(6, slots);
	g.node[0].label = 7;
	g.node[3].label = 7;
	g.node[1].label = 8;
	vote(0, 1, 1000); /* the same slot */
	vote(0, 2, 1000); /* slot 1 is taken: label 7 has one */
	vote(1, 2, 1);
	vote(1, 3, 1000); /* other labels */
	vote(4, 5, 1000); /* no vCPU */
	vote(4, 3, 1);
	ck_assert_int_eq(groups_join(&g), 0);
	ck_assert(together(0, 3) && together(1, 2) && together(0, 4));
	ck_assert(!together(0, 1) && !together(4, 5));
	ck_assert_uint_eq(g.node[g.node[4].group].label, 7);
	ck_assert_uint_eq(g.node[g.node[2].group].label, 8);
	end();
}
END_TEST

START_TEST(one_vm_without_evidence)
{
	static const u32 slots[] = { 3, 0, 1, 2 };

	begin(4, slots);
	ck_assert_int_eq(groups_join(&g), 0);
	ck_assert(together(0, 1) && together(1, 2) && together(2, 3));
	end();
}
END_TEST

START_TEST(the_only_place_left)
{
	/*
	 * VMs of 3, 2 and 2 vCPUs; node 3 fits into the second or the third, node 8 nowhere else.
	 */
	static const u32 two[] = { 0, 1, 2, 0, 1, 2 }, three[] = { 0, 1, 2, 0, 1, 0, 1, 2, 0 };

	begin(6, two);
	vote(0, 1, 1);
	vote(1, 2, 1);
	vote(3, 4, 1);
	ck_assert_int_eq(groups_join(&g), 0);
	ck_assert(together(5, 3)); /* no evidence, but the first has its vCPU 2 */
	end();
	begin(9, three);
	vote(0, 1, 1);
	vote(1, 2, 1);
	vote(3, 4, 1);
	vote(5, 6, 1);
	ck_assert_int_eq(groups_join(&g), 0);
	/* vCPU 2 of node 7 could be in three VMs (one of them is node 8's): it stays alone. */
	ck_assert(!together(7, 3) && !together(7, 5) && !together(7, 8) && !together(7, 0));
	end();
}
END_TEST

START_TEST(many)
{
	enum { VMS = 100, CPUS = 16 };
	static u32 slots[VMS * CPUS];

	/* A ring in each VM, and noise of half the weight to the neighbour VM's same vCPU + 1. */
	for (u32 i = 0; i < VMS * CPUS; i++)
		slots[i] = i % CPUS;
	begin(VMS * CPUS, slots);
	for (u32 i = 0; i < VMS * CPUS; i++) {
		u32 vm = i / CPUS, next = (i % CPUS + 1) % CPUS;

		vote(i, vm * CPUS + next, 10);
		vote(i, (vm + 1) % VMS * CPUS + next, 5);
	}
	ck_assert_int_eq(groups_join(&g), 0);
	for (u32 i = 0; i < VMS * CPUS; i++)
		ck_assert(together(i, i / CPUS * CPUS));
	for (u32 vm = 1; vm < VMS; vm++)
		ck_assert(!together(vm * CPUS, (vm - 1) * CPUS));
	end();
}
END_TEST

UNIT_SUITE(groups, sums_decide, slots_and_labels, one_vm_without_evidence, the_only_place_left,
	   many)
