/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * student.h - probabilities of Student's t distribution, and of the normal one as its limit.
 *
 * Degrees of freedom need not be whole: Welch's approximation gives fractions. INFINITY is the
 * normal distribution.
 */
#ifndef KVM_IPI_STUDENT_H
#define KVM_IPI_STUDENT_H

/* The probability of a value at least as far from 0 as t, on either side; df > 0. */
double student_p(double t, double df);

/* The t that student_p() says p of; 0 < p <= 1. */
double student_t(double p, double df);

#endif
