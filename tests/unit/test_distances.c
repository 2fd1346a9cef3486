// SPDX-License-Identifier: GPL-2.0-only
/* test_distances.c - receivers by distance; parts that are joined; a topology that comes late. */
#include "analysis/distances.h"

#include "unit.h"

static struct ipi_event ipi(u32 vm, u32 cpu, s32 dst_cpu)
{
	return (struct ipi_event){ .vm = vm, .cpu = cpu, .dst_cpu = dst_cpu };
}

static const char *const machine[] = {
	"cpu 0 core 0 llc 0 node 0", "cpu 1 core 0 llc 0 node 0", "cpu 2 core 2 llc 0 node 0",
	"cpu 3 core 3 llc 3 node 0", "cpu 4 core 4 llc 4 node 1",
};

static void describe(struct topology *t)
{
	for (size_t i = 0; i < ARRAY_SIZE(machine); i++)
		ck_assert_int_eq(topology_add_line(t, machine[i]), 0);
}

START_TEST(counts)
{
	const struct ipi_event ev[] = { ipi(2, 0, 0),  ipi(2, 0, 1), ipi(2, 1, 0), ipi(2, 0, 2),
					ipi(2, 3, 0),  ipi(2, 4, 0), ipi(2, 4, 1), ipi(2, 4, 3),
					ipi(2, 0, -1), ipi(2, 0, 9), ipi(7, 4, 4) };
	static const u64 want[NR_DISTANCES] = { 1, 2, 1, 1, 3, 2 };
	struct topology t = { 0 };
	struct distances s = distances_of(&t);
	struct distances_vm line;

	/* Nothing is known yet: nothing is counted. */
	ck_assert(!distances_are_late(&s));
	ck_assert_int_eq(distances_ops.events(&s, ev, ARRAY_SIZE(ev)), 0);
	describe(&t);
	ck_assert(distances_are_late(&s));
	ck_assert_int_eq(distances_ops.events(&s, ev, ARRAY_SIZE(ev)), 0);
	ck_assert(!distances_are_late(&s));
	line = distances_of_vm(&s, 2);
	for (int d = 0; d < NR_DISTANCES; d++)
		ck_assert_uint_eq(line.ipis[d], want[d]);
	ck_assert_uint_eq(distances_of_vm(&s, 7).ipis[DISTANCE_CPU], 1);
	ck_assert_uint_eq(distances_of_vm(&s, 1).ipis[DISTANCE_CPU], 0);
	ck_assert_uint_eq(distances_of_vm(&s, 1000).ipis[DISTANCE_CPU], 0);
	distances_release(&s);
	topology_release(&t);
}
END_TEST

/* Parts number their VMs by themselves. */
START_TEST(parts)
{
	const struct ipi_event one[] = { ipi(0, 0, 1), ipi(3, 0, 4) },
			       two[] = { ipi(0, 4, 0), ipi(1, 0, 1) };
	static const u32 map[] = { 3, 0 };
	struct topology t = { 0 };
	struct distances s = distances_of(&t);
	void *part;

	describe(&t);
	part = distances_ops.fork(&s);
	ck_assert_ptr_nonnull(part);
	ck_assert_int_eq(distances_ops.events(&s, one, 2), 0);
	ck_assert_int_eq(distances_ops.events(part, two, 2), 0);
	ck_assert_int_eq(distances_ops.join(&s, part, map), 0);
	distances_ops.drop(part);
	ck_assert_uint_eq(distances_of_vm(&s, 0).ipis[DISTANCE_CORE], 2);
	ck_assert_uint_eq(distances_of_vm(&s, 3).ipis[DISTANCE_ACROSS], 2);
	distances_release(&s);
	topology_release(&t);
}
END_TEST

UNIT_SUITE(distances, counts, parts)
