// SPDX-License-Identifier: GPL-2.0-only
/* test_table.c - rows and columns as text and as CSV. */
#include "output/table.h"

#include "unit.h"

static const char *const titles[] = { "n", "word", "share_%", "last", NULL };

static void row(const void *ctx, u64 at, struct cell *cells)
{
	static const char *const words[] = { "a", "b,\"c\"\n",
					     "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9" };

	cell_u64(&cells[0], at ? at : UINT64_MAX);
	cell_text(&cells[1], words[at]);
	cell_percent(&cells[2], at, 2 * at);
	if (at == 1)
		cell_s64(&cells[3], INT64_MIN);
}

static void check(void (*write)(const struct table *, FILE *), u64 nr, const char *want)
{
	struct table t = { .title = titles, .nr_rows = nr, .row = row, .indent = 1 };
	struct capture c;

	capture_open(&c);
	write(&t, c.f);
	ck_assert_str_eq(capture_text(&c), want);
	capture_free(&c);
}

START_TEST(csv)
{
	check(table_csv, 0, "n,word,share_%,last\n");
	check(table_csv, 3,
	      "n,word,share_%,last\n"
	      "18446744073709551615,a,,\n"
	      "1,\"b,\"\"c\"\"\n\",50.0,-9223372036854775808\n"
	      "2,\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9,50.0,\n");
}
END_TEST

static void text_row(const void *ctx, u64 at, struct cell *cells)
{
	row(ctx, at * 2, cells);
}

START_TEST(aligned_text)
{
	struct table t = { .title = titles, .nr_rows = 2, .row = text_row, .indent = 1 };
	struct capture c;

	/* Words to the left, by characters and not bytes; numbers to the right. */
	capture_open(&c);
	table_text(&t, c.f);
	ck_assert_str_eq(
		capture_text(&c),
		"                    n  word   share_%  last\n"
		" 18446744073709551615  a                   \n"
		"                    2  \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9     50.0      \n");
	capture_free(&c);
}
END_TEST

static void one_row(const void *ctx, u64 at, struct cell *cells)
{
	*cells = *(const struct cell *)ctx;
}

static void check_cell(const struct cell *cell, const char *want)
{
	const char *const one[] = { "", NULL };
	struct capture c;
	char line[CELL_TEXT_MAX + 8];

	capture_open(&c);
	table_csv(&(struct table){ .title = one, .ctx = cell, .nr_rows = 1, .row = one_row }, c.f);
	snprintf(line, sizeof(line), "\n%s\n", want);
	ck_assert_str_eq(capture_text(&c), line);
	capture_free(&c);
}

START_TEST(rounding)
{
	struct cell c;

	cell_percent(&c, 1, 3);
	check_cell(&c, "33.3");
	cell_percent(&c, 2, 3);
	check_cell(&c, "66.7");
	cell_percent(&c, UINT64_MAX, UINT64_MAX);
	check_cell(&c, "100.0");
	cell_percent(&c, 5, 0);
	check_cell(&c, "");
	cell_rate(&c, 1, 3000000000);
	check_cell(&c, "0.3");
	cell_rate(&c, UINT64_MAX / 10, 1000000000);
	check_cell(&c, "1844674407370955161.0");
	cell_rate(&c, 5, 0);
	check_cell(&c, "");
}
END_TEST

START_TEST(long_text)
{
	char text[2 * CELL_TEXT_MAX];
	struct cell c;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	cell_text(&c, text);
	ck_assert_uint_eq(strlen(c.text), CELL_TEXT_MAX - 1);
	cell_text_cut(&c, "four", 4);
	ck_assert_str_eq(c.text, "four");
	cell_text_cut(&c, "five5", 4);
	ck_assert_str_eq(c.text, "fiv\xe2\x80\xa6");
	cell_text_cut(&c, "\xc3\xa9\xc3\xa9\xc3\xa9", 2);
	ck_assert_str_eq(c.text, "\xc3\xa9\xe2\x80\xa6");
	cell_text_cut(&c, "", 4);
	ck_assert_str_eq(c.text, "");
	cell_text_cut(&c, text, 20);
	ck_assert_uint_eq(strlen(c.text), 19 + 3);
}
END_TEST

START_TEST(numbers)
{
	u64 edge = 1;
	char want[24];
	struct cell c;

	/* On both sides of each power of ten. */
	for (int i = 0; i < 20; i++, edge *= 10)
		for (int n = -1; n <= 1; n++) {
			cell_u64(&c, edge + (u64)n);
			snprintf(want, sizeof(want), "%llu", (unsigned long long)(edge + (u64)n));
			check_cell(&c, want);
			cell_s64(&c, (s64)(edge / 10) * -n);
			snprintf(want, sizeof(want), "%lld", (long long)(edge / 10) * -n);
			check_cell(&c, want);
		}
	cell_u64(&c, UINT64_MAX);
	check_cell(&c, "18446744073709551615");
}
END_TEST

START_TEST(many_rows)
{
	const char *const one[] = { "", NULL };
	struct capture c;
	struct cell cell;
	size_t len = 0;

	/* More than any buffer: every row comes once. */
	cell_text(&cell, "a,\"b\"");
	capture_open(&c);
	table_csv(&(struct table){ .title = one, .ctx = &cell, .nr_rows = 20000, .row = one_row },
		  c.f);
	for (const char *p = capture_text(&c) + 1; *p; p += len) {
		len = strlen("\"a,\"\"b\"\"\"\n");
		ck_assert(!strncmp(p, "\"a,\"\"b\"\"\"\n", len));
	}
	ck_assert_uint_eq(strlen(capture_text(&c)), 1 + 20000 * len);
	capture_free(&c);
}
END_TEST

static void formula_row(const void *ctx, u64 row, struct cell *cells)
{
	static const char *const text[] = { "=1+1", "+2", "-x", "@y", "=\"a\"", "a=b" };

	(void)ctx;
	cell_text(&cells[0], text[row]);
	cell_number(&cells[1], "-1.5");
}

START_TEST(no_formulas)
{
	const char *const two[] = { "name", "n", NULL };
	struct capture c;

	capture_open(&c);
	table_csv(&(struct table){ .title = two, .nr_rows = 6, .row = formula_row }, c.f);
	ck_assert_str_eq(capture_text(&c), "name,n\n'=1+1,-1.5\n'+2,-1.5\n'-x,-1.5\n'@y,-1.5\n"
					   "\"'=\"\"a\"\"\",-1.5\na=b,-1.5\n");
	capture_free(&c);
}
END_TEST

UNIT_SUITE(table, csv, no_formulas, aligned_text, rounding, long_text, numbers, many_rows)
