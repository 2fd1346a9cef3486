// SPDX-License-Identifier: GPL-2.0-only
/* test_matching.c - which VM is which, by each rule, and which rule comes first. */
#include "analysis/compare/matching.h"

#include "unit.h"

static struct match_vm vm(s32 pid, u32 id, const char *name)
{
	return (struct match_vm){ { pid, id, true, true }, name };
}

START_TEST(words)
{
	const struct match_vm web = vm(100, 3, "web"), no_id = { { 7, 0, true, false }, NULL };

	ck_assert(match_is(&web, "web"));
	ck_assert(match_is(&web, "100"));
	ck_assert(match_is(&web, "100/3"));
	ck_assert(!match_is(&web, "100/4"));
	ck_assert(!match_is(&web, "101"));
	ck_assert(!match_is(&web, "webs"));
	ck_assert(match_is(&no_id, "7"));
	ck_assert(!match_is(&no_id, "7/0"));
}
END_TEST

START_TEST(the_user_before_names)
{
	const struct match_vm before[] = { vm(1, 1, "web"), vm(2, 2, "db") };
	const struct match_vm after[] = { vm(3, 3, "db"), vm(4, 4, "web") };
	const struct match_rule rule = { "web", "3/3" };
	struct match m[2];

	match_vms(before, 2, after, 2, NULL, 0, m);
	ck_assert_uint_eq(m[0].to, 1);
	ck_assert_uint_eq(m[0].how, MATCH_NAME);
	ck_assert_uint_eq(m[1].to, 0);
	match_vms(before, 2, after, 2, &rule, 1, m);
	ck_assert_uint_eq(m[0].to, 0);
	ck_assert_uint_eq(m[0].how, MATCH_RULE);
	/* The other web has its VM no more. */
	ck_assert_uint_eq(m[1].how, MATCH_NOT);
}
END_TEST

START_TEST(one_each_is_alone)
{
	const struct match_vm a = vm(1, 1, NULL), b[] = { vm(9, 7, NULL), vm(8, 6, NULL) };
	struct match m[2];

	match_vms(&a, 1, b, 1, NULL, 0, m);
	ck_assert_uint_eq(m[0].how, MATCH_ALONE);
	match_vms(&a, 1, b, 2, NULL, 0, m);
	ck_assert_uint_eq(m[0].how, MATCH_NOT);
	ck_assert_uint_eq(m[1].how, MATCH_NOT);
}
END_TEST

START_TEST(ids_only_where_all_are_the_same)
{
	const struct match_vm before[] = { vm(1, 1, NULL), vm(1, 2, NULL) };
	struct match_vm after[] = { vm(1, 2, NULL), vm(1, 1, NULL) };
	struct match m[2];

	match_vms(before, 2, after, 2, NULL, 0, m);
	ck_assert_uint_eq(m[0].to, 1);
	ck_assert_uint_eq(m[0].how, MATCH_IDS);
	ck_assert_uint_eq(m[1].to, 0);
	after[1] = vm(1, 3, NULL);
	match_vms(before, 2, after, 2, NULL, 0, m);
	ck_assert_uint_eq(m[0].how, MATCH_NOT);
	/* Names that differ speak against equal ids. */
	after[1] = vm(1, 1, "b");
	match_vms((struct match_vm[]){ vm(1, 1, "a"), vm(1, 2, NULL) }, 2, after, 2, NULL, 0, m);
	ck_assert_uint_eq(m[1].how, MATCH_NOT);
}
END_TEST

UNIT_SUITE(matching, words, the_user_before_names, one_each_is_alone,
	   ids_only_where_all_are_the_same)
