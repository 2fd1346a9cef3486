// SPDX-License-Identifier: GPL-2.0-only
/* test_blocks.c - series whose mean's variance is known, or by hand; and those that say nothing. */
#include "analysis/compare/blocks.h"

#include <math.h>

#include "unit.h"

/* SplitMix64, as a number in [-0.5, 0.5): variance 1 / 12. */
static double noise(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	z ^= z >> 31;
	return (double)(z >> 11) / 9007199254740992.0 - 0.5;
}

/* Each value is r times the one before and something new: a correlation of r, from -0.9 on. */
static void fill(double *x, u32 nr, double r, u64 *state)
{
	double last = 0;

	for (u32 i = 0; i < 100 + nr; i++) {
		last = r * last + noise(state);
		if (i >= 100)
			x[i - 100] = last;
	}
}

START_TEST(by_hand)
{
	/* Mean 1.5, squares 16 * 0.25; products: 15 of -0.25; r = -15/16 + 1/16. */
	double x[16];
	struct blocks b;

	for (int i = 0; i < 16; i++)
		x[i] = i % 2 ? 2 : 1;
	ck_assert_double_eq_tol(blocks_correlation(x, 16, 1), -0.875, 1e-12);
	b = blocks_of(x, 16, 1);
	ck_assert_uint_eq(b.joined, 1);
	ck_assert_uint_eq(b.nr, 8);
	/* 4 / 15 / 16 alone; joined by two nothing varies. */
	ck_assert_double_eq_tol(b.var, 4.0 / 15 / 16, 1e-12);
	b = blocks_of(x, 16, 2);
	ck_assert_uint_eq(b.joined, 2);
	ck_assert_double_eq(b.var, 0);
}
END_TEST

START_TEST(independent_values_are_not_joined)
{
	double x[STRETCHES_MAX], var = 0;
	u64 state = 1;
	u32 alone = 0;

	for (int n = 0; n < 1000; n++) {
		struct blocks b;

		fill(x, 64, 0, &state);
		b = blocks_of(x, 64, 1);
		alone += b.joined == 1;
		var += b.var / 1000;
	}
	ck_assert_uint_gt(alone, 900);
	/* 1 / 12 / 64, and up to a half more for the largest of four estimates. */
	ck_assert_double_gt(var, 1.0 / 12 / 64);
	ck_assert_double_lt(var, 1.6 / 12 / 64);
}
END_TEST

START_TEST(correlated_values_are_joined)
{
	double x[STRETCHES_MAX], var = 0;
	u64 state = 2;
	u32 alone = 0, known = 0;

	for (int n = 0; n < 1000; n++) {
		struct blocks b;

		fill(x, 64, 0.6, &state);
		b = blocks_of(x, 64, 1);
		alone += b.joined == 1;
		known += b.joined > 0;
		var += b.var / 1000;
	}
	ck_assert_uint_lt(alone, 10);
	ck_assert_uint_gt(known, 600);
	/* The mean's variance is 1 / 12 / 64 / (1 - r)^2, over six times what single values say. */
	ck_assert_double_gt(var * 1000 / known, 0.5 * 6.25 / 12 / 64);
	ck_assert_double_lt(var * 1000 / known, 1.6 * 6.25 / 12 / 64);
}
END_TEST

START_TEST(too_short_says_nothing)
{
	double x[STRETCHES_MAX], sum[BLOCKS_STEPS] = { 0 };

	for (int i = 0; i < 64; i++)
		x[i] = i;
	ck_assert_uint_eq(blocks_of(x, 64, 1).joined, 0);
	ck_assert_uint_eq(blocks_of(x, 64, 0).joined, 0);
	ck_assert_uint_eq(blocks_of(x, BLOCKS_MIN - 1, 1).joined, 0);
	for (u32 i = 0; i < BLOCKS_STEPS; i++)
		sum[i] = 3 * blocks_correlation(x, 64, 1u << i);
	ck_assert_uint_eq(blocks_common(sum, 3, 64), 0);
	/* Nothing that varies is not correlated. */
	for (int i = 0; i < 64; i++)
		x[i] = 7;
	ck_assert_uint_eq(blocks_of(x, 64, 1).joined, 1);
	ck_assert_double_eq(blocks_of(x, 64, 1).var, 0);
}
END_TEST

START_TEST(the_common_length)
{
	const double falling[BLOCKS_STEPS] = { 2.0, 1.2, 0.7, 0.1 };

	/* Of four series: 0.5, 0.3, 0.175; of ten the first will do. */
	ck_assert_uint_eq(blocks_common(falling, 4, 64), 4);
	ck_assert_uint_eq(blocks_common(falling, 11, 64), 1);
	ck_assert_uint_eq(blocks_common(falling, 1, 64), 8);
	/* 33 stretches hold no eight blocks of eight. */
	ck_assert_uint_eq(blocks_common(falling, 1, 33), 0);
	ck_assert_uint_eq(blocks_common(falling, 0, 33), 1);
	ck_assert_uint_eq(blocks_common(falling, 0, 7), 0);
}
END_TEST

UNIT_SUITE(blocks, by_hand, independent_values_are_not_joined, correlated_values_are_joined,
	   too_short_says_nothing, the_common_length)
