/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unit.h - what the unit tests share.
 *
 * A file test_X.c tests the module X.c of the analyzer and ends in UNIT_SUITE(X, its tests...). The
 * Makefile lists the files for the runner, so that a new file is all there is to a new suite. Tests
 * run in a process of their own each: one that crashes is one that failed.
 */
#ifndef KVM_IPI_UNIT_H
#define KVM_IPI_UNIT_H

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/types.h"

#define SUITE(name) Suite *suite_##name(void);
#include "suites.h"
#undef SUITE

Suite *unit_suite(const char *name, const TTest *const *tests, size_t nr);

#define UNIT_SUITE(name, ...)                                                                      \
	Suite *suite_##name(void)                                                                  \
	{                                                                                          \
		const TTest *const tests[] = { __VA_ARGS__ };                                      \
                                                                                                   \
		return unit_suite(#name, tests, ARRAY_SIZE(tests));                                \
	}

/* A stdio stream into memory: open it, hand f to a writer, then compare text. */
struct capture {
	FILE *f;
	char *text;
	size_t len;
};

void capture_open(struct capture *c);
/* Everything that was written, NUL-terminated; valid until capture_free(). */
const char *capture_text(struct capture *c);
void capture_free(struct capture *c);

/* A folder of the test's own, removed with what is in it by unit_rmdir(); its name goes to buf. */
#define UNIT_PATH 128
void unit_mkdir(char buf[UNIT_PATH]);
void unit_rmdir(const char *dir);
/* How many files are in it. */
int unit_nr_files(const char *dir);
void unit_write(const char *path, const char *text);
/* A file's content, NUL-terminated, to be freed; NULL: it is not there. */
char *unit_read(const char *path);

#endif
