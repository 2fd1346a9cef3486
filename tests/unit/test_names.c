// SPDX-License-Identifier: GPL-2.0-only
/* test_names.c - names of VMs, from lists that people write. */
#include "model/names.h"

#include "unit.h"

static struct vm vm(const char *text)
{
	struct vm v;

	ck_assert_int_eq(vm_parse(text, &v), 0);
	return v;
}

static const char *find(const struct vm_names *names, const char *text)
{
	struct vm v = vm(text);

	return vm_names_find(names, &v);
}

START_TEST(numbers)
{
	static const char *const bad[] = { "",	    "/",  "1/", "/1", "a",	    "1a",
					   "1/2/3", "-1", "1 ", " 1", "2147483648", "1/4294967296",
					   "1/-1",  "1/x" };
	struct vm v = vm("4242/4294967295");

	ck_assert(v.have_pid && v.have_id && v.pid == 4242 && v.id == UINT32_MAX);
	v = vm("2147483647");
	ck_assert(v.have_pid && !v.have_id && v.pid == INT32_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(vm_parse(bad[i], &v) == -EINVAL, "\"%s\"", bad[i]);
}
END_TEST

START_TEST(the_nearer_name_wins)
{
	struct vm_names names = { 0 };
	struct vm unknown = { .have_id = true, .id = 2 };

	ck_assert_int_eq(vm_names_parse_line(&names, "10 process"), 0);
	ck_assert_int_eq(vm_names_parse_line(&names, "10/2 first"), 0);
	ck_assert_int_eq(vm_names_parse_line(&names, "10/2 last"), 0);
	ck_assert_str_eq(find(&names, "10/2"), "last");
	ck_assert_str_eq(find(&names, "10/3"), "process");
	ck_assert_str_eq(find(&names, "10"), "process");
	ck_assert_ptr_null(find(&names, "11/2"));
	ck_assert_ptr_null(vm_names_find(&names, &unknown));
	vm_names_release(&names);
	ck_assert_ptr_null(find(&names, "10"));
}
END_TEST

START_TEST(lines)
{
	static const char *const bad[] = {
		"10",
		"10 ",
		"x name",
		"10/ name",
		"10/2/3 name",
		"10000000000000000000000000000000000000000000000000000000000000000000000000 name"
	};
	struct vm_names names = { 0 };
	char line[400];

	ck_assert_int_eq(vm_names_parse_line(&names, ""), 0);
	ck_assert_int_eq(vm_names_parse_line(&names, "  # 1 name"), 0);
	ck_assert_int_eq(vm_names_parse_line(&names, " \t \r"), 0);
	ck_assert_uint_eq(names.nr, 0);
	ck_assert_int_eq(vm_names_parse_line(&names, "\t7/1 \t a name with  blanks \t\r\n"), 0);
	ck_assert_str_eq(find(&names, "7/1"), "a name with  blanks");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(vm_names_parse_line(&names, bad[i]) == -EINVAL, "\"%s\"", bad[i]);
	memset(line, 'x', sizeof(line));
	memcpy(line, "8 ", 2);
	line[2 + 255] = 0;
	ck_assert_int_eq(vm_names_parse_line(&names, line), 0);
	ck_assert_uint_eq(strlen(find(&names, "8")), 255);
	line[2 + 255] = 'x';
	line[2 + 256] = 0;
	ck_assert_int_eq(vm_names_parse_line(&names, line), -EINVAL);
	vm_names_release(&names);
}
END_TEST

START_TEST(terminals_are_safe)
{
	struct vm_names names = { 0 };
	struct vm v = vm("1");

	ck_assert_int_eq(vm_names_add(&names, &v, "a\033[31m\x7f\nb\xc3\xa9"), 0);
	ck_assert_str_eq(find(&names, "1"), "a?[31m??b\xc3\xa9");
	vm_names_release(&names);
}
END_TEST

UNIT_SUITE(names, numbers, the_nearer_name_wins, lines, terminals_are_safe)
