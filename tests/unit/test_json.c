// SPDX-License-Identifier: GPL-2.0-only
/* test_json.c - commas, nesting, numbers at their limits, and strings that are no UTF-8. */
#include "util/json.h"

#include "unit.h"

/* What one string becomes. */
static void check_string(const char *in, const char *want)
{
	struct capture c;
	struct json j;

	capture_open(&c);
	json_init(&j, c.f);
	json_string(&j, NULL, in);
	json_finish(&j);
	ck_assert(!strncmp(capture_text(&c), want, strlen(want)) &&
		  !strcmp(c.text + strlen(want), "\n"));
	capture_free(&c);
}

START_TEST(nesting_and_commas)
{
	struct capture c;
	struct json j;

	capture_open(&c);
	json_init(&j, c.f);
	json_object(&j, NULL);
	json_u64(&j, "a", 1);
	json_array(&j, "list");
	json_object_flat(&j, NULL);
	json_null(&j, "n");
	json_array(&j, "inner"); /* flat within flat */
	json_u64(&j, NULL, 2);
	json_u64(&j, NULL, 3);
	json_array_end(&j);
	json_object_end(&j);
	json_bool(&j, NULL, true);
	json_bool(&j, NULL, false);
	json_array_end(&j);
	json_array(&j, "empty");
	json_array_end(&j);
	json_object_end(&j);
	json_finish(&j);
	ck_assert_str_eq(capture_text(&c),
			 "{\n  \"a\": 1,\n  \"list\": [\n"
			 "    {\"n\": null, \"inner\": [2, 3]},\n    true,\n    false\n  ],\n"
			 "  \"empty\": []\n}\n");
	capture_free(&c);
}
END_TEST

START_TEST(numbers_at_their_limits)
{
	struct capture c;
	struct json j;

	capture_open(&c);
	json_init(&j, c.f);
	json_array_flat(&j, NULL);
	json_u64(&j, NULL, 0);
	json_u64(&j, NULL, UINT64_MAX);
	json_s64(&j, NULL, INT64_MIN);
	json_s64(&j, NULL, INT64_MAX);
	json_s64(&j, NULL, -1);
	json_u64_or_null(&j, NULL, true, 5);
	json_u64_or_null(&j, NULL, false, 5);
	json_array_end(&j);
	json_finish(&j);
	ck_assert_str_eq(capture_text(&c), "[0, 18446744073709551615, -9223372036854775808, "
					   "9223372036854775807, -1, 5, null]\n");
	capture_free(&c);
}
END_TEST

START_TEST(strings_are_escaped)
{
	check_string(NULL, "null");
	check_string("", "\"\"");
	check_string("a \"b\" \\ /", "\"a \\\"b\\\" \\\\ /\"");
	check_string("\n\t\x01\x7f", "\"\\u000a\\u0009\\u0001\\u007f\"");
}
END_TEST

START_TEST(utf8_is_kept)
{
	check_string("\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7",
		     "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7\"");
	/* The last of each length, and the largest code point there is. */
	check_string("\xdf\xbf\xef\xbf\xbf\xf4\x8f\xbf\xbf", "\"\xdf\xbf\\uffff\xf4\x8f\xbf\xbf\"");
}
END_TEST

#define BAD "\xef\xbf\xbd"

START_TEST(other_bytes_are_replaced)
{
	check_string("\x80", "\"" BAD "\""); /* a tail alone */
	check_string("\xff\xfe", "\"" BAD BAD "\"");
	check_string("a\xc3", "\"a" BAD "\"");	       /* cut by the end */
	check_string("\xe2\x82x", "\"" BAD BAD "x\""); /* cut by a letter */
	check_string("\xc0\x80", "\"" BAD BAD "\"");   /* overlong */
	check_string("\xe0\x80\xaf", "\"" BAD BAD BAD "\"");
	check_string("\xed\xa0\x80", "\"" BAD BAD BAD "\"");	     /* a surrogate */
	check_string("\xf4\x90\x80\x80", "\"" BAD BAD BAD BAD "\""); /* beyond the last one */
	check_string("\xf8\x88\x80\x80\x80", "\"" BAD BAD BAD BAD BAD "\"");
}
END_TEST

/* Strings and numbers that lie across the ends of the writer's buffer, or are longer than it. */
START_TEST(more_than_a_buffer)
{
	const size_t len = 3 * sizeof(((struct json *)0)->buf) + 7;
	char *text = malloc(len + 1), *end;
	struct capture c;
	struct json j;

	memset(text, 'x', len);
	text[len] = 0;
	capture_open(&c);
	json_init(&j, c.f);
	json_array_flat(&j, NULL);
	for (u64 i = 0; i < 20000; i++)
		json_u64(&j, NULL, i);
	json_string(&j, NULL, text);
	json_u64(&j, NULL, UINT64_MAX);
	json_array_end(&j);
	json_finish(&j);
	end = (char *)capture_text(&c);
	ck_assert_int_eq(*end++, '[');
	for (u64 i = 0; i < 20000; i++) {
		ck_assert_uint_eq(strtoull(end, &end, 10), i);
		ck_assert(!strncmp(end, ", ", 2));
		end += 2;
	}
	ck_assert(*end == '"' && !strncmp(end + 1, text, len));
	ck_assert_str_eq(end + 1 + len, "\", 18446744073709551615]\n");
	capture_free(&c);
	free(text);
}
END_TEST

START_TEST(deep_nesting)
{
	struct capture c;
	struct json j;

	capture_open(&c);
	json_init(&j, c.f);
	for (int i = 0; i < JSON_DEPTH_MAX - 1; i++)
		json_array_flat(&j, NULL);
	json_u64(&j, NULL, 1);
	for (int i = 0; i < JSON_DEPTH_MAX - 1; i++)
		json_array_end(&j);
	json_finish(&j);
	ck_assert_str_eq(capture_text(&c), "[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]\n");
	capture_free(&c);
}
END_TEST

UNIT_SUITE(json, nesting_and_commas, numbers_at_their_limits, strings_are_escaped, utf8_is_kept,
	   other_bytes_are_replaced, more_than_a_buffer, deep_nesting)
