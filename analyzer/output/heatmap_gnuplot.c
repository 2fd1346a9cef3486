// SPDX-License-Identifier: GPL-2.0-only
/*
 * heatmap_gnuplot.c - heatmaps as a gnuplot script.
 *
 * Every place is computed here, in pixels, and given to gnuplot as a share of the page: margins
 * wide enough for the labels they hold, and labels few enough for their axis. Panels share one
 * scale of colours, drawn once, so that the same colour means the same number everywhere in a
 * picture.
 */
#include "output/heatmap_scale.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define CELLS_MAX	250 /* rows or columns of one panel: at least 3 pixels each */
#define PANEL_CELLS_MAX 130 /* of several: 2 pixels */
#define NUMBERS_MAX	16  /* up to so many rows and columns, numbers stand in the cells */
#define CHAR_WIDTH	7   /* pixels of a label's character: 10 points of a wide sans serif */
#define LINE_HEIGHT	17
#define LINES_MAX	12 /* of notes below the picture */
#define LINE_MAX_BYTES	400
#define BAR_WIDTH	130 /* the colours' scale with its labels and title, at the right */

/* Pixels. A panel is its plot and what stands around it. */
struct layout {
	u32 cols, rows;
	u32 plot_width, plot_height;
	u32 left, top, right, bottom; /* around each plot */
	u32 head, foot;		      /* of the page */
	u32 width, height;
};

struct drawing {
	const struct heat_picture *p;
	struct heat_grid *grid;
	struct heat_scale scale;
	struct layout l;
	char line[LINES_MAX][LINE_MAX_BYTES]; /* the notes, wrapped to the page's width */
	u32 nr_lines;
	FILE *to;
};

static u32 label_width(const struct heat_axis *a)
{
	u32 widest = 3;

	for (u32 i = 0; i < a->nr; i++) {
		char text[64];
		int n;

		if (a->name)
			text_cut(a->name[i], 40, text, sizeof(text));
		n = a->name	  ? (int)strlen(text)
		    : a->step > 0 ? 8
				  : snprintf(text, sizeof(text), "%u", a->id[i]);
		widest = max_of(widest, (u32)n);
	}
	return widest * CHAR_WIDTH;
}

/* The remark on the panel whose cells were taken together most; false: none was. */
static bool grouped_most(const struct drawing *d, char *text, size_t len)
{
	u32 most = 0;

	for (u32 i = 1; i < d->p->nr; i++)
		if (d->grid[i].group_rows > d->grid[most].group_rows)
			most = i;
	return heat_group_remark(&d->grid[most], text, len);
}

/* A note in as many lines as the page's width makes of it. */
static void wrap_note(struct drawing *d, const char *text)
{
	u32 room = min_of((d->l.width - 20) / CHAR_WIDTH, (u32)LINE_MAX_BYTES - 1);

	while (*text && d->nr_lines < LINES_MAX) {
		u32 len = (u32)strlen(text), cut = min_of(len, room);

		if (len > room)
			while (cut > room / 2 && text[cut] != ' ')
				cut--;
		memcpy(d->line[d->nr_lines], text, cut);
		d->line[d->nr_lines++][cut] = 0;
		text += cut + (text[cut] == ' ');
	}
}

static void heatmap_gnuplot_lay_out(struct drawing *d)
{
	const struct heat_picture *p = d->p;
	const struct heat *h = &p->panel[0];
	struct layout *l = &d->l;
	char text[128];
	u32 labels = 0;

	for (u32 i = 0; i < p->nr; i++)
		labels = max_of(labels, label_width(&p->panel[i].rows));
	l->cols = p->nr == 1 ? 1 : (u32)ceil(sqrt(p->nr * 1.2));
	l->rows = (p->nr + l->cols - 1) / l->cols;
	l->plot_width = p->nr == 1 ? min_of(max_of(h->rows.nr * 70, 320u), 750u) : 270;
	l->plot_height = l->plot_width;
	if (h->cols.step > 0) {
		l->plot_width = p->nr == 1 ? 900 : 420;
		if (p->nr == 1)
			l->plot_height = min_of(max_of(h->rows.nr * 22, 220u), 880u);
	}
	l->left = labels + 52;
	l->right = 25;
	l->top = 36;
	l->bottom = 55;
	l->head = p->nr > 1 ? 40 : 10;
	l->width = l->cols * (l->left + l->plot_width + l->right) + BAR_WIDTH;
	if (grouped_most(d, text, sizeof(text)))
		wrap_note(d, text);
	for (u32 i = 0; i < p->page.nr_notes; i++)
		wrap_note(d, p->page.note[i]);
	l->foot = d->nr_lines * LINE_HEIGHT + 12;
	l->height = l->head + l->rows * (l->top + l->plot_height + l->bottom) + l->foot;
}

static void put_palette(const struct drawing *d)
{
	fputs("set palette defined (", d->to);
	for (u32 i = 0; i < HEAT_COLORS; i++)
		fprintf(d->to, "%s%u '#%06x'", i ? ", " : "", i, heat_colors[i]);
	fputs(")\n", d->to);
	if (d->scale.log)
		fputs("set logscale cb\n", d->to);
	fprintf(d->to, "set cbrange [%.10g:%.10g]\n", d->scale.from, d->scale.to);
	heatmap_scale_ticks(&d->scale, &d->p->panel[0], d->to);
}

static void heatmap_gnuplot_put_ticks(const struct drawing *d, char axis, const struct heat_axis *a,
				      u32 group, u32 max)
{
	struct heat_tick tick[HEAT_TICKS_MAX];
	u32 nr = heat_ticks(a, group, max, tick);

	fprintf(d->to, "set %ctics out nomirror (", axis);
	for (u32 i = 0; i < nr; i++) {
		fputs(i ? ", " : "", d->to);
		gnuplot_string(tick[i].text, d->to);
		fprintf(d->to, " %.6g", tick[i].at);
	}
	fputs(")\n", d->to);
}

/* Where a panel's plot is, in shares of the page from its lower left corner. */
static void put_margins(const struct drawing *d, u32 i)
{
	const struct layout *l = &d->l;
	double w = l->width, h = l->height;
	u32 x = i % l->cols * (l->left + l->plot_width + l->right) + l->left;
	u32 y = l->height - l->head - l->top - i / l->cols * (l->top + l->plot_height + l->bottom);

	fprintf(d->to,
		"set lmargin at screen %.6f\nset rmargin at screen %.6f\n"
		"set tmargin at screen %.6f\nset bmargin at screen %.6f\n",
		x / w, (x + l->plot_width) / w, y / h, (y - l->plot_height) / h);
}

static void heatmap_gnuplot_put_bar(const struct drawing *d)
{
	const struct layout *l = &d->l;
	u32 height = min_of(l->plot_height * l->rows, 750u);
	u32 top = l->height - l->head - l->top;

	fprintf(d->to, "set colorbox user origin screen %.6f,%.6f size screen %.6f,%.6f\n",
		(l->width - BAR_WIDTH + 10.0) / l->width, (double)(top - height) / l->height,
		18.0 / l->width, (double)height / l->height);
	fputs("set cblabel ", d->to);
	gnuplot_string(d->p->panel[0].value_title, d->to);
	/* Room for numbers of five digits. */
	fputs(" offset 1.5,0\n", d->to);
}

static bool numbers_fit(const struct drawing *d, const struct heat_grid *g)
{
	return d->p->nr == 1 && g->nr_rows <= NUMBERS_MAX && g->nr_cols <= NUMBERS_MAX &&
	       g->high < 99999.5 && !(g->h->cols.step > 0);
}

static void put_plot(const struct drawing *d, u32 i)
{
	const struct heat_grid *g = &d->grid[i];
	const struct heat_scale *s = &d->scale;
	double dark = s->log ? s->from * pow(s->to / s->from, 0.5)
			     : s->from + (s->to - s->from) * 0.5;

	fputs("plot ", d->to);
	if (d->p->page.data) {
		gnuplot_string(d->p->page.data, d->to);
		fprintf(d->to, " index %u", i);
	} else {
		fprintf(d->to, "$panel%u", i);
	}
	/* Single rectangles stay sharp and small files; many are one image. */
	fprintf(d->to, " matrix with image%s notitle",
		(u64)g->nr_rows * g->nr_cols <= 64 * 64 ? " pixels" : "");
	if (numbers_fit(d, g))
		fprintf(d->to,
			", \\\n\t'' matrix using 1:($3 == $3 ? $2 : NaN):(sprintf('%s', $3)):"
			"($3 > %.10g ? 0xffffff : 0x000000) with labels textcolor rgb variable "
			"notitle",
			g->high < 100 && g->h->factor != 1 && !(g->h->top > 0) ? "%.3g" : "%.0f",
			dark);
	fputc('\n', d->to);
}

/* A title that fits: its name gives way, never the numbers behind it. */
static void put_title(const struct drawing *d, const char *title)
{
	u32 room = (d->l.plot_width + d->l.right) / CHAR_WIDTH;
	const char *colon = strstr(title, ": "), *next;
	char head[256], text[320];

	while (colon && (next = strstr(colon + 1, ": ")))
		colon = next;
	if (!colon)
		colon = title + strlen(title);
	snprintf(text, sizeof(text), "%.*s", (int)min_of(colon - title, 250), title);
	text_cut(text, room > strlen(colon) + 8 ? room - (u32)strlen(colon) : 8, head,
		 sizeof(head));
	snprintf(text, sizeof(text), "%s%s", head, colon);
	fputs("set title ", d->to);
	gnuplot_string(text, d->to);
	fputc('\n', d->to);
}

/*
 * Lines across the plot, where the axes have them, in a colour that is none of the scale's. gnuplot
 * keeps arrows until they are unset.
 */
static void put_lines(const struct drawing *d, const struct heat_grid *g)
{
	static const char form[] = "set arrow from %s%.1f,%s%.1f to %s%.1f,%s%.1f nohead front "
				   "lw 2 lc rgb '#c8321e'\n";

	if (!g->h->rows.divided && !g->h->cols.divided)
		return;
	fputs("unset arrow\n", d->to);
	for (u32 r = 0; r < g->nr_rows; r++)
		if (heat_divided(&g->h->rows, g->group_rows, r))
			fprintf(d->to, form, "graph ", 0.0, "first ", r - 0.5, "graph ", 1.0,
				"first ", r - 0.5);
	for (u32 c = 0; c < g->nr_cols; c++)
		if (heat_divided(&g->h->cols, g->group_cols, c))
			fprintf(d->to, form, "first ", c - 0.5, "graph ", 0.0, "first ", c - 0.5,
				"graph ", 1.0);
}

static void heatmap_gnuplot_put_panel(const struct drawing *d, u32 i)
{
	const struct heat_grid *g = &d->grid[i];
	const struct heat *h = g->h;
	const struct layout *l = &d->l;

	put_title(d, h->title);
	fputs("set xlabel ", d->to);
	gnuplot_string(h->cols.title, d->to);
	fputs("\nset ylabel ", d->to);
	gnuplot_string(h->rows.title, d->to);
	fprintf(d->to, "\nset xrange [-0.5:%.1f]\nset yrange [%.1f:-0.5]\n", g->nr_cols - 0.5,
		g->nr_rows - 0.5);
	heatmap_gnuplot_put_ticks(d, 'x', &h->cols, g->group_cols,
				  l->plot_width / (label_width(&h->cols) + 2 * CHAR_WIDTH));
	heatmap_gnuplot_put_ticks(d, 'y', &h->rows, g->group_rows, l->plot_height / LINE_HEIGHT);
	put_margins(d, i);
	put_lines(d, g);
	fputs(i + 1 < d->p->nr ? "unset colorbox\n" : "", d->to);
	if (i + 1 == d->p->nr)
		heatmap_gnuplot_put_bar(d);
	/* A VM whose cells all are blank still gets its frame. */
	if (g->low > g->high)
		fputs("plot NaN notitle\n", d->to);
	else
		put_plot(d, i);
}

/* gnuplot draws no image of one row or column: an empty one beyond the axis' end comes with it. */
static void heatmap_gnuplot_put_matrix(const struct heat_grid *g, FILE *to)
{
	for (u32 r = 0; r < max_of(g->nr_rows, 2u); r++) {
		for (u32 c = 0; c < max_of(g->nr_cols, 2u); c++) {
			double v;

			fputs(c ? " " : "", to);
			if (r < g->nr_rows && c < g->nr_cols && heat_value(g, r, c, &v))
				fprintf(to, "%.10g", v);
			else
				fputs("NaN", to);
		}
		fputc('\n', to);
	}
}

static void heatmap_gnuplot_put_data(const struct drawing *d)
{
	for (u32 i = 0; i < d->p->nr; i++) {
		fprintf(d->to, "$panel%u << END_OF_DATA\n", i);
		heatmap_gnuplot_put_matrix(&d->grid[i], d->to);
		fputs("END_OF_DATA\n", d->to);
	}
}

static void heatmap_gnuplot_put_line(const struct drawing *d, u32 line)
{
	fputs("set label ", d->to);
	gnuplot_string(d->line[line], d->to);
	fprintf(d->to, " at screen %.6f,%.6f left\n", 10.0 / d->l.width,
		(10.0 + LINE_HEIGHT * (d->nr_lines - 1 - line)) / d->l.height);
}

/* Labels of the page: they are set for one panel alone, or each would draw them again. */
static void put_page_labels(const struct drawing *d)
{
	const struct heat_picture *p = d->p;
	char text[256];

	if (p->nr > 1 && p->title) {
		text_cut(p->title, d->l.width / (CHAR_WIDTH + 2), text, sizeof(text));
		fputs("set label ", d->to);
		gnuplot_string(text, d->to);
		fprintf(d->to, " at screen 0.5,%.6f center font ',13'\n", 1 - 20.0 / d->l.height);
	}
	for (u32 i = 0; i < d->nr_lines; i++)
		heatmap_gnuplot_put_line(d, i);
}

static int heatmap_gnuplot_begin(struct drawing *d)
{
	const struct heat_picture *p = d->p;
	u32 limit = p->nr > 1 ? PANEL_CELLS_MAX : CELLS_MAX;
	double low = INFINITY, high = -INFINITY;

	d->grid = calloc(p->nr, sizeof(*d->grid));
	if (!d->grid)
		return -ENOMEM;
	for (u32 i = 0; i < p->nr; i++) {
		if (heat_group(&p->panel[i], limit, limit, &d->grid[i]))
			return -ENOMEM;
		low = min_of(low, d->grid[i].low);
		high = max_of(high, d->grid[i].high);
	}
	d->scale = heat_scale(&p->panel[0], low, high);
	heatmap_gnuplot_lay_out(d);
	return 0;
}

static void heatmap_gnuplot_end(struct drawing *d)
{
	for (u32 i = 0; d->grid && i < d->p->nr; i++)
		heat_grid_release(&d->grid[i]);
	free(d->grid);
}

int heat_script(const struct heat_picture *p, FILE *to)
{
	struct drawing d = { .p = p, .to = to };
	int ret = heatmap_gnuplot_begin(&d);

	if (!ret) {
		fputs("# A picture by kvm-ipi heatmap: run with gnuplot, change at will.\n", to);
		gnuplot_terminal(p->page.kind, d.l.width, d.l.height, to);
		if (p->page.output) {
			fputs("set output ", to);
			gnuplot_string(p->page.output, to);
			fputc('\n', to);
		}
		put_palette(&d);
		fputs("set title offset 0,-0.3\n", to);
		if (!p->page.data)
			heatmap_gnuplot_put_data(&d);
		if (p->nr > 1)
			fputs("set multiplot\n", to);
		put_page_labels(&d);
		for (u32 i = 0; i < p->nr; i++) {
			heatmap_gnuplot_put_panel(&d, i);
			if (!i)
				fputs("unset label\n", to);
		}
		if (p->nr > 1)
			fputs("unset multiplot\n", to);
	}
	heatmap_gnuplot_end(&d);
	return ret;
}

int heat_data(const struct heat_picture *p, FILE *to)
{
	struct drawing d = { .p = p, .to = to };
	int ret = heatmap_gnuplot_begin(&d);

	for (u32 i = 0; !ret && i < p->nr; i++) {
		const struct heat *h = &p->panel[i];

		fprintf(to, "# %s\n# %s: %s down, %s across; NaN: none\n", h->title, h->value_title,
			h->rows.title, h->cols.title);
		heatmap_gnuplot_put_matrix(&d.grid[i], to);
		fputs("\n\n", to);
	}
	heatmap_gnuplot_end(&d);
	return ret;
}
