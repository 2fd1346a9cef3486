// SPDX-License-Identifier: GPL-2.0-only
/*
 * matrix_text.c - see matrix_text.h.
 *
 * As much as the width holds: numbers; where they do not fit, short ones ("1.2k"); then one
 * character a cell, a digit for the power of two below the largest. Where even that is too wide,
 * neighbours are added up into one cell. What was done is said in a remark. A zero is a dot, never
 * a small digit.
 */
#include "output/matrix_text.h"
#include "util/rounded.h"

#include <errno.h>
#include <stdlib.h>

#define LABEL_WIDTH 6 /* "src \ dst" stands in a line of its own */
#define SHORT_WIDTH 5
#define ROWS_MAX    64

/* JSON has all cells of a matrix of so many, or so many times those that are not zero. */
#define DENSE_CELLS (256ull * 256)
#define DENSE_TIMES 16ull

/* A matrix that was made small enough: group ids per row and column are added up. */
struct grid {
	u64 *count;
	u32 nr_rows, nr_cols;
	u32 group;
	u64 max;
};

static int group_matrix(const struct matrix_view *m, u32 group, struct grid *g)
{
	*g = (struct grid){ .group = group,
			    .nr_rows = (m->nr_rows + group - 1) / group,
			    .nr_cols = (m->nr_cols + group - 1) / group };
	g->count = calloc((size_t)g->nr_rows * g->nr_cols + 1, sizeof(*g->count));
	if (!g->count)
		return -ENOMEM;
	for (u32 i = 0; i < m->nr_cells; i++) {
		const struct matrix_cell *from = &m->cell[i];
		u64 *cell = &g->count[(size_t)(from->row / group) * g->nr_cols + from->col / group];

		*cell += from->count;
		g->max = max_of(g->max, *cell);
	}
	return 0;
}

static int digits_of(u64 n)
{
	int d = 1;

	while (n >= 10) {
		n /= 10;
		d++;
	}
	return d;
}

/* At most four characters: 9999, 12k, 1.2M, 999G. */
static void short_number(u64 n, char *buf, size_t len)
{
	static const char unit[] = "kMGTPE";
	unsigned int u = 0;
	u64 of = 1000, tenths;

	if (n < 10000) {
		snprintf(buf, len, "%llu", n);
		return;
	}
	while (rounded(n, of) >= 1000 && u < sizeof(unit) - 2) {
		of *= 1000;
		u++;
	}
	tenths = rounded(n, of / 10);
	if (tenths < 100)
		snprintf(buf, len, "%llu.%llu%c", tenths / 10, tenths % 10, unit[u]);
	else
		snprintf(buf, len, "%llu%c", rounded(n, of), unit[u]);
}

/* 9 for the largest, one less for each halving; what is there is at least 0, what is not a dot. */
static char level(u64 n, u64 max)
{
	int step = 0;

	if (!n)
		return '.';
	while (n < max && step < 9) {
		max = (max + 1) / 2;
		step++;
	}
	return (char)('9' - step);
}

static void put_id(const u32 *id, u32 at, u32 group, int width, FILE *out)
{
	char buf[32];

	if (group == 1)
		snprintf(buf, sizeof(buf), "%u", id[at]);
	else
		snprintf(buf, sizeof(buf), "%u-", id[at * group]);
	fprintf(out, "%*s", width, buf);
}

static void put_numbers(const struct matrix_view *m, const struct grid *g, int width, bool brief,
			FILE *out)
{
	char buf[32];

	fprintf(out, "%*s", LABEL_WIDTH, "");
	for (u32 c = 0; c < g->nr_cols; c++)
		put_id(m->col_id, c, g->group, width, out);
	fputc('\n', out);
	for (u32 r = 0; r < g->nr_rows; r++) {
		put_id(m->row_id, r, g->group, LABEL_WIDTH, out);
		for (u32 c = 0; c < g->nr_cols; c++) {
			u64 n = g->count[(size_t)r * g->nr_cols + c];

			if (!n)
				snprintf(buf, sizeof(buf), ".");
			else if (brief)
				short_number(n, buf, sizeof(buf));
			else
				snprintf(buf, sizeof(buf), "%llu", n);
			fprintf(out, "%*s", width, buf);
		}
		fputc('\n', out);
	}
}

/* The columns' ids, one line for each digit, read from top to bottom. */
static void put_upright_ids(const struct matrix_view *m, const struct grid *g, FILE *out)
{
	int lines = digits_of(m->nr_cols ? m->col_id[m->nr_cols - 1] : 0);

	for (int line = 0; line < lines; line++) {
		fprintf(out, "%*s ", LABEL_WIDTH, "");
		for (u32 c = 0; c < g->nr_cols; c++) {
			u32 id = m->col_id[c * g->group];
			int d = digits_of(id), drop = lines - 1 - line;

			for (int i = 0; i < drop; i++)
				id /= 10;
			fputc(drop < d ? '0' + (int)(id % 10) : ' ', out);
		}
		fputc('\n', out);
	}
}

static void put_level(char c, bool color, FILE *out)
{
	/* Brighter is more: the 24 greys of a terminal, readable without colour as a digit. */
	if (color && c != '.')
		fprintf(out, "\033[38;5;%dm%c\033[0m", 240 + (c - '0') * 15 / 9, c);
	else
		fputc(c, out);
}

static void put_levels(const struct matrix_view *m, const struct grid *g, bool color, FILE *out)
{
	put_upright_ids(m, g, out);
	for (u32 r = 0; r < g->nr_rows; r++) {
		put_id(m->row_id, r, g->group, LABEL_WIDTH, out);
		fputc(' ', out);
		for (u32 c = 0; c < g->nr_cols; c++)
			put_level(level(g->count[(size_t)r * g->nr_cols + c], g->max), color, out);
		fputc('\n', out);
	}
	fprintf(out,
		"# 9: %llu or nearly, each step down half as many, 0: less than 1/%u, "
		".: none\n",
		g->max, 1u << 8);
}

int matrix_text(const struct matrix_view *m, const struct matrix_style *style, FILE *out)
{
	u32 room = max_of(style->width - LABEL_WIDTH - 1, 8);
	u32 widest = max_of(m->nr_rows, m->nr_cols);
	u32 limit = min_of(room, (u32)ROWS_MAX);
	struct grid g;
	int ret = group_matrix(m, widest > limit ? (widest + limit - 1) / limit : 1, &g);
	u32 last_id = m->nr_cols ? m->col_id[m->nr_cols - 1] : 0;
	u32 number = max_of(digits_of(g.max), digits_of(last_id)) + 2;

	if (ret)
		return ret;
	fprintf(out, "  %s down, %s across\n", m->row_title, m->col_title);
	if (g.group > 1)
		fprintf(out,
			"# %u x %u is too large for %d columns: each cell is %u x %u, added up\n",
			m->nr_rows, m->nr_cols, style->width, g.group, g.group);
	if (g.group == 1 && g.nr_cols * number <= room)
		put_numbers(m, &g, (int)number, false, out);
	else if (g.group == 1 && g.nr_cols * SHORT_WIDTH <= room)
		put_numbers(m, &g, SHORT_WIDTH, true, out);
	else
		put_levels(m, &g, style->color, out);
	free(g.count);
	return 0;
}

static void put_ids(struct json *j, const char *key, const u32 *id, u32 nr)
{
	json_array_flat(j, key);
	for (u32 i = 0; i < nr; i++)
		json_u64(j, NULL, id[i]);
	json_array_end(j);
}

/* All of them, of which most may be zero. */
static void put_counts(const struct matrix_view *m, struct json *j)
{
	u32 i = 0;

	json_array(j, "counts");
	for (u32 r = 0; r < m->nr_rows; r++) {
		json_array_flat(j, NULL);
		for (u32 c = 0; c < m->nr_cols; c++) {
			bool here = i < m->nr_cells && m->cell[i].row == r && m->cell[i].col == c;

			json_u64(j, NULL, here ? m->cell[i].count : 0);
			i += here;
		}
		json_array_end(j);
	}
	json_array_end(j);
}

static void put_cells(const struct matrix_view *m, struct json *j)
{
	json_array(j, "cells");
	for (u32 i = 0; i < m->nr_cells; i++) {
		const struct matrix_cell *c = &m->cell[i];

		json_array_flat(j, NULL);
		json_u64(j, NULL, m->row_id[c->row]);
		json_u64(j, NULL, m->col_id[c->col]);
		json_u64(j, NULL, c->count);
		json_array_end(j);
	}
	json_array_end(j);
}

void matrix_json(const struct matrix_view *m, struct json *j)
{
	json_string(j, "rows_are", m->row_title);
	json_string(j, "columns_are", m->col_title);
	put_ids(j, "rows", m->row_id, m->nr_rows);
	put_ids(j, "columns", m->col_id, m->nr_cols);
	if ((u64)m->nr_rows * m->nr_cols > max_of(DENSE_CELLS, DENSE_TIMES * m->nr_cells)) {
		json_null(j, "counts");
		put_cells(m, j);
	} else {
		put_counts(m, j);
		json_null(j, "cells");
	}
}
