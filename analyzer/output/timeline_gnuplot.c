// SPDX-License-Identifier: GPL-2.0-only
/*
 * timeline_gnuplot.c - rates over time as a picture: a strip for each VM, all under one axis of
 * time, each with a scale of its own; bursts are shaded behind the line.
 */
#include "output/timeline_view.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define PLOT_WIDTH  900
#define LEFT	    95
#define RIGHT	    25
#define GAP	    34 /* above each strip: its title */
#define FOOT	    60 /* the time's axis */
#define LINE_HEIGHT PICTURE_LINE

struct strips {
	const struct timeline_picture *p;
	u32 nr, height, page_width, page_height;
	double per_ns;
	const char *unit;
	FILE *to;
};

static int timeline_gnuplot_compare_ipis(const void *a, const void *b)
{
	const struct timeline_vm *x = *(const struct timeline_vm *const *)a;
	const struct timeline_vm *y = *(const struct timeline_vm *const *)b;

	if (x->all.total != y->all.total)
		return x->all.total > y->all.total ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void timeline_gnuplot_put_data(const struct strips *s, const struct timeline_vm *v)
{
	const struct timeline_view *t = s->p->t;

	/* Steps: a bin's value holds until the next; one more line ends the last. */
	for (u32 b = 0; b <= t->nr_bins; b++)
		fprintf(s->to, "%.10g %.10g\n", (double)(t->start_ns + b * t->bin_ns) * s->per_ns,
			(double)v->all.count[b < t->nr_bins ? b : t->nr_bins - 1] * 1e9 /
				(double)t->bin_ns);
}

static void put_rate(double rate, FILE *to)
{
	if (rate >= 1e6)
		fprintf(to, "'%.10gM' %.10g", rate / 1e6, rate);
	else if (rate >= 1e3)
		fprintf(to, "'%.10gk' %.10g", rate / 1e3, rate);
	else
		fprintf(to, "'%.10g' %.10g", rate, rate);
}

/* Round rates from 0 up, a label's height and half apart at least; and the end of the axis. */
static void put_rates(const struct strips *s, const struct timeline_vm *v)
{
	static const double round[] = { 1, 2, 5, 10 };
	const struct timeline_view *t = s->p->t;
	double most = 0, min, unit, step;
	u32 i = 0;

	for (u32 b = 0; b < t->nr_bins; b++)
		most = max_of(most, (double)v->all.count[b] * 1e9 / (double)t->bin_ns);
	most = most > 0 ? most : 1;
	min = most * LINE_HEIGHT * 1.5 / s->height;
	unit = pow(10, floor(log10(min)));
	while (unit * round[i] < min && i < 3)
		i++;
	step = unit * round[i];
	fputs("set ytics (", s->to);
	for (u32 n = 0; n * step <= most; n++) {
		fputs(n ? ", " : "", s->to);
		put_rate(n * step, s->to);
	}
	fprintf(s->to, ")\nset yrange [0:%.10g]\n", most * 1.05);
}

static void put_strip(const struct strips *s, const struct timeline_vm *v, u32 i)
{
	const struct timeline_view *t = s->p->t;
	double h = s->page_height, w = s->page_width;
	double top = h - 10 - i * (s->height + GAP) - GAP, bottom = top - s->height;
	char title[256], text[300];

	text_cut(v->title, 60, title, sizeof(title));
	snprintf(text, sizeof(text), "%s: %llu IPIs, %u burst%s", title, v->all.total, v->nr_bursts,
		 v->nr_bursts == 1 ? "" : "s");
	fputs("set title ", s->to);
	gnuplot_string(text, s->to);
	fprintf(s->to,
		" offset 0,-0.5\nset lmargin at screen %.6f\nset rmargin at screen %.6f\n"
		"set tmargin at screen %.6f\nset bmargin at screen %.6f\n",
		LEFT / w, (LEFT + PLOT_WIDTH) / w, top / h, bottom / h);
	for (u32 b = 0; b < v->nr_bursts && b < 500; b++)
		fprintf(s->to,
			"set object %u rectangle from first %.10g, graph 0 to first "
			"%.10g, graph 1 "
			"behind fillcolor rgb '#f2c62e' fillstyle solid 0.5 noborder\n",
			b + 1, (double)v->burst[b].start_ns * s->per_ns,
			(double)(v->burst[b].start_ns + v->burst[b].length_ns) * s->per_ns);
	if (i + 1 == s->nr) {
		fputs("set xlabel ", s->to);
		gnuplot_string(s->unit, s->to);
		fputs("\nset format x '%g'\n", s->to);
	} else {
		fputs("set format x ''\n", s->to);
	}
	fprintf(s->to, "set xrange [%.10g:%.10g]\n", (double)t->start_ns * s->per_ns,
		(double)(t->start_ns + t->nr_bins * t->bin_ns) * s->per_ns);
	put_rates(s, v);
	fputs("plot ", s->to);
	if (s->p->page.data) {
		gnuplot_string(s->p->page.data, s->to);
		fprintf(s->to, " index %u", i);
	} else {
		fprintf(s->to, "$vm%u", i);
	}
	fprintf(s->to,
		" using 1:2 with steps linewidth 1.5 linecolor rgb '#001848' notitle\n"
		"unset object\n%s",
		i ? "" : "unset label\n");
}

static void put_all(struct strips *s, const struct timeline_vm *const *vm)
{
	s->height = s->nr == 1 ? 300 : s->nr < 6 ? 150 : 80;
	s->page_width = LEFT + PLOT_WIDTH + RIGHT;
	s->page_height = 10 + s->nr * (s->height + GAP) + FOOT + s->p->page.nr_notes * LINE_HEIGHT;
	gnuplot_page(&s->p->page, "timeline", s->page_width, s->page_height, s->to);
	for (u32 i = 0; i < s->nr && !s->p->page.data; i++) {
		fprintf(s->to, "$vm%u << END_OF_DATA\n", i);
		timeline_gnuplot_put_data(s, vm[i]);
		fputs("END_OF_DATA\n", s->to);
	}
	fprintf(s->to,
		"set tics out nomirror\n"
		"set multiplot\nset label 'IPIs per second' at screen %.6f,0.5 rotate center\n",
		16.0 / s->page_width);
	for (u32 i = 0; i < s->nr; i++)
		put_strip(s, vm[i], i);
	fputs("unset multiplot\n", s->to);
}

static void put_file(struct strips *s, const struct timeline_vm *const *vm)
{
	for (u32 i = 0; i < s->nr; i++) {
		fprintf(s->to, "# %s\n# %s, IPIs per second\n", vm[i]->title, s->unit);
		timeline_gnuplot_put_data(s, vm[i]);
		fputs("\n\n", s->to);
	}
}

/* Hands the busiest VMs to put(). 0 or -ENOMEM. */
static int with_strips(const struct timeline_picture *p, FILE *to,
		       void (*put)(struct strips *s, const struct timeline_vm *const *vm))
{
	const struct timeline_vm **all = malloc(((size_t)p->t->nr_vms + 1) * sizeof(*all));
	struct strips s = { .p = p, .to = to, .nr = min_of(p->t->nr_vms, (u32)TIMELINE_PLOTS_MAX) };
	u64 end = p->t->start_ns + p->t->nr_bins * p->t->bin_ns;

	if (!all)
		return -ENOMEM;
	for (u32 i = 0; i < p->t->nr_vms; i++)
		all[i] = &p->t->vm[i];
	if (s.nr < p->t->nr_vms)
		qsort(all, p->t->nr_vms, sizeof(*all), timeline_gnuplot_compare_ipis);
	s.per_ns = end >= 1000000000 ? 1e-9 : end >= 1000000 ? 1e-6 : 1e-3;
	s.unit = end >= 1000000000 ? "time since the first record (s)"
		 : end >= 1000000  ? "time since the first record (ms)"
				   : "time since the first record (\xc2\xb5s)";
	put(&s, all);
	free(all);
	return 0;
}

int timeline_script(const struct timeline_picture *p, FILE *to)
{
	return with_strips(p, to, put_all);
}

int timeline_data(const struct timeline_picture *p, FILE *to)
{
	return with_strips(p, to, put_file);
}
