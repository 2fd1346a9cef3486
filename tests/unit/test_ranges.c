// SPDX-License-Identifier: GPL-2.0-only
/* test_ranges.c - lists of numbers as users write them, and as they mistype them. */
#include "util/ranges.h"

#include "unit.h"

START_TEST(lists_are_read)
{
	struct ranges set = { 0 };

	ck_assert_int_eq(ranges_parse(&set, "0-3,7,0x41-0X42", 1000), 0);
	ck_assert_uint_eq(set.nr, 3);
	ck_assert(ranges_have(&set, 0) && ranges_have(&set, 3) && ranges_have(&set, 7));
	ck_assert(ranges_have(&set, 0x41) && ranges_have(&set, 0x42));
	ck_assert(!ranges_have(&set, 4) && !ranges_have(&set, 6) && !ranges_have(&set, 8));
	ck_assert(!ranges_have(&set, 0x43));
	ck_assert_int_eq(ranges_parse(&set, "4", 1000), 0); /* added */
	ck_assert(ranges_have(&set, 4) && ranges_have(&set, 0));
	ranges_release(&set);
	ck_assert(!ranges_have(&set, 0));
}
END_TEST

START_TEST(nothing_else_is)
{
	static const char *const bad[] = { "",
					   ",",
					   "1,",
					   ",1",
					   "1,,2",
					   "-",
					   "1-",
					   "-1",
					   "3-2",
					   "1-2-3",
					   "1 ",
					   " 1",
					   "+1",
					   "0x",
					   "0xg",
					   "x1",
					   "1;2",
					   "256",
					   "0-256",
					   "4294967296",
					   "18446744073709551616",
					   "99999999999999999999999",
					   "0-99999999999999999999",
					   "1.5" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct ranges set = { 0 };

		ck_assert_msg(ranges_parse(&set, bad[i], 255) == -EINVAL, "\"%s\"", bad[i]);
		ranges_release(&set);
	}
}
END_TEST

START_TEST(limits)
{
	struct ranges set = { 0 };

	ck_assert_int_eq(ranges_parse(&set, "255", 255), 0);
	ck_assert_int_eq(ranges_parse(&set, "0-4294967295", UINT32_MAX), 0);
	ck_assert(ranges_have(&set, UINT32_MAX));
	ck_assert_int_eq(ranges_parse(&set, "4294967296", UINT32_MAX), -EINVAL);
	ranges_release(&set);
}
END_TEST

START_TEST(numbers)
{
	const char *end;
	u64 n = 1;

	ck_assert_int_eq(number_parse("010", &end, &n), 0); /* no octal */
	ck_assert_uint_eq(n, 10);
	ck_assert_int_eq(number_parse("18446744073709551615", &end, &n), 0);
	ck_assert(n == UINT64_MAX && !*end);
	ck_assert_int_eq(number_parse("0xffffffffffffffff/3", &end, &n), 0);
	ck_assert(n == UINT64_MAX && !strcmp(end, "/3"));
	ck_assert_int_eq(number_parse("18446744073709551616", &end, &n), -EINVAL);
	ck_assert_int_eq(number_parse("-1", &end, &n), -EINVAL);
	ck_assert_int_eq(number_parse(" 1", &end, &n), -EINVAL);
	ck_assert_int_eq(number_parse("", &end, &n), -EINVAL);
	ck_assert_int_eq(number_parse("0x-1", &end, &n), -EINVAL);
}
END_TEST

START_TEST(spans)
{
	u64 ns = 7;

	ck_assert_int_eq(span_parse("10ms", false, &ns), 0);
	ck_assert_uint_eq(ns, 10000000);
	ck_assert_int_eq(span_parse("2s", true, &ns), 0);
	ck_assert_uint_eq(ns, 2000000000);
	ck_assert_int_eq(span_parse("500", true, &ns), 0);
	ck_assert_uint_eq(ns, 500);
	ck_assert_int_eq(span_parse("500", false, &ns), -EINVAL);
	ck_assert_int_eq(span_parse("0ms", true, &ns), -EINVAL);
	ck_assert_int_eq(span_parse("5m", true, &ns), -EINVAL);
	ck_assert_int_eq(span_parse("18446744073709551615s", true, &ns), -EINVAL);
	ck_assert_uint_eq(ns, 500);
}
END_TEST

UNIT_SUITE(ranges, spans, lists_are_read, nothing_else_is, limits, numbers)
