// SPDX-License-Identifier: GPL-2.0-only
/* test_edges_counts.c - counters beyond 32 bits, and counts without a name. */
#include "model/edges.h"

#include "unit.h"

#define VMS	3
#define VCPUS	12
#define VECTORS 4
static const u32 identity[VMS] = { 0, 1, 2 };

/* Doubles everything: n + n. */
static void redouble(struct edges *t, unsigned int times)
{
	while (times--) {
		struct edges twice = { 0 };

		ck_assert_int_eq(edges_merge(&twice, t, identity), 0);
		ck_assert_int_eq(edges_merge(&twice, t, identity), 0);
		edges_release(t);
		*t = twice;
	}
}

START_TEST(carry_over_32_bits)
{
	struct ipi_event ev[] = { { .ts = 3, .state = 1, .path = 1 },
				  { .ts = 9, .dst = 7, .state = 99, .path = 99 } };
	struct edges t = { 0 }, near = { 0 };

	/* 2^32 - 2 of each, and then one by one over the limit. */
	ck_assert_int_eq(edges_add(&t, ev, 2), 0);
	redouble(&t, 31);
	for (int bit = 1; bit < 32; bit++) {
		struct edges part = { 0 };

		ck_assert_int_eq(edges_add(&part, ev, 2), 0);
		redouble(&part, (unsigned int)bit);
		ck_assert_int_eq(edges_merge(&near, &part, identity), 0);
		edges_release(&part);
	}
	ck_assert_uint_eq(edge_total(&near, 0), (1ull << 32) - 2);
	ck_assert_uint_eq(near.nr_carries, 0);
	for (u64 n = (1ull << 32) - 1; n <= (1ull << 32) + 2; n++) {
		ck_assert_int_eq(edges_add(&near, ev, 2), 0);
		ck_assert_uint_eq(edge_count(&near, 0, IPI_STATE_HOST), n);
		ck_assert_uint_eq(edge_count(&near, 0, EDGE_PATH_SLOW), n);
		ck_assert_uint_eq(edge_count(&near, 1, EDGE_STATE_OTHER), n);
		ck_assert_uint_eq(edge_count(&near, 1, EDGE_PATH_OTHER), n);
		ck_assert_uint_eq(edge_count(&near, 1, IPI_STATE_HOST), 0);
	}
	/* Far beyond, by merging: 2^31 * 2^9. */
	redouble(&t, 9);
	ck_assert_uint_eq(edge_total(&t, 0), 1ull << 40);
	ck_assert_int_eq(edges_merge(&t, &near, identity), 0);
	ck_assert_uint_eq(edge_total(&t, 1), (1ull << 40) + (1ull << 32) + 2);
	ck_assert_int_eq(edges_merge(&near, &t, identity), 0);
	ck_assert_uint_eq(edge_total(&near, 1), (1ull << 40) + 2 * ((1ull << 32) + 2));
	edges_release(&t);
	edges_release(&near);
}
END_TEST

START_TEST(all_of_them_odd)
{
	const u32 nr = 100000;
	struct edges t = { 0 }, merged = { 0 };

	/* As in a trace without paths and states: the rare counts are not rare, and still fit. */
	for (u32 i = 0; i < nr; i++) {
		struct ipi_event ev = { .ts = i,
					.src = i / 300,
					.dst = i % 300,
					.path = 255,
					.state = 255,
					.no_path = true,
					.no_state = true };

		ck_assert_int_eq(edges_add(&t, &ev, 1), 0);
	}
	ck_assert(t.odd);
	ck_assert_uint_eq(t.nr_odds, nr);
	ck_assert_uint_le(edges_bytes(&t), 100ull * nr + (1u << 20));
	ck_assert_int_eq(edges_merge(&merged, &t, identity), 0);
	ck_assert_int_eq(edges_merge(&merged, &t, identity), 0);
	for (u32 i = 0; i < nr; i += 97) {
		ck_assert_uint_eq(edge_total(&merged, i), 2);
		ck_assert_uint_eq(edge_count(&merged, i, EDGE_PATH_OTHER), 2);
		ck_assert_uint_eq(edge_count(&merged, i, EDGE_STATE_OTHER), 2);
	}
	edges_release(&t);
	edges_release(&merged);
}
END_TEST

UNIT_SUITE(edges_counts, carry_over_32_bits, all_of_them_odd)
