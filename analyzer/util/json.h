/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * json.h - writes JSON as it goes, to a stdio stream; nothing is kept.
 *
 * The caller opens and closes what it nests; commas and indentation come by themselves. Inside an
 * object pass the key, inside an array NULL. Two styles: a "flat" object or array stays on one line.
 * Strings are taken as bytes: what is not valid UTF-8 becomes U+FFFD, so that the result is always
 * JSON. Write errors stay in the stream (ferror).
 */
#ifndef KVM_IPI_JSON_H
#define KVM_IPI_JSON_H

#include <stdio.h>

#include "util/types.h"

#define JSON_DEPTH_MAX 16
#define JSON_KEY_MAX   64 /* bytes */

struct json {
	FILE *out;
	char buf[16 * 1024]; /* what is not handed to out yet */
	size_t len;
	int depth;
	bool flat[JSON_DEPTH_MAX]; /* this level stays on one line */
	bool some[JSON_DEPTH_MAX]; /* this level has an element already */
};

void json_init(struct json *j, FILE *out);
void json_finish(struct json *j); /* the newline at the end; only then is all of it in out */

void json_object(struct json *j, const char *key);
void json_object_flat(struct json *j, const char *key);
void json_object_end(struct json *j);
void json_array(struct json *j, const char *key);
void json_array_flat(struct json *j, const char *key);
void json_array_end(struct json *j);

void json_u64(struct json *j, const char *key, u64 v);
void json_s64(struct json *j, const char *key, s64 v);
/* v / 1000 with three decimals: ns as µs. */
void json_thousandths(struct json *j, const char *key, u64 v);
/* Six digits; null where it is no number, or infinite. */
void json_real(struct json *j, const char *key, double v);
void json_bool(struct json *j, const char *key, bool v);
void json_null(struct json *j, const char *key);
void json_string(struct json *j, const char *key, const char *s); /* NULL writes null */
/* v, or null where it is not known */
void json_u64_or_null(struct json *j, const char *key, bool known, u64 v);
void json_time(struct json *j, const char *key, u64 ns); /* UINT64_MAX: unknown, null */

#endif
