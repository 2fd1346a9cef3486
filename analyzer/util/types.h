/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * types.h - the few names that every file uses: fixed widths as the kernel writes them, and hints.
 */
#ifndef KVM_IPI_TYPES_H
#define KVM_IPI_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64; /* so that %llu prints one without a cast */
typedef int32_t s32;
typedef long long s64;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define likely(x)     __builtin_expect(!!(x), 1)
#define unlikely(x)   __builtin_expect(!!(x), 0)
/* For what is made for several constants, which must reach it. */
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define min_of(a, b)  ((a) < (b) ? (a) : (b))
#define max_of(a, b)  ((a) > (b) ? (a) : (b))

/* Loads from anywhere in a buffer. Files of another byte order are refused at opening. */
static inline u16 load16(const void *p)
{
	u16 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline u32 load32(const void *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline u64 load64(const void *p)
{
	u64 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

#endif
