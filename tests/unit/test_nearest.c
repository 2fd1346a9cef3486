// SPDX-License-Identifier: GPL-2.0-only
/* test_nearest.c - which word was meant. */
#include "util/nearest.h"

#include "unit.h"

static const char *of_commands(const char *typed)
{
	static const char *const words[] = { "report", "matrix", "graph", "yield", "latency" };
	struct nearest n;

	nearest_init(&n, typed);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		nearest_offer(&n, words[i]);
	return n.best;
}

START_TEST(slips_are_found)
{
	ck_assert_str_eq(of_commands("reprot"), "report");  /* swapped */
	ck_assert_str_eq(of_commands("repot"), "report");   /* left out */
	ck_assert_str_eq(of_commands("matrrix"), "matrix"); /* doubled */
	ck_assert_str_eq(of_commands("graqh"), "graph");    /* replaced */
	ck_assert_str_eq(of_commands("report"), "report");
	ck_assert_str_eq(of_commands("lat"), "latency"); /* its beginning */
	ck_assert_str_eq(of_commands("m"), "matrix");
}
END_TEST

START_TEST(strangers_are_not)
{
	ck_assert_ptr_null(of_commands("frobnicate"));
	ck_assert_ptr_null(of_commands("xyz"));
	ck_assert_ptr_null(of_commands(""));
	ck_assert_ptr_null(of_commands("qq"));
}
END_TEST

START_TEST(long_words_do_no_harm)
{
	char word[65 + 1] = "", longest[64 + 1] = "";
	struct nearest n;

	memset(word, 'a', 65);
	memset(longest, 'a', 64);
	ck_assert_ptr_null(of_commands(word));
	nearest_init(&n, longest);
	nearest_offer(&n, word);
	ck_assert_ptr_null(n.best);
	nearest_offer(&n, longest);
	ck_assert_ptr_eq(n.best, longest);
}
END_TEST

START_TEST(of_equals_the_first)
{
	struct nearest n;

	nearest_init(&n, "vcpx");
	nearest_offer(&n, "vcpu");
	nearest_offer(&n, "vcpa");
	ck_assert_str_eq(n.best, "vcpu");
	nearest_offer(&n, "vcpx");
	ck_assert_str_eq(n.best, "vcpx");
}
END_TEST

UNIT_SUITE(nearest, slips_are_found, strangers_are_not, long_words_do_no_harm, of_equals_the_first)
