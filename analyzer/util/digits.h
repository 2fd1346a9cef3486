/* SPDX-License-Identifier: GPL-2.0-only */
/* digits.h - decimal digits of a number; printf is most of the time where millions are written. */
#ifndef KVM_IPI_DIGITS_H
#define KVM_IPI_DIGITS_H

#include "util/types.h"

#define DIGITS_MAX 20 /* of a u64 */

/* Writes v's digits to the end of buf (DIGITS_MAX bytes, no NUL); returns where they begin. */
static inline char *digits_u64(char *buf, u64 v)
{
	char *p = buf + DIGITS_MAX;

	do {
		*--p = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	return p;
}

#endif
