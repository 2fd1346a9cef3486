// SPDX-License-Identifier: GPL-2.0-only
/* net_tables.c - see net_tables.h. */
#define _GNU_SOURCE
#include "output/net_tables.h"
#include "output/table.h"

#include <stdlib.h>

s64 net_asymmetry(const struct net_node *v)
{
	s64 both = (s64)(v->out_weight + v->in_weight);
	s64 diff = (s64)v->out_weight - (s64)v->in_weight;

	return both ? (diff * 1000 + (diff < 0 ? -both / 2 : both / 2)) / both : 0;
}

struct listing {
	const struct net *n;
	u32 *order; /* NULL: by id */
};

static const char *const text_titles[] = { "vcpu", "sends_to", "gets_from",   "partners",
					   "sent", "received", "asymmetry_%", "group",
					   "hub",  NULL };

static void text_row(const void *ctx, u64 at, struct cell *cells)
{
	const struct listing *l = ctx;
	const struct net_node *v = &l->n->node[l->order ? l->order[at] : at];

	cell_u64(&cells[0], v->id);
	cell_u64(&cells[1], v->out_degree);
	cell_u64(&cells[2], v->in_degree);
	cell_u64(&cells[3], v->partners);
	cell_u64(&cells[4], v->out_weight);
	cell_u64(&cells[5], v->in_weight);
	cell_s64(&cells[6], (net_asymmetry(v) + (net_asymmetry(v) < 0 ? -5 : 5)) / 10);
	cell_u64(&cells[7], v->group);
	cell_text(&cells[8], v->hub ? "hub" : "-");
}

static const char *const group_titles[] = {
	"group", "vcpus", "inside", "touching", "members", NULL
};

/* "0-3,7" of a group, cut with a + where a cell ends. */
static void net_tables_members(const struct net *n, u32 group, char *buf, size_t len)
{
	size_t used = 0;

	buf[0] = 0;
	for (u32 i = 0; i < n->nr_nodes; i++) {
		u32 last = i;

		if (n->node[i].group != group)
			continue;
		while (last + 1 < n->nr_nodes && n->node[last + 1].group == group &&
		       n->node[last + 1].id == n->node[last].id + 1)
			last++;
		if (used + 26 > len) {
			snprintf(buf + used, len - used, ",+");
			return;
		}
		used += (size_t)snprintf(buf + used, len - used, "%s%u", used ? "," : "",
					 n->node[i].id);
		if (last > i)
			used += (size_t)snprintf(buf + used, len - used, "-%u", n->node[last].id);
		i = last;
	}
}

static void group_row(const void *ctx, u64 at, struct cell *cells)
{
	const struct net *n = ((const struct listing *)ctx)->n;
	char text[CELL_TEXT_MAX];

	cell_u64(&cells[0], at);
	cell_u64(&cells[1], n->group[at].vcpus);
	cell_u64(&cells[2], n->group[at].inside);
	cell_u64(&cells[3], n->group[at].touching);
	net_tables_members(n, (u32)at, text, sizeof(text));
	cell_text(&cells[4], text);
}

static int compare_nodes(const void *a, const void *b, void *ctx)
{
	const struct net_node *node = ((const struct net *)ctx)->node;
	u32 i = *(const u32 *)a, k = *(const u32 *)b;
	u64 x = node[i].out_weight + node[i].in_weight, y = node[k].out_weight + node[k].in_weight;

	return x != y ? (x > y ? -1 : 1) : i < k ? -1 : i > k;
}

/* Per cent with one decimal. */
static void put_share(u64 n, u64 of, FILE *out)
{
	u64 tenths = of ? (u64)(((unsigned __int128)n * 1000 + of / 2) / of) : 0;

	fprintf(out,
		"%llu.%llu "
		"%%",
		tenths / 10, tenths % 10);
}

static void put_summary(const struct net *n, FILE *out)
{
	fprintf(out, "%s: %u vCPUs, %u pairs, %llu IPIs\n", n->title, n->nr_nodes, n->nr_edges,
		n->weight);
	fputs("  coverage   ", out);
	for (int i = 0; i < NET_COVERAGES; i++)
		fprintf(out, i ? ", %u %% in %u" : "%u %% in %u pairs", n->percent[i],
			n->coverage[i]);
	fputs("\n  asymmetry  ", out);
	put_share(n->one_way, n->weight, out);
	fputs(" of the IPIs have none the other way\n  groups     ", out);
	fprintf(out, "%u; ", n->nr_groups);
	put_share(n->inside, n->weight, out);
	fputs(" of the IPIs stay inside one\n", out);
}

void net_text(const struct net *n, u32 entries, FILE *out)
{
	struct listing l = { .n = n, .order = malloc(((size_t)n->nr_nodes + 1) * sizeof(u32)) };
	struct table t = { .title = group_titles,
			   .ctx = &l,
			   .row = group_row,
			   .indent = 2,
			   .nr_rows = n->nr_groups };
	u32 shown = entries ? min_of(entries, n->nr_nodes) : n->nr_nodes;

	put_summary(n, out);
	if (n->nr_groups > 1 && n->nr_groups < n->nr_nodes)
		table_text(&t, out);
	/* Without memory for the order: by id. */
	for (u32 i = 0; l.order && i < n->nr_nodes; i++)
		l.order[i] = i;
	if (l.order)
		qsort_r(l.order, n->nr_nodes, sizeof(*l.order), compare_nodes, (void *)n);
	t.title = text_titles;
	t.row = text_row;
	t.nr_rows = shown;
	table_text(&t, out);
	if (shown < n->nr_nodes)
		fprintf(out,
			"# %u more vCPUs (-E %u shows them "
			"all)\n",
			n->nr_nodes - shown, n->nr_nodes);
	free(l.order);
}

void net_csv_header(FILE *out)
{
	fputs("vm_pid,vm_id,vcpu,out_degree,in_degree,partners,out_weight,in_weight,"
	      "asymmetry_permille,"
	      "group,hub\n",
	      out);
}

void net_csv(const struct net *n, FILE *out)
{
	for (u32 i = 0; i < n->nr_nodes; i++) {
		const struct net_node *v = &n->node[i];

		if (n->vm->have_pid)
			fprintf(out, "%d", n->vm->pid);
		fputc(',', out);
		if (n->vm->have_id)
			fprintf(out, "%u", n->vm->id);
		fprintf(out,
			",%u,%u,%u,%u,%llu,%llu,%lld,%u,"
			"%d\n",
			v->id, v->out_degree, v->in_degree, v->partners, v->out_weight,
			v->in_weight, net_asymmetry(v), v->group, v->hub);
	}
}

void net_json(const struct net *n, struct json *j)
{
	json_u64(j, "pairs", n->nr_edges);
	json_u64(j, "ipis", n->weight);
	json_u64(j, "one_way", n->one_way);
	json_u64(j, "inside_groups", n->inside);
	json_array(j, "coverage");
	for (int i = 0; i < NET_COVERAGES; i++) {
		json_object_flat(j, NULL);
		json_u64(j, "percent", n->percent[i]);
		json_u64(j, "pairs", n->coverage[i]);
		json_object_end(j);
	}
	json_array_end(j);
	json_array(j, "groups");
	for (u32 i = 0; i < n->nr_groups; i++) {
		json_object_flat(j, NULL);
		json_u64(j, "group", i);
		json_u64(j, "vcpus", n->group[i].vcpus);
		json_u64(j, "inside", n->group[i].inside);
		json_u64(j, "touching", n->group[i].touching);
		json_object_end(j);
	}
	json_array_end(j);
	json_array(j, "vcpus");
	for (u32 i = 0; i < n->nr_nodes; i++) {
		const struct net_node *v = &n->node[i];

		json_object_flat(j, NULL);
		json_u64(j, "vcpu", v->id);
		json_u64(j, "out_degree", v->out_degree);
		json_u64(j, "in_degree", v->in_degree);
		json_u64(j, "partners", v->partners);
		json_u64(j, "out_weight", v->out_weight);
		json_u64(j, "in_weight", v->in_weight);
		json_s64(j, "asymmetry_permille", net_asymmetry(v));
		json_u64(j, "group", v->group);
		json_bool(j, "hub", v->hub);
		json_object_end(j);
	}
	json_array_end(j);
}
