// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_interval.c - intervals against a bootstrap that draws episode by episode from a list of
 * them, with another generator.
 */
#include "analysis/yield/interval.h"

#include <stdlib.h>

#include "unit.h"

#define DRAWS 20000

static double draw_mean(const double *value, u32 nr, u32 *state)
{
	double sum = 0;

	for (u32 i = 0; i < nr; i++) {
		*state = *state * 1664525 + 1013904223;
		sum += value[(u64)*state * nr >> 32];
	}
	return sum / nr;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* In thousandths, how far each end is from that of the list's bootstrap. */
static u32 off_by(const double *value, u32 nr, struct interval got)
{
	static double mean[DRAWS];
	u32 state = 12345;
	double lo, hi;

	for (u32 i = 0; i < DRAWS; i++)
		mean[i] = draw_mean(value, nr, &state);
	qsort(mean, DRAWS, sizeof(*mean), ascending);
	lo = 1000 * mean[DRAWS / 40] - got.lo;
	hi = 1000 * mean[DRAWS - 1 - DRAWS / 40] - got.hi;
	return (u32)max_of(lo < 0 ? -lo : lo, hi < 0 ? -hi : hi);
}

START_TEST(shares)
{
	static const u32 hits[][2] = {
		{ 10, 20 }, { 1, 20 }, { 30, 40 }, { 25, 100 }, { 299, 300 },
	};
	double value[300];

	for (size_t k = 0; k < ARRAY_SIZE(hits); k++) {
		u32 of = hits[k][1];
		struct interval i = interval_of_share(hits[k][0], of);

		for (u32 n = 0; n < of; n++)
			value[n] = n < hits[k][0];
		ck_assert(i.known);
		/* One episode more or less, where a side of 2.5 % falls between two counts. */
		ck_assert_uint_le(off_by(value, of, i), 1000 / of + 1);
		ck_assert_uint_le(i.lo, interval_permille(hits[k][0], of));
		ck_assert_uint_ge(i.hi, interval_permille(hits[k][0], of));
	}
}
END_TEST

START_TEST(means)
{
	const struct interval_class c[] = { { 0, 30 }, { 1.0 / 3, 50 }, { 0.5, 15 }, { 1, 5 } };
	struct interval i = interval_of_mean(c, ARRAY_SIZE(c)), again;
	double value[100];
	u32 nr = 0;

	for (size_t k = 0; k < ARRAY_SIZE(c); k++)
		for (u64 n = 0; n < c[k].nr; n++)
			value[nr++] = c[k].value;
	ck_assert_uint_eq(interval_mean(c, ARRAY_SIZE(c)), 292);
	ck_assert(i.known);
	ck_assert_uint_le(off_by(value, nr, i), 4);
	again = interval_of_mean(c, ARRAY_SIZE(c));
	ck_assert(again.lo == i.lo && again.hi == i.hi);
}
END_TEST

START_TEST(many)
{
	const struct interval_class c[] = { { 0, 500000 }, { 1, 500000 } };
	struct interval i = interval_of_mean(c, 2), same = interval_of_share(500000, 1000000);

	/* 1.96 standard errors of 0.0005 */
	ck_assert_uint_eq(i.lo, 499);
	ck_assert_uint_eq(i.hi, 501);
	ck_assert_uint_eq(same.lo, 499);
	ck_assert_uint_eq(same.hi, 501);
}
END_TEST

START_TEST(few)
{
	ck_assert(!interval_of_share(5, 19).known);
	ck_assert(interval_of_share(5, 20).known);
	ck_assert(!interval_of_share(0, 0).known);
	ck_assert_uint_eq(interval_permille(0, 0), 0);
	ck_assert_uint_eq(interval_permille(1, 3), 333);
	ck_assert_uint_eq(interval_permille(2, 3), 667);
	ck_assert_uint_eq(interval_of_share(20, 20).lo, 1000);
	ck_assert_uint_eq(interval_of_share(0, 20).hi, 0);
}
END_TEST

UNIT_SUITE(interval, shares, means, many, few)
