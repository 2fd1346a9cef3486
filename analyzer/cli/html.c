// SPDX-License-Identifier: GPL-2.0-only
/*
 * html.c - kvm-ipi html: one page with all of it. The trace is read for what there is, in the
 * order of time for yields and latencies together, and again for when.
 */
#include "cli/commands.h"
#include "trace/joined.h"
#include "view/latency_view.h"
#include "output/html.h"
#include "cli/timeline_pass.h"
#include "view/picture_view.h"
#include "cli/yield_options.h"

#define BINS 150 /* of the rates over time */

static const char *const formats[] = { "html", NULL };

struct page {
	struct session s;
	struct yield_opts opts;
	struct yield_run yield;
	struct latency_run latency;
	bool have_latency;
	bool together; /* all but the rates came from one run */
	struct pairs pairs;
	struct timeline time;
	struct graph_builder view;
};

static bool html_same_vm(const struct vm_view *x, const struct vm_view *y)
{
	return x->have_pid == y->have_pid && x->have_id == y->have_id && x->pid == y->pid &&
	       x->id == y->id;
}

/* What the ordered run found of that VM. */
static void html_find_vm(const struct page *p, struct html_vm *v)
{
	const struct yield_view *y = &p->yield.view;
	const struct latency_view *l = &p->latency.view;

	for (u32 i = 0; i < y->nr_vm; i++)
		if (html_same_vm(&y->vm[i].head, v->vm))
			v->yield = &y->vm[i];
	for (u32 i = 0; i < l->nr_vm && p->have_latency; i++)
		if (html_same_vm(&l->vm[i].head, v->vm))
			v->latency = &l->vm[i];
	v->yields = y;
	v->latencies = l;
}

static int html_put_vm(struct page *p, u32 i, FILE *out)
{
	struct net_builder net = { 0 };
	struct heat_builder heat;
	int ret = heat_view_matrix(&heat, &p->view, i, HEAT_BY_VCPU, HEAT_COUNT);

	if (!ret)
		ret = net_view_init(&net, &p->view, i, 0);
	if (!ret) {
		struct html_vm v = {
			.vm = &p->view.vm[i],
			.number = i,
			.matrix = &heat.h,
			.net = &net.n,
			.bin = p->time.vm_count + (size_t)p->pairs.summary[i].vm * p->time.nr_bins,
			.nr_bins = p->time.nr_bins,
			.bin_ns = p->time.bin_ns,
		};

		html_find_vm(p, &v);
		ret = html_vm(&p->view.g, &v, out);
	}
	net_view_release(&net);
	heat_view_release(&heat);
	return ret;
}

static int html_put(void *ctx, FILE *out)
{
	struct page *p = ctx;
	int ret = 0;

	html_begin(&p->view.g, out);
	for (u32 i = 0; i < p->view.g.nr_vm && !ret; i++)
		ret = html_put_vm(p, i, out);
	html_end(out);
	return ret;
}

static int html_begin_analyses(void *ctx, struct ordered list[ORDERED_ANALYSES])
{
	struct page *p = ctx;
	int yields = yield_begin(&p->yield, &p->s.rec, list), latencies;

	/* The last of the yield's, the replay, has nothing to do without threads. */
	if (yields < 0 || !p->have_latency)
		return yields < 0 ? yields : yields - 1;
	latencies = latency_begin(&p->latency, &p->s.rec, LATENCY_SLOW, list + yields);
	return latencies < 0 ? latencies : yields + latencies;
}

/* The yields' and latencies' job of an ordered run. */
static struct ordered_job job_of(struct page *p)
{
	const u32 threads = needs_unknown(yield_needs, YIELD_ACKS | YIELD_REPLAY | YIELD_UNTRACKED);

	/* IPIs alone show hints only, which need no map of threads. */
	p->have_latency = trace_describes(&p->s.rec.trace, threads);
	return (struct ordered_job){
		.want = { .target = &p->yield.target, .result = &p->yield.result },
		.begin = html_begin_analyses,
		.ctx = p,
		.no_threads = !p->have_latency,
	};
}

/*
 * Everything but the rates over time. Where there are other events than IPIs, in two readings: the
 * threads, then all analyses. Else what there is, then yields and latencies. 0 or -errno,
 * after its message.
 */
static int html_run_analyses(struct page *p)
{
	struct analysis list[] = { { &pairs_ops, &p->pairs } };
	struct ordered_job job = job_of(p);
	u32 kinds = 0;
	int code = 0;

	if (p->have_latency)
		code = session_run_together(&p->s, &p->opts.opts, list, ARRAY_SIZE(list), &job,
					    &kinds, &p->together);
	if (!code && !p->together)
		code = session_run(&p->s, &p->opts.opts, list, ARRAY_SIZE(list));
	if (!code && pairs_finish(&p->pairs, &p->s.rec.trace.vms))
		return complain_memory();
	if (!code && !p->together)
		code = session_run_ordered(&p->s, &p->opts.opts, &job, &kinds);
	return !code ? yield_check_probes(&p->opts, &p->s, kinds) : code;
}

static int build_ordered(struct page *p)
{
	int ret = yield_finish(&p->yield) ?: yield_view_init(&p->yield);

	if (ret || !p->have_latency)
		return ret;
	ret = latency_finish(&p->latency.l) ?: latency_view_init(&p->latency);
	p->have_latency = latency_seen(&p->latency);
	return ret;
}

static int html_show(struct page *p)
{
	int code;

	code = html_run_analyses(p);
	if (code)
		return code;
	if (build_ordered(p))
		return complain_memory();
	/* Not in the first run, whose answer would be thrown away. */
	p->s.want_coverage = !p->together;
	code = timeline_pass(&p->time, &p->s, &p->opts.opts, &p->pairs, 0, 0, BINS);
	if (code)
		return code;
	if (graph_view_init(&p->view, &p->s.rec, &p->pairs, "kvm-ipi.html/1"))
		return complain_memory();
	return session_write(&p->opts.opts, html_put, p);
}

static int cmd_html(const struct command *cmd, int argc, char **argv)
{
	struct page p = { .opts = YIELD_OPTS_DEFAULT };
	int code = session_begin(&p.s, cmd, argc, argv, &p.opts.opts);

	if (!code)
		code = yield_check(&p.yield, &p.opts, &p.s);
	if (!code)
		code = html_show(&p);
	timeline_release(&p.time);
	graph_view_release(&p.view);
	pairs_release(&p.pairs);
	yield_release(&p.yield);
	latency_run_release(&p.latency);
	session_end(&p.s, &p.opts.opts);
	return code;
}

static const struct option_row *const tables[] = { opts_input_rows,
						   opts_guest_rows,
						   opts_threads_rows,
						   opts_filter_rows,
						   yield_rows,
						   opts_output_rows,
						   NULL };

const struct command command_html = {
	.name = "html",
	.usage = "[options] -o FILE.html [FILE...]",
	.run = cmd_html,
	.tables = tables,
	.formats = formats,
	.summary = "one page with all of it, that needs no network",
	.help = "Writes one HTML file: overview, and for each VM its matrix, graph, rates, receivers'\n"
		"states, vectors and pairs, and what it tells of directed yields and latencies, as the\n"
		"commands of those names do. It can be read with scripts off and fetches nothing.",
};
