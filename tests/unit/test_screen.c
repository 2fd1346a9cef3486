// SPDX-License-Identifier: GPL-2.0-only
/* test_screen.c - lines cut by characters, and frames of which only what changed is written. */
#include "cli/screen.h"

#include "unit.h"

#include <unistd.h>

START_TEST(text_is_cut_at_whole_characters)
{
	ck_assert_uint_eq(screen_fit("abc", 5), 3);
	ck_assert_uint_eq(screen_fit("abc", 2), 2);
	ck_assert_uint_eq(screen_fit("abc", 0), 0);
	ck_assert_uint_eq(screen_fit("a█▁b", 2), 4);
	ck_assert_uint_eq(screen_fit("a█▁b", 3), 7);
	ck_assert_uint_eq(screen_fit("", 3), 0);
}
END_TEST

/* Shows two lines on a file; what was written, to be freed. */
static char *show(struct screen *s, const char *path, const char *first, const char *second)
{
	ck_assert_int_eq(ftruncate(s->out, 0), 0);
	ck_assert_int_eq(lseek(s->out, 0, SEEK_SET), 0);
	ck_assert_int_eq(screen_begin(s), 0);
	screen_line(s, LINE_PLAIN, "%s", first);
	screen_line(s, LINE_TITLE, "%s", second);
	ck_assert_int_eq(screen_show(s), 0);
	return unit_read(path);
}

START_TEST(only_lines_that_changed_are_written)
{
	char dir[UNIT_PATH], path[UNIT_PATH + 8], *text;
	struct screen s = { .whole = true };
	FILE *f;

	unit_mkdir(dir);
	snprintf(path, sizeof(path), "%s/out", dir);
	f = fopen(path, "w+");
	s.out = fileno(f);
	text = show(&s, path, "one", "two");
	ck_assert_ptr_nonnull(strstr(text, "\033[1;1Hone"));
	ck_assert_ptr_nonnull(strstr(text, "\033[2;1H\033[1mtwo\033[m"));
	ck_assert_ptr_nonnull(strstr(text, "\033[24;1H"));
	free(text);
	text = show(&s, path, "one", "two");
	ck_assert_str_eq(text, "");
	free(text);
	text = show(&s, path, "one", "2\n\033");
	ck_assert_str_eq(text, "\033[2;1H\033[1m2??\033[m\033[K");
	free(text);
	screen_release(&s);
	fclose(f);
	unit_rmdir(dir);
}
END_TEST

START_TEST(what_does_not_fit_is_dropped)
{
	char dir[UNIT_PATH], path[UNIT_PATH + 8], wide[300];
	struct screen s = { .whole = true };
	FILE *f;

	memset(wide, 'w', sizeof(wide));
	wide[sizeof(wide) - 1] = '\0';
	unit_mkdir(dir);
	snprintf(path, sizeof(path), "%s/out", dir);
	f = fopen(path, "w+");
	s.out = fileno(f);
	ck_assert_int_eq(screen_begin(&s), 0);
	for (u32 i = 0; i < 100; i++)
		screen_line(&s, LINE_PLAIN, "%s", wide);
	ck_assert_uint_eq(s.frame.nr, 24);
	ck_assert_uint_eq(strlen(s.frame.text[23]), 80);
	ck_assert_int_eq(screen_show(&s), 0);
	screen_release(&s);
	fclose(f);
	unit_rmdir(dir);
}
END_TEST

UNIT_SUITE(screen, text_is_cut_at_whole_characters, only_lines_that_changed_are_written,
	   what_does_not_fit_is_dropped)
