// SPDX-License-Identifier: GPL-2.0-only
/*
 * diff_matrix.c - see diff_cells.h: the difference of the pairs' rates as a matrix, in the terminal
 * and as a gnuplot script that holds its data.
 */
#include "output/diff_cells.h"
#include "output/remarks.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define TEXT_MAX  10 /* vCPUs that fit into 80 columns */
#define CELLS_MAX 250
#define PLOT	  340 /* pixels of a panel's plot */
#define LEFT	  60
#define TOP	  40
#define BOTTOM	  50
#define BAR	  140 /* the colours' scale, at the right */

/* The cells of a VM, by sender and receiver; NULL: nothing was sent. */
struct cells {
	u32 *id, nr;
	const struct diff_figure **f; /* [row * nr + col] */
};

static void cells_release(struct cells *c)
{
	free(c->id);
	free(c->f);
}

static int cells_init(struct cells *c, const struct diff_view *s, u32 vm)
{
	*c = (struct cells){ 0 };
	c->id = diff_ids(s, vm, &c->nr);
	if (!c->id)
		return -ENOMEM;
	c->nr = min_of(c->nr, (u32)CELLS_MAX);
	c->f = calloc((size_t)c->nr * c->nr + 1, sizeof(*c->f));
	for (u32 i = 0; c->f && i < s->nr_figures; i++) {
		const struct diff_figure *f = &s->figure[i];
		u32 row, col;

		if (f->vm != vm || f->kind != DIFF_PAIR)
			continue;
		row = diff_place(c->id, c->nr, f->a);
		col = diff_place(c->id, c->nr, f->b);
		if (row < c->nr && col < c->nr)
			c->f[(size_t)row * c->nr + col] = f;
	}
	return c->f ? 0 : -ENOMEM;
}

/* One cell as text: per cent, new, gone, or ~ within the noise. */
static void put_text_cell(const struct diff_figure *f, FILE *out)
{
	char text[16];

	if (!f)
		snprintf(text, sizeof(text), ".");
	else if (f->verdict == DIFF_NEW || f->verdict == DIFF_GONE)
		snprintf(text, sizeof(text), "%s", diff_verdict_names[f->verdict]);
	else if (f->verdict == DIFF_CHANGED)
		snprintf(text, sizeof(text), "%+.0f", 100 * f->change);
	else
		snprintf(text, sizeof(text), "~");
	fprintf(out, " %6s", text);
}

static void put_text_matrix(const struct diff_view *s, u32 vm, const struct cells *c, FILE *out)
{
	u32 nr = min_of(c->nr, (u32)TEXT_MAX);
	char label[VIEW_VM_LABEL];

	fprintf(out, "%sVM %s: rate after, relative to before, in per cent\n     ", vm ? "\n" : "",
		vm_view_label(&s->vm[vm].before, label));
	for (u32 k = 0; k < nr; k++)
		fprintf(out, " %6u", c->id[k]);
	fputc('\n', out);
	for (u32 i = 0; i < nr; i++) {
		fprintf(out, "%5u", c->id[i]);
		for (u32 k = 0; k < nr; k++)
			put_text_cell(c->f[(size_t)i * c->nr + k], out);
		fputc('\n', out);
	}
	if (nr < c->nr)
		fprintf(out, "# %u more vCPUs: a picture (-o NAME.png) has room for them\n",
			c->nr - nr);
}

int diff_matrix_text(const struct diff_view *s, FILE *out)
{
	int ret = 0;

	for (int i = 0; i < 2; i++)
		remarks_loss(s->side[i].in, s->side[i].nr_in, out);
	for (u32 vm = 0; vm < s->nr_vm && !ret; vm++) {
		struct cells c;

		ret = cells_init(&c, s, vm);
		if (!ret)
			put_text_matrix(s, vm, &c, out);
		cells_release(&c);
	}
	fputs("# ~: within the noise, or not compared; .: no IPI on either side\n", out);
	return ret;
}

static void put_palette(FILE *to)
{
	fputs("set palette defined (", to);
	for (int i = 0; i < DIFF_COLORS; i++)
		fprintf(to, "%s%d '#%06x'", i ? ", " : "", i, diff_colors[i]);
	fprintf(to,
		")\nset cbrange [%g:%g]\nset cbtics ('1/4' -2, '1/2' -1, 'same' 0, '2 times' 1, "
		"'4 times' 2)\n",
		-DIFF_RATIO_MAX, DIFF_RATIO_MAX);
}

static double power_of(const struct diff_figure *f)
{
	double power = isinf(f->change) ? DIFF_RATIO_MAX : log2(1 + f->change);

	return max_of(min_of(power, DIFF_RATIO_MAX), -DIFF_RATIO_MAX);
}

/* All cells, those without a pair too; then those that changed. */
static void put_data(const struct cells *c, u32 vm, FILE *to)
{
	fprintf(to, "$cells%u << EOD\n", vm);
	for (size_t i = 0; i < (size_t)c->nr * c->nr; i++) {
		fprintf(to, "%zu %zu ", i % c->nr, i / c->nr);
		if (c->f[i])
			fprintf(to, "%.4f\n", power_of(c->f[i]));
		else
			fputs("NaN\n", to);
	}
	fprintf(to, "EOD\n$changed%u << EOD\n-9 -9\n", vm);
	for (size_t i = 0; i < (size_t)c->nr * c->nr; i++)
		if (c->f[i] && diff_is_change(c->f[i]))
			fprintf(to, "%zu %zu\n", i % c->nr, i / c->nr);
	fputs("EOD\n", to);
}

static void put_tics(const struct cells *c, FILE *to)
{
	u32 step = (c->nr + 15) / 16;

	for (int axis = 0; axis < 2; axis++) {
		fprintf(to, "set %ctics (", "xy"[axis]);
		for (u32 i = 0; i < c->nr; i += step)
			fprintf(to, "%s'%u' %u", i ? ", " : "", c->id[i], i);
		fputs(")\n", to);
	}
}

/* Pixels of the page and of one panel's place on it. */
struct place {
	u32 width, height, left, top;
};

static void put_panel(const struct diff_view *s, u32 vm, const struct cells *c,
		      const struct place *p, FILE *to)
{
	char label[VIEW_VM_LABEL], title[64];

	put_data(c, vm, to);
	gnuplot_place(p->left, p->top, p->left + PLOT, p->top + PLOT, p->width, p->height, to);
	snprintf(title, sizeof(title), "VM %s: IPIs/s after, relative to before",
		 vm_view_label(&s->vm[vm].before, label));
	fputs("set title ", to);
	gnuplot_string(title, to);
	fputc('\n', to);
	put_tics(c, to);
	fprintf(to,
		"set xrange [-0.5:%u.5]\nset yrange [%u.5:-0.5]\nplot $cells%u using 1:2:3 with image "
		"pixels notitle, $changed%u using 1:2 with points pt 5 ps 1.2 lc rgb '#ffffff' notitle, "
		"$changed%u using 1:2 with points pt 4 ps 1.2 lc rgb '#1b1d21' notitle\n",
		c->nr - 1, c->nr - 1, vm, vm, vm);
}

int diff_script(const struct diff_picture *p, FILE *to)
{
	u32 nr = min_of(p->s->nr_vm, (u32)DIFF_PANELS_MAX), cols = (u32)ceil(sqrt(nr));
	u32 rows = (nr + cols - 1) / cols, foot = (p->page.nr_notes + 1) * PICTURE_LINE + 10;
	struct place at = { .width = cols * (LEFT + PLOT) + BAR,
			    .height = rows * (TOP + PLOT + BOTTOM) + foot };
	int ret = 0;

	gnuplot_page(&p->page, "heatmap --diff", at.width, at.height, to);
	fputs("set multiplot\nset xlabel 'receiver'\nset ylabel 'sender'\nset key off\n"
	      "set cblabel 'squares: beyond the noise'\n",
	      to);
	put_palette(to);
	for (u32 vm = 0; vm < nr && !ret; vm++) {
		struct cells c;

		at.left = LEFT + vm % cols * (LEFT + PLOT);
		at.top = TOP + vm / cols * (TOP + PLOT + BOTTOM);
		ret = cells_init(&c, p->s, vm);
		if (!ret && c.nr)
			put_panel(p->s, vm, &c, &at, to);
		fputs("unset colorbox\n", to);
		cells_release(&c);
	}
	fputs("unset multiplot\n", to);
	return ret;
}
