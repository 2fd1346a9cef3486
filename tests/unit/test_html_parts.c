// SPDX-License-Identifier: GPL-2.0-only
/* test_html_parts.c - numbers in the page's tables; what is unknown is empty. */
#include "output/html_parts.h"

#include "unit.h"

START_TEST(numbers)
{
	struct capture c;

	capture_open(&c);
	html_tenths(1, 3, c.f);
	html_tenths(1, 0, c.f);
	fputc('|', c.f);
	html_percent(2, 3, c.f);
	html_percent(2, 0, c.f);
	fputc('|', c.f);
	html_rate(5, 2000000000, c.f);
	html_rate(5, 0, c.f);
	fputc('|', c.f);
	html_us(true, 1290, c.f);
	html_us(false, 1290, c.f);
	fputc('|', c.f);
	html_ms(50000000, c.f);
	fputc('|', c.f);
	html_ms(1778790000, c.f);
	ck_assert_str_eq(capture_text(&c), "0.3|66.7|2.5|1.3|50|1778.7");
	capture_free(&c);
}
END_TEST

START_TEST(tables)
{
	static const char *const titles[] = { "a", "b", NULL };
	struct capture c;

	capture_open(&c);
	html_table("What", "tall x", titles, c.f);
	html_table_end(c.f);
	ck_assert_str_eq(
		capture_text(&c),
		"<div class=\"wide tall\"><table class=\"sortable tall x\"><caption>What"
		"</caption><thead><tr><th>a<th>b</thead><tbody>\n</tbody></table></div>\n");
	capture_free(&c);
}
END_TEST

START_TEST(lossy)
{
	struct input_view in[2] = { { .lost_known = true }, { .overrun_known = true } };
	struct capture c;

	capture_open(&c);
	html_lossy(in, 2, c.f);
	ck_assert_str_eq(capture_text(&c), "");
	in[1].overrun = 3;
	html_lossy(in, 2, c.f);
	ck_assert_ptr_nonnull(strstr(capture_text(&c), "lower bounds"));
	capture_free(&c);
}
END_TEST

static void put(const void *ctx, FILE *out)
{
	fprintf(out, "# %s\n#   wrapped.\n#   CPU 0\n", (const char *)ctx);
}

START_TEST(joined)
{
	char *text = html_joined(put, "text");

	ck_assert_str_eq(text, "  text     wrapped.;    CPU 0 ");
	free(text);
}
END_TEST

UNIT_SUITE(html_parts, numbers, tables, lossy, joined)
