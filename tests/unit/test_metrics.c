// SPDX-License-Identifier: GPL-2.0-only
/* test_metrics.c - a star of five, counted by hand. */
#include "analysis/metrics.h"

#include "unit.h"

static struct vms vms;

static void add(struct pairs *p, u32 src, u32 dst, u16 vector, u32 times, u8 state)
{
	struct ipi_event ev = { .src = src,
				.dst = dst,
				.vector = vector,
				.state = state,
				.have_vm_pid = true,
				.dst_cpu = -1 };

	ck_assert_int_eq(vms_resolve(&vms, &ev, 1), 0);
	while (times--)
		ck_assert_int_eq(pairs_add(p, &ev, 1), 0);
}

START_TEST(star)
{
	struct pairs p = { 0 };
	struct metrics m;

	for (u32 dst = 1; dst < 5; dst++)
		add(&p, 0, dst * 10, 0xfd, 10 * dst, IPI_STATE_PREEMPTED);
	add(&p, 0, 10, 0xfb, 5, IPI_STATE_GUEST);
	add(&p, 10, 0, 0xfb, 3, IPI_STATE_WOKEN);
	ck_assert_int_eq(pairs_finish(&p, &vms), 0);
	ck_assert_int_eq(metrics_init(&m, &p, &p.summary[0]), 0);
	ck_assert_uint_eq(m.nr_vcpus, 5);
	ck_assert_uint_eq(m.nr_edges, 5);
	ck_assert_uint_eq(m.weight, 108);
	/* The centre: four partners, all of the weight. */
	ck_assert_uint_eq(m.vcpu[0].out_degree, 4);
	ck_assert_uint_eq(m.vcpu[0].in_degree, 1);
	ck_assert_uint_eq(m.vcpu[0].partners, 4);
	ck_assert_uint_eq(m.vcpu[0].out_weight, 105);
	ck_assert_uint_eq(m.vcpu[0].in_weight, 3);
	ck_assert(m.vcpu[0].hub);
	for (u32 i = 1; i < 5; i++)
		ck_assert(!m.vcpu[i].hub);
	ck_assert_uint_eq(metrics_index(&m, 40), 4);
	/* Heaviest first; both vectors of a pair are one edge. */
	ck_assert_uint_eq(m.edge[0].dst, 40);
	ck_assert_uint_eq(m.edge[3].dst, 10);
	ck_assert_uint_eq(m.edge[3].count, 15);
	ck_assert_uint_eq(m.edge[3].runnable, 10);
	ck_assert_uint_eq(m.one_way, 20 + 30 + 40 + 12);
	/* 54 of 108 are 40 + 30; 99 % need 107: all but the last would be 105. */
	ck_assert_uint_eq(m.coverage[0], 2);
	ck_assert_uint_eq(m.coverage[4], 5);
	metrics_release(&m);
	pairs_release(&p);
	vms_release(&vms);
}
END_TEST

START_TEST(one_pair)
{
	struct pairs p = { 0 };
	struct metrics m;

	add(&p, 7, 3, 1, 2, IPI_STATE_NONE);
	ck_assert_int_eq(pairs_finish(&p, &vms), 0);
	ck_assert_int_eq(metrics_init(&m, &p, &p.summary[0]), 0);
	ck_assert_uint_eq(m.nr_groups, 1);
	ck_assert_uint_eq(m.group[0].inside, 2);
	ck_assert_uint_eq(m.inside, 2);
	ck_assert_uint_eq(m.coverage[0], 1);
	ck_assert(!m.vcpu[0].hub);
	metrics_release(&m);
	pairs_release(&p);
	vms_release(&vms);
}
END_TEST

UNIT_SUITE(metrics, star, one_pair)
