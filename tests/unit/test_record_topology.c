// SPDX-License-Identifier: GPL-2.0-only
/* test_record_topology.c - cores, caches and nodes of a small machine. */
#include "record/topology.h"

#include "tree.h"

#define CPU "/sys/devices/system/cpu"

static void add_cpu(struct tree *t, int cpu, const char *core, const char *llc)
{
	char path[128];

	snprintf(path, sizeof(path), CPU "/cpu%d/topology/core_cpus_list", cpu);
	tree_write(t, path, core);
	snprintf(path, sizeof(path), CPU "/cpu%d/topology/physical_package_id", cpu);
	tree_write(t, path, "0\n");
	snprintf(path, sizeof(path), CPU "/cpu%d/cache/index0/level", cpu);
	tree_write(t, path, "1\n");
	snprintf(path, sizeof(path), CPU "/cpu%d/cache/index0/type", cpu);
	tree_write(t, path, "Data\n");
	snprintf(path, sizeof(path), CPU "/cpu%d/cache/index0/shared_cpu_list", cpu);
	tree_write(t, path, core);
	snprintf(path, sizeof(path), CPU "/cpu%d/cache/index2/level", cpu);
	tree_write(t, path, "3\n");
	snprintf(path, sizeof(path), CPU "/cpu%d/cache/index2/type", cpu);
	tree_write(t, path, "Unified\n");
	snprintf(path, sizeof(path), CPU "/cpu%d/cache/index2/shared_cpu_list", cpu);
	tree_write(t, path, llc);
}

START_TEST(places)
{
	struct cpu_place *p;
	struct tree t;
	u32 nr;

	tree_init(&t);
	tree_write(&t, CPU "/online", "0-2,6\n");
	add_cpu(&t, 0, "0,2\n", "0,2\n");
	add_cpu(&t, 1, "1\n", "1,6\n");
	add_cpu(&t, 2, "0,2\n", "0,2\n");
	tree_write(&t, "/sys/devices/system/node/node0/cpulist", "0-2\n");
	tree_write(&t, "/sys/devices/system/node/node3/cpulist", "6\n");
	tree_write(&t, "/sys/devices/system/node/node4/cpulist", "\n");
	ck_assert_int_eq(topology_scan(&p, &nr, &t.host), 0);
	ck_assert_uint_eq(nr, 4);
	ck_assert_int_eq(p[2].cpu, 2);
	ck_assert_int_eq(p[2].core, 0);
	ck_assert_int_eq(p[1].core, 1);
	ck_assert_int_eq(p[1].llc, 1);
	ck_assert_int_eq(p[2].llc, 0);
	ck_assert_int_eq(p[2].node, 0);
	ck_assert_int_eq(p[2].package, 0);
	/* one that says nothing of itself */
	ck_assert_int_eq(p[3].cpu, 6);
	ck_assert_int_eq(p[3].core, -1);
	ck_assert_int_eq(p[3].llc, -1);
	ck_assert_int_eq(p[3].node, 3);
	free(p);
	tree_release(&t);
}
END_TEST

START_TEST(no_sysfs)
{
	struct cpu_place *p;
	struct tree t;
	u32 nr;

	tree_init(&t);
	ck_assert_int_eq(topology_scan(&p, &nr, &t.host), -ENOENT);
	ck_assert_ptr_null(p);
	tree_write(&t, CPU "/online", "many\n");
	ck_assert_int_eq(topology_scan(&p, &nr, &t.host), -EINVAL);
	free(p);
	tree_release(&t);
}
END_TEST

UNIT_SUITE(record_topology, places, no_sysfs)
