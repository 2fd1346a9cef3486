// SPDX-License-Identifier: GPL-2.0-only
/*
 * diff_cells.c - see diff_cells.h. The colours differ to all common kinds of colour-blindness, and
 * in lightness on both sides of the middle.
 */
#include "output/diff_cells.h"
#include "util/order.h"

#include <math.h>
#include <stdlib.h>

const u32 diff_colors[DIFF_COLORS] = { 0x8c4a05, 0xc06f14, 0xe2a653, 0xf6dcb4, 0xf4f4f4,
				       0xc5dcec, 0x7db4d8, 0x3a83bb, 0x115290 };

u32 diff_color(double change)
{
	double power = isinf(change) ? DIFF_RATIO_MAX : isnan(change) ? 0 : log2(1 + change);
	double kept = max_of(min_of(power, DIFF_RATIO_MAX), -DIFF_RATIO_MAX);
	double place = (kept / DIFF_RATIO_MAX + 1) / 2;

	return diff_colors[(int)(place * (DIFF_COLORS - 1) + 0.5)];
}

bool diff_is_change(const struct diff_figure *f)
{
	return f->verdict != DIFF_SAME && f->verdict != DIFF_UNTESTED;
}

u32 *diff_ids(const struct diff_view *s, u32 vm, u32 *nr)
{
	u32 *id = calloc(2 * (size_t)s->nr_figures + 1, sizeof(*id)), n = 0, kept = 0;

	for (u32 i = 0; id && i < s->nr_figures; i++)
		if (s->figure[i].vm == vm && s->figure[i].kind == DIFF_PAIR) {
			id[n++] = s->figure[i].a;
			id[n++] = s->figure[i].b;
		}
	if (id)
		qsort(id, n, sizeof(*id), order_u32);
	for (u32 i = 0; i < n; i++)
		if (!i || id[i] != id[i - 1])
			id[kept++] = id[i];
	*nr = kept;
	return id;
}

u32 diff_place(const u32 *id, u32 nr, u32 what)
{
	u32 i = 0;

	while (i < nr && id[i] != what)
		i++;
	return i;
}
