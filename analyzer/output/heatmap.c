// SPDX-License-Identifier: GPL-2.0-only
/*
 * heatmap.c - see heatmap.h. Colours go from a yellow that stands out from white paper over grey to
 * a blue that is nearly black: told apart by every kind of colour vision, and by a printer without
 * any.
 */
#include "output/heatmap.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

const u32 heat_colors[HEAT_COLORS] = { 0xf2c62e, 0xc0a45a, 0x8f8a78, 0x5f6f86, 0x30508a, 0x001848 };

int heat_group(const struct heat *h, u32 max_rows, u32 max_cols, struct heat_grid *g)
{
	u64 cells;

	*g = (struct heat_grid){ .h = h, .low = INFINITY, .high = -INFINITY };
	g->group_rows = max_of((h->rows.nr + max_rows - 1) / max_rows, 1u);
	g->group_cols = max_of((h->cols.nr + max_cols - 1) / max_cols, 1u);
	g->nr_rows = (h->rows.nr + g->group_rows - 1) / g->group_rows;
	g->nr_cols = (h->cols.nr + g->group_cols - 1) / g->group_cols;
	cells = (u64)g->nr_rows * g->nr_cols;
	g->num = calloc(cells + 1, sizeof(*g->num));
	g->den = h->den ? calloc(cells + 1, sizeof(*g->den)) : NULL;
	if (!g->num || (h->den && !g->den)) {
		heat_grid_release(g);
		return -ENOMEM;
	}
	for (u32 r = 0; r < h->rows.nr; r++)
		for (u32 c = 0; c < h->cols.nr; c++) {
			size_t from = (size_t)r * h->cols.nr + c;
			size_t to = (size_t)(r / g->group_rows) * g->nr_cols + c / g->group_cols;

			g->num[to] += h->num[from];
			if (h->den)
				g->den[to] += h->den[from];
		}
	for (u32 r = 0; r < g->nr_rows; r++)
		for (u32 c = 0; c < g->nr_cols; c++) {
			double v;

			if (!heat_value(g, r, c, &v))
				continue;
			g->low = min_of(g->low, v);
			g->high = max_of(g->high, v);
		}
	return 0;
}

void heat_grid_release(struct heat_grid *g)
{
	free(g->num);
	free(g->den);
	*g = (struct heat_grid){ 0 };
}

bool heat_value(const struct heat_grid *g, u32 row, u32 col, double *value)
{
	size_t at = (size_t)row * g->nr_cols + col;

	if (!(g->den ? g->den[at] : g->num[at]))
		return false;
	*value = g->h->factor * (double)g->num[at] / (g->den ? (double)g->den[at] : 1);
	return true;
}

struct heat_scale heat_scale(const struct heat *h, double low, double high)
{
	struct heat_scale s = { 0, h->top > 0 ? h->top : high, h->log };

	if (!(low <= high))
		return (struct heat_scale){ 1, 10, h->log };
	if (!s.log) {
		if (!(s.to > 0))
			s.to = 1;
		return s;
	}
	/* A value of 0 has no logarithm: it gets the scale's lower end. */
	s.from = low > 0 ? low : s.to > 0 ? s.to / 1000 : 1;
	if (h->top > 0)
		s.from = min_of(s.from, s.to / 10);
	else
		s.to = max_of(s.to, s.from * 10);
	return s;
}

double heat_place(const struct heat_scale *s, double value)
{
	double p;

	if (s->log)
		p = value <= s->from ? 0 : log(value / s->from) / log(s->to / s->from);
	else
		p = (value - s->from) / (s->to - s->from);
	return p < 0 ? 0 : p > 1 ? 1 : p;
}

u32 heat_color(double place)
{
	double at = place * (HEAT_COLORS - 1);
	u32 i = min_of((u32)at, (u32)HEAT_COLORS - 2), rgb = 0;

	at -= i;
	for (int shift = 16; shift >= 0; shift -= 8) {
		double from = heat_colors[i] >> shift & 0xff,
		       to = heat_colors[i + 1] >> shift & 0xff;

		rgb |= (u32)lround(from + (to - from) * at) << shift;
	}
	return rgb;
}

/* The next larger of 1, 2, 5, 10, 20, 50, … */
static u64 round_up_125(u64 n)
{
	u64 unit = 1;

	while (unit * 10 < n)
		unit *= 10;
	return n <= unit ? unit : n <= 2 * unit ? 2 * unit : n <= 5 * unit ? 5 * unit : 10 * unit;
}

/* A step of a scale that is 1, 2 or 5 times a power of ten and not below min. */
static double round_step(double min)
{
	double unit = pow(10, floor(log10(min)));

	for (int i = 0; i < 4; i++) {
		static const double of[] = { 1, 2, 5, 10 };

		if (unit * of[i] >= min * 0.999999)
			return unit * of[i];
	}
	return unit * 10;
}

static u32 scale_ticks(const struct heat_axis *axis, u32 group, u32 max, struct heat_tick *tick)
{
	double cell = axis->step * group, end = axis->step * axis->nr;
	double step = round_step(end / max);
	u32 nr = 0;

	for (; nr < max && nr * step <= end * 1.000001; nr++) {
		tick[nr].at = nr * step / cell - 0.5;
		snprintf(tick[nr].text, sizeof(tick[nr].text), "%.10g", nr * step);
	}
	return nr;
}

u32 heat_ticks(const struct heat_axis *axis, u32 group, u32 max, struct heat_tick *tick)
{
	u32 nr = 0, step;

	max = min_of(max_of(max, 1u), (u32)HEAT_TICKS_MAX);
	if (!axis->nr)
		return 0;
	if (axis->step > 0)
		return scale_ticks(axis, group, max, tick);
	step = (u32)round_up_125((axis->nr + max - 1) / max);
	for (u32 i = 0; i < axis->nr && nr < max; i += step, nr++) {
		/* The middle of the ungrouped cell i. */
		tick[nr].at = (i + 0.5) / group - 0.5;
		if (axis->name)
			text_cut(axis->name[i], 40, tick[nr].text, sizeof(tick[nr].text));
		else
			snprintf(tick[nr].text, sizeof(tick[nr].text), "%u", axis->id[i]);
	}
	return nr;
}

bool heat_divided(const struct heat_axis *axis, u32 group, u32 i)
{
	return axis->divided && group == 1 && i && axis->divided[i];
}

bool heat_group_remark(const struct heat_grid *g, char *buf, size_t len)
{
	const struct heat *h = g->h;

	if (g->group_rows == 1 && g->group_cols == 1)
		return false;
	if (h->rows.unit_many == h->cols.unit_many)
		snprintf(buf, len, "%u x %u %s: each cell is %u x %u of them, taken together",
			 h->rows.nr, h->cols.nr, h->rows.unit_many, g->group_rows, g->group_cols);
	else
		snprintf(buf, len, "%u %s by %u %s: each cell is %u x %u of them, taken together",
			 h->rows.nr, h->rows.unit_many, h->cols.nr, h->cols.unit_many,
			 g->group_rows, g->group_cols);
	return true;
}
