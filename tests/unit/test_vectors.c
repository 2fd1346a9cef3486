// SPDX-License-Identifier: GPL-2.0-only
/* test_vectors.c - the guests' names of vectors. */
#include "model/vectors.h"

#include "unit.h"

START_TEST(tables)
{
	const struct vector_names *names = vector_names_builtin("linux");

	ck_assert_ptr_nonnull(names);
	ck_assert_str_eq(vector_name(names, 0xfb), "call-function-single");
	ck_assert_str_eq(vector_name(names, 0xfc), "call-function");
	ck_assert_str_eq(vector_name(names, 0xfd), "reschedule");
	ck_assert_str_eq(vector_name(names, 0xec), "local-timer");
	ck_assert_ptr_null(vector_name(names, 0x40)); /* a device's: no fixed name */
	ck_assert_ptr_null(vector_name(names, 256));
	ck_assert_ptr_null(vector_name(names, ~0u));
	names = vector_names_builtin("none");
	for (unsigned int v = 0; v < NR_VECTORS; v++)
		ck_assert_ptr_null(vector_name(names, v));
	ck_assert_ptr_null(vector_names_builtin("windows"));
	ck_assert_ptr_null(vector_names_builtin(""));
}
END_TEST

START_TEST(names_are_plain)
{
	const struct vector_names *names = vector_names_builtin("linux");

	/* They go into CSV and onto terminals as they are; and no two vectors share one. */
	for (unsigned int v = 0; v < NR_VECTORS; v++) {
		const char *name = vector_name(names, v);

		if (!name)
			continue;
		ck_assert_uint_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
				  strlen(name));
		for (unsigned int w = 0; w < v; w++)
			ck_assert(!vector_name(names, w) || strcmp(vector_name(names, w), name));
	}
}
END_TEST

UNIT_SUITE(vectors, tables, names_are_plain)
