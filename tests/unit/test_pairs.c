// SPDX-License-Identifier: GPL-2.0-only
/* test_pairs.c - who sends to whom, summed up by VM. */
#include "analysis/pairs.h"

#include "unit.h"

static u32 random_u32(u32 *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static struct ipi_event random_event(u32 *seed)
{
	return (struct ipi_event){
		.ts = 100 + random_u32(seed) % 900,
		.vm_pid = (s32)(random_u32(seed) % 3 * 7 % 5),
		.vm_id = random_u32(seed) % 2,
		.have_vm_pid = true,
		.have_vm_id = true,
		.src = random_u32(seed) % 5,
		.dst = random_u32(seed) % 6,
		.vector = random_u32(seed) % 10 ? (u16)(0xf0 + random_u32(seed) % 3)
						: IPI_VECTOR_NONE,
		.path = (u8)(random_u32(seed) % 3),
		.state = (u8)(random_u32(seed) % 7),
		.cpu = random_u32(seed) % 3,
		.dst_cpu = (s32)(random_u32(seed) % 4) - 1,
	};
}

/* Adds nr events to p; the VMs' numbers are those of vms. */
static void fill(struct pairs *p, struct vms *vms, u32 seed, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		struct ipi_event ev = random_event(&seed);

		ck_assert_int_eq(vms_resolve(vms, &ev, 1), 0);
		ck_assert_int_eq(pairs_ops.events(p, &ev, 1), 0);
	}
}

START_TEST(sums)
{
	struct pairs p = { .want_cpus = true };
	u64 ipis = 0, cpu_known = 0, cpu_edges = 0;
	struct vms vms = { 0 };

	fill(&p, &vms, 1, 20000);
	ck_assert_int_eq(pairs_finish(&p, &vms), 0);
	ck_assert_uint_eq(p.nr_summaries, 6);
	for (u32 i = 0; i < p.nr_summaries; i++) {
		const struct pairs_summary *s = &p.summary[i];
		u64 states = 0, vectors = 0, rows = 0;

		if (i)
			ck_assert_int_lt(vm_compare(&vms.vm[p.summary[i - 1].vm], &vms.vm[s->vm]),
					 0);
		for (u32 n = 0; n <= NR_IPI_STATES; n++)
			states += s->state[n];
		for (u32 n = 0; n <= IPI_VECTOR_NONE; n++)
			vectors += s->vector[n];
		for (u32 n = 0; n < s->nr; n++)
			rows += edge_total(&p.edges, p.order[s->first + n]);
		ck_assert_uint_eq(s->ipis, rows);
		ck_assert_uint_eq(s->ipis, states);
		ck_assert_uint_eq(s->ipis, vectors);
		ck_assert_uint_eq(s->ipis, s->path[0] + s->path[1] + s->path_other);
		ck_assert(s->path_other && s->state[NR_IPI_STATES] && s->vector[IPI_VECTOR_NONE]);
		ck_assert_uint_eq(s->path_none, 0);
		ck_assert_uint_eq(s->pairs, 30);
		ck_assert_uint_eq(s->vcpus, 6);
		ck_assert(s->first_ts >= 100 && s->last_ts < 1000 && s->first_ts < s->last_ts);
		ck_assert(s->cpu_same && s->cpu_same < s->cpu_known && s->cpu_known < s->ipis);
		ipis += s->ipis;
		cpu_known += s->cpu_known;
	}
	ck_assert_uint_eq(ipis, 20000);
	for (u32 i = 0; i < p.cpus.nr; i++)
		cpu_edges += edge_total(&p.cpus, i);
	ck_assert_uint_eq(cpu_edges, cpu_known);
	pairs_release(&p);
	vms_release(&vms);
}
END_TEST

START_TEST(merged_is_the_same)
{
	struct pairs one = { .want_cpus = true }, a = { .want_cpus = true },
		     b = { .want_cpus = true };
	struct vms vms = { 0 }, vms_b = { 0 };
	u32 map[16];

	/* b has seen the VMs in another order. */
	fill(&one, &vms, 1, 900);
	fill(&one, &vms, 2, 700);
	fill(&a, &vms, 1, 900);
	fill(&b, &vms_b, 2, 700);
	for (u32 i = 0; i < vms_b.nr; i++)
		map[i] = (u32)vms_find(&vms, &vms_b.vm[i]);
	ck_assert_int_eq(pairs_merge(&a, &b, map), 0);
	ck_assert_int_eq(pairs_finish(&a, &vms), 0);
	ck_assert_int_eq(pairs_finish(&one, &vms), 0);
	ck_assert_uint_eq(a.nr_summaries, one.nr_summaries);
	for (u32 i = 0; i < a.nr_summaries; i++) {
		ck_assert(!memcmp(&a.summary[i], &one.summary[i], sizeof(a.summary[i])));
		ck_assert(!memcmp(a.odd[i], one.odd[i], sizeof(struct pairs_odd)));
	}
	ck_assert_uint_eq(a.cpus.nr, one.cpus.nr);
	for (u32 i = 0; i < a.edges.nr; i++)
		ck_assert_uint_eq(pairs_row_fast(&a, a.order[i]),
				  pairs_row_fast(&one, one.order[i]));
	pairs_release(&a);
	pairs_release(&b);
	pairs_release(&one);
	vms_release(&vms);
	vms_release(&vms_b);
}
END_TEST

START_TEST(numbers_without_a_name)
{
	struct ipi_event ev[] = {
		{ .state = 7, .path = 200 },
		{ .state = 7, .path = IPI_PATH_NONE, .no_path = true },
		{ .state = 255, .path = 1 },
		{ .state = 0 },
	};
	struct pairs p = { 0 };
	struct vms vms = { 0 };

	ck_assert_int_eq(vms_resolve(&vms, ev, 4), 0);
	ck_assert_int_eq(pairs_add(&p, ev, 4), 0);
	ck_assert_int_eq(pairs_finish(&p, &vms), 0);
	ck_assert_uint_eq(p.odd[0]->state[7], 2);
	ck_assert_uint_eq(p.odd[0]->state[255], 1);
	ck_assert_uint_eq(p.odd[0]->path[200], 1);
	ck_assert_uint_eq(p.odd[0]->no_path, 1);
	ck_assert_uint_eq(p.odd[0]->state[0], 0);
	ck_assert_uint_eq(p.summary[0].path_other, 2);
	ck_assert_uint_eq(p.summary[0].path_none, 1);
	ck_assert_uint_eq(p.summary[0].state[NR_IPI_STATES], 3);
	pairs_release(&p);
	vms_release(&vms);
}
END_TEST

START_TEST(large_ids)
{
	/* Beyond what the set of ids keeps as bits. */
	struct ipi_event ev[] = { { .src = 0xffffffff, .dst = 5 },
				  { .src = 5, .dst = 0xffffffff },
				  { .src = 1u << 20, .dst = (1u << 20) - 1 },
				  { .src = 1u << 20, .dst = 5 } };
	struct pairs p = { 0 };
	struct vms vms = { 0 };

	ck_assert_int_eq(vms_resolve(&vms, ev, 4), 0);
	ck_assert_int_eq(pairs_add(&p, ev, 4), 0);
	ck_assert_int_eq(pairs_finish(&p, &vms), 0);
	ck_assert_uint_eq(p.summary[0].vcpus, 4);
	ck_assert_uint_eq(p.summary[0].pairs, 4);
	pairs_release(&p);
	vms_release(&vms);
}
END_TEST

START_TEST(nothing)
{
	struct pairs p = { 0 };
	struct vms vms = { 0 };

	ck_assert_int_eq(pairs_finish(&p, &vms), 0);
	ck_assert_uint_eq(p.nr_summaries, 0);
	pairs_release(&p);
	pairs_release(&p);
}
END_TEST

UNIT_SUITE(pairs, sums, merged_is_the_same, numbers_without_a_name, large_ids, nothing)
