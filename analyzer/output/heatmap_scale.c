// SPDX-License-Identifier: GPL-2.0-only
/* heatmap_scale.c - see heatmap_scale.h. */
#include "output/heatmap_scale.h"

#include <math.h>

/* "20000", "200k" and its place; there is room for numbers of five digits. */
static void put_tick(double at, bool first, FILE *to)
{
	double unit = at >= 1e6 ? 1e6 : at >= 1e5 ? 1e3 : 1;

	fprintf(to, "%s'%.6g%s' %.10g", first ? "" : ", ", at / unit,
		unit > 1e3 ? "M"
		: unit > 1 ? "k"
			   : "",
		at);
}

/* A scale of less than two decades has places between their ends. */
static void put_log_ticks(const struct heat_scale *s, FILE *to)
{
	bool few = s->to / s->from < 100, first = true;

	for (double unit = pow(10, floor(log10(s->from))); unit <= s->to * 1.0001; unit *= 10)
		for (int i = 1; i <= (few ? 5 : 1); i += i == 2 ? 3 : 1) {
			double at = unit * i;

			if (at < s->from * 0.9999 || at > s->to * 1.0001)
				continue;
			put_tick(at, first, to);
			first = false;
		}
}

/* At most ten, at round places; counts have whole ones. */
static void put_linear_ticks(const struct heat_scale *s, const struct heat *h, FILE *to)
{
	static const double round[] = { 1, 2, 5, 10 };
	double least = s->to / 10, unit = pow(10, floor(log10(least))), step;
	u32 i = 0;

	while (i < 3 && unit * round[i] < least * 0.9999)
		i++;
	step = unit * round[i];
	if (!h->den && h->factor == 1)
		step = max_of(step, 1.0);
	/* Linear scales begin at 0. */
	for (u32 n = 0; n * step <= s->to * 1.0001; n++)
		put_tick(n * step, !n, to);
}

void heatmap_scale_ticks(const struct heat_scale *s, const struct heat *h, FILE *to)
{
	if (!(s->to > s->from))
		return;
	fputs("set cbtics (", to);
	if (s->log)
		put_log_ticks(s, to);
	else
		put_linear_ticks(s, h, to);
	fputs(")\n", to);
}
