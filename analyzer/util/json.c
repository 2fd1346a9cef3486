// SPDX-License-Identifier: GPL-2.0-only
/*
 * json.c - see json.h.
 *
 * Numbers are formatted by hand: a graph of some million edges is tens of millions of numbers, and
 * printf would be most of the program's time.
 */
#include "util/json.h"

static void put_u64(FILE *out, u64 v)
{
	char digits[20];
	size_t n = sizeof(digits);

	do {
		digits[--n] = '0' + v % 10;
		v /= 10;
	} while (v);
	fwrite_unlocked(digits + n, 1, sizeof(digits) - n, out);
}

/* Bytes of the UTF-8 sequence that starts at s; 0 when it is none (overlong, surrogate, cut). */
static size_t utf8_len(const unsigned char *s)
{
	u32 min, c;
	size_t n;

	if (*s < 0x80)
		return 1;
	if ((*s & 0xe0) == 0xc0)
		n = 2, min = 0x80, c = *s & 0x1f;
	else if ((*s & 0xf0) == 0xe0)
		n = 3, min = 0x800, c = *s & 0x0f;
	else if ((*s & 0xf8) == 0xf0)
		n = 4, min = 0x10000, c = *s & 0x07;
	else
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	return c < min || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ? 0 : n;
}

static void put_string(FILE *out, const char *str)
{
	const unsigned char *s = (const unsigned char *)str;

	putc_unlocked('"', out);
	while (*s) {
		size_t n = utf8_len(s);

		if (!n) {
			fputs("\xef\xbf\xbd", out);
			n = 1;
		} else if (*s == '"' || *s == '\\') {
			putc_unlocked('\\', out);
			putc_unlocked(*s, out);
		} else if (*s < ' ' || *s == 0x7f) {
			fprintf(out, "\\u%04x", *s);
		} else {
			fwrite_unlocked(s, 1, n, out);
		}
		s += n;
	}
	putc_unlocked('"', out);
}

static void newline(struct json *j)
{
	putc_unlocked('\n', j->out);
	for (int i = 0; i < j->depth; i++)
		fwrite_unlocked("  ", 1, 2, j->out);
}

/* What stands before a value: the comma, the place, the key. */
static void lead(struct json *j, const char *key)
{
	if (j->some[j->depth])
		putc_unlocked(',', j->out);
	if (j->depth && !j->flat[j->depth])
		newline(j);
	else if (j->some[j->depth])
		putc_unlocked(' ', j->out);
	j->some[j->depth] = true;
	if (key) {
		put_string(j->out, key);
		fwrite_unlocked(": ", 1, 2, j->out);
	}
}

static void open_level(struct json *j, const char *key, char bracket, bool flat)
{
	lead(j, key);
	putc_unlocked(bracket, j->out);
	flat |= j->flat[j->depth];
	if (j->depth < JSON_DEPTH_MAX - 1)
		j->depth++;
	j->flat[j->depth] = flat;
	j->some[j->depth] = false;
}

static void close_level(struct json *j, char bracket)
{
	bool own_line = j->some[j->depth] && !j->flat[j->depth];

	j->depth--;
	if (own_line)
		newline(j);
	putc_unlocked(bracket, j->out);
}

void json_init(struct json *j, FILE *out)
{
	*j = (struct json){ .out = out };
}

void json_finish(struct json *j)
{
	putc_unlocked('\n', j->out);
}

void json_object(struct json *j, const char *key)
{
	open_level(j, key, '{', false);
}

void json_object_flat(struct json *j, const char *key)
{
	open_level(j, key, '{', true);
}

void json_object_end(struct json *j)
{
	close_level(j, '}');
}

void json_array(struct json *j, const char *key)
{
	open_level(j, key, '[', false);
}

void json_array_flat(struct json *j, const char *key)
{
	open_level(j, key, '[', true);
}

void json_array_end(struct json *j)
{
	close_level(j, ']');
}

void json_u64(struct json *j, const char *key, u64 v)
{
	lead(j, key);
	put_u64(j->out, v);
}

void json_s64(struct json *j, const char *key, s64 v)
{
	lead(j, key);
	if (v < 0)
		putc_unlocked('-', j->out);
	put_u64(j->out, v < 0 ? -(u64)v : (u64)v);
}

void json_bool(struct json *j, const char *key, bool v)
{
	lead(j, key);
	fputs(v ? "true" : "false", j->out);
}

void json_null(struct json *j, const char *key)
{
	lead(j, key);
	fputs("null", j->out);
}

void json_string(struct json *j, const char *key, const char *s)
{
	lead(j, key);
	if (s)
		put_string(j->out, s);
	else
		fputs("null", j->out);
}

void json_u64_or_null(struct json *j, const char *key, bool known, u64 v)
{
	if (known)
		json_u64(j, key, v);
	else
		json_null(j, key);
}
