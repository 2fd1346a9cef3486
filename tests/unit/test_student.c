// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_student.c - against published tables of the t distribution, and against Simpson's rule over
 * its density (computed elsewhere, 200,000 steps).
 */
#include "analysis/compare/student.h"

#include <math.h>

#include "unit.h"

START_TEST(probabilities_are_those_of_the_integral)
{
	static const struct {
		double t, df, p;
	} known[] = {
		{ 2.306, 8, 0.050000322761 }, { 1.3, 2.5, 0.300486789271 },
		{ 0.7, 4.3, 0.519957380042 }, { 3.5, 14.2, 0.003468070003 },
		{ 5.041, 8, 0.001000379832 }, { 2, 1, 0.295167235301 },
		{ 4.5, 63, 0.000029912422 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		ck_assert_double_eq_tol(student_p(known[i].t, known[i].df), known[i].p, 2e-11);
		ck_assert_double_eq_tol(student_p(-known[i].t, known[i].df), known[i].p, 2e-11);
	}
}
END_TEST

/* The columns for 95 % and 99.9 %, two-sided, of any table of the t distribution. */
START_TEST(quantiles_are_those_of_the_tables)
{
	static const struct {
		double df, t95, t999;
	} table[] = {
		{ 1, 12.706, 636.619 },	    { 2, 4.303, 31.599 }, { 4, 2.776, 8.610 },
		{ 8, 2.306, 5.041 },	    { 20, 2.086, 3.850 }, { 60, 2.000, 3.460 },
		{ INFINITY, 1.960, 3.291 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		ck_assert_double_eq_tol(student_t(0.05, table[i].df), table[i].t95, 0.0006);
		ck_assert_double_eq_tol(student_t(0.001, table[i].df), table[i].t999, 0.0006);
	}
}
END_TEST

START_TEST(ends_and_limits)
{
	ck_assert_double_eq(student_p(0, 5), 1);
	ck_assert_double_eq(student_p(INFINITY, 5), 0);
	ck_assert_double_lt(student_t(1, 7), 1e-30);
	/* One degree of freedom is Cauchy's, with a closed form. */
	ck_assert_double_eq_tol(student_p(1, 1), 0.5, 1e-14);
	/* Many degrees come down to the normal distribution. */
	ck_assert_double_eq_tol(student_p(1.959963984540054, INFINITY), 0.05, 1e-15);
	ck_assert_double_eq_tol(student_p(2.5, 1e7), student_p(2.5, INFINITY), 3e-8);
	/* Far out it is small, and not 0. */
	ck_assert_double_gt(student_p(30, 40), 0);
	ck_assert_double_lt(student_p(30, 40), 1e-27);
}
END_TEST

UNIT_SUITE(student, probabilities_are_those_of_the_integral, quantiles_are_those_of_the_tables,
	   ends_and_limits)
