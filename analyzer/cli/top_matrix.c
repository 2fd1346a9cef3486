// SPDX-License-Identifier: GPL-2.0-only
/* top_matrix.c - see top_matrix.h. */
#define _GNU_SOURCE
#include "cli/top_matrix.h"

#include <stdlib.h>

#define MARGIN	    6 /* a sender's number */
#define CELL_WIDTH  2
#define LEVELS	    5
#define ROWS_AROUND 7 /* header, titles, scale and keys */

struct matrix {
	u32 vcpus, step, side; /* ids below vcpus; vCPUs a cell; cells a side */
	u64 *sum, most;
};

static int fill(struct matrix *m, const struct live_view *v, const struct live_view_vm *vm, u32 fit)
{
	const struct live_view_pair *pair = v->pair + vm->first_pair;

	*m = (struct matrix){ .vcpus = 1, .most = 1 };
	for (u32 i = 0; i < vm->nr_pairs; i++)
		m->vcpus = max_of(m->vcpus, max_of(pair[i].src, pair[i].dst) + 1);
	m->step = (m->vcpus + fit - 1) / fit;
	m->side = (m->vcpus + m->step - 1) / m->step;
	m->sum = calloc((size_t)m->side * m->side, sizeof(*m->sum));
	if (!m->sum)
		return 1;
	for (u32 i = 0; i < vm->nr_pairs; i++) {
		u64 *sum =
			&m->sum[(size_t)(pair[i].src / m->step) * m->side + pair[i].dst / m->step];

		*sum += pair[i].new_ipis;
		m->most = max_of(m->most, *sum);
	}
	return 0;
}

/* 0: nothing; else by quarters of the largest. */
static u32 level(const struct matrix *m, u64 n)
{
	return n ? 1 + (u32)(n * (LEVELS - 2) / m->most) : 0;
}

static void draw_row(struct screen *s, const struct matrix *m, u32 row, const char *const *shade)
{
	char line[SCREEN_COLUMNS_MAX * 4];
	char *at = line + snprintf(line, 16, "%5u ", row * m->step);

	for (u32 c = 0; c < m->side; c++) {
		const char *cell = shade[level(m, m->sum[(size_t)row * m->side + c])];

		at = stpcpy(stpcpy(at, cell), cell);
	}
	screen_line(s, LINE_PLAIN, "%s", line);
}

static void draw_numbers(struct screen *s, const struct matrix *m)
{
	char line[SCREEN_COLUMNS_MAX + 16];
	size_t at = (size_t)snprintf(line, sizeof(line), "%*s", MARGIN, "");
	u32 each = 4; /* cells a number */

	for (u32 c = 0; c < m->side && at + 16 < sizeof(line); c += each)
		at += (size_t)snprintf(line + at, sizeof(line) - at, "%-*u",
				       (int)(each * CELL_WIDTH), c * m->step);
	screen_line(s, LINE_PLAIN, "%s", line);
}

void top_matrix(struct screen *s, const struct live_view *v, const struct live_view_vm *vm)
{
	static const char *const blocks[LEVELS] = { " ", "░", "▒", "▓", "█" };
	static const char *const plain[LEVELS] = { " ", ".", ":", "+", "#" };
	const char *const *shade = s->utf8 ? blocks : plain;
	u32 rows = s->frame.rows > ROWS_AROUND ? s->frame.rows - ROWS_AROUND : 1;
	u32 wide = s->frame.columns > MARGIN + CELL_WIDTH ? (s->frame.columns - MARGIN) / CELL_WIDTH
							  : 1;
	struct matrix m;

	if (!vm || !v->pair) {
		screen_line(s, LINE_PLAIN, "the VM is not there any more");
		return;
	}
	if (fill(&m, v, vm, min_of(rows, wide)))
		return;
	screen_line(s, LINE_TITLE, "VM %d/%u %s: IPIs of the last interval, from row to column",
		    vm->pid, vm->id, vm->name ? vm->name : "");
	draw_numbers(s, &m);
	for (u32 row = 0; row < m.side; row++)
		draw_row(s, &m, row, shade);
	screen_line(s, LINE_PLAIN, "%s a cell: %u x %u vCPUs, at most %llu IPIs", shade[LEVELS - 1],
		    m.step, m.step, (unsigned long long)m.most);
	free(m.sum);
}
