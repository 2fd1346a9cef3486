/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table.h - rows and columns, as aligned text or as CSV.
 *
 * Rows are asked for one by one (for text twice: once for the widths). Text puts numbers to the
 * right and words to the left; the last column has no trailing blanks.
 */
#ifndef KVM_IPI_TABLE_H
#define KVM_IPI_TABLE_H

#include <stdio.h>

#include "util/types.h"

#define TABLE_COLUMNS_MAX 32
#define CELL_TEXT_MAX	  256 /* bytes, with the NUL; longer text is cut */

enum cell_kind { CELL_EMPTY, CELL_TEXT, CELL_NUMBER, CELL_U64, CELL_S64, CELL_TENTHS };

struct cell {
	enum cell_kind kind;
	u64 u; /* CELL_TENTHS: ten times the value */
	s64 s;
	char text[CELL_TEXT_MAX];
};

struct table {
	const char *const *title; /* NULL-terminated */
	const void *ctx;
	u64 nr_rows;
	void (*row)(const void *ctx, u64 row, struct cell *cells);
	int indent; /* text only */
};

void table_text(const struct table *t, FILE *out);
void table_csv(const struct table *t, FILE *out);

/* Cells. */
void cell_u64(struct cell *c, u64 v);
void cell_s64(struct cell *c, s64 v);
void cell_text(struct cell *c, const char *text);
void cell_number(struct cell *c, const char *text); /* a number that was formatted already */
/* At most width (> 1) characters; a cut one ends in "…". */
void cell_text_cut(struct cell *c, const char *text, int width);
/* num / den in percent with one decimal; empty when den is 0. */
void cell_percent(struct cell *c, u64 num, u64 den);
/* An amount per second; empty when the time is 0. */
void cell_rate(struct cell *c, u64 count, u64 ns);
void cell_time(struct cell *c, u64 ns); /* empty: VIEW_NO_TIME */

#endif
