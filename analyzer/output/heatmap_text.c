// SPDX-License-Identifier: GPL-2.0-only
/*
 * heatmap_text.c - a heatmap in the terminal.
 *
 * Each cell is a digit, 0 to 9 for its place on the scale, or a dot for none; with colours the
 * digit stands on the cell's colour, two columns wide where there is room. So the same picture can
 * be read without colours, in a pipe, and by a screen reader.
 */
#include "output/heatmap.h"

#include <errno.h>

#define ROWS_MAX  64
#define LABEL_MAX 24

struct text_heat {
	const struct heat_grid *g;
	struct heat_scale scale;
	int label, cell; /* widths, in columns */
	bool color;
	FILE *out;
};

static void row_name(const struct heat_grid *g, u32 row, char *buf, size_t len)
{
	const struct heat_axis *a = &g->h->rows;
	u32 i = row * g->group_rows;

	if (a->name)
		text_cut(a->name[i], LABEL_MAX, buf, len);
	else if (g->group_rows > 1)
		snprintf(buf, len, "%u-", a->id[i]);
	else
		snprintf(buf, len, "%u", a->id[i]);
}

/* The terminal's 6 x 6 x 6 cube: near enough, and every terminal with colours has it. */
static int cube(u32 rgb)
{
	int level[3];

	for (int i = 0; i < 3; i++) {
		int v = (int)(rgb >> (16 - 8 * i) & 0xff);

		level[i] = v < 48 ? 0 : v < 115 ? 1 : (v - 35) / 40;
	}
	return 16 + 36 * level[0] + 6 * level[1] + level[2];
}

/* How many lines stand left of the cell's middle, on a column each. */
static int lines_before(const struct text_heat *t, double at)
{
	int n = 0;

	for (u32 i = 0; i < t->g->nr_cols && i <= at; i++)
		n += heat_divided(&t->g->h->cols, t->g->group_cols, i);
	return n;
}

/* Between rows of different caches or nodes. */
static void heatmap_text_put_line(const struct text_heat *t)
{
	fprintf(t->out, "%*s", t->label, "");
	for (u32 c = 0; c < t->g->nr_cols; c++)
		fprintf(t->out, "%s%.*s",
			heat_divided(&t->g->h->cols, t->g->group_cols, c) ? "+" : "", t->cell,
			"--");
	fputc('\n', t->out);
}

static void heatmap_text_put_cell(const struct text_heat *t, u32 row, u32 col)
{
	char text[4] = " .";
	double v;
	bool have = heat_value(t->g, row, col, &v);
	double place = have ? heat_place(&t->scale, v) : 0;

	if (heat_divided(&t->g->h->cols, t->g->group_cols, col))
		fputc('|', t->out);
	if (have)
		text[1] = (char)('0' + min_of((int)(place * 10), 9));
	if (have && t->color)
		fprintf(t->out, "\033[38;5;%d;48;5;%dm%s\033[0m", place < 0.5 ? 16 : 231,
			cube(heat_color(place)), text + (t->cell == 1));
	else
		fputs(text + (t->cell == 1), t->out);
}

/*
 * Labels above their columns, each beginning above its cell's digit; as many as fit side by side.
 */
static void put_columns(const struct text_heat *t)
{
	const struct heat_axis *a = &t->g->h->cols;
	int total = (int)t->g->nr_cols * t->cell, used = 0, widest = 10;
	struct heat_tick tick[HEAT_TICKS_MAX];
	u32 nr, last = 0;

	for (u32 i = 0; i < a->nr && a->id; i++)
		last = max_of(last, a->id[i]);
	if (!(a->step > 0))
		widest = snprintf(NULL, 0, "%u", last);
	nr = heat_ticks(a, t->g->group_cols, (u32)max_of(total / (widest + 1), 1), tick);
	fprintf(t->out, "%*s", t->label, "");
	for (u32 i = 0; i < nr; i++) {
		int at = (int)((tick[i].at + 0.5) * t->cell) + t->cell - 1 +
			 lines_before(t, tick[i].at);

		if (used && at <= used)
			continue;
		used += fprintf(t->out, "%*s%s", at - used, "", tick[i].text);
	}
	fputc('\n', t->out);
}

static void put_scale(const struct text_heat *t)
{
	const struct heat_scale *s = &t->scale;
	const char *what = t->g->h->value_title;

	fprintf(t->out, "# %s\n# ", what);
	if (s->log)
		fprintf(t->out, "0: %.4g, 9: %.4g, in equal factors; ", s->from, s->to);
	else
		fprintf(t->out, "each step is %.4g, 9: %.4g to %.4g; ", (s->to - s->from) / 10,
			s->from + (s->to - s->from) * 0.9, s->to);
	fputs(".: none\n", t->out);
}

int heat_text(const struct heat *h, int width, bool color, FILE *out)
{
	struct text_heat t = { .color = color, .out = out };
	u32 room = (u32)max_of(width - 8, 8);
	struct heat_grid g;
	char text[128];
	int ret;

	if (h->rows.name)
		room = (u32)max_of(width - LABEL_MAX - 1, 8);
	ret = heat_group(h, h->rows.name ? h->rows.nr : ROWS_MAX, room, &g);
	if (ret)
		return ret;
	t.g = &g;
	t.scale = heat_scale(h, g.low, g.high);
	for (u32 r = 0; r < g.nr_rows; r++) {
		row_name(&g, r, text, sizeof(text));
		t.label = max_of(t.label, (int)strlen(text) + 1);
	}
	t.cell = 2 * g.nr_cols + (u32)lines_before(&t, g.nr_cols) <= room ? 2 : 1;
	t.label += t.cell == 1;
	fprintf(out, "%s\n  %s down, %s across\n", h->title, h->rows.title, h->cols.title);
	if (heat_group_remark(&g, text, sizeof(text)))
		fprintf(out, "# %s\n", text);
	put_columns(&t);
	for (u32 r = 0; r < g.nr_rows; r++) {
		if (heat_divided(&h->rows, g.group_rows, r))
			heatmap_text_put_line(&t);
		row_name(&g, r, text, sizeof(text));
		fprintf(out, "%*s%s", t.label - (t.cell == 1), text, t.cell == 1 ? " " : "");
		for (u32 c = 0; c < g.nr_cols; c++)
			heatmap_text_put_cell(&t, r, c);
		fputc('\n', out);
	}
	put_scale(&t);
	heat_grid_release(&g);
	return 0;
}
