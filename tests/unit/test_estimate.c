// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_estimate.c - Welch's test against the three worked examples that are widely printed for it,
 * and adjusted probabilities against the example of Benjamini and Hochberg's paper (1995).
 */
#include "analysis/compare/estimate.h"

#include <math.h>

#include "unit.h"

static struct difference compare(const double *a, u32 nr_a, const double *b, u32 nr_b)
{
	struct estimate x = estimate_of_values(a, nr_a, 0), y = estimate_of_values(b, nr_b, 0);

	return difference_of(&x, &y, 0);
}

static void check(struct difference d, double by, double t, double df, double p)
{
	ck_assert_double_eq_tol(d.by, by, 1e-9);
	ck_assert_double_eq_tol(d.by / d.se, t, 1e-9);
	ck_assert_double_eq_tol(d.df, df, 1e-8);
	ck_assert_double_eq_tol(d.p, p, 1e-9);
}

START_TEST(welch_as_published)
{
	static const double a1[] = { 27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1,
				     21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4 };
	static const double b1[] = { 27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0,
				     24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4 };
	static const double a2[] = { 17.2, 20.9, 22.6, 18.1, 21.7, 21.4, 23.5, 24.2, 14.7, 21.8 };
	static const double b2[] = { 21.5, 22.8, 21.0, 23.0, 21.6, 23.6, 22.5, 20.7, 23.4, 21.8,
				     20.7, 21.7, 21.5, 22.5, 23.6, 21.5, 22.5, 23.5, 21.5, 21.8 };
	static const double a3[] = { 19.8, 20.4, 19.6, 17.8, 18.5, 18.9, 18.3, 18.9, 19.5, 22.0 };
	static const double b3[] = { 28.2, 26.6, 20.1, 23.3, 25.2, 22.1, 17.7, 27.6, 20.6, 13.7,
				     23.2, 17.5, 20.6, 18.0, 23.9, 21.6, 24.3, 20.4, 24.0, 13.2 };

	/* Printed as t 2.46, df 25.0, p 0.021; 1.57, 9.9, 0.149; 2.22, 24.5, 0.036. */
	check(compare(a1, 15, b1, 15), 2.1666666667, 2.45535639829, 24.98852929, 0.0213780014628);
	check(compare(a2, 10, b2, 20), 1.525, 1.56543352360, 9.904741249, 0.1488416966053);
	check(compare(a3, 10, b3, 20), 2.22, 2.21924091582, 24.496223124, 0.0359722710298);
}
END_TEST

START_TEST(interval_and_test_agree)
{
	static const double a[] = { 1, 2, 3, 4, 5 }, b[] = { 3, 4.5, 5, 6, 7 };
	struct difference d = compare(a, 5, b, 5);
	struct estimate x = { 0, d.se * d.se, d.df }, y = { d.by - d.low, 0, INFINITY };

	/* A difference as large as half of the interval is one of 5 %. */
	ck_assert_double_eq_tol(difference_of(&x, &y, 0).p, 0.05, 1e-9);
	ck_assert_double_eq_tol(d.high - d.by, d.by - d.low, 1e-12);
}
END_TEST

START_TEST(a_known_variance_is_a_floor)
{
	static const double same[] = { 5, 5, 5, 5 };
	struct estimate e = estimate_of_values(same, 4, 0.04);
	struct estimate z = estimate_of_values(same, 4, 0);
	struct difference d;

	ck_assert_double_eq_tol(e.var, 0.01, 1e-15);
	ck_assert(isinf(e.df));
	ck_assert_double_eq(z.var, 0);
	/* Without any variance a difference is certain, and none is none. */
	ck_assert_double_eq(difference_of(&z, &z, 0).p, 1);
	z.at = 6;
	ck_assert_double_eq(difference_of(&(struct estimate){ 5, 0, INFINITY }, &z, 0).p, 0);
	/* The extra variance is a known one: 0.0025 + 0.0075, z = 1 / 0.1. */
	d = difference_of(&(struct estimate){ 5, 0.0025, INFINITY }, &z, 0.0075);
	ck_assert_double_eq_tol(d.se, 0.1, 1e-12);
	ck_assert(isinf(d.df));
}
END_TEST

START_TEST(adjusted_as_published)
{
	double p[] = { 0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
		       0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000 };
	double weight[15];
	u32 order[15], below = 0;

	for (int i = 0; i < 15; i++)
		weight[i] = 1;
	discoveries_adjust(p, weight, order, 15);
	/* The paper: at 0.05 the first four are discoveries. */
	for (int i = 0; i < 15; i++)
		below += p[i] <= 0.05;
	ck_assert_uint_eq(below, 4);
	/* By hand: 0.0001 * 15 / 1, 0.0095 * 15 / 4, the last one as it is. */
	ck_assert_double_eq_tol(p[0], 0.0015, 1e-12);
	ck_assert_double_eq_tol(p[3], 0.035625, 1e-12);
	ck_assert_double_eq(p[14], 1);
	/* 0.0298 * 15 / 7 is less than 0.0278 * 15 / 6, and takes its place; so does 0.0344's. */
	ck_assert_double_eq_tol(p[5], 0.0298 * 15 / 7, 1e-12);
}
END_TEST

START_TEST(weights_divide)
{
	/* By hand: p / w = 0.02, 0.04, 0.08; * 3 / rank = 0.06, 0.06, 0.08. */
	double p[] = { 0.01, 0.06, 0.08 }, weight[] = { 0.5, 1.5, 1 };
	u32 order[3];

	discoveries_adjust(p, weight, order, 3);
	ck_assert_double_eq_tol(p[0], 0.06, 1e-12);
	ck_assert_double_eq_tol(p[1], 0.06, 1e-12);
	ck_assert_double_eq_tol(p[2], 0.08, 1e-12);
	discoveries_adjust(p, weight, order, 0);
}
END_TEST

UNIT_SUITE(estimate, welch_as_published, interval_and_test_agree, a_known_variance_is_a_floor,
	   adjusted_as_published, weights_divide)
