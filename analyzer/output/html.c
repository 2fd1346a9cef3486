// SPDX-License-Identifier: GPL-2.0-only
/* html.c - see html.h. End tags that HTML lets one leave out are left out of the long tables. */
#include "output/html.h"
#include "output/coverage_out.h"
#include "output/graphml.h"
#include "output/html_parts.h"
#include "output/remarks.h"
#include "output/svg.h"

#include <errno.h>
#include <stdlib.h>

typedef unsigned long long ull;

static void put_anchor(const struct vm_view *vm, FILE *out)
{
	if (vm->have_pid)
		fprintf(out, "%d", vm->pid);
	else
		fputc('x', out);
	if (vm->have_id)
		fprintf(out, "-%u", vm->id);
}

static void put_vm_name(const struct vm_view *vm, FILE *out)
{
	char label[VIEW_VM_LABEL];

	fprintf(out, "VM %s", vm_view_label(vm, label));
	if (vm->name) {
		fputs(" <span class=\"name\">", out);
		xml_text(vm->name, out);
		fputs("</span>", out);
	}
}

/* What a writer of # lines says, as one line: to be freed. */
static char *one_line(char *text)
{
	for (char *c = text; c && *c; c++)
		*c = *c == '#' ? ' ' : *c == '\n' && c[1] ? ';' : *c == '\n' ? '.' : *c;
	return text;
}

/*
 * Loss in the same words as everywhere, in a box that cannot be missed; else that there was none.
 */
static void put_loss(const struct graph_view *g, FILE *out)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (f) {
		remarks_loss(g->in, g->nr_in, f);
		fclose(f);
	}
	if (text && *text) {
		fputs("<p class=\"loss\" role=\"alert\"><strong>Incomplete.</strong> ", out);
		xml_text(one_line(text), out);
		fputs("</p>\n", out);
	} else {
		fputs("<p class=\"whole\">No record was lost or damaged, as far as the trace "
		      "says.</p>\n",
		      out);
	}
	free(text);
}

static void coverage(const void *ctx, FILE *out)
{
	remarks_coverage(ctx, out);
}

/* The same that report says of what the recording holds beside the directed IPIs. */
static void put_coverage(const struct graph_view *g, FILE *out)
{
	char *text = g->coverage ? html_joined(coverage, g->coverage) : NULL;

	if (text && *text) {
		fputs("<p>", out);
		xml_text(text, out);
		fputs("</p>\n", out);
	}
	free(text);
}

static void html_put_inputs(const struct graph_view *g, FILE *out)
{
	fputs("<div class=\"wide\"><table><caption>What was read</caption><tr><th>file<th>"
	      "CPUs<th>clock"
	      "<th>duration, s<th>records<th>directed IPIs<th>gaps<th>lost<th>overrun<th>"
	      "damaged\n",
	      out);
	for (u32 i = 0; i < g->nr_in; i++) {
		const struct input_view *in = &g->in[i];

		fputs("<tr><td class=\"t\">", out);
		xml_text(in->file, out);
		fprintf(out, "<td>%u<td class=\"t\">", in->cpus);
		xml_text(in->clock ? in->clock : "unknown", out);
		if (in->ticks)
			fputs("<td>unknown", out);
		else
			fprintf(out, "<td>%.6f", (double)in->duration_ns / 1e9);
		fprintf(out, "<td>%llu<td>%llu<td>%llu<td>%s%llu<td>", (ull)in->records,
			(ull)in->events, (ull)in->gaps, in->lost_known ? "" : "at least ",
			(ull)in->lost);
		if (in->overrun_known)
			fprintf(out, "%llu", (ull)in->overrun);
		else
			fputs("unknown", out);
		fprintf(out, "<td>%llu\n", (ull)in->skipped);
	}
	fputs("</table></div>\n", out);
}

static u64 runnable_of(const u64 state[VIEW_STATES + 1])
{
	return view_runnable(state); /* preempted, woken: see view_state_names */
}

static void put_overview(const struct graph_view *g, FILE *out)
{
	fputs("<div class=\"wide\"><table class=\"sortable\" id=\"overview\"><caption>"
	      "VMs</caption><thead><tr>"
	      "<th>VM<th>vCPUs<th>pairs<th>IPIs<th>IPIs/s<th>runnable, %<th>fast path, %"
	      "</thead><tbody>\n",
	      out);
	for (u32 i = 0; i < g->nr_vm; i++) {
		const struct vm_view *vm = &g->vm[i];

		fputs("<tr><td class=\"t\"><a href=\"#vm-", out);
		put_anchor(vm, out);
		fputs("\">", out);
		put_vm_name(vm, out);
		fprintf(out, "</a><td>%u<td>%u<td>%llu<td>", vm->vcpus, vm->pairs, (ull)vm->ipis);
		html_rate(vm->ipis, g->duration_ns, out);
		fputs("<td>", out);
		html_percent(runnable_of(vm->state), vm->ipis - vm->state[VIEW_STATES], out);
		fputs("<td>", out);
		html_percent(vm->fast, vm->have_paths ? vm->ipis : 0, out);
		fputc('\n', out);
	}
	fputs("</tbody></table></div>\n", out);
}

static void put_choice(const struct graph_view *g, FILE *out)
{
	fputs("<p class=\"choice\"><label>Show <select id=\"vm\"><option value=\"\">all "
	      "VMs</option>",
	      out);
	for (u32 i = 0; i < g->nr_vm; i++) {
		fputs("<option value=\"", out);
		put_anchor(&g->vm[i], out);
		fputs("\">", out);
		put_vm_name(&g->vm[i], out);
		fputs("</option>", out);
	}
	fputs("</select></label></p>\n", out);
}

static void put_colors(FILE *out)
{
	fputs(":root{", out);
	for (int i = 0; i < 10; i++)
		fprintf(out, "--c%d:#%06x;", i, heat_color(i / 9.0));
	for (u32 i = 0; i < NET_COLORS; i++)
		fprintf(out, "--g%u:#%06x;", i, net_color(i));
	/* On dark paper more is lighter. */
	fputs("}\n@media(prefers-color-scheme:dark){:root{", out);
	for (int i = 0; i < 10; i++)
		fprintf(out, "--c%d:#%06x;", i, heat_color(0.8 - 0.8 * i / 9.0));
	fputs("}}\n", out);
	for (int i = 0; i < 10; i++)
		fprintf(out, ".c%d{fill:var(--c%d);background:var(--c%d)}", i, i, i);
	for (u32 i = 0; i < NET_COLORS; i++)
		fprintf(out, ".g%u{fill:var(--g%u);background:var(--g%u)}", i, i, i);
	fputc('\n', out);
}

void html_begin(const struct graph_view *g, FILE *out)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; "
	      "form-action 'none'\">\n<title>Directed IPIs</title>\n<style>\n",
	      out);
	put_colors(out);
	fputs(html_style, out);
	fputs("</style></head>\n<body>\n<h1>Directed IPIs between vCPUs</h1>\n", out);
	put_loss(g, out);
	fputs("<p>Directed fixed IPIs only: paravirtual, Hyper-V, AVIC and hardware-virtualized "
	      "IPIs, "
	      "broadcasts and multicasts are not recorded.",
	      out);
	if (!g->vector_names_given)
		fputs(" Vector names assume a Linux guest.", out);
	fputs("</p>\n", out);
	put_coverage(g, out);
	html_put_inputs(g, out);
	put_overview(g, out);
	if (g->nr_vm > 1)
		put_choice(g, out);
}

static void html_put_states(const struct vm_view *vm, FILE *out)
{
	fputs("<div class=\"wide\"><table><caption>Receivers when the IPI was sent</caption>"
	      "<tr>",
	      out);
	for (int i = 0; i <= VIEW_STATES; i++)
		fprintf(out, "<th><b class=\"g%d\"></b> %s", i, view_state_names[i]);
	fputs("\n<tr>", out);
	for (int i = 0; i <= VIEW_STATES; i++) {
		fprintf(out, "<td>%llu<br><small>", (ull)vm->state[i]);
		html_percent(vm->state[i], vm->ipis, out);
		fputs(" %</small>", out);
	}
	/* The same as a bar; its parts are told apart by order and by the table above. */
	fputs("\n</table></div>\n<svg class=\"bar\" viewBox=\"0 0 100 4\" "
	      "preserveAspectRatio=\"none\" role=\"img\" "
	      "aria-label=\"states\">",
	      out);
	for (int i = 0, at = 0; i <= VIEW_STATES && vm->ipis; i++) {
		int width = (int)(vm->state[i] * 10000 / vm->ipis);

		if (vm->state[i])
			fprintf(out,
				"<rect x=\"%d.%02d\" width=\"%d.%02d\" height=\"4\" "
				"class=\"g%d\"><title>%s "
				"%llu</title>"
				"</rect>",
				at / 100, at % 100, width / 100, width % 100, i,
				view_state_names[i], (ull)vm->state[i]);
		at += width;
	}
	fputs("</svg>\n", out);
}

static void html_put_vectors(const struct graph_view *g, const struct html_vm *v, FILE *out)
{
	u64 count[VIEW_NO_VECTOR + 1];

	g->vectors(g->ctx, v->number, count);
	fputs("<details open><summary>Vectors</summary><div class=\"wide tall\"><table "
	      "class=\"sortable\"><thead><tr><th>"
	      "vector<th>name<th>IPIs<th>%</thead><tbody>\n",
	      out);
	for (u32 i = 0; i <= VIEW_NO_VECTOR; i++) {
		const char *name = i < VIEW_NO_VECTOR ? g->vector_name(g->ctx, i) : NULL;

		if (!count[i])
			continue;
		if (i < VIEW_NO_VECTOR)
			fprintf(out, "<tr><td>0x%02x<td class=\"t\">", i);
		else
			fputs("<tr><td>unknown<td class=\"t\">", out);
		xml_text(name ? name : "", out);
		fprintf(out, "<td>%llu<td>", (ull)count[i]);
		html_percent(count[i], v->vm->ipis, out);
		fputc('\n', out);
	}
	fputs("</tbody></table></div></details>\n", out);
}

static void html_put_metrics(const struct net *n, FILE *out)
{
	fputs("<details open><summary>vCPUs and groups</summary><p>", out);
	for (int i = 0; i < NET_COVERAGES; i++)
		fprintf(out, "%s%u pairs make %u&nbsp;%%", i ? ", " : "", n->coverage[i],
			n->percent[i]);
	fputs(" of the IPIs. ", out);
	html_percent(n->one_way, n->weight, out);
	fprintf(out,
		"&nbsp;%% have none the other way. vCPUs that talk among themselves form "
		"%u group%s, which "
		"hold ",
		n->nr_groups, n->nr_groups == 1 ? "" : "s");
	html_percent(n->inside, n->weight, out);
	fputs("&nbsp;% of the IPIs.</p>\n<div class=\"wide tall\"><table class=\"sortable vcpus\">"
	      "<thead><tr><th>vCPU<th>"
	      "sends to<th>gets from<th>sent<th>received<th>group<th>hub</thead><tbody>\n",
	      out);
	for (u32 i = 0; i < n->nr_nodes; i++) {
		const struct net_node *v = &n->node[i];

		fprintf(out,
			"<tr><td>%u<td>%u<td>%u<td>%llu<td>%llu<td>%u<td>"
			"%s\n",
			v->id, v->out_degree, v->in_degree, (ull)v->out_weight, (ull)v->in_weight,
			v->group, v->hub ? "hub" : "");
	}
	fputs("</tbody></table></div></details>\n", out);
}

static void html_put_edges(const struct graph_view *g, const struct net *n, FILE *out)
{
	u32 shown = min_of(n->nr_edges, (u32)HTML_EDGES_MAX);

	fputs("<details open><summary>Pairs</summary>", out);
	if (shown < n->nr_edges)
		fprintf(out, "<p>The %u pairs with most IPIs of %u.</p>", shown, n->nr_edges);
	fputs("<div class=\"wide tall\"><table class=\"sortable pairs\"><thead><tr><th>src<th>"
	      "dst<th>IPIs<th>%<th>IPIs/s"
	      "<th>runnable, %</thead><tbody>\n",
	      out);
	for (u32 i = 0; i < shown; i++) {
		const struct net_edge *e = &n->edge[i];

		fprintf(out, "<tr><td>%u<td>%u<td>%llu<td>", e->src, e->dst, (ull)e->count);
		html_percent(e->count, n->weight, out);
		fputs("<td>", out);
		html_rate(e->count, g->duration_ns, out);
		fputs("<td>", out);
		html_percent(e->runnable, e->known, out);
		fputc('\n', out);
	}
	fputs("</tbody></table></div></details>\n", out);
}

/* The scale below a matrix: what the lightest and the darkest cell stand for. */
static void put_legend(const struct heat *h, FILE *out)
{
	struct heat_grid g;

	if (heat_group(h, SVG_MATRIX_MAX, SVG_MATRIX_MAX, &g))
		return;
	fputs("<p class=\"legend\"><span>none <b class=\"paper\"></b></span> <span>few ", out);
	for (int i = 0; i < 10; i++)
		fprintf(out, "<b class=\"c%d\"></b>", i);
	fprintf(out, " %.0f IPIs</span></p>\n", g.low <= g.high ? g.high : 0.0);
	heat_grid_release(&g);
}

static u64 highest(const struct html_vm *v)
{
	u64 most = 0;

	for (u32 i = 0; i < v->nr_bins; i++)
		most = max_of(most, v->bin[i]);
	return most;
}

int html_vm(const struct graph_view *g, const struct html_vm *v, FILE *out)
{
	char remark[128];
	int ret;

	fputs("<section class=\"vm\" id=\"vm-", out);
	put_anchor(v->vm, out);
	fputs("\"><h2>", out);
	put_vm_name(v->vm, out);
	fprintf(out, "</h2>\n<p>%u vCPUs, %llu IPIs, ", v->vm->vcpus, (ull)v->vm->ipis);
	html_rate(v->vm->ipis, g->duration_ns, out);
	fputs(" per second; the receiver was last on the sender's CPU for ", out);
	html_percent(v->vm->cpu_same, v->vm->cpu_known, out);
	fputs("&nbsp;%.</p>\n<figure><figcaption>IPIs over time, each bar ", out);
	html_tenths(v->bin_ns, 1000000, out);
	fprintf(out, " ms, the highest %llu IPIs</figcaption>", (ull)highest(v));
	svg_rates(v->bin, v->nr_bins, v->bin_ns, out);
	fputs("</figure>\n<div class=\"pictures\"><figure><figcaption>Sender (down) "
	      "\xe2\x86\x92 receiver (across)"
	      "</figcaption>",
	      out);
	ret = svg_matrix(v->matrix, out);
	put_legend(v->matrix, out);
	if (v->matrix->rows.nr > SVG_MATRIX_MAX)
		fprintf(out,
			"<p>Cells of neighbouring vCPUs are taken together: %u are too "
			"many.</p>",
			v->matrix->rows.nr);
	fputs("<p class=\"order\"><label>Order <select><option value=\"id\">by id</option>"
	      "<option value=\"sent\">by sent"
	      "</option><option value=\"received\">by received</option><option value=\"group\">"
	      "by group</option>"
	      "</select></label> <output></output></p></figure>\n<figure><figcaption>The "
	      "heaviest pairs",
	      out);
	if (net_cut_remark(v->net, remark, sizeof(remark)))
		fprintf(out, "; lighter ones are left out");
	fputs("</figcaption>", out);
	ret = ret ?: svg_graph(v->net, out);
	fputs("</figure></div>\n", out);
	html_put_states(v->vm, out);
	html_put_metrics(v->net, out);
	html_put_vectors(g, v, out);
	if (v->yield)
		html_yield(v->yields, v->yield, out);
	if (v->latency)
		ret = ret ?: html_latency(v->latencies, v->latency, out);
	html_put_edges(g, v->net, out);
	fputs("</section>\n", out);
	return ret;
}

void html_end(FILE *out)
{
	fputs("<script>\n", out);
	fputs(html_script, out);
	fputs("</script></body></html>\n", out);
}
