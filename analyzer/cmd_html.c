// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_html.c - kvm-ipi html: one page with all of it. The trace is read twice: what there is, and when.
 */
#include "commands.h"
#include "output/html.h"
#include "picture.h"

#include <errno.h>
#include <stdlib.h>

#define BINS 150	/* of the rates over time */

static const char *const formats[] = { "html", NULL };

struct page {
	struct session s;
	struct opts opts;
	struct pairs pairs;
	struct timeline time;
	struct graph_shape shape;
};

static int put_vm(struct page *p, u32 i, FILE *out)
{
	struct net_shape net = { 0 };
	struct heat_shape heat;
	int ret = heat_shape_matrix(&heat, &p->shape, i, HEAT_BY_VCPU, HEAT_COUNT);

	if (!ret)
		ret = net_shape_init(&net, &p->shape, i, 0);
	if (!ret) {
		struct html_vm v = {
			.vm = &p->shape.vm[i], .number = i, .matrix = &heat.h, .net = &net.n,
			.bin = p->time.vm_count + (size_t)p->pairs.summary[i].vm * p->time.nr_bins,
			.nr_bins = p->time.nr_bins, .bin_ns = p->time.bin_ns,
		};

		ret = html_vm(&p->shape.g, &v, out);
	}
	net_shape_release(&net);
	heat_shape_release(&heat);
	return ret;
}

static int put(void *ctx, FILE *out)
{
	struct page *p = ctx;
	int ret = 0;

	html_begin(&p->shape.g, out);
	for (u32 i = 0; i < p->shape.g.nr_vm && !ret; i++)
		ret = put_vm(p, i, out);
	html_end(out);
	return ret;
}

static int show(struct page *p)
{
	int code;

	if (pairs_finish(&p->pairs, &p->s.trace.vms))
		return complain_memory();
	/* Not in the first run, whose answer would be thrown away. */
	p->s.want_coverage = true;
	code = timeline_run(&p->time, &p->s, &p->opts, &p->pairs, 0, 0, BINS);
	if (code >= 0)
		return code;
	if (graph_shape_init(&p->shape, &p->s, &p->pairs, "kvm-ipi.html/1"))
		return complain_memory();
	return session_write(&p->opts, put, p);
}

static int run(const struct command *cmd, int argc, char **argv)
{
	struct page p = { 0 };
	struct analysis list[] = { { &pairs_ops, &p.pairs } };
	int code = session_begin(&p.s, cmd, argc, argv, &p.opts);

	if (code < 0)
		code = session_run(&p.s, &p.opts, list, ARRAY_SIZE(list));
	if (code < 0)
		code = show(&p);
	timeline_release(&p.time);
	graph_shape_release(&p.shape);
	pairs_release(&p.pairs);
	session_end(&p.s, &p.opts);
	return code;
}

static const struct option_row *const tables[] = { opts_input_rows, opts_filter_rows,
						   opts_output_rows, NULL };

const struct command cmd_html = {
	.name = "html", .usage = "[options] -o FILE.html [FILE...]", .run = run, .tables = tables,
	.formats = formats,
	.summary = "one page with all of it, that needs no network",
	.help = "Writes one HTML file: overview, and for each VM its matrix, graph, rates, receivers'\n"
		"states, vectors and pairs. It can be read with scripts off and fetches nothing.",
};
