// SPDX-License-Identifier: GPL-2.0-only
/* test_latency_rows.c - rows of latencies: one for each key, in the order of keys. */
#include "analysis/latency.h"

#include "story.h"
#include "unit.h"

START_TEST(a_key_has_one_row)
{
	const u32 any = LATENCY_ANY;
	const struct latency_key key[] = { { 1, 2, 3, any, any },
					   { 0, 2, 3, any, any },
					   { 0, any, any, any, any },
					   { 0, any, any, 0x50, any },
					   { 0, any, any, any, 1 } };
	static const u32 order[] = { 1, 3, 4, 2, 0 };
	struct latency l;
	struct story s;

	story_begin(&s, 1);
	ck_assert_int_eq(latency_init(&l, &s.map, 0, NULL, &s.vms), 0);
	for (u32 pass = 0; pass < 2; pass++)
		for (u32 i = 0; i < ARRAY_SIZE(key); i++)
			latency_row_find(&l, key[i])->ipis += i + 1;
	ck_assert_uint_eq(l.nr_rows, ARRAY_SIZE(key));
	latency_rows_sort(&l);
	for (u32 i = 0; i < ARRAY_SIZE(key); i++) {
		ck_assert_uint_eq(l.row[i].ipis, 2 * (order[i] + 1));
		ck_assert_mem_eq(&l.row[i].key, &key[order[i]], sizeof(*key));
	}
	/* A VM's own row has the finer histograms. */
	ck_assert_uint_eq(l.row[3].hist[0].bits, LATENCY_VM_BITS);
	ck_assert_uint_eq(l.row[0].hist[0].bits, LATENCY_PART_BITS);
	latency_release(&l);
	story_end(&s);
}
END_TEST

UNIT_SUITE(latency_rows, a_key_has_one_row)
