// SPDX-License-Identifier: GPL-2.0-only
/*
 * diff_html.c - see diff_view.h: a page that needs nothing but itself, with the table of what
 * changed and, for each VM, a matrix of the difference.
 */
#include "output/diff_cells.h"
#include "output/graphml.h"
#include "output/html.h"
#include "output/html_parts.h"
#include "output/latency_view.h"
#include "output/remarks.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define MATRIX_MAX 256 /* vCPUs of a VM's matrix */

static void put_vm_name(const struct vm_view *before, const struct vm_view *after, FILE *out)
{
	char a[VIEW_VM_LABEL], b[VIEW_VM_LABEL];

	fprintf(out, "VM %s", vm_view_label(before, a));
	if (strcmp(a, vm_view_label(after, b)))
		fprintf(out, " and %s", b);
	if (before->name) {
		fputs(" <span class=\"name\">", out);
		xml_text(before->name, out);
		fputs("</span>", out);
	}
}

static void put_value(const struct diff_figure *f, double v, FILE *out)
{
	fputs("<td>", out);
	if (isnan(v))
		return;
	if (f->unit == DIFF_SHARE)
		fprintf(out, "%.1f&nbsp;%%", 100 * v);
	else if (f->unit == DIFF_NS)
		fprintf(out, "%.1f&nbsp;\xc2\xb5s", v / 1e3);
	else
		fprintf(out, "%.2f&nbsp;/s", v);
}

static void put_change(double v, FILE *out)
{
	fputs("<td>", out);
	if (isfinite(v))
		fprintf(out, "%+.1f", 100 * v);
}

static void put_figure(const struct diff_view *s, const struct diff_figure *f, FILE *out)
{
	char label[DIFF_LABEL];

	fputs("<tr><td class=\"t\">", out);
	put_vm_name(&s->vm[f->vm].before, &s->vm[f->vm].after, out);
	fputs("<td class=\"t\">", out);
	xml_text(diff_label(s, f, label), out);
	put_value(f, f->before, out);
	put_value(f, f->after, out);
	put_change(f->change, out);
	put_change(f->low, out);
	put_change(f->high, out);
	fprintf(out, "<td>%.4f<td class=\"t\">%s\n", f->p, diff_verdict_names[f->verdict]);
}

static void put_figures(const struct diff_view *s, FILE *out)
{
	static const char *const titles[] = { "VM",	"figure",  "before", "after",	"change, %",
					      "low, %", "high, %", "p",	     "verdict", NULL };

	fprintf(out, "<p>%u figures were compared, %u changed by %g&nbsp;%% or more.</p>\n",
		s->tested, s->changed, 100 * s->min_change);
	if (!s->changed)
		return;
	html_table("What changed", "changes", titles, out);
	for (u32 i = 0; i < s->changed; i++)
		put_figure(s, &s->figure[i], out);
	html_table_end(out);
}

static void put_side(const char *name, const struct diff_side *s, FILE *out)
{
	fprintf(out, "<tr><td class=\"t\">%s<td class=\"t\">", name);
	for (u32 i = 0; i < s->nr_in; i++) {
		fputs(i ? ", " : "", out);
		xml_text(s->in[i].file, out);
	}
	fprintf(out, "<td>%.3f<td class=\"t\">%s<td class=\"t\">", (double)s->span_ns / 1e9,
		s->source ? s->source : "mixed");
	xml_text(s->release ? s->release : "unknown", out);
	fputc('\n', out);
}

static void put_notes(const struct diff_view *s, FILE *out)
{
	if (!s->nr_notes)
		return;
	fputs("<p>The sides also differ in:</p><ul>\n", out);
	for (u32 i = 0; i < s->nr_notes; i++) {
		fputs("<li>", out);
		xml_text(s->note[i].what, out);
		fputs(": ", out);
		xml_text(s->note[i].before, out);
		fputs(" before, ", out);
		xml_text(s->note[i].after, out);
		fputs(" after\n", out);
	}
	fputs("</ul>\n", out);
}

static void put_odd(const struct diff_view *s, FILE *out)
{
	char label[VIEW_VM_LABEL];

	for (u32 i = 0; i < s->nr_odd; i++)
		fprintf(out, "<p>VM %s, %s, matches none and is not compared.</p>\n",
			vm_view_label(&s->odd[i].vm, label), s->odd[i].after ? "after" : "before");
}

static void loss(const void *ctx, FILE *out)
{
	const struct diff_view *s = ctx;

	for (int i = 0; i < 2; i++)
		remarks_loss(s->side[i].in, s->side[i].nr_in, out);
}

static void put_loss(const struct diff_view *s, FILE *out)
{
	char *text = html_joined(loss, s);

	if (text && *text) {
		fputs("<p class=\"loss\" role=\"alert\"><strong>Incomplete.</strong> ", out);
		xml_text(text, out);
		fputs("</p>\n", out);
	}
	free(text);
}

/* How sure it is, in the words of the text. */
static void put_method(const struct diff_view *s, FILE *out)
{
	if (!strcmp(s->method, "blocks"))
		fprintf(out,
			"<p>Changed is what is beyond the noise within these recordings, and "
			"%g&nbsp;%% from run to run; it says nothing about other runs.</p>\n",
			100 * s->run_spread);
	else if (!strcmp(s->method, "recordings"))
		fprintf(out,
			"<p>Changed is what is beyond the differences among %u and %u "
			"recordings.</p>\n",
			s->side[0].nr_in, s->side[1].nr_in);
	else
		fputs("<p>Nothing was tested: that takes one recording a side, or three.</p>\n",
		      out);
}

static void put_cell(const struct diff_view *s, const struct diff_figure *f, u32 row, u32 col,
		     FILE *out)
{
	char label[DIFF_LABEL];
	bool sure = diff_is_change(f);

	fprintf(out,
		"<rect x=\"%u.05\" y=\"%u.05\" width=\".9\" height=\".9\" fill=\"#%06x\"%s>"
		"<title>%s: %.2f /s before, %.2f /s after%s</title></rect>\n",
		col, row, diff_color(f->change),
		sure ? " stroke=\"var(--ink)\" stroke-width=\".06\"" : " fill-opacity=\".35\"",
		diff_label(s, f, label), f->before, f->after, sure ? "" : ", within the noise");
}

static void put_axis(const u32 *id, u32 nr, FILE *out)
{
	u32 step = (nr + 15) / 16;

	fputs("<g font-size=\".4\">", out);
	for (u32 i = 0; i < nr; i += step)
		fprintf(out,
			"<text x=\"-.15\" y=\"%u.65\" text-anchor=\"end\">%u</text>"
			"<text x=\"%u.5\" y=\"-.15\" text-anchor=\"middle\">%u</text>",
			i, id[i], i, id[i]);
	fputs("</g>\n", out);
}

static int put_matrix(const struct diff_view *s, u32 vm, FILE *out)
{
	u32 nr, *id = diff_ids(s, vm, &nr);

	if (!id)
		return -ENOMEM;
	if (nr > MATRIX_MAX) {
		fprintf(out, "<p>No matrix: %u vCPUs are more than %u.</p>\n", nr, MATRIX_MAX);
		nr = 0;
	}
	if (nr) {
		fprintf(out,
			"<figure><figcaption>Sender (down) to receiver: rate after, relative to "
			"before</figcaption><svg class=\"matrix\" viewBox=\"-1.5 -1 %u %u\" role=\"img\" "
			"aria-label=\"difference of the pairs' rates\">\n",
			nr + 2, nr + 2);
		put_axis(id, nr, out);
		for (u32 i = 0; i < s->nr_figures; i++) {
			const struct diff_figure *f = &s->figure[i];

			if (f->vm == vm && f->kind == DIFF_PAIR)
				put_cell(s, f, diff_place(id, nr, f->a), diff_place(id, nr, f->b),
					 out);
		}
		fputs("</svg></figure>\n", out);
	}
	free(id);
	return 0;
}

static void put_legend(FILE *out)
{
	fputs("<p class=\"legend\"><span>a quarter or less</span> ", out);
	for (int i = 0; i < DIFF_COLORS; i++)
		fprintf(out, "<b style=\"background:#%06x\"></b>", diff_colors[i]);
	fputs(" <span>four times or more</span>; framed: changed; faint: within the noise</p>\n",
	      out);
}

static void put_head(const struct diff_view *s, FILE *out)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta "
	      "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
	      "'unsafe-inline'; script-src 'unsafe-inline'\">\n<meta name=\"viewport\" "
	      "content=\"width=device-width\">\n<title>kvm-ipi: what changed</title>\n<style>\n",
	      out);
	fputs(html_style, out);
	fputs("</style></head><body>\n<h1>What changed</h1>\n<div class=\"wide\"><table><caption>What "
	      "was compared</caption><tr><th>side<th>recordings<th>observed, s<th>source<th>kernel\n",
	      out);
	put_side("before", &s->side[0], out);
	put_side("after", &s->side[1], out);
	fputs("</table></div>\n", out);
}

int diff_html(const struct diff_view *s, FILE *out)
{
	int ret = 0;

	put_head(s, out);
	put_loss(s, out);
	put_notes(s, out);
	put_odd(s, out);
	put_figures(s, out);
	put_method(s, out);
	put_legend(out);
	for (u32 i = 0; i < s->nr_vm && !ret; i++) {
		fputs("<section class=\"vm\"><h2>", out);
		put_vm_name(&s->vm[i].before, &s->vm[i].after, out);
		fputs("</h2>\n", out);
		ret = put_matrix(s, i, out);
		fputs("</section>\n", out);
	}
	fputs("<script>\n", out);
	fputs(html_script, out);
	fputs("</script></body></html>\n", out);
	return ret;
}
