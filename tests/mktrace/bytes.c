// SPDX-License-Identifier: GPL-2.0-only
/*
 * A growing buffer, and the way out.
 *
 * Sections of a trace.dat are built in memory, because their size stands before them and because
 * they may be compressed as a whole. Growing doubles the buffer; the C library moves large ones
 * by remapping, so that a CPU's hundreds of megabytes are not copied.
 */
#define _GNU_SOURCE /* vasprintf */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "bytes.h"

void die(const char *fmt, ...)
{
	va_list ap;

	fputs("mktrace: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

void buf_release(struct buf *b)
{
	free(b->data);
	b->data = NULL;
	b->len = b->cap = 0;
}

u8 *buf_room(struct buf *b, size_t len)
{
	u8 *p;

	if (b->cap - b->len < len) {
		size_t cap = b->cap ? b->cap * 2 : 4096;

		while (cap < b->len + len)
			cap *= 2;
		b->data = realloc(b->data, cap);
		if (!b->data)
			die("out of memory for %zu bytes", cap);
		b->cap = cap;
	}
	p = b->data + b->len;
	memset(p, 0, len);
	b->len += len;
	return p;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	u8 *p = buf_room(b, len);

	if (len)
		memcpy(p, data, len);
}

void buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s) + 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *s;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (len < 0)
		die("out of memory");
	buf_add(b, s, len);
	free(s);
}

void buf_int(struct buf *b, u64 v, unsigned int size)
{
	put_int(buf_room(b, size), v, size, b->big_endian);
}
