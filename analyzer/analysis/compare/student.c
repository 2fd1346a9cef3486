// SPDX-License-Identifier: GPL-2.0-only
/*
 * student.c - see student.h.
 *
 * Both tails together are the regularised incomplete beta function I_x(df/2, 1/2) at
 * x = df / (df + t^2). It is evaluated by its continued fraction (modified Lentz), on the side of
 * the symmetry I_x(a, b) = 1 - I_(1-x)(b, a) where that converges quickly.
 */
#define _GNU_SOURCE
#include "analysis/compare/student.h"

#include <math.h>

#define TERMS	  500
#define PRECISION 1e-15
#define TINY	  1e-300
#define DF_NORMAL 1e8 /* from here on the difference is below the precision */
#define STEPS	  200

static double away_from_0(double x)
{
	return fabs(x) < TINY ? TINY : x;
}

static double beta_fraction(double x, double a, double b)
{
	double c = 1, d = 1 / away_from_0(1 - (a + b) * x / (a + 1)), h = d;

	for (int m = 1; m <= TERMS; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		double step;

		d = 1 / away_from_0(1 + even * d);
		c = away_from_0(1 + even / c);
		h *= d * c;
		d = 1 / away_from_0(1 + odd * d);
		c = away_from_0(1 + odd / c);
		step = d * c;
		h *= step;
		if (fabs(step - 1) < PRECISION)
			break;
	}
	return h;
}

/* I_x(a, b); y is 1 - x, which the caller knows without cancellation. */
static double beta_part(double x, double y, double a, double b)
{
	double front;

	if (x <= 0 || y <= 0)
		return x <= 0 ? 0 : 1;
	front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(y));
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(x, a, b) / a;
	return 1 - front * beta_fraction(y, b, a) / b;
}

double student_p(double t, double df)
{
	double square = t * t;

	if (isinf(t))
		return 0;
	if (df >= DF_NORMAL)
		return erfc(fabs(t) / sqrt(2));
	return beta_part(df / (df + square), square / (df + square), df / 2, 0.5);
}

static double density(double t, double df)
{
	if (df >= DF_NORMAL)
		return exp(-t * t / 2) / sqrt(2 * M_PI);
	return exp(lgamma((df + 1) / 2) - lgamma(df / 2) - (df + 1) / 2 * log1p(t * t / df)) /
	       sqrt(df * M_PI);
}

/* Newton's steps from 0: both tails' probability is convex there, so that none goes too far. */
double student_t(double p, double df)
{
	double t = 0;

	for (int i = 0; i < STEPS; i++) {
		double step = (student_p(t, df) - p) / (2 * density(t, df));

		if (!(step > PRECISION * t))
			break;
		t += step;
	}
	return t;
}
