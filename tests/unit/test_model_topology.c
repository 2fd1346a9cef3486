// SPDX-License-Identifier: GPL-2.0-only
/* test_model_topology.c - lines of lscpu and of markers, what two CPUs share, and their order. */
#include "model/topology.h"

#include "unit.h"

#include <stdlib.h>

START_TEST(lines)
{
	static const char *const good[] = {
		"",
		"  ",
		"# CPU,Core,Socket,Node,,L1d,L1i,L2,L3",
		"0,0,0,0,,0,0,0,0",
		"1,0,0,0,,0,0,0,0\r",
		"cpu 2 core 2 llc 0 node 0 package 0",
		"kvm-ipi: cpu 3 core 2 llc 0 color 9",
		" kvm-ipi:  cpu 4  node 1 ",
		"5,4,1,,,4,4,4,1",
		"7,7",
	};
	static const char *const wrong[] = {
		"0",
		"x",
		",0,0,0",
		"1,x",
		"1,2 3",
		"1;2",
		"cpu",
		"cpu ",
		"cpu x",
		"cpu 1 core",
		"cpu 1 core -1",
		"70000,0,0,0,,0",
		"cpu 65536 core 1",
		"kvm-ipi: vm 3",
		"9,4294967295",
	};
	struct topology t = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		ck_assert_msg(!topology_add_line(&t, good[i]), "not taken: %s", good[i]);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_msg(topology_add_line(&t, wrong[i]) == -EINVAL, "taken: %s", wrong[i]);
	ck_assert_uint_eq(t.nr, 7);
	ck_assert_int_eq(t.cpu[2].of[LEVEL_CORE], 2);
	ck_assert_int_eq(t.cpu[3].of[LEVEL_NODE], -1);
	ck_assert_int_eq(t.cpu[5].of[LEVEL_LLC], 1);
	ck_assert_int_eq(t.cpu[5].of[LEVEL_PACKAGE], 1);
	ck_assert_int_eq(t.cpu[5].of[LEVEL_NODE], -1);
	ck_assert(!t.cpu[6].known);
	/* The first that is said stays. */
	ck_assert_int_eq(topology_add_line(&t, "cpu 2 core 9"), 0);
	ck_assert_int_eq(t.cpu[2].of[LEVEL_CORE], 2);
	topology_release(&t);
	ck_assert(!t.nr && !t.cpu);
}
END_TEST

static void add(struct topology *t, const char *line)
{
	ck_assert_int_eq(topology_add_line(t, line), 0);
}

START_TEST(distances)
{
	u32 count[NR_TOPOLOGY_LEVELS];
	struct topology t = { 0 };

	ck_assert_int_eq(topology_distance(&t, 0, 1), DISTANCE_UNKNOWN);
	ck_assert_int_eq(topology_distance(&t, 1, 1), DISTANCE_CPU);
	add(&t, "cpu 0 core 0 llc 0 node 0 package 0");
	add(&t, "cpu 1 core 0 llc 0 node 0 package 0");
	add(&t, "cpu 2 core 2 llc 0 node 0 package 0");
	add(&t, "cpu 4 core 4 llc 4 node 0 package 0");
	add(&t, "cpu 8 core 8 llc 8 node 1 package 0");
	add(&t, "cpu 9 llc 8");
	add(&t, "cpu 10");
	ck_assert_int_eq(topology_distance(&t, 0, 1), DISTANCE_CORE);
	ck_assert_int_eq(topology_distance(&t, 1, 2), DISTANCE_LLC);
	ck_assert_int_eq(topology_distance(&t, 4, 2), DISTANCE_NODE);
	ck_assert_int_eq(topology_distance(&t, 4, 8), DISTANCE_ACROSS);
	ck_assert_int_eq(topology_distance(&t, 9, 8), DISTANCE_LLC);
	ck_assert_int_eq(topology_distance(&t, 0, 9), DISTANCE_ACROSS);
	ck_assert_int_eq(topology_distance(&t, 0, 10), DISTANCE_UNKNOWN);
	ck_assert_int_eq(topology_distance(&t, 0, 11), DISTANCE_UNKNOWN);
	ck_assert_int_eq(topology_distance(&t, 0, -1), DISTANCE_UNKNOWN);
	ck_assert_int_eq(topology_distance(&t, -1, -1), DISTANCE_UNKNOWN);
	for (s32 a = -1; a < 12; a++)
		for (s32 b = -1; b < 12; b++)
			ck_assert_int_eq(topology_distance_fast(&t, a, b),
					 topology_distance(&t, a, b));
	ck_assert_int_eq(topology_count(&t, count), 0);
	ck_assert_uint_eq(count[LEVEL_CORE], 4);
	ck_assert_uint_eq(count[LEVEL_LLC], 3);
	ck_assert_uint_eq(count[LEVEL_NODE], 2);
	ck_assert_uint_eq(count[LEVEL_PACKAGE], 1);
	topology_release(&t);
	ck_assert_int_eq(topology_count(&t, count), 0);
	ck_assert_uint_eq(count[LEVEL_NODE], 0);
}
END_TEST

/* Hyperthreads that are numbered behind all cores, as most hosts have them. */
START_TEST(order)
{
	static const u32 want[] = { 0, 4, 1, 5, 2, 6, 3, 7, 8, 9 };
	struct topology t = { 0 };
	char line[80];

	for (u32 cpu = 0; cpu < 8; cpu++) {
		snprintf(line, sizeof(line), "cpu %u core %u llc %u node %u package 0", cpu,
			 cpu % 4, cpu % 4 / 2 * 2, cpu % 4 / 2);
		add(&t, line);
	}
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		for (size_t k = 0; k < ARRAY_SIZE(want); k++)
			ck_assert_int_eq(topology_compare(&t, want[i], want[k]), (i > k) - (i < k));
	ck_assert(topology_divides(&t, 5, 2));
	ck_assert(!topology_divides(&t, 0, 5));
	ck_assert(topology_divides(&t, 7, 8));
	ck_assert(!topology_divides(&t, 8, 9));
	topology_release(&t);
}
END_TEST

UNIT_SUITE(model_topology, lines, distances, order)
