// SPDX-License-Identifier: GPL-2.0-only
/* test_backend.c - the arrays that a backend fills. */
#include "live/backend.h"

#include "unit.h"

START_TEST(arrays_grow)
{
	struct live_key key = { .vm = 3 };
	struct live_bucket_key bucket = { .vm = 4 };
	struct live_row more[2] = { { { .src = 1 }, 7 }, { { .src = 2 }, 8 } };
	struct live_counts c = { 0 };

	for (u32 i = 0; i < 1000; i++) {
		key.dst = i;
		bucket.bucket = (u16)i;
		ck_assert_int_eq(live_counts_row(&c, &key, i), 0);
		ck_assert_int_eq(live_counts_bucket(&c, &bucket, 2 * i), 0);
	}
	ck_assert_int_eq(live_counts_rows(&c, more, 2), 0);
	ck_assert_int_eq(live_counts_rows(&c, more, 0), 0);
	ck_assert_uint_eq(c.nr_rows, 1002);
	ck_assert_uint_eq(c.row[999].key.dst, 999);
	ck_assert_uint_eq(c.row[1001].count, 8);
	ck_assert_uint_eq(c.bucket[999].count, 1998);
	live_counts_release(&c);
	ck_assert_uint_eq(c.nr_rows, 0);
}
END_TEST

START_TEST(capabilities_are_bits)
{
	/* No kernel has that many. */
	ck_assert(!live_capable(63));
}
END_TEST

UNIT_SUITE(backend, arrays_grow, capabilities_are_bits)
