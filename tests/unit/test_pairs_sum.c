// SPDX-License-Identifier: GPL-2.0-only
/* test_pairs_sum.c - sums by VM, without an order and with one. */
#include "analysis/pairs.h"

#include "unit.h"

#define VMS 40

static u32 random_u32(u32 *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* The same events each time; VMs are met in another order than that of their pids. */
static void fill(struct pairs *p, struct vms *vms)
{
	u32 seed = 7;

	for (u32 i = 0; i < 60000; i++) {
		u32 vm = random_u32(&seed) % VMS;
		struct ipi_event ev = {
			.ts = 100 + i,
			.have_vm_pid = true,
			.vm_pid = (s32)(vm * 7 % VMS),
			.src = random_u32(&seed) % (vm + 2),
			.dst = random_u32(&seed) % 50,
			.vector = (u16)(0xf0 + random_u32(&seed) % 3),
			.dst_cpu = -1,
		};

		ck_assert_int_eq(vms_resolve(vms, &ev, 1), 0);
		ck_assert_int_eq(pairs_add(p, &ev, 1), 0);
	}
}

START_TEST(sorted_later)
{
	struct pairs at_once = { 0 }, later = { 0 };
	struct vms vms = { 0 };

	fill(&at_once, &vms);
	fill(&later, &vms);
	ck_assert_int_eq(pairs_finish(&at_once, &vms), 0);
	ck_assert_int_eq(pairs_sum(&later, &vms), 0);
	ck_assert_uint_eq(later.nr_summaries, VMS);
	for (u32 n = 0; n < VMS; n++) {
		u32 i = n * 11 % VMS; /* in any order, and twice */
		struct pairs_summary *s = &later.summary[i], *want = &at_once.summary[i];

		ck_assert(!s->sorted && !s->pairs && s->vcpus && s->ipis && want->sorted);
		ck_assert_int_eq(pairs_sort(&later, s), 0);
		ck_assert_int_eq(pairs_sort(&later, s), 0);
		ck_assert(!memcmp(s, want, sizeof(*s)));
		ck_assert_int_eq(vms.vm[s->vm].pid, i);
	}
	ck_assert_mem_eq(later.order, at_once.order, later.edges.nr * sizeof(*later.order));
	pairs_release(&at_once);
	pairs_release(&later);
	vms_release(&vms);
}
END_TEST

START_TEST(ids_of_each_vm)
{
	/* Around what is kept as a bit, and far beyond; the same ones in two VMs. */
	static const u32 id[] = { 0, 63, 64, (1u << 14) - 1, 1u << 14, 1u << 20, 0xffffffff };
	struct pairs p = { 0 };
	struct vms vms = { 0 };

	for (u32 vm = 0; vm < 2; vm++)
		for (u32 n = 0; n < 3 * ARRAY_SIZE(id); n++) {
			struct ipi_event ev = { .have_vm_pid = true,
						.vm_pid = (s32)vm,
						.src = id[n % ARRAY_SIZE(id)],
						.dst = id[vm * 4] };

			ck_assert_int_eq(vms_resolve(&vms, &ev, 1), 0);
			ck_assert_int_eq(pairs_add(&p, &ev, 1), 0);
		}
	ck_assert_int_eq(pairs_finish(&p, &vms), 0);
	for (u32 vm = 0; vm < 2; vm++) {
		ck_assert_uint_eq(p.summary[vm].vcpus, ARRAY_SIZE(id));
		ck_assert_uint_eq(p.summary[vm].pairs, ARRAY_SIZE(id));
		ck_assert_uint_eq(p.summary[vm].ipis, 3 * ARRAY_SIZE(id));
	}
	pairs_release(&p);
	vms_release(&vms);
}
END_TEST

START_TEST(vms_without_an_ipi)
{
	/* Filters leave VMs that are known and have nothing. */
	struct ipi_event ev[] = { { .have_vm_pid = true, .vm_pid = 5 },
				  { .have_vm_pid = true, .vm_pid = 3 },
				  { .have_vm_pid = true, .vm_pid = 4 } };
	struct pairs p = { 0 };
	struct vms vms = { 0 };

	ck_assert_int_eq(vms_resolve(&vms, ev, 3), 0);
	ck_assert_int_eq(pairs_add(&p, ev + 2, 1), 0);
	ck_assert_int_eq(pairs_finish(&p, &vms), 0);
	ck_assert_uint_eq(p.nr_summaries, 1);
	ck_assert_int_eq(vms.vm[p.summary[0].vm].pid, 4);
	pairs_release(&p);
	vms_release(&vms);
}
END_TEST

START_TEST(beyond_32_bits)
{
	/* Doubled 33 times: each of an edge's own counters has passed 2^32. */
	struct ipi_event ev[] = {
		{ .ts = 5,
		  .have_vm_pid = true,
		  .vm_pid = 9,
		  .vector = 7,
		  .state = IPI_STATE_WOKEN,
		  .path = IPI_PATH_SLOW,
		  .cpu = 2,
		  .dst_cpu = 2 },
		{ .ts = 4,
		  .have_vm_pid = true,
		  .vm_pid = 9,
		  .vector = 7,
		  .state = 77,
		  .path = IPI_PATH_FAST,
		  .cpu = 2,
		  .dst_cpu = -1 },
		{ .ts = 6, .have_vm_pid = true, .vm_pid = 8, .vector = 1, .cpu = 2, .dst_cpu = 1 },
	};
	const u32 identity[] = { 0, 1 };
	const u64 n = 1ull << 33;
	struct pairs p = { 0 };
	struct vms vms = { 0 };

	ck_assert_int_eq(vms_resolve(&vms, ev, 3), 0);
	ck_assert_int_eq(pairs_add(&p, ev, 3), 0);
	for (int i = 0; i < 33; i++) {
		struct pairs twice = { 0 };

		ck_assert_int_eq(pairs_merge(&twice, &p, identity), 0);
		ck_assert_int_eq(pairs_merge(&twice, &p, identity), 0);
		pairs_release(&p);
		p = twice;
	}
	ck_assert_uint_gt(p.edges.nr_carries, 0);
	ck_assert_int_eq(pairs_sum(&p, &vms), 0);
	ck_assert(p.summary[0].ipis == n && p.summary[0].cpu_known == n && !p.summary[0].cpu_same);
	ck_assert(p.summary[1].ipis == 2 * n && p.summary[1].vector[7] == 2 * n);
	ck_assert(p.summary[1].cpu_known == n && p.summary[1].cpu_same == n);
	ck_assert(p.summary[1].path[IPI_PATH_SLOW] == n && p.summary[1].path[IPI_PATH_FAST] == n);
	ck_assert_uint_eq(p.summary[1].state[IPI_STATE_WOKEN], n);
	ck_assert_uint_eq(p.summary[1].state[NR_IPI_STATES], n);
	ck_assert(p.summary[1].first_ts == 4 && p.summary[1].last_ts == 5);
	pairs_release(&p);
	vms_release(&vms);
}
END_TEST

UNIT_SUITE(pairs_sum, sorted_later, ids_of_each_vm, vms_without_an_ipi, beyond_32_bits)
