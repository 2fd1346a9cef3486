// SPDX-License-Identifier: GPL-2.0-only
/*
 * sweep_gnuplot.c - the window sweep as a picture: a row for each VM, its hints at the left, and at
 * the right its spins, where some could be helped; of hints alone two VMs a row. Each panel has its
 * key below itself.
 */
#include "output/sweep.h"

#define PLOT_WIDTH  430
#define PLOT_HEIGHT 250
#define LEFT	    70
#define RIGHT	    25
#define HEAD	    34 /* above each panel: its title */
#define FOOT	    66 /* below: the axis of windows, and its title */
#define KEY_LINE    PICTURE_LINE

struct drawing {
	const struct sweep_picture *p;
	bool hits;		  /* some VM has spins that could be helped */
	u32 panel, width, height; /* panel: its height with all that stands around */
	FILE *to;
};

static const struct sweep *panel_of(const struct sweep_row *row, u32 column)
{
	if (column)
		return row->have_hits ? &row->hits : NULL;
	return row->have_hints ? &row->hints : NULL;
}

static void put_panel_data(const struct sweep *s, FILE *to)
{
	for (u32 i = 0; i < s->nr_windows; i++) {
		char label[32];

		sweep_label(s->window_ns[i], label, sizeof(label));
		fputs(label, to);
		for (u32 k = 0; k < s->nr_series; k++)
			fprintf(to, " %.2f", s->series[k].percent[i]);
		fputc('\n', to);
	}
}

static void sweep_gnuplot_put_ticks(const struct sweep *s, FILE *to)
{
	char label[32];

	fputs("set xtics (", to);
	for (u32 i = 0; i < s->nr_windows; i++) {
		sweep_label(s->window_ns[i], label, sizeof(label));
		/* Of a window of the user's own close to another there is a mark alone. */
		if (i && s->window_ns[i] < s->window_ns[i - 1] * 7 / 4)
			fprintf(to, ", '' %s", label);
		else
			fprintf(to, "%s'%s' %s", i ? ", " : "", label, label);
	}
	fputs(")\n", to);
}

static void put_curves(const struct sweep *s, const char *data, u32 index, FILE *to)
{
	static const char *const style[SWEEP_SERIES_MAX] = {
		"dashtype 1 linecolor rgb '#0b4f9e' pointtype 7",
		"dashtype 2 linecolor rgb '#a33c00' pointtype 5",
		"dashtype 3 linecolor rgb '#000000' pointtype 9",
		"dashtype 4 linecolor rgb '#555555' pointtype 6",
	};

	fputs("plot ", to);
	for (u32 k = 0; k < s->nr_series; k++) {
		fputs(k ? ", \\\n\t" : "", to);
		if (!data)
			fprintf(to, "$panel%u", index);
		else if (k)
			fputs("''", to);
		else
			gnuplot_string(data, to);
		if (data)
			fprintf(to, " index %u", index);
		fprintf(to, " using 1:%u with linespoints linewidth 2 pointsize 0.9 %s title ",
			k + 2, style[k]);
		gnuplot_string(s->series[k].name, to);
	}
	fputc('\n', to);
}

static void sweep_gnuplot_put_panel(const struct drawing *d, const char *title,
				    const struct sweep *s, u32 row, u32 column, u32 index)
{
	u32 at = d->hits ? 2 * row + column : row; /* of hints alone, two VMs stand side by side */
	u32 x = at % 2 * (LEFT + PLOT_WIDTH + RIGHT) + LEFT, y = 10 + at / 2 * d->panel + HEAD;
	char text[160], head[80];

	text_cut(title, 24, head, sizeof(head));
	snprintf(text, sizeof(text), "%s: %s", head, s->title);
	fputs("set title ", d->to);
	gnuplot_string(text, d->to);
	fputs("\nset ylabel ", d->to);
	gnuplot_string(s->value_title, d->to);
	fputc('\n', d->to);
	gnuplot_place(x, y, x + PLOT_WIDTH, y + PLOT_HEIGHT, d->width, d->height, d->to);
	fprintf(d->to, "set key at screen %.6f,%.6f left top Left reverse samplen 5 spacing 1.1\n",
		(x - 10.0) / d->width, 1 - (y + PLOT_HEIGHT + FOOT + 0.0) / d->height);
	sweep_gnuplot_put_ticks(s, d->to);
	fprintf(d->to, "set xrange [%.6g:%.6g]\n", (double)s->window_ns[0] / 1.2e6,
		(double)s->window_ns[s->nr_windows - 1] * 1.2 / 1e6);
	if (s->suggested_ns)
		fprintf(d->to,
			"set arrow 1 from first %.6g, graph 0 to first %.6g, graph 1 nohead dashtype 3\n"
			"set label 100 'suggested' at first %.6g, graph 0.06 right offset -0.5,0\n",
			(double)s->suggested_ns / 1e6, (double)s->suggested_ns / 1e6,
			(double)s->suggested_ns / 1e6);
	put_curves(s, d->p->page.data, index, d->to);
	fputs("unset arrow\nunset label\n", d->to);
}

static struct drawing sweep_gnuplot_lay_out(const struct sweep_picture *p, FILE *to)
{
	struct drawing d = { .p = p, .to = to };
	u32 rows;

	for (u32 i = 0; i < p->nr; i++)
		d.hits |= p->row[i].have_hits;
	rows = d.hits ? p->nr : (p->nr + 1) / 2;
	d.panel = HEAD + PLOT_HEIGHT + FOOT + 3 * KEY_LINE + 8;
	d.width = (d.hits || p->nr > 1 ? 2 : 1) * (LEFT + PLOT_WIDTH + RIGHT);
	d.height = 10 + rows * d.panel + p->page.nr_notes * PICTURE_LINE + 12;
	return d;
}

/* Calls put() for each panel that there is, in the order of the data. */
static void each_panel(const struct drawing *d,
		       void (*put)(const struct drawing *d, u32 row, u32 column, u32 index))
{
	u32 index = 0;

	for (u32 i = 0; i < d->p->nr; i++)
		for (u32 c = 0; c < 2; c++)
			if (panel_of(&d->p->row[i], c))
				put(d, i, c, index++);
}

static void put_one(const struct drawing *d, u32 row, u32 column, u32 index)
{
	sweep_gnuplot_put_panel(d, d->p->row[row].title, panel_of(&d->p->row[row], column), row,
				column, index);
}

static void sweep_gnuplot_put_block(const struct drawing *d, u32 row, u32 column, u32 index)
{
	fprintf(d->to, "$panel%u << END_OF_DATA\n", index);
	put_panel_data(panel_of(&d->p->row[row], column), d->to);
	fputs("END_OF_DATA\n", d->to);
}

static void put_index(const struct drawing *d, u32 row, u32 column, u32 index)
{
	const struct sweep *s = panel_of(&d->p->row[row], column);

	fprintf(d->to, "# %u: %s: %s\n# window_ms", index, d->p->row[row].title, s->value_title);
	for (u32 k = 0; k < s->nr_series; k++)
		fprintf(d->to, ", %s", s->series[k].name);
	fputc('\n', d->to);
	put_panel_data(s, d->to);
	fputs("\n\n", d->to);
}

int sweep_script(const struct sweep_picture *p, FILE *to)
{
	struct drawing d = sweep_gnuplot_lay_out(p, to);

	gnuplot_page(&p->page, "yield", d.width, d.height, to);
	if (!p->page.data)
		each_panel(&d, sweep_gnuplot_put_block);
	fputs("set logscale x\nset xlabel 'window (ms)'\nset yrange [0:103]\nset ytics 25\n"
	      "set grid ytics linetype 1 linecolor rgb '#c8ccd2'\nset tics out nomirror\nset multiplot\n",
	      to);
	each_panel(&d, put_one);
	fputs("unset multiplot\n", to);
	return 0;
}

int sweep_data(const struct sweep_picture *p, FILE *to)
{
	struct drawing d = sweep_gnuplot_lay_out(p, to);

	each_panel(&d, put_index);
	return 0;
}
