// SPDX-License-Identifier: GPL-2.0-only
/*
 * bars_gnuplot.c - latencies as a picture: for each VM a row for each stage and receiver's state,
 * under one logarithmic axis of time. A thin line is from the fastest to the slowest, a thick one
 * from the median to the 90th percentile, a cross stands at the 99th.
 */
#include "output/bars.h"

#define PLOT_WIDTH 620
#define LEFT	   240
#define RIGHT	   40
#define HEAD	   34
#define FOOT	   38
#define ROW	   22
#define KEY	   66 /* the axis' title and the key, below the last panel */

static u32 page_height(const struct bars_picture *p)
{
	u32 height = 10 + KEY + p->page.nr_notes * PICTURE_LINE;

	for (u32 i = 0; i < p->nr; i++)
		height += HEAD + p->panel[i].nr * ROW + FOOT;
	return height;
}

static double us(u64 ns, const struct bars_axis *a)
{
	double first = 1;

	for (int d = a->from; d < 0; d++)
		first /= 10;
	for (int d = a->from; d > 0; d--)
		first *= 10;
	return max_of((double)ns / 1000, first);
}

/* Columns: row, min, p50, p90, p99, max in us, IPIs. */
static void put_rows(const struct bars *s, const struct bars_axis *a, FILE *to)
{
	for (u32 i = 0; i < s->nr; i++) {
		const struct latency_times *t = &s->row[i].t;

		fprintf(to, "%u %.6g %.6g %.6g %.6g %.6g %llu\n", i, us(t->min, a), us(t->p50, a),
			us(t->p90, a), us(t->p99, a), us(t->max, a), t->nr);
	}
}

static void bars_gnuplot_put_ticks(const struct bars *s, const struct bars_axis *a, FILE *to)
{
	char text[64];

	fputs("set ytics (", to);
	for (u32 i = 0; i < s->nr; i++) {
		snprintf(text, sizeof(text), "%s (%llu)", s->row[i].name, s->row[i].t.nr);
		fputs(i ? ", " : "", to);
		gnuplot_string(text, to);
		fprintf(to, " %u", i);
	}
	fprintf(to, ")\nset yrange [%.1f:-0.5]\nset xtics (", s->nr - 0.5);
	for (int d = a->from; d <= a->to; d++) {
		struct bars_axis one = { d, d + 1 };

		bars_label(d, "\xc2\xb5", text, sizeof(text));
		fputs(d > a->from ? ", " : "", to);
		gnuplot_string(text, to);
		fprintf(to, " %.6g", us(0, &one));
	}
	fputs(")\n", to);
}

static void put_source(const struct bars_picture *p, u32 i, bool again, FILE *to)
{
	if (!p->page.data)
		fprintf(to, "$panel%u", i);
	else if (again)
		fputs("''", to);
	else
		gnuplot_string(p->page.data, to);
	if (p->page.data)
		fprintf(to, " index %u", i);
}

static void bars_gnuplot_put_panel(const struct bars_picture *p, u32 i, const struct bars_axis *a,
				   FILE *to)
{
	static const struct {
		const char *how, *name;
	} plot[] = {
		{ "using 2:1:($6-$2):(0) with vectors nohead linewidth 1.5 linecolor rgb '#555555'",
		  "fastest to slowest" },
		{ "using 3:1:($4-$3):(0) with vectors nohead linewidth 7 linecolor rgb '#0b4f9e'",
		  "median to 90th percentile" },
		{ "using 3:1 with points pointtype 7 pointsize 1.3 linecolor rgb '#000000'",
		  "median" },
		{ "using 5:1 with points pointtype 2 pointsize 1 linewidth 2 linecolor rgb '#a33c00'",
		  "99th percentile" },
	};

	fputs("plot ", to);
	for (size_t k = 0; k < ARRAY_SIZE(plot); k++) {
		fputs(k ? ", \\\n\t" : "", to);
		put_source(p, i, k, to);
		fprintf(to, " %s ", plot[k].how);
		if (i + 1 == p->nr)
			fprintf(to, "title '%s'", plot[k].name);
		else
			fputs("notitle", to);
	}
	fputc('\n', to);
}

int bars_script(const struct bars_picture *p, FILE *to)
{
	struct bars_axis a = bars_axis(p->panel, p->nr);
	u32 width = LEFT + PLOT_WIDTH + RIGHT, height = page_height(p), y = 10;
	char title[256];

	gnuplot_page(&p->page, "latency", width, height, to);
	for (u32 i = 0; i < p->nr && !p->page.data; i++) {
		fprintf(to, "$panel%u << END_OF_DATA\n", i);
		put_rows(&p->panel[i], &a, to);
		fputs("END_OF_DATA\n", to);
	}
	fprintf(to,
		"set logscale x\nset xrange [%.6g:%.6g]\nset tics out nomirror\n"
		"set grid xtics linetype 1 linecolor rgb '#c8ccd2'\nset multiplot\n",
		us(0, &(struct bars_axis){ a.from, 0 }), us(0, &(struct bars_axis){ a.to, 0 }));
	for (u32 i = 0; i < p->nr; i++) {
		y += HEAD;
		text_cut(p->title[i], 80, title, sizeof(title));
		fputs("set title ", to);
		gnuplot_string(title, to);
		fputc('\n', to);
		gnuplot_place(LEFT, y, LEFT + PLOT_WIDTH, y + p->panel[i].nr * ROW, width, height,
			      to);
		y += p->panel[i].nr * ROW + FOOT;
		if (i + 1 == p->nr)
			fprintf(to,
				"set xlabel 'time from the %s (of so many IPIs); "
				"0 is at the left edge'\nset key at screen %.6f,%.6f left top "
				"horizontal Left reverse samplen 2\n",
				p->from, 20.0 / width, 1 - (y + 18.0) / height);
		bars_gnuplot_put_ticks(&p->panel[i], &a, to);
		bars_gnuplot_put_panel(p, i, &a, to);
		fputs(i ? "" : "unset label\n", to);
	}
	fputs("unset multiplot\n", to);
	return 0;
}

int bars_data(const struct bars_picture *p, FILE *to)
{
	struct bars_axis a = bars_axis(p->panel, p->nr);

	for (u32 i = 0; i < p->nr; i++) {
		fprintf(to, "# %s\n", p->title[i]);
		for (u32 k = 0; k < p->panel[i].nr; k++)
			fprintf(to, "# %u: %s\n", k, p->panel[i].row[k].name);
		fputs("# row, min, p50, p90, p99, max in us, IPIs\n", to);
		put_rows(&p->panel[i], &a, to);
		fputs("\n\n", to);
	}
	return 0;
}
