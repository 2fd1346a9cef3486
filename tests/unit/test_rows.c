// SPDX-License-Identifier: GPL-2.0-only
/* test_rows.c - arrays that grow, and rows found by their keys. */
#include "util/rows.h"

#include "unit.h"

#include <stdlib.h>

START_TEST(an_array_grows_and_keeps)
{
	u32 *rows = NULL, room = 0;

	for (u32 i = 0; i < 1000; i++) {
		rows = rows_grown(rows, &room, i, sizeof(*rows));
		ck_assert_ptr_nonnull(rows);
		ck_assert_uint_gt(room, i);
		rows[i] = 3 * i;
	}
	ck_assert_uint_lt(room, 2000);
	for (u32 i = 0; i < 1000; i++)
		ck_assert_uint_eq(rows[i], 3 * i);
	rows = rows_grown(rows, &room, 5000, sizeof(*rows)); /* by a leap */
	ck_assert_ptr_nonnull(rows);
	ck_assert_uint_gt(room, 5000);
	ck_assert_uint_eq(rows[999], 3 * 999);
	free(rows);
}
END_TEST

START_TEST(more_than_numbers_is_refused)
{
	u32 room = UINT32_MAX / 2;

	ck_assert_ptr_null(rows_grown(NULL, &room, UINT32_MAX / 2, 1));
	ck_assert_uint_eq(room, UINT32_MAX / 2);
}
END_TEST

START_TEST(rows_are_numbered_as_they_come)
{
	struct rows_index ix = { 0 };

	ck_assert_int_eq(rows_index_find(&ix, 0, 7), -1);
	for (u32 i = 0; i < 3000; i++)
		ck_assert_int_eq(rows_index_add(&ix, i % 3, (u64)i << 32), i);
	for (u32 i = 0; i < 3000; i++) {
		ck_assert_int_eq(rows_index_add(&ix, i % 3, (u64)i << 32), i);
		ck_assert_int_eq(rows_index_find(&ix, i % 3, (u64)i << 32), i);
		ck_assert_int_eq(rows_index_find(&ix, 3, (u64)i << 32), -1);
	}
	ck_assert_uint_eq(ix.nr, 3000);
	rows_index_release(&ix);
	ck_assert_int_eq(rows_index_find(&ix, 0, 0), -1);
}
END_TEST

/* Keys that differ in one half alone, zero and all ones among them, are different keys. */
START_TEST(both_halves_count)
{
	static const u64 half[] = { 0, 1, 1ull << 32, UINT64_MAX };
	struct rows_index ix = { 0 };

	for (u32 i = 0; i < 16; i++)
		ck_assert_int_eq(rows_index_add(&ix, half[i / 4], half[i % 4]), i);
	for (u32 i = 0; i < 16; i++)
		ck_assert_int_eq(rows_index_find(&ix, half[i / 4], half[i % 4]), i);
	rows_index_release(&ix);
}
END_TEST

START_TEST(new_rows_are_zero)
{
	u32 *rows = NULL, nr = 0;

	for (u32 at = 0; at < 100; at += 7) {
		rows = rows_zeroed(rows, &nr, at, sizeof(*rows));
		ck_assert_ptr_nonnull(rows);
		ck_assert_uint_gt(nr, at);
		ck_assert_uint_eq(rows[at], 0);
		rows[at] = at + 1;
	}
	for (u32 i = 0; i < nr; i++)
		ck_assert_uint_eq(rows[i], i < 100 && i % 7 == 0 ? i + 1 : 0);
	free(rows);
}
END_TEST

UNIT_SUITE(rows, new_rows_are_zero, an_array_grows_and_keeps, more_than_numbers_is_refused,
	   rows_are_numbered_as_they_come, both_halves_count)
