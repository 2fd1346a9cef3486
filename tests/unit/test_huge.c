// SPDX-License-Identifier: GPL-2.0-only
/* test_huge.c - arrays from the kernel: they grow without losing anything, and new bytes are 0. */
#include "util/huge.h"
#include "util/types.h"

#include "unit.h"

START_TEST(grows)
{
	size_t bytes = 100;
	u8 *p = huge_grown(NULL, 0, bytes);

	ck_assert_ptr_nonnull(p);
	for (size_t i = 0; i < bytes; i++)
		ck_assert_uint_eq(p[i], 0);
	/* Through sizes below and above a huge page, and such that are no whole pages. */
	for (size_t more; bytes < 9 * HUGE_PAGE; bytes = more) {
		p[0] = 1;
		p[bytes - 1] = 2;
		more = 3 * bytes + 1;
		p = huge_grown(p, bytes, more);
		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq((uintptr_t)p % HUGE_PAGE, 0);
		ck_assert(p[0] == 1 && p[bytes - 1] == 2);
		for (size_t i = bytes; i < more; i += 1021)
			ck_assert_uint_eq(p[i], 0);
		ck_assert_uint_eq(p[more - 1], 0);
	}
	huge_release(p, bytes);
}
END_TEST

START_TEST(out_of_memory)
{
	u8 *p = huge_grown(NULL, 0, 5000);

	p[4999] = 7;
	ck_assert_ptr_null(huge_grown(NULL, 0, SIZE_MAX / 4));
	ck_assert_ptr_null(huge_grown(p, 5000, SIZE_MAX / 4));
	ck_assert_uint_eq(p[4999], 7);
	huge_release(p, 5000);
	huge_release(NULL, 0);
}
END_TEST

UNIT_SUITE(huge, grows, out_of_memory)
