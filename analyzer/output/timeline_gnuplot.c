// SPDX-License-Identifier: GPL-2.0-only
/*
 * timeline_gnuplot.c - rates over time as a picture: a strip for each VM, all under one axis of time, each
 * with a scale of its own; bursts are shaded behind the line.
 */
#include "output/timeline_shape.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define PLOT_WIDTH	900
#define LEFT		95
#define RIGHT		25
#define GAP		34	/* above each strip: its title */
#define FOOT		60	/* the time's axis */
#define LINE_HEIGHT	17
#define CHAR_WIDTH	7

struct strips {
	const struct timeline_picture *p;
	u32 nr, height, page_width, page_height;
	double per_ns;
	const char *unit;
	FILE *to;
};

static int compare_ipis(const void *a, const void *b)
{
	const struct timeline_vm *x = *(const struct timeline_vm *const *)a;
	const struct timeline_vm *y = *(const struct timeline_vm *const *)b;

	if (x->all.total != y->all.total)
		return x->all.total > y->all.total ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void put_data(const struct strips *s, const struct timeline_vm *v, u32 i)
{
	const struct timeline_shape *t = s->p->t;

	fprintf(s->to, "$vm%u << END_OF_DATA\n", i);
	/* Steps: a bin's value holds until the next; one more line ends the last. */
	for (u32 b = 0; b <= t->nr_bins; b++)
		fprintf(s->to, "%.10g %.10g\n", (double)(t->start_ns + b * t->bin_ns) * s->per_ns,
			(double)v->all.count[b < t->nr_bins ? b : t->nr_bins - 1] * 1e9 /
			(double)t->bin_ns);
	fputs("END_OF_DATA\n", s->to);
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
	const struct timeline_shape *t = s->p->t;
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
	const struct timeline_shape *t = s->p->t;
	double h = s->page_height, w = s->page_width;
	double top = h - 10 - i * (s->height + GAP) - GAP, bottom = top - s->height;
	char title[256], text[300];

	text_cut(v->title, 60, title, sizeof(title));
	snprintf(text, sizeof(text), "%s: %llu IPIs, %u "
		"bursts", title, (unsigned long long)v->all.total,
		 v->nr_bursts);
	fputs("set title ", s->to);
	gnuplot_string(text, s->to);
	fprintf(s->to, " offset 0,-0.5\nset lmargin at screen %.6f\nset rmargin at screen %.6f\n"
		"set tmargin at screen %.6f\nset bmargin at screen %.6f\n", LEFT / w,
		(LEFT + PLOT_WIDTH) / w, top / h, bottom / h);
	for (u32 b = 0; b < v->nr_bursts && b < 500; b++)
		fprintf(s->to, "set object %u rectangle from first %.10g, graph 0 to first "
			"%.10g, graph 1 "
			"behind fillcolor rgb '#f2c62e' fillstyle solid 0.5 noborder\n", b + 1,
			(double)v->burst[b].start_ns * s->per_ns,
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
	fprintf(s->to, "plot $vm%u using 1:2 with steps linewidth 1.5 linecolor rgb '#001848' "
		"notitle\n"
		"unset object\n%s", i, i ? "" : "unset label\n");
}

static void put_notes(const struct strips *s, const char *cut)
{
	u32 nr = s->p->nr_notes + (cut[0] != 0), line = 0;
	char text[400];

	for (u32 i = 0; i < nr; i++, line++) {
		text_cut(i < s->p->nr_notes ? s->p->note[i] : cut, (s->page_width - 20) / CHAR_WIDTH, text,
			 sizeof(text));
		fputs("set label ", s->to);
		gnuplot_string(text, s->to);
		fprintf(s->to, " at screen %.6f,%.6f left\n", 10.0 / s->page_width,
			(10.0 + LINE_HEIGHT * (nr - 1 - line)) / s->page_height);
	}
}

static void put_all(struct strips *s, const struct timeline_vm *const *vm)
{
	const struct timeline_shape *t = s->p->t;
	char cut[80] = "";

	if (s->nr < t->nr_vms)
		snprintf(cut, sizeof(cut), "the %u busiest of %u VMs", s->nr, t->nr_vms);
	s->height = s->nr == 1 ? 300 : s->nr < 6 ? 150 : 80;
	s->page_width = LEFT + PLOT_WIDTH + RIGHT;
	s->page_height = 10 + s->nr * (s->height + GAP) + FOOT +
			 (s->p->nr_notes + (cut[0] != 0)) * LINE_HEIGHT;
	fputs("# A picture by kvm-ipi timeline: run with gnuplot, change at will.\n", s->to);
	gnuplot_terminal(s->p->kind, s->page_width, s->page_height, s->to);
	for (u32 i = 0; i < s->nr; i++)
		put_data(s, vm[i], i);
	fprintf(s->to, "set tics out nomirror\n"
		"set multiplot\nset label 'IPIs per second' at screen %.6f,0.5 rotate center\n",
		16.0 / s->page_width);
	put_notes(s, cut);
	for (u32 i = 0; i < s->nr; i++)
		put_strip(s, vm[i], i);
	fputs("unset multiplot\n", s->to);
}

int timeline_script(const struct timeline_picture *p, FILE *to)
{
	const struct timeline_vm *vm[TIMELINE_PLOTS_MAX], **all;
	struct strips s = { .p = p, .to = to, .nr = min_of(p->t->nr_vms, (u32)TIMELINE_PLOTS_MAX) };
	u64 end = p->t->start_ns + p->t->nr_bins * p->t->bin_ns;

	all = malloc(((size_t)p->t->nr_vms + 1) * sizeof(*all));
	if (!all)
		return -ENOMEM;
	for (u32 i = 0; i < p->t->nr_vms; i++)
		all[i] = &p->t->vm[i];
	if (s.nr < p->t->nr_vms)
		qsort(all, p->t->nr_vms, sizeof(*all), compare_ipis);
	memcpy(vm, all, s.nr * sizeof(*vm));
	free(all);
	s.per_ns = end >= 1000000000 ? 1e-9 : end >= 1000000 ? 1e-6 : 1e-3;
	s.unit = end >= 1000000000 ? "time since the first record (s)" :
		 end >= 1000000 ? "time since the first record (ms)" :
				  "time since the first record (\xc2\xb5s)";
	put_all(&s, vm);
	return 0;
}
