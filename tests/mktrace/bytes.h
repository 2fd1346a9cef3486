/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers as bytes, a growing buffer, and a random generator: what every part of mktrace needs.
 *
 * mktrace is the tests' independent truth. It shares no code with the analyzer and uses no tracing
 * library: what it knows about trace.dat it knows from the documented format alone, so that a
 * misunderstanding on one side shows as a difference.
 */
#ifndef MKTRACE_BYTES_H
#define MKTRACE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Store @v in @size (1, 2, 4 or 8) bytes at @p; a negative number is cut as two's complement. */
static inline void put_int(void *p, u64 v, unsigned int size, bool big_endian)
{
	u8 *b = p;

	if (big_endian) {
		while (size--) {
			b[size] = v;
			v >>= 8;
		}
		return;
	}
	/* The machines this runs on are little-endian; known sizes make it one store. */
	switch (size) {
	case 1: *b = v; break;
	case 2: memcpy(p, &v, 2); break;
	case 4: memcpy(p, &v, 4); break;
	default: memcpy(p, &v, size);
	}
}

/* A buffer that grows. Out of memory ends the program: a test tool has nothing better to do. */
struct buf {
	u8 *data;
	size_t len, cap;
	bool big_endian;
};

void buf_release(struct buf *b);
u8 *buf_room(struct buf *b, size_t len); /* @len more bytes, zeroed, and counted as used */
void buf_add(struct buf *b, const void *data, size_t len);
void buf_str(struct buf *b, const char *s); /* with its NUL */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_int(struct buf *b, u64 v, unsigned int size);

/* splitmix64: small, fast, and the same on every machine. */
struct rng {
	u64 s;
};

static inline u64 rng_next(struct rng *r)
{
	u64 z = (r->s += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

/* 0 <= result < @n; the bias is far below anything a test could see. */
static inline u32 rng_below(struct rng *r, u32 n)
{
	return (u64)(u32)rng_next(r) * n >> 32;
}

void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
