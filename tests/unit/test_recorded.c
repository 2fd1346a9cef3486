// SPDX-License-Identifier: GPL-2.0-only
/* test_recorded.c - whether a file is a new recording, and what is removed beside it. */
#include "record/recorded.h"

#include <unistd.h>

#include "unit.h"

START_TEST(a_new_file)
{
	char dir[UNIT_PATH], path[2 * UNIT_PATH];
	struct stat old = { .st_ino = 0 };

	unit_mkdir(dir);
	snprintf(path, sizeof(path), "%s/a.dat", dir);
	ck_assert(!recorded_is_new(path, &old));
	unit_write(path, "no recording at all");
	ck_assert(!recorded_is_new(path, &old));
	unit_write(path, "\027\010\104tracing6");
	ck_assert(recorded_is_new(path, &old));
	ck_assert_int_eq(stat(path, &old), 0);
	ck_assert(!recorded_is_new(path, &old));
	unit_write(path, "\027\010\104tracing6 and more");
	ck_assert(recorded_is_new(path, &old));
	unit_rmdir(dir);
}
END_TEST

START_TEST(parts)
{
	char dir[UNIT_PATH], path[2 * UNIT_PATH], part[3 * UNIT_PATH];

	unit_mkdir(dir);
	snprintf(path, sizeof(path), "%s/a.dat", dir);
	unit_write(path, "");
	for (int i = 0; i < 2; i++) {
		snprintf(part, sizeof(part), "%s.kvm-ipi-%d.cpu0", path, i);
		unit_write(part, "");
	}
	recorded_remove_parts(path, "kvm-ipi-1");
	ck_assert_int_eq(access(part, F_OK), -1);
	ck_assert_int_eq(unit_nr_files(dir), 2); /* another recorder's stay */
	unit_rmdir(dir);
}
END_TEST

START_TEST(room)
{
	char dir[UNIT_PATH], path[2 * UNIT_PATH];

	unit_mkdir(dir);
	snprintf(path, sizeof(path), "%s/a.dat", dir);
	ck_assert(!recorded_disk_full(path));
	ck_assert(!recorded_disk_full("/no/such/folder/a.dat"));
	ck_assert(recorded_disk_full("/proc/a.dat")); /* of no size */
	unit_rmdir(dir);
}
END_TEST

UNIT_SUITE(recorded, a_new_file, parts, room)
