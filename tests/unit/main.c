// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - runs the suites that are named on the command line, or all, and prints TAP.
 *
 * CK_FORK=no keeps everything in one process, for a debugger.
 */
#include <dirent.h>
#include <unistd.h>

#include "unit.h"

#define TEST_SECONDS 900 /* for a test that hangs; no test takes a second on a quiet machine */

static const struct {
	const char *name;
	Suite *(*make)(void);
} suites[] = {
#define SUITE(name) { #name, suite_##name },
#include "suites.h"
#undef SUITE
};

Suite *unit_suite(const char *name, const TTest *const *tests, size_t nr)
{
	Suite *s = suite_create(name);
	TCase *tc = tcase_create(name);

	tcase_set_timeout(tc, TEST_SECONDS);
	for (size_t i = 0; i < nr; i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	return s;
}

void capture_open(struct capture *c)
{
	*c = (struct capture){ 0 };
	c->f = open_memstream(&c->text, &c->len);
	ck_assert_ptr_nonnull(c->f);
}

const char *capture_text(struct capture *c)
{
	ck_assert_int_eq(fflush(c->f), 0);
	return c->text;
}

void capture_free(struct capture *c)
{
	fclose(c->f);
	free(c->text);
}

void unit_mkdir(char buf[UNIT_PATH])
{
	const char *tmp = getenv("TMPDIR");

	snprintf(buf, UNIT_PATH, "%s/kvm-ipi-unit.XXXXXX", tmp && strlen(tmp) < 64 ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(buf));
}

/* Calls what (may be NULL) with each file's path; returns how many there are. */
static int for_each_file(const char *dir, int (*what)(const char *path))
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int nr = 0;

	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d))) {
		char path[UNIT_PATH + 256];

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (what)
			ck_assert_int_eq(what(path), 0);
		nr++;
	}
	closedir(d);
	return nr;
}

int unit_nr_files(const char *dir)
{
	return for_each_file(dir, NULL);
}

void unit_rmdir(const char *dir)
{
	for_each_file(dir, remove);
	ck_assert_int_eq(rmdir(dir), 0);
}

void unit_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

char *unit_read(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t len = 0;

	if (!f)
		return NULL;
	/* No file of the tests holds a NUL: one "line" is all of it. */
	if (getdelim(&text, &len, 0, f) < 0)
		text[0] = 0;
	fclose(f);
	return text;
}

static bool is_chosen(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc < 2;
}

int main(int argc, char **argv)
{
	SRunner *runner = srunner_create(NULL);
	int failed, nr;

	for (size_t i = 0; i < ARRAY_SIZE(suites); i++)
		if (is_chosen(suites[i].name, argc, argv))
			srunner_add_suite(runner, suites[i].make());
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	nr = srunner_ntests_run(runner);
	srunner_free(runner);
	if (!nr)
		fprintf(stderr, "unit: no such suite\n");
	return failed || !nr;
}
