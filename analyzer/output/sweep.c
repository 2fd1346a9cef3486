// SPDX-License-Identifier: GPL-2.0-only
/* sweep.c - see sweep.h. Curves are told apart by their dashes and points, colours only help. */
#include "output/sweep.h"

#include <math.h>

#define MS 1000000ull

static double share(u64 n, u64 of)
{
	return of ? (double)n * 100 / (double)of : 0;
}

bool sweep_hints(const struct yield_vm *vm, struct sweep *s)
{
	*s = (struct sweep){
		.title = "what becomes of a hint",
		.value_title = "hints, %",
		.nr_series = 3,
		.nr_windows = min_of(vm->nr_hints, (u32)SWEEP_WINDOWS_MAX),
		.series = { { .name = "replaced by another receiver" },
			    { .name = "by the same one" },
			    { .name = "outlived its window" } },
	};
	for (u32 i = 0; i < s->nr_windows; i++) {
		const struct yield_hint *h = &vm->hint[i];

		s->window_ns[i] = h->window_ns;
		s->series[0].percent[i] = share(h->retargeted, h->recorded);
		s->series[1].percent[i] = share(h->refreshed, h->recorded);
		s->series[2].percent[i] = share(h->expired, h->recorded);
	}
	return s->nr_windows > 1 && vm->hint[0].recorded;
}

bool sweep_hits(const struct yield_vm *vm, struct sweep *s)
{
	const struct yield_replay *r = vm->replay;
	const struct yield_count *stock = r ? &r->policy[0].all : NULL;

	if (!r || !r->helpable || r->nr_windows < 2)
		return false;
	*s = (struct sweep){
		.title = "spins that find whom they wait for",
		.value_title = "hits, % of spins that could be helped",
		.nr_series = 3,
		.nr_windows = min_of(r->nr_windows, (u32)SWEEP_WINDOWS_MAX),
		.series = { { .name = "hint as a priority (ipi-first)" },
			    { .name = "as a filter (ipi-v3 relaxed)" },
			    { .name = "the kernel's own search" } },
		.suggested_ns = r->suggested_window_ns,
	};
	for (u32 i = 0; i < s->nr_windows; i++) {
		const struct yield_window *w = &r->window[i];

		s->window_ns[i] = w->window_ns;
		s->series[0].percent[i] = share(w->first.hits, w->first.hits + w->first.missed);
		s->series[1].percent[i] = share(w->filter.hits, w->filter.hits + w->filter.missed);
		s->series[2].percent[i] = share(stock->hits, stock->hits + stock->missed);
	}
	return true;
}

void sweep_label(u64 window_ns, char *buf, size_t len)
{
	snprintf(buf, len, "%.6g", (double)window_ns / MS);
}

/* A share of `room` columns, to an eighth of one. Returns how many are still free. */
static int sweep_put_bar(double percent, int room, bool blocks, FILE *out)
{
	static const char *const part[] = { "",
					    "\xe2\x96\x8f",
					    "\xe2\x96\x8e",
					    "\xe2\x96\x8d",
					    "\xe2\x96\x8c",
					    "\xe2\x96\x8b",
					    "\xe2\x96\x8a",
					    "\xe2\x96\x89" };
	int eighths = (int)lrint(percent / 100 * room * 8), full;

	eighths = min_of(max_of(eighths, 0), room * 8);
	full = blocks ? eighths / 8 : (eighths + 4) / 8;
	for (int i = 0; i < full; i++)
		fputs(blocks ? "\xe2\x96\x88" : "#", out);
	if (blocks)
		fputs(part[eighths % 8], out);
	return room - full - (blocks && eighths % 8);
}

static void sweep_put_line(const struct sweep *s, u32 i, int room, bool blocks, FILE *out)
{
	bool marked = s->suggested_ns == s->window_ns[i];
	char label[32];
	int left = 0;

	sweep_label(s->window_ns[i], label, sizeof(label));
	fprintf(out, "    %9s", label);
	for (u32 k = 0; k < s->nr_series; k++) {
		fprintf(out, "%*s  %5.1f", left, "", s->series[k].percent[i]);
		if (s->series[k].percent[i] > 0 || k + 1 < s->nr_series || marked)
			fputs("  ", out);
		left = sweep_put_bar(s->series[k].percent[i], room, blocks, out);
	}
	if (marked)
		fprintf(out, "%*s <", left, "");
	fputc('\n', out);
}

void sweep_text(const struct sweep *s, int width, bool blocks, FILE *out)
{
	int room = max_of((min_of(width, 132) - 15) / (int)max_of(s->nr_series, 1u) - 9, 8);
	char label[32];

	fprintf(out, "\n  %s: %s\n", s->title, s->value_title);
	for (u32 k = 0; k < s->nr_series; k++)
		fprintf(out, "    %u: %s\n", k + 1, s->series[k].name);
	fputs("    window_ms", out);
	for (u32 k = 0; k < s->nr_series; k++)
		fprintf(out, "%*s  %5u", k ? room + 2 : 0, "", k + 1);
	fputc('\n', out);
	for (u32 i = 0; i < s->nr_windows; i++)
		sweep_put_line(s, i, room, blocks, out);
	if (s->suggested_ns) {
		sweep_label(s->suggested_ns, label, sizeof(label));
		fprintf(out, "    < the suggested window, %s ms\n", label);
	}
}

/* Of the chart in the page, in its own units; it is as wide as a figure of the page at most. */
#define WIDTH  480
#define HEIGHT 230
#define LEFT   48
#define RIGHT  14
#define TOP    12
#define BOTTOM 40
#define LEGEND 18 /* a line of it */

static double x_of(const struct sweep *s, u64 window_ns)
{
	double from = log((double)s->window_ns[0]),
	       to = log((double)s->window_ns[s->nr_windows - 1]);
	double at = to > from ? (log((double)window_ns) - from) / (to - from) : 0;

	return LEFT + at * (WIDTH - LEFT - RIGHT);
}

static double y_of(double percent)
{
	return TOP + (100 - percent) / 100 * (HEIGHT - TOP - BOTTOM);
}

/* A point: a disc, a square, a triangle or a ring, as its line goes. */
static void put_point(u32 kind, double x, double y, FILE *out)
{
	switch (kind) {
	case 1:
		fprintf(out, "<rect class=\"p\" x=\"%.1f\" y=\"%.1f\" width=\"7\" height=\"7\">",
			x - 3.5, y - 3.5);
		break;
	case 2: fprintf(out, "<path class=\"p\" d=\"M%.1f %.1fl4.5 8h-9z\">", x, y - 5); break;
	default:
		fprintf(out, "<circle class=\"p\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.8\">", x, y);
		break;
	}
}

static const char *end_tag(u32 kind)
{
	return kind == 1 ? "</rect>" : kind == 2 ? "</path>" : "</circle>";
}

static void sweep_put_curve(const struct sweep *s, u32 k, FILE *out)
{
	const struct sweep_series *c = &s->series[k];
	double y = HEIGHT + LEGEND * (k + 0.5);
	char label[32];

	fprintf(out, "<g class=\"l%u\"><path class=\"line\" d=\"", k);
	for (u32 i = 0; i < s->nr_windows; i++)
		fprintf(out, "%c%.1f %.1f", i ? 'L' : 'M', x_of(s, s->window_ns[i]),
			y_of(c->percent[i]));
	fputs("\"/>", out);
	for (u32 i = 0; i < s->nr_windows; i++) {
		sweep_label(s->window_ns[i], label, sizeof(label));
		put_point(k, x_of(s, s->window_ns[i]), y_of(c->percent[i]), out);
		fprintf(out, "<title>%s, %s ms: %.1f %%</title>%s", c->name, label, c->percent[i],
			end_tag(k));
	}
	fprintf(out, "<path class=\"line\" d=\"M%d %.1fh44\"/>", LEFT, y);
	put_point(k, LEFT + 22, y, out);
	fprintf(out, "%s<text class=\"key\" x=\"%d\" y=\"%.1f\">%s</text></g>\n", end_tag(k),
		LEFT + 54, y + 4, c->name);
}

static void put_axes(const struct sweep *s, FILE *out)
{
	char label[32];
	double last = -100;

	for (int p = 0; p <= 100; p += 25)
		fprintf(out,
			"<path class=\"grid\" d=\"M%d %.1fH%d\"/><text class=\"y\" x=\"%d\" y=\"%.1f\">%d"
			"</text>",
			LEFT, y_of(p), WIDTH - RIGHT, LEFT - 9, y_of(p) + 4, p);
	for (u32 i = 0; i < s->nr_windows; i++) {
		double x = x_of(s, s->window_ns[i]);

		fprintf(out, "<path class=\"grid\" d=\"M%.1f %dv4\"/>", x, HEIGHT - BOTTOM);
		sweep_label(s->window_ns[i], label, sizeof(label));
		/* A window of the user's own may stand close to another. */
		if (x - last < 30)
			continue;
		last = x;
		fprintf(out, "<text class=\"x\" x=\"%.1f\" y=\"%d\">%s</text>", x,
			HEIGHT - BOTTOM + 16, label);
	}
	fprintf(out, "<text class=\"x\" x=\"%d\" y=\"%d\">window, ms</text>\n",
		(LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6);
	if (s->suggested_ns) {
		double x = x_of(s, s->suggested_ns);

		sweep_label(s->suggested_ns, label, sizeof(label));
		fprintf(out,
			"<path class=\"mark\" d=\"M%.1f %dV%d\"><title>suggested: %s ms</title></path>\n",
			x, TOP, HEIGHT - BOTTOM, label);
	}
}

void sweep_svg(const struct sweep *s, FILE *out)
{
	fprintf(out, "<svg class=\"chart\" role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %d %u\">\n",
		s->title, WIDTH, HEIGHT + LEGEND * s->nr_series + 6);
	put_axes(s, out);
	for (u32 k = 0; k < s->nr_series; k++)
		sweep_put_curve(s, k, out);
	fputs("</svg>\n", out);
}
