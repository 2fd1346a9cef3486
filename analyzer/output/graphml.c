// SPDX-License-Identifier: GPL-2.0-only
/*
 * graphml.c - see graphml.h. One graph for all VMs, since readers take the first only; a node says
 * whose it is.
 */
#include "output/graphml.h"
#include "util/clean.h"

void xml_text(const char *s, FILE *out)
{
	while (*s) {
		size_t n = text_len(s);

		if (!n) {
			fputc('?', out);
			n = 1;
		} else if (*s == '<') {
			fputs("&lt;", out);
		} else if (*s == '>') {
			fputs("&gt;", out);
		} else if (*s == '&') {
			fputs("&amp;", out);
		} else if (*s == '"') {
			fputs("&quot;", out);
		} else if (*s == '\'') {
			fputs("&#39;", out);
		} else {
			fwrite(s, 1, n, out);
		}
		s += n;
	}
}

static const struct key {
	const char *of, *name, *type;
} keys[] = {
	{ "node", "vm", "string" },	  { "node", "vcpu", "long" },
	{ "node", "group", "int" },	  { "node", "hub", "boolean" },
	{ "node", "out_degree", "int" },  { "node", "in_degree", "int" },
	{ "node", "out_weight", "long" }, { "node", "in_weight", "long" },
	{ "node", "color", "string" },	  { "edge", "weight", "long" },
	{ "edge", "runnable", "long" },	  { "edge", "width", "double" },
};

void graphml_begin(char *const *note, u32 nr_notes, FILE *out)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	      "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
	      out);
	for (u32 i = 0; i < nr_notes; i++) {
		fputs("  <desc>", out);
		xml_text(note[i], out);
		fputs("</desc>\n", out);
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		fprintf(out, "  <key id=\"%s\" for=\"%s\" attr.name=\"%s\" attr.type=\"%s\"/>\n",
			keys[i].name, keys[i].of, keys[i].name, keys[i].type);
	fputs("  <graph id=\"ipis\" edgedefault=\"directed\">\n", out);
}

static void put_number(const char *key, u64 n, FILE *out)
{
	fprintf(out, "<data key=\"%s\">%llu</data>", key, n);
}

static void graphml_put_node(const struct net *n, const struct net_node *v, u32 index, FILE *out)
{
	fprintf(out, "    <node id=\"%u:%u\"><data key=\"vm\">", index, v->id);
	xml_text(n->title, out);
	fputs("</data>", out);
	put_number("vcpu", v->id, out);
	put_number("group", v->group, out);
	fprintf(out, "<data key=\"hub\">%s</data>", v->hub ? "true" : "false");
	put_number("out_degree", v->out_degree, out);
	put_number("in_degree", v->in_degree, out);
	put_number("out_weight", v->out_weight, out);
	put_number("in_weight", v->in_weight, out);
	fprintf(out, "<data key=\"color\">#%06x</data></node>\n", net_color(v->group));
}

void graphml_vm(const struct net *n, u32 index, FILE *out)
{
	char remark[128];

	if (net_cut_remark(n, remark, sizeof(remark))) {
		char label[VIEW_VM_LABEL];

		fprintf(out, "    <!-- VM %s: %s -->\n", vm_view_label(n->vm, label), remark);
	}
	for (u32 i = 0; i < n->nr_nodes; i++)
		graphml_put_node(n, &n->node[i], index, out);
	for (u32 i = 0; i < n->nr_shown; i++) {
		const struct net_edge *e = &n->edge[i];

		fprintf(out,
			"    <edge source=\"%u:%u\" "
			"target=\"%u:%u\">",
			index, e->src, index, e->dst);
		put_number("weight", e->count, out);
		put_number("runnable", e->runnable, out);
		fprintf(out, "<data key=\"width\">%.2f</data></edge>\n", net_width(n, e));
	}
}

void graphml_end(FILE *out)
{
	fputs("  </graph>\n</graphml>\n", out);
}
