/* SPDX-License-Identifier: GPL-2.0-only */
/* digits.h - decimal digits of a number; printf is most of the time where millions are written. */
#ifndef KVM_IPI_DIGITS_H
#define KVM_IPI_DIGITS_H

#include "util/types.h"

#define DIGITS_MAX 20 /* of a u64 */

/* Writes v's digits before end (no NUL); returns where they begin. */
static inline char *digits_before(char *end, u64 v)
{
	static const char two[] = "00010203040506070809101112131415161718192021222324"
				  "25262728293031323334353637383940414243444546474849"
				  "50515253545556575859606162636465666768697071727374"
				  "75767778798081828384858687888990919293949596979899";
	char *p = end;

	for (; v >= 100; v /= 100) {
		p -= 2;
		memcpy(p, two + v % 100 * 2, 2);
	}
	if (v < 10) {
		*--p = (char)('0' + v);
		return p;
	}
	p -= 2;
	memcpy(p, two + v * 2, 2);
	return p;
}

/* Writes v's digits to the end of buf (DIGITS_MAX bytes, no NUL); returns where they begin. */
static inline char *digits_u64(char *buf, u64 v)
{
	return digits_before(buf + DIGITS_MAX, v);
}

/* Writes v's digits at to (room for DIGITS_MAX, no NUL); returns the place behind them. */
static inline char *digits_put(char *to, u64 v)
{
	u64 limit = 10;
	u32 len = 1;

	while (v >= limit && len < DIGITS_MAX - 1) {
		limit *= 10;
		len++;
	}
	len += v >= limit;
	digits_before(to + len, v);
	return to + len;
}

#endif
