// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_resample.c - quantiles of durations and their errors, against the asymptotic variance of a
 * quantile: share (1 - share) / (n density^2).
 */
#include "analysis/compare/resample.h"

#include <math.h>

#include "unit.h"

#define STRETCHES 32
#define BUCKETS	  1000

static double uniform(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	z ^= z >> 31;
	return ((double)(z >> 11) + 0.5) / 9007199254740992.0;
}

struct sample {
	u32 count[STRETCHES * BUCKETS];
	double at[BUCKETS];
	struct durations d;
};

/* Exponential ones of mean 1 in buckets of 1/100, each several times: all in one stretch. */
static struct sample *new_sample(u32 nr, u32 times)
{
	struct sample *s = calloc(1, sizeof(*s));
	u64 state = 3;

	ck_assert_ptr_nonnull(s);
	for (u32 i = 0; i < BUCKETS; i++)
		s->at[i] = (i + 0.5) / 100;
	for (u32 i = 0; i < nr; i++) {
		u32 bucket = (u32)(-log(uniform(&state)) * 100);

		s->count[i % STRETCHES * BUCKETS + min_of(bucket, BUCKETS - 1u)] += times;
	}
	s->d = (struct durations){ s->count, STRETCHES, s->at, BUCKETS };
	return s;
}

START_TEST(quantiles_by_rank)
{
	u32 count[2 * 4] = { 1, 0, 2, 0, 0, 0, 1, 1 };
	const double at[] = { 1, 2, 3, 4 };
	const struct durations d = { count, 2, at, 4 };
	double x[2];

	ck_assert_uint_eq(durations_quantile(&d, 0.2), 0);
	ck_assert_uint_eq(durations_quantile(&d, 0.5), 2);
	ck_assert_uint_eq(durations_quantile(&d, 0.8), 2);
	ck_assert_uint_eq(durations_quantile(&d, 0.81), 3);
	ck_assert_uint_eq(durations_quantile(&d, 1), 3);
	/* One of five is above bucket 2: 0 of 3 where 0.6 would be expected, 1 of 2 for 0.4. */
	durations_above(&d, 2, x);
	ck_assert_double_eq_tol(x[0], -0.6, 1e-12);
	ck_assert_double_eq_tol(x[1], 0.6, 1e-12);
}
END_TEST

/* The density at quantile s of an exponential distribution is 1 - s. */
static double variance_of_log(double share, double nr)
{
	double at = -log(1 - share);

	return share / ((1 - share) * nr * at * at);
}

START_TEST(errors_are_those_of_theory)
{
	static const double share[] = { 0.5, 0.9, 0.99 };
	struct sample *s = new_sample(8000, 1);
	double var[3], again[3];

	ck_assert_int_eq(durations_resample(&s->d, 1, share, 3, var), 0);
	for (int i = 0; i < 3; i++) {
		double ratio = sqrt(var[i] / variance_of_log(share[i], 8000));

		ck_assert_msg(ratio > 0.6 && ratio < 1.5, "quantile %g: %g of the error", share[i],
			      ratio);
	}
	/* The same draws every time. */
	ck_assert_int_eq(durations_resample(&s->d, 1, share, 3, again), 0);
	ck_assert(!memcmp(var, again, sizeof(var)));
	free(s);
}
END_TEST

/* Every value eight times in its stretch is no more knowledge: an error as of an eighth. */
START_TEST(what_comes_together_counts_once)
{
	static const double share[] = { 0.5 };
	struct sample *s = new_sample(1000, 8);
	double var, ratio;

	ck_assert_int_eq(durations_resample(&s->d, 1, share, 1, &var), 0);
	ratio = sqrt(var / variance_of_log(0.5, 1000));
	ck_assert_double_gt(ratio, 0.6);
	ck_assert_double_lt(ratio, 1.5);
	free(s);
}
END_TEST

START_TEST(one_bucket_has_no_error)
{
	u32 count[16];
	const double at[] = { 5 };
	const struct durations d = { count, 16, at, 1 };
	static const double share[] = { 0.5, 0.99 };
	double var[2] = { 1, 1 };

	for (int i = 0; i < 16; i++)
		count[i] = 3;
	ck_assert_int_eq(durations_resample(&d, 2, share, 2, var), 0);
	ck_assert_double_eq(var[0], 0);
	ck_assert_double_eq(var[1], 0);
}
END_TEST

UNIT_SUITE(resample, quantiles_by_rank, errors_are_those_of_theory, what_comes_together_counts_once,
	   one_bucket_has_no_error)
