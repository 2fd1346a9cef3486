// SPDX-License-Identifier: GPL-2.0-only
/* test_edges_sort.c - the order of edges: by VM, sender, receiver, vector, for any ids. */
#include "model/edges.h"

#include "unit.h"

#define VMS 3

static u32 random_u32(u32 *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Edges of VMs 0 to 2; ids are below `ids`, and a last edge has `large` ones. */
static void fill(struct edges *t, u32 nr, u32 ids, u32 large)
{
	struct ipi_event wide = { .ts = 5, .src = large, .dst = large, .vector = 3 };
	u32 seed = 2;

	for (u32 i = 0; i < nr; i++) {
		struct ipi_event ev = { .ts = i,
					.vm = random_u32(&seed) % VMS,
					.src = random_u32(&seed) % ids,
					.dst = random_u32(&seed) % ids,
					.vector = (u16)(random_u32(&seed) % 4) };

		ck_assert_int_eq(edges_add(t, &ev, 1), 0);
	}
	ck_assert_int_eq(edges_add(t, &wide, 1), 0);
}

/* Behind a in the order? Counts a new (VM, sender, receiver). */
static void check_next(const struct edge_key *a, const struct edge_key *b, const u32 *rank,
		       u32 *pairs)
{
	u64 x[] = { rank[a->vm], a->src, a->dst, a->vector };
	u64 y[] = { rank[b->vm], b->src, b->dst, b->vector };
	int n = 0;

	while (n < 3 && x[n] == y[n])
		n++;
	ck_assert_uint_lt(x[n], y[n]);
	*pairs += n < 3;
}

START_TEST(sorted)
{
	/* Ids that need more than 64 bits together take another way than small ones. */
	static const u32 large[] = { 0, 0xfffffffe };
	static const u32 nr[] = { 50, 30000 }; /* few of them, too */
	const u32 rank[VMS] = { 2, 0, 1 };

	for (size_t k = 0; k < 4; k++) {
		struct edges t = { 0 };
		u32 *order, pairs = 1;

		fill(&t, nr[k / 2], 60, large[k % 2]);
		order = edges_sorted(&t, rank, VMS);
		for (u32 i = 1; i < t.nr; i++)
			check_next(&edges_at(&t, order[i - 1])->key, &edges_at(&t, order[i])->key,
				   rank, &pairs);
		free(order);
		edges_release(&t);
	}
}
END_TEST

START_TEST(one_vm_at_a_time)
{
	const u32 rank[VMS] = { 1, 2, 0 };
	u32 start[VMS] = { 0 }, end[VMS], *number, nr = 0;
	struct edges t = { 0 };
	u16 *of_edge;

	fill(&t, 30000, 60, 4000000000u);
	of_edge = malloc(t.nr * sizeof(*of_edge));
	ck_assert_ptr_nonnull(of_edge);
	for (u32 i = 0; i < t.nr; i++) {
		of_edge[i] = (u16)rank[edges_at(&t, i)->key.vm];
		for (u32 r = of_edge[i] + 1; r < VMS; r++)
			start[r]++;
	}
	memcpy(end, start, sizeof(end));
	number = edges_grouped(of_edge, t.nr, end);
	free(of_edge);
	ck_assert_ptr_nonnull(number);
	for (u32 r = 0; r < VMS; r++) {
		u32 pairs = 1, *of = number + start[r];

		nr += end[r] - start[r];
		/* As they were met, and then sorted: the same edges. */
		for (u32 i = 1; i < end[r] - start[r]; i++)
			ck_assert_uint_lt(of[i - 1], of[i]);
		ck_assert_int_ge(edges_sort(&t, of, end[r] - start[r]), 1);
		for (u32 i = 1; i < end[r] - start[r]; i++)
			check_next(&edges_at(&t, of[i - 1])->key, &edges_at(&t, of[i])->key, rank,
				   &pairs);
		ck_assert_int_eq(edges_sort(&t, of, end[r] - start[r]), pairs);
		for (u32 i = 0; i < end[r] - start[r]; i++)
			ck_assert_uint_eq(rank[edges_at(&t, of[i])->key.vm], r);
	}
	ck_assert_uint_eq(nr, t.nr);
	free(number);
	edges_release(&t);
}
END_TEST

START_TEST(nothing)
{
	struct edges t = { 0 };
	u32 *order = edges_sorted(&t, NULL, 0);

	ck_assert_ptr_nonnull(order);
	ck_assert_int_eq(edges_sort(&t, order, 0), 0);
	free(order);
}
END_TEST

UNIT_SUITE(edges_sort, sorted, one_vm_at_a_time, nothing)
