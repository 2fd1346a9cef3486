// SPDX-License-Identifier: GPL-2.0-only
/* table.c - see table.h. */
#define _GNU_SOURCE
#include "output/table.h"
#include "output/views.h"
#include "util/digits.h"

void cell_u64(struct cell *c, u64 v)
{
	c->kind = CELL_U64;
	c->u = v;
}

void cell_s64(struct cell *c, s64 v)
{
	c->kind = CELL_S64;
	c->s = v;
}

void cell_text(struct cell *c, const char *text)
{
	size_t len = strnlen(text, sizeof(c->text) - 1);

	c->kind = CELL_TEXT;
	memcpy(c->text, text, len);
	c->text[len] = 0;
}

void cell_text_cut(struct cell *c, const char *text, int width)
{
	size_t len = 0;
	int columns = 0;

	cell_text(c, text);
	/* Steps over whole characters: a continuation byte belongs to the one before. */
	for (size_t i = 0; c->text[i]; i++) {
		if (((unsigned char)c->text[i] & 0xc0) == 0x80)
			continue;
		if (columns++ == width - 1)
			len = i;
	}
	if (columns > width && len + sizeof("…") <= sizeof(c->text))
		memcpy(c->text + len, "…", sizeof("…"));
}

void cell_number(struct cell *c, const char *text)
{
	cell_text(c, text);
	c->kind = CELL_NUMBER;
}

static void cell_tenths(struct cell *c, u64 v)
{
	c->kind = CELL_TENTHS;
	c->u = v;
}

/* a * b / c, rounded, without overflow on the way. */
static u64 mul_div(u64 a, u64 b, u64 c)
{
	return (u64)(((unsigned __int128)a * b + c / 2) / c);
}

void cell_percent(struct cell *c, u64 num, u64 den)
{
	if (den)
		cell_tenths(c, mul_div(num, 1000, den));
	else
		c->kind = CELL_EMPTY;
}

void cell_time(struct cell *c, u64 ns)
{
	if (ns != VIEW_NO_TIME)
		cell_u64(c, ns);
	else
		c->kind = CELL_EMPTY;
}

void cell_rate(struct cell *c, u64 count, u64 ns)
{
	if (ns)
		cell_tenths(c, mul_div(count, 10000000000ull, ns));
	else
		c->kind = CELL_EMPTY;
}

static const char *cell_string(const struct cell *c, char *buf, size_t len)
{
	switch (c->kind) {
	case CELL_EMPTY: return "";
	case CELL_TEXT:
	case CELL_NUMBER: return c->text;
	case CELL_U64: snprintf(buf, len, "%llu", c->u); return buf;
	case CELL_S64: snprintf(buf, len, "%lld", c->s); return buf;
	case CELL_TENTHS:
		snprintf(buf, len, "%llu.%u", c->u / 10, (unsigned int)(c->u % 10));
		return buf;
	}
	return "";
}

/* Characters, not bytes: continuation bytes of UTF-8 take no column. */
static int columns_of(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

struct layout {
	int nr;
	int width[TABLE_COLUMNS_MAX];
	bool left[TABLE_COLUMNS_MAX];
};

static void measure(const struct table *t, struct layout *l)
{
	struct cell cells[TABLE_COLUMNS_MAX];
	char buf[64];

	*l = (struct layout){ 0 };
	for (; t->title[l->nr] && l->nr < TABLE_COLUMNS_MAX; l->nr++)
		l->width[l->nr] = columns_of(t->title[l->nr]);
	for (u64 row = 0; row < t->nr_rows; row++) {
		memset(cells, 0, sizeof(cells));
		t->row(t->ctx, row, cells);
		for (int i = 0; i < l->nr; i++) {
			int w = columns_of(cell_string(&cells[i], buf, sizeof(buf)));

			l->width[i] = max_of(l->width[i], w);
			l->left[i] |= cells[i].kind == CELL_TEXT;
		}
	}
}

static void table_put_cell(const struct layout *l, int i, const char *s, FILE *out)
{
	int pad = l->width[i] - columns_of(s);

	if (!l->left[i])
		fprintf(out, "%*s%s", pad, "", s);
	else if (i == l->nr - 1)
		fputs(s, out);
	else
		fprintf(out, "%s%*s", s, pad, "");
}

void table_text(const struct table *t, FILE *out)
{
	struct cell cells[TABLE_COLUMNS_MAX];
	struct layout l;
	char buf[64];

	measure(t, &l);
	for (int i = 0; i < l.nr; i++) {
		fprintf(out, "%*s", i ? 2 : t->indent, "");
		table_put_cell(&l, i, t->title[i], out);
	}
	fputc('\n', out);
	for (u64 row = 0; row < t->nr_rows; row++) {
		memset(cells, 0, sizeof(cells));
		t->row(t->ctx, row, cells);
		for (int i = 0; i < l.nr; i++) {
			fprintf(out, "%*s", i ? 2 : t->indent, "");
			table_put_cell(&l, i, cell_string(&cells[i], buf, sizeof(buf)), out);
		}
		fputc('\n', out);
	}
}

/*
 * CSV of millions of rows: put together in a buffer of our own. A cell takes at most its text
 * twice, and four bytes.
 */
struct csv {
	FILE *out;
	size_t len;
	char buf[32 * 1024];
};
#define CSV_CELL_MAX (2 * CELL_TEXT_MAX + 4)

static void csv_flush(struct csv *csv)
{
	fwrite(csv->buf, 1, csv->len, csv->out);
	csv->len = 0;
}

static char *csv_quoted(char *to, const char *s)
{
	*to++ = '"';
	for (; *s; s++) {
		if (*s == '"')
			*to++ = '"';
		*to++ = *s;
	}
	*to++ = '"';
	return to;
}

static char *csv_string(char *to, const char *s)
{
	char *at = to;

	for (; *s; s++) {
		if (unlikely(*s == ',' || *s == '"' || *s == '\r' || *s == '\n'))
			return csv_quoted(to, s - (at - to));
		*at++ = *s;
	}
	return at;
}

/*
 * Names come from guests and files. A spreadsheet would run what looks like a formula; with an
 * apostrophe before it, it is text there.
 */
static char *csv_name(char *to, const char *s)
{
	char text[CELL_TEXT_MAX + 1];

	if (!*s || !strchr("=+-@", *s))
		return csv_string(to, s);
	text[0] = '\'';
	memcpy(text + 1, s, strlen(s) + 1);
	return csv_string(to, text);
}

static char *csv_cell(char *to, const struct cell *c)
{
	char buf[64];

	if (c->kind == CELL_EMPTY)
		return to;
	if (c->kind == CELL_TEXT)
		return csv_name(to, c->text);
	if (c->kind == CELL_S64 && c->s >= 0)
		return digits_put(to, (u64)c->s);
	if (c->kind != CELL_U64)
		return csv_string(to, cell_string(c, buf, sizeof(buf)));
	if (c->u < 10) {
		*to = (char)('0' + c->u);
		return to + 1;
	}
	return digits_put(to, c->u);
}

static void table_csv_row(struct csv *csv, const struct cell *cells, int nr)
{
	char *to = csv->buf + csv->len;

	if (sizeof(csv->buf) - csv->len < (size_t)nr * CSV_CELL_MAX) {
		csv_flush(csv);
		to = csv->buf;
	}
	for (int i = 0; i < nr; i++) {
		to = csv_cell(to, &cells[i]);
		*to++ = i < nr - 1 ? ',' : '\n';
	}
	csv->len = (size_t)(to - csv->buf);
}

void table_csv(const struct table *t, FILE *out)
{
	struct cell cells[TABLE_COLUMNS_MAX];
	struct csv csv;
	int nr;

	_Static_assert(sizeof(csv.buf) >= TABLE_COLUMNS_MAX * CSV_CELL_MAX, "a row fits");
	csv.out = out;
	csv.len = 0;
	for (nr = 0; t->title[nr] && nr < TABLE_COLUMNS_MAX; nr++)
		fprintf(out, "%s%s", nr ? "," : "", t->title[nr]);
	fputc('\n', out);
	for (u64 row = 0; row < t->nr_rows; row++) {
		for (int i = 0; i < nr; i++)
			cells[i].kind = CELL_EMPTY;
		t->row(t->ctx, row, cells);
		table_csv_row(&csv, cells, nr);
	}
	csv_flush(&csv);
}
