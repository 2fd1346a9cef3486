// SPDX-License-Identifier: GPL-2.0-only
/* test_host.c - files of /proc and /sys below a root. */
#include "tree.h"

#include <sys/stat.h>

START_TEST(lines_and_numbers)
{
	char text[HOST_TEXT_MAX], long_line[HOST_TEXT_MAX + 100];
	struct tree t;

	tree_init(&t);
	tree_write(&t, "/sys/a/line", "first\nsecond\n");
	tree_write(&t, "/sys/a/number", "200000\n");
	tree_write(&t, "/sys/a/minus", "-5\n");
	tree_write(&t, "/sys/a/empty", "");
	memset(long_line, 'x', sizeof(long_line));
	tree_write_bytes(&t, "/sys/a/long", long_line, sizeof(long_line));
	ck_assert_int_eq(host_line(&t.host, text, "/sys/%s/line", "a"), 0);
	ck_assert_str_eq(text, "first");
	ck_assert_int_eq(host_line(&t.host, text, "/sys/a/long"), 0);
	ck_assert_uint_eq(strlen(text), HOST_TEXT_MAX - 1);
	ck_assert_int_eq(host_line(&t.host, text, "/sys/a/nothing"), -ENOENT);
	ck_assert_str_eq(text, "");
	ck_assert_int_eq(host_number(&t.host, "/sys/a/number"), 200000);
	ck_assert_int_eq(host_number(&t.host, "/sys/a/minus"), -1);
	ck_assert_int_eq(host_number(&t.host, "/sys/a/empty"), -1);
	ck_assert_int_eq(host_number(&t.host, "/sys/a/line"), -1);
	ck_assert_int_eq(host_number(&t.host, "/sys/a/nothing"), -1);
	ck_assert_int_eq(host_look(&t.host, "/sys/a"), 0);
	ck_assert_int_eq(host_look(&t.host, "/sys/b"), ENOENT);
	tree_release(&t);
}
END_TEST

START_TEST(switches)
{
	struct tree t;

	tree_init(&t);
	tree_write(&t, "/y", "Y\n");
	tree_write(&t, "/n", "N\n");
	tree_write(&t, "/one", "1\n");
	tree_write(&t, "/zero", "0\n");
	ck_assert_int_eq(host_switch(&t.host, "/y"), 1);
	ck_assert_int_eq(host_switch(&t.host, "/n"), 0);
	ck_assert_int_eq(host_switch(&t.host, "/one"), 1);
	ck_assert_int_eq(host_switch(&t.host, "/zero"), 0);
	ck_assert_int_eq(host_switch(&t.host, "/missing"), -1);
	tree_release(&t);
}
END_TEST

START_TEST(whole_files_of_every_size)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 200000 };
	char *data = calloc(1, 200000), *got;
	struct tree t;
	size_t len;

	tree_init(&t);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		tree_write_bytes(&t, "/f", data, sizes[i]);
		got = host_slurp(&t.host, "/f", &len);
		ck_assert_ptr_nonnull(got);
		ck_assert_uint_eq(len, sizes[i]);
		ck_assert_int_eq(got[len], 0);
		free(got);
	}
	errno = 0;
	ck_assert_ptr_null(host_slurp(&t.host, "/missing", &len));
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_ptr_null(host_slurp(&t.host, "/", &len));
	free(data);
	tree_release(&t);
}
END_TEST

START_TEST(programs_are_in_path)
{
	char path[HOST_PATH_MAX], full[HOST_PATH_MAX], dirs[HOST_PATH_MAX];
	struct tree t;

	tree_init(&t);
	tree_write(&t, "/bin/no-such-program-1", "#!/bin/sh\n");
	snprintf(dirs, sizeof(dirs), "/nowhere::%s/bin", t.root);
	setenv("PATH", dirs, 1);
	ck_assert(!program_find("no-such-program-1", path));
	ck_assert_str_eq(path, "");
	chmod(host_path(&t.host, full, "/bin/no-such-program-1"), 0755);
	ck_assert(program_find("no-such-program-1", path));
	ck_assert_str_eq(path, full);
	unsetenv("PATH");
	ck_assert(!program_find("no-such-program-1", path));
	tree_release(&t);
}
END_TEST

UNIT_SUITE(host, lines_and_numbers, switches, whole_files_of_every_size, programs_are_in_path)
