// SPDX-License-Identifier: GPL-2.0-only
/* dot.c - see dot.h. Names in quotes: a quote or a backslash in a VM's name stays what it is. */
#include "output/dot.h"
#include "util/clean.h"

/* Inside quotes. */
static void dot_put_text(const char *s, FILE *out)
{
	while (*s) {
		size_t n = text_len(s);

		if (*s == '"' || *s == '\\')
			fputc('\\', out);
		if (n)
			fwrite(s, 1, n, out);
		else
			fputc('?', out);
		s += max_of(n, (size_t)1);
	}
}

void dot_begin(char *const *note, u32 nr_notes, FILE *out)
{
	fputs("digraph kvm_ipi {\n", out);
	for (u32 i = 0; i < nr_notes; i++)
		fprintf(out, "\t// %s\n", note[i]);
	fputs("\tgraph [fontname=\"sans-serif\", labelloc=t, labeljust=l, style=rounded, "
	      "color=\"#888888\", nodesep=0.4, label=\"",
	      out);
	for (u32 i = 0; i < nr_notes; i++) {
		dot_put_text(note[i], out);
		fputs("\\l", out);
	}
	fputs("\"]\n"
	      "\tnode [fontname=\"sans-serif\", shape=circle, style=filled, fixedsize=true, "
	      "width=0.6]\n"
	      "\tedge [fontname=\"sans-serif\", fontsize=10, color=\"#00000099\"]\n",
	      out);
}

static void dot_put_node(const struct net *n, const struct net_node *v, u32 index, FILE *out)
{
	fprintf(out, "\t\t\"%u:%u\" [label=\"%u", index, v->id, v->id);
	if (n->nr_groups > 1)
		fprintf(out, "\\ng%u", v->group);
	fprintf(out,
		"\", fillcolor=\"#%06x\"%s, tooltip=\"vCPU %u: sent %llu to %u, got %llu "
		"from %u, "
		"group %u%s\"]\n",
		net_color(v->group), v->hub ? ", peripheries=2" : "", v->id, v->out_weight,
		v->out_degree, v->in_weight, v->in_degree, v->group, v->hub ? ", hub" : "");
}

void dot_vm(const struct net *n, u32 index, FILE *out)
{
	char remark[128];
	bool cut = net_cut_remark(n, remark, sizeof(remark));

	fprintf(out, "\tsubgraph cluster_%u {\n\t\tlabel=\"", index);
	dot_put_text(n->title, out);
	fprintf(out, ": %llu IPIs\\l%s%s\"\n", n->weight, cut ? remark : "", cut ? "\\l" : "");
	for (u32 i = 0; i < n->nr_nodes; i++)
		dot_put_node(n, &n->node[i], index, out);
	for (u32 i = 0; i < n->nr_shown; i++) {
		const struct net_edge *e = &n->edge[i];

		fprintf(out,
			"\t\t\"%u:%u\" -> \"%u:%u\" [penwidth=%.2f, "
			"label=\"%llu\"]\n",
			index, e->src, index, e->dst, net_width(n, e), e->count);
	}
	fputs("\t}\n", out);
}

void dot_end(FILE *out)
{
	fputs("}\n", out);
}
