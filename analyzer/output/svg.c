// SPDX-License-Identifier: GPL-2.0-only
/* svg.c - see svg.h. Attributes without need are left out: a page of a large VM is mostly cells. */
#define _GNU_SOURCE
#include "output/svg.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define EMS 34 /* of a label's size along an axis of the matrix: legible at 400 pixels */

static void put_labels(const struct heat_axis *a, u32 group, u32 cells, bool rows, FILE *out)
{
	struct heat_tick tick[HEAT_TICKS_MAX];
	int digits = snprintf(NULL, 0, "%u", a->nr ? a->id[a->nr - 1] : 0);
	u32 nr = heat_ticks(a, group, rows ? EMS * 0.7 : EMS / (0.6 * digits + 0.7), tick);
	double size = max_of(cells, 8u) / (double)EMS;

	fprintf(out, "<g font-size=\"%.2f\" class=\"%s\">", size, rows ? "rl" : "cl");
	for (u32 i = 0; i < nr; i++)
		if (rows)
			fprintf(out,
				"<text x=\"%.2f\" y=\"%.2f\" data-i=\"%.0f\">"
				"%s</text>",
				-size * 0.4, tick[i].at + 0.5 + size * 0.35,
				floor(tick[i].at + 0.5), tick[i].text);
		else
			fprintf(out, "<text x=\"%.2f\" y=\"%.2f\" data-i=\"%.0f\">%s</text>",
				tick[i].at + 0.5, -size * 0.5, floor(tick[i].at + 0.5),
				tick[i].text);
	fputs("</g>", out);
}

static void put_cells(const struct heat_grid *g, FILE *out)
{
	struct heat_scale s = heat_scale(g->h, g->low, g->high);
	const struct heat *h = g->h;

	for (u32 r = 0; r < g->nr_rows; r++)
		for (u32 c = 0; c < g->nr_cols; c++) {
			double v;

			if (!heat_value(g, r, c, &v))
				continue;
			fprintf(out,
				"<rect x=\"%u\" y=\"%u\" width=\"1\" height=\"1\" "
				"class=\"c%d\"><title>"
				"%u%s \xe2\x86\x92 %u%s: %.0f</title></rect>\n",
				c, r, min_of((int)(heat_place(&s, v) * 10), 9),
				h->rows.id[r * g->group_rows], g->group_rows > 1 ? "+" : "",
				h->cols.id[c * g->group_cols], g->group_cols > 1 ? "+" : "", v);
		}
}

int svg_matrix(const struct heat *h, FILE *out)
{
	struct heat_grid g;
	double margin;
	int ret = heat_group(h, SVG_MATRIX_MAX, SVG_MATRIX_MAX, &g);

	if (ret)
		return ret;
	/* Room for labels of up to four digits. */
	margin = max_of(g.nr_cols, 8u) * 3.0 / EMS;
	fprintf(out,
		"<svg class=\"matrix%s\" role=\"img\" aria-label=\"matrix\" viewBox=\"%.2f "
		"%.2f %.2f "
		"%.2f\" data-n=\"%u\">\n",
		g.nr_cols > 40 ? " "
				 "big"
			       : "",
		-margin, -margin, g.nr_cols + margin + 0.2, g.nr_rows + margin + 0.2, g.nr_cols);
	fprintf(out, "<rect class=\"paper\" width=\"%u\" height=\"%u\"/>\n", g.nr_cols, g.nr_rows);
	put_labels(&h->rows, g.group_rows, g.nr_rows, true, out);
	put_labels(&h->cols, g.group_cols, g.nr_cols, false, out);
	fputs("\n<g class=\"cells\">\n", out);
	put_cells(&g, out);
	fputs("</g></svg>\n", out);
	heat_grid_release(&g);
	return 0;
}

/* Where each node stands: angle by its place in the order of groups. */
struct circle {
	const struct net *n;
	u32 *place; /* of each node, or UINT32_MAX: it has no edge that is shown */
	u32 nr;
	u32 edges;
};

static u32 node_index(const struct net *n, u32 id)
{
	u32 low = 0, high = n->nr_nodes;

	while (high - low > 1) {
		u32 mid = low + (high - low) / 2;

		if (n->node[mid].id <= id)
			low = mid;
		else
			high = mid;
	}
	return low;
}

static int circle_init(struct circle *c, const struct net *n)
{
	*c = (struct circle){ .n = n, .edges = min_of(n->nr_shown, (u32)SVG_EDGES_MAX) };
	c->place = malloc(((size_t)n->nr_nodes + 1) * sizeof(*c->place));
	if (!c->place)
		return -ENOMEM;
	memset(c->place, 0xff, ((size_t)n->nr_nodes + 1) * sizeof(*c->place));
	for (u32 i = 0; i < c->edges; i++) {
		c->place[node_index(n, n->edge[i].src)] = 0;
		c->place[node_index(n, n->edge[i].dst)] = 0;
	}
	for (u32 group = 0; group < n->nr_groups; group++)
		for (u32 i = 0; i < n->nr_nodes; i++)
			if (n->node[i].group == group && c->place[i] != UINT32_MAX)
				c->place[i] = c->nr++;
	return 0;
}

static void node_at(const struct circle *c, u32 i, double radius, double *x, double *y)
{
	double angle = 2 * M_PI * c->place[i] / max_of(c->nr, 1u) - M_PI / 2;

	*x = radius * cos(angle);
	*y = radius * sin(angle);
}

/* The head of an arrow that comes to (x, y) from (fx, fy). */
static void put_arrow_head(double fx, double fy, double x, double y, double width, FILE *out)
{
	double length = hypot(x - fx, y - fy), size = 5 + width;
	double ux = length > 0 ? (x - fx) / length : 0, uy = length > 0 ? (y - fy) / length : 1;

	fprintf(out, "<path class=\"a\" d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fZ\"/>", x, y,
		x - ux * size - uy * size / 2, y - uy * size + ux * size / 2,
		x - ux * size + uy * size / 2, y - uy * size - ux * size / 2);
}

static void svg_put_curve(const struct circle *c, const struct net_edge *e, double radius,
			  FILE *out)
{
	double x1, y1, x2, y2, mx, my;
	double width = net_width(c->n, e) * min_of(1.0, 30.0 / max_of(c->nr, 1u));

	node_at(c, node_index(c->n, e->src), radius, &x1, &y1);
	node_at(c, node_index(c->n, e->dst), radius, &x2, &y2);
	/* Bent to its right, so that the two directions of a pair lie apart. */
	mx = (x1 + x2) / 2 * 0.6 - (y2 - y1) * 0.12;
	my = (y1 + y2) / 2 * 0.6 + (x2 - x1) * 0.12;
	fprintf(out,
		"<path d=\"M%.0f %.0fQ%.0f %.0f %.0f %.0f\" stroke-width=\"%.1f\"><title>"
		"%u \xe2\x86\x92 "
		"%u: %llu</title></path>",
		x1, y1, mx, my, x2, y2, width, e->src, e->dst, e->count);
	put_arrow_head(mx, my, x2, y2, width, out);
	fputc('\n', out);
}

int svg_graph(const struct net *n, FILE *out)
{
	struct circle c;
	double x, y, size;
	int ret = circle_init(&c, n);

	if (ret)
		return ret;
	/* Neighbours on the circle must not touch. */
	size = min_of(24.0, 2 * M_PI * 230 / max_of(c.nr, 1u) * 0.42);
	fputs("<svg class=\"graph\" role=\"img\" aria-label=\"graph\" viewBox=\"-270 -270 540 "
	      "540\">\n"
	      "<g class=\"edges\">\n",
	      out);
	for (u32 i = 0; i < c.edges; i++)
		svg_put_curve(&c, &n->edge[i], 230 - size, out);
	fputs("</g>\n", out);
	for (u32 i = 0; i < n->nr_nodes; i++) {
		if (c.place[i] == UINT32_MAX)
			continue;
		node_at(&c, i, 230, &x, &y);
		fprintf(out,
			"<circle cx=\"%.0f\" cy=\"%.0f\" r=\"%.1f\" class=\"g%u\"><title>"
			"vCPU %u, group %u: "
			"sent %llu, received %llu</title></circle><text x=\"%.0f\" y=\"%.1f\" "
			"font-size=\"%.1f\">%u</text>\n",
			x, y, size, n->node[i].group % NET_COLORS, n->node[i].id, n->node[i].group,
			n->node[i].out_weight, n->node[i].in_weight, x, y + size * 0.3,
			max_of(size * 0.8, 5.0), n->node[i].id);
	}
	fputs("</svg>\n", out);
	free(c.place);
	return 0;
}

void svg_rates(const u64 *count, u32 nr, u64 bin_ns, FILE *out)
{
	u64 most = 1;

	for (u32 i = 0; i < nr; i++)
		most = max_of(most, count[i]);
	fprintf(out,
		"<svg class=\"rates\" role=\"img\" aria-label=\"rate over time\" "
		"viewBox=\"0 0 %u 40\" "
		"preserveAspectRatio=\"none\">\n",
		max_of(nr, 1u));
	for (u32 i = 0; i < nr; i++)
		if (count[i])
			fprintf(out,
				"<rect x=\"%u\" y=\"%.2f\" width=\"1\" height=\"%.2f\">"
				"<title>%.6g s: %llu IPIs"
				"</title></rect>\n",
				i, 40 - 40.0 * (double)count[i] / (double)most,
				40.0 * (double)count[i] / (double)most, (double)bin_ns * i / 1e9,
				count[i]);
	fputs("</svg>\n", out);
}
