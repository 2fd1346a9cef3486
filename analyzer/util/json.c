// SPDX-License-Identifier: GPL-2.0-only
/*
 * json.c - see json.h.
 *
 * A graph of some million edges is tens of millions of numbers and keys: they are put together in a
 * buffer of our own, without a call of stdio for each.
 */
#include "util/json.h"
#include "util/clean.h"
#include "util/digits.h"

#include <math.h>

static void json_flush(struct json *j)
{
	fwrite(j->buf, 1, j->len, j->out);
	j->len = 0;
}

static void json_put(struct json *j, const char *s, size_t len)
{
	if (len > sizeof(j->buf) - j->len) {
		json_flush(j);
		if (len > sizeof(j->buf)) {
			fwrite(s, 1, len, j->out);
			return;
		}
	}
	memcpy(j->buf + j->len, s, len);
	j->len += len;
}

static void put_char(struct json *j, char c)
{
	if (j->len == sizeof(j->buf))
		json_flush(j);
	j->buf[j->len++] = c;
}

/* Room for len bytes, far less than the buffer. */
static char *room_for(struct json *j, size_t len)
{
	if (unlikely(len > sizeof(j->buf) - j->len))
		json_flush(j);
	return j->buf + j->len;
}

static void json_put_u64(struct json *j, u64 v)
{
	char *to = room_for(j, DIGITS_MAX);

	j->len += (size_t)(digits_put(to, v) - to);
}

static void put_string(struct json *j, const char *str)
{
	const char *s = str;
	char escaped[8];
	u32 c;

	put_char(j, '"');
	while (*s) {
		size_t n = utf8_len(s, &c);

		if (!n) {
			json_put(j, "\xef\xbf\xbd", 3);
			n = 1;
		} else if (*s == '"' || *s == '\\') {
			put_char(j, '\\');
			put_char(j, *s);
		} else if (!text_len(s)) {
			snprintf(escaped, sizeof(escaped), "\\u%04x", c & 0xffff);
			json_put(j, escaped, 6);
		} else {
			json_put(j, s, n);
		}
		s += n;
	}
	put_char(j, '"');
}

static void newline(struct json *j)
{
	size_t indent = 2 * (size_t)j->depth;
	char *to = room_for(j, 1 + 2 * JSON_DEPTH_MAX);

	*to = '\n';
	memset(to + 1, ' ', indent);
	j->len += 1 + indent;
}

/* A key is ours: short, and nothing in it to escape. */
static void put_key(struct json *j, const char *key)
{
	char *to = room_for(j, JSON_KEY_MAX + 4);
	size_t len = strnlen(key, JSON_KEY_MAX);

	*to = '"';
	memcpy(to + 1, key, len);
	memcpy(to + 1 + len, "\": ", 3);
	j->len += len + 4;
}

/* What stands before a value: the comma, the place, the key. */
static void lead(struct json *j, const char *key)
{
	bool some = j->some[j->depth];

	j->some[j->depth] = true;
	if (j->depth && !j->flat[j->depth]) {
		if (some)
			put_char(j, ',');
		newline(j);
	} else if (some) {
		memcpy(room_for(j, 2), ", ", 2);
		j->len += 2;
	}
	if (key)
		put_key(j, key);
}

static void open_level(struct json *j, const char *key, char bracket, bool flat)
{
	lead(j, key);
	put_char(j, bracket);
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
	put_char(j, bracket);
}

void json_init(struct json *j, FILE *out)
{
	j->out = out;
	j->len = 0;
	j->depth = 0;
	memset(j->flat, 0, sizeof(j->flat));
	memset(j->some, 0, sizeof(j->some));
}

void json_finish(struct json *j)
{
	put_char(j, '\n');
	json_flush(j);
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
	json_put_u64(j, v);
}

void json_s64(struct json *j, const char *key, s64 v)
{
	lead(j, key);
	if (v < 0)
		put_char(j, '-');
	json_put_u64(j, v < 0 ? -(u64)v : (u64)v);
}

void json_thousandths(struct json *j, const char *key, u64 v)
{
	unsigned int rest = (unsigned int)(v % 1000);
	char text[4] = { '.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10),
			 (char)('0' + rest % 10) };

	lead(j, key);
	json_put_u64(j, v / 1000);
	json_put(j, text, sizeof(text));
}

void json_real(struct json *j, const char *key, double v)
{
	char text[32];

	lead(j, key);
	snprintf(text, sizeof(text), isfinite(v) ? "%.6g" : "null", v);
	json_put(j, text, strlen(text));
}

void json_bool(struct json *j, const char *key, bool v)
{
	lead(j, key);
	json_put(j, v ? "true" : "false", v ? 4 : 5);
}

void json_null(struct json *j, const char *key)
{
	lead(j, key);
	json_put(j, "null", 4);
}

void json_string(struct json *j, const char *key, const char *s)
{
	lead(j, key);
	if (s)
		put_string(j, s);
	else
		json_put(j, "null", 4);
}

void json_u64_or_null(struct json *j, const char *key, bool known, u64 v)
{
	if (known)
		json_u64(j, key, v);
	else
		json_null(j, key);
}

void json_time(struct json *j, const char *key, u64 ns)
{
	json_u64_or_null(j, key, ns != UINT64_MAX, ns);
}
