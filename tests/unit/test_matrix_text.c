// SPDX-License-Identifier: GPL-2.0-only
/* test_matrix_text.c - matrices as large as the terminal allows. */
#include "output/matrix_text.h"

#include "unit.h"

/* n x n with count[r][c] from a function; written for this width. */
static char *draw(u32 n, u64 (*count)(u32 r, u32 c), int width, bool color)
{
	struct matrix_cell *cell = calloc((size_t)n * n + 1, sizeof(*cell));
	u32 *id = calloc(n + 1, sizeof(*id));
	struct matrix_view m = { .row_title = "sender",
				 .col_title = "receiver",
				 .row_id = id,
				 .col_id = id,
				 .nr_rows = n,
				 .nr_cols = n,
				 .cell = cell };
	struct matrix_style style = { .width = width, .color = color };
	struct capture c;
	char *text;

	for (u32 r = 0; r < n; r++) {
		id[r] = 3 * r;
		for (u32 col = 0; col < n; col++)
			if (count(r, col))
				cell[m.nr_cells++] = (struct matrix_cell){ r, col, count(r, col) };
	}
	capture_open(&c);
	ck_assert_int_eq(matrix_text(&m, &style, c.f), 0);
	text = strdup(capture_text(&c));
	capture_free(&c);
	free(cell);
	free(id);
	return text;
}

static size_t longest_line(const char *text)
{
	size_t longest = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");

		longest = max_of(longest, len);
		text += len + (text[len] == '\n');
	}
	return longest;
}

static u64 small(u32 r, u32 c)
{
	return r == c ? 0 : 10 * r + c;
}

START_TEST(numbers)
{
	char *text = draw(3, small, 80, false);

	ck_assert_str_eq(text, "  sender down, receiver across\n"
			       "         0   3   6\n"
			       "     0   .   1   2\n"
			       "     3  10   .  12\n"
			       "     6  20  21   .\n");
	free(text);
}
END_TEST

static u64 large(u32 r, u32 c)
{
	static const u64 n[] = { 0, 9999, 10000, 999999, 1000000, 9999999, 1234567890, UINT64_MAX };

	return n[(r + c) % ARRAY_SIZE(n)];
}

START_TEST(short_numbers)
{
	char *text = draw(8, large, 60, false);

	ck_assert_uint_le(longest_line(text), 60);
	ck_assert_ptr_nonnull(strstr(text, "     0    . 9999  10k 1.0M 1.0M  10M 1.2G  18E\n"));
	free(text);
}
END_TEST

static u64 powers(u32 r, u32 c)
{
	return c < 12 ? 4096 >> c : 0;
}

START_TEST(levels)
{
	char *text = draw(40, powers, 80, false);

	ck_assert_uint_le(longest_line(text), 80);
	/* The largest is 9; what is there is never a dot; what is not is never a digit. */
	ck_assert_ptr_nonnull(strstr(text, "\n   117 987654321000............................\n"));
	ck_assert_ptr_null(strchr(text, '\033'));
	free(text);
	text = draw(40, powers, 80, true);
	ck_assert_ptr_nonnull(strchr(text, '\033'));
	free(text);
}
END_TEST

static u64 one(u32 r, u32 c)
{
	return 1;
}

START_TEST(every_size_fits_every_width)
{
	for (u32 n = 1; n <= 300; n = n * 3 / 2 + 1)
		for (int width = 40; width <= 240; width += 40) {
			char *text = draw(n, n % 2 ? small : one, width, false);

			ck_assert_msg(longest_line(text) <= (size_t)max_of(width, 80),
				      "%u in %d:\n%s", n, width, text);
			free(text);
		}
}
END_TEST

START_TEST(grouped)
{
	char *text = draw(128, one, 80, false);

	ck_assert_ptr_nonnull(strstr(text, "# 128 x 128 is too large"));
	ck_assert_ptr_nonnull(strstr(text, "each cell is 2 x 2"));
	ck_assert_ptr_nonnull(strstr(text, "# 9: 4 or nearly"));
	free(text);
}
END_TEST

START_TEST(narrow_and_empty)
{
	char *text = draw(0, one, 80, false);

	ck_assert_ptr_nonnull(strstr(text, "sender down"));
	free(text);
	text = draw(64, one, 1, false);
	ck_assert_ptr_nonnull(strstr(text, "added up"));
	free(text);
}
END_TEST

static void json_is(const struct matrix_view *m, const char *want)
{
	struct capture c;
	struct json j;

	capture_open(&c);
	json_init(&j, c.f);
	json_object_flat(&j, NULL);
	matrix_json(m, &j);
	json_object_end(&j);
	json_finish(&j);
	ck_assert_str_eq(capture_text(&c), want);
	capture_free(&c);
}

START_TEST(json)
{
	static const u32 row_id[] = { 1, 2 }, col_id[] = { 7 };
	static const struct matrix_cell cell[] = { { 1, 0, UINT64_MAX } };
	const struct matrix_view m = { .row_title = "a",
				       .col_title = "b",
				       .row_id = row_id,
				       .col_id = col_id,
				       .nr_rows = 2,
				       .nr_cols = 1,
				       .cell = cell,
				       .nr_cells = 1 };

	json_is(&m, "{\"rows_are\": \"a\", \"columns_are\": \"b\", \"rows\": [1, 2], "
		    "\"columns\": [7], \"counts\": [[0], [18446744073709551615]], "
		    "\"cells\": null}\n");
}
END_TEST

/* One more than the limit in a row of their own, and too few of them: cells alone. */
START_TEST(json_of_few)
{
	u32 *id = calloc(257, sizeof(*id));
	static const struct matrix_cell cell[] = { { 0, 255, 3 }, { 256, 0, 4 } };
	struct matrix_view m = { .row_id = id,
				 .col_id = id,
				 .nr_rows = 257,
				 .nr_cols = 257,
				 .cell = cell,
				 .nr_cells = 2 };
	struct capture c;
	struct json j;

	for (u32 i = 0; i < 257; i++)
		id[i] = i + 1000;
	for (int pass = 0; pass < 2; pass++) {
		capture_open(&c);
		json_init(&j, c.f);
		json_object_flat(&j, NULL);
		matrix_json(&m, &j);
		json_object_end(&j);
		json_finish(&j);
		capture_text(&c);
		if (pass)
			ck_assert_ptr_nonnull(strstr(c.text, "\"counts\": [["));
		else
			ck_assert_ptr_nonnull(strstr(c.text, "\"counts\": null"));
		ck_assert_int_eq(!strstr(c.text, "[1000, 1255, 3]"), pass);
		ck_assert_int_eq(!strstr(c.text, "[1256, 1000, 4]"), pass);
		capture_free(&c);
		m.nr_rows = m.nr_cols = 256;
		m.nr_cells = 1;
	}
	free(id);
}
END_TEST

UNIT_SUITE(matrix_text, numbers, short_numbers, levels, every_size_fits_every_width, grouped,
	   narrow_and_empty, json, json_of_few)
