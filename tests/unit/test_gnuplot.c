// SPDX-License-Identifier: GPL-2.0-only
/* test_gnuplot.c - strings for gnuplot, cut text, and what a failing gnuplot does. */
#include "output/gnuplot.h"

#include "unit.h"

static void check_string(const char *text, const char *want)
{
	struct capture c;

	capture_open(&c);
	gnuplot_string(text, c.f);
	ck_assert_str_eq(capture_text(&c), want);
	capture_free(&c);
}

START_TEST(strings)
{
	check_string("plain", "'plain'");
	check_string("it's `x` $y \\n", "'it''s `x` $y \\n'");
	check_string("a\nb\x7f", "'a?b?'");
	check_string("\xc3\xa9 \xff\xc3", "'\xc3\xa9 ?"
					  "?'");
}
END_TEST

START_TEST(cut)
{
	char buf[32], small[8];

	text_cut("short", 10, buf, sizeof(buf));
	ck_assert_str_eq(buf, "short");
	text_cut("0123456789", 10, buf, sizeof(buf));
	ck_assert_str_eq(buf, "0123456789");
	text_cut("0123456789a", 10, buf, sizeof(buf));
	ck_assert_str_eq(buf, "012345678\xe2\x80\xa6");
	/* Characters stay whole, and a cut text is not cut twice. */
	text_cut("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 3, buf, sizeof(buf));
	ck_assert_str_eq(buf, "\xc3\xa9\xc3\xa9\xe2\x80\xa6");
	text_cut("ab\xe2\x80\xa6zzz", 4, buf, sizeof(buf));
	ck_assert_str_eq(buf, "ab\xe2\x80\xa6");
	text_cut("0123456789", 10, small, sizeof(small));
	ck_assert_str_eq(small, "0123\xe2\x80\xa6");
}
END_TEST

static int put_script(void *ctx, FILE *to)
{
	fputs(ctx, to);
	return 0;
}

static int no_memory(void *ctx, FILE *to)
{
	return -ENOMEM;
}

START_TEST(runs)
{
	struct err err = { "" };
	FILE *out = tmpfile();
	char text[16] = "";

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(gnuplot_run(put_script, (void *)"set print '-'; print 6*7\n", out, &err),
			 0);
	rewind(out);
	ck_assert_ptr_nonnull(fgets(text, sizeof(text), out));
	ck_assert_str_eq(text, "42\n");
	ck_assert_int_eq(gnuplot_run(no_memory, NULL, out, &err), -ENOMEM);
	fclose(out);
}
END_TEST

START_TEST(fails)
{
	struct err err = { "" };
	FILE *out = tmpfile();

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(gnuplot_run(put_script, (void *)"no such command\n", out, &err), -EIO);
	ck_assert_ptr_nonnull(strstr(err.msg, "gnuplot failed: "));
	ck_assert_int_eq(gnuplot_run(put_script, (void *)"a = 1\n", out, &err), -EIO);
	ck_assert_ptr_nonnull(strstr(err.msg, "wrote nothing"));
	setenv("PATH", "/nonexistent", 1);
	ck_assert_int_eq(gnuplot_run(put_script, (void *)"a = 1\n", out, &err), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, GNUPLOT_PACKAGE));
	fclose(out);
}
END_TEST

START_TEST(terminals)
{
	struct capture c;

	capture_open(&c);
	for (int kind = 0; kind < NR_PICTURES; kind++)
		gnuplot_terminal(kind, 960, 480, c.f);
	ck_assert_ptr_nonnull(strstr(capture_text(&c), "terminal pngcairo noenhanced"));
	ck_assert_ptr_nonnull(strstr(capture_text(&c), "terminal svg noenhanced"));
	ck_assert_ptr_nonnull(strstr(capture_text(&c), "size 10.00in,5.00in"));
	capture_free(&c);
}
END_TEST

START_TEST(page)
{
	char first[] = "lost", second[] = "it's cut";
	char *notes[] = { first, second };
	struct picture_page p = { .note = notes, .nr_notes = 2, .output = "x.png" };
	struct capture c;

	capture_open(&c);
	gnuplot_page(&p, "yield", 100, 200, c.f);
	ck_assert_ptr_nonnull(strstr(capture_text(&c), "set output 'x.png'"));
	/* The lower of two lines is 10 pixels above the foot. */
	ck_assert_ptr_nonnull(strstr(c.text, "set label 'lost' at screen 0.100000,0.135000 left"));
	ck_assert_ptr_nonnull(
		strstr(c.text, "set label 'it''s cut' at screen 0.100000,0.050000 left"));
	capture_free(&c);
	capture_open(&c);
	gnuplot_place(10, 20, 90, 150, 100, 200, c.f);
	ck_assert_str_eq(capture_text(&c),
			 "set lmargin at screen 0.100000\nset rmargin at screen 0.900000\n"
			 "set tmargin at screen 0.900000\nset bmargin at screen 0.250000\n");
	capture_free(&c);
}
END_TEST

UNIT_SUITE(gnuplot, strings, cut, runs, fails, terminals, page)
