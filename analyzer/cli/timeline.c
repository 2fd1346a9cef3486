// SPDX-License-Identifier: GPL-2.0-only
/*
 * timeline.c - kvm-ipi timeline: rates over time, of each VM and its busiest pairs, and bursts.
 */
#include "analysis/bursts.h"
#include "cli/commands.h"
#include "output/graph_json.h"
#include "output/remarks.h"
#include "output/timeline_view.h"
#include "cli/timeline_pass.h"
#include "view/picture_view.h"
#include "cli/picture_file.h"
#include "util/ranges.h"

#include <errno.h>
#include <stdlib.h>

#define BINS	   200	/* at most, unless --bin says otherwise */
#define PAIRS	   5	/* of each VM, unless -E says otherwise */
#define BURSTS_MAX 1000 /* of each VM */

static const char *const formats[] = { "text", "csv", "json", "png", "svg", "pdf", NULL };
enum { FORMAT_TEXT, FORMAT_CSV, FORMAT_JSON, FORMAT_PNG };

struct timeline_opts {
	struct opts o;
	const char *bin;
	u64 times;
	bool script;
};

struct rates {
	struct session s;
	struct timeline_opts opts;
	u64 bin_ns;
	struct pairs pairs;
	struct timeline time;
	struct graph_builder view;
	struct timeline_view t;
};

static const struct option_row own_rows[] = {
	{ "bin", 0, OPT_TEXT, offsetof(struct timeline_opts, bin), "TIME",
	  "count in stretches of this length: 10ms, 500us, 1s\n(default: so that there are up to 200)" },
	{ "burst", 0, OPT_NUMBER, offsetof(struct timeline_opts, times), "N",
	  "a burst has at least N times the mean rate\n(default: 3)", .min = 2, .max = 1000000 },
	{ "script", 0, OPT_FLAG, offsetof(struct timeline_opts, script), NULL,
	  "leave the gnuplot script and its data beside the\npicture" },
	{ 0 },
};

static int compare_series(const void *a, const void *b)
{
	const struct timeline_series *x = a, *y = b;

	if (x->total != y->total)
		return x->total > y->total ? -1 : 1;
	if (x->src != y->src)
		return x->src < y->src ? -1 : 1;
	return x->dst < y->dst ? -1 : x->dst > y->dst;
}

static u64 total_of(const u64 *count, u32 nr)
{
	u64 sum = 0;

	for (u32 i = 0; i < nr; i++)
		sum += count[i];
	return sum;
}

static int build_bursts(struct rates *r, struct timeline_vm *v)
{
	struct burst *list = malloc(BURSTS_MAX * sizeof(*list));
	u32 nr = 0;

	if (list)
		nr = min_of(
			bursts_find(v->all.count, r->time.nr_bins, r->opts.times, list, BURSTS_MAX),
			(u32)BURSTS_MAX);
	v->burst = malloc(((size_t)nr + 1) * sizeof(*v->burst));
	for (u32 i = 0; v->burst && i < nr; i++)
		v->burst[v->nr_bursts++] = (struct timeline_burst){
			.start_ns = r->t.start_ns + list[i].first * r->time.bin_ns,
			.length_ns = list[i].nr * r->time.bin_ns,
			.count = list[i].count,
			.peak = list[i].peak
		};
	free(list);
	return list && v->burst ? 0 : -ENOMEM;
}

/* Where the VM's pairs begin, which stand together, and how many there are. */
static u32 pairs_of(const struct timeline *t, u32 vm, u32 *nr)
{
	u32 low = 0, high = t->nr_pairs;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (t->pair[mid].vm < vm)
			low = mid + 1;
		else
			high = mid;
	}
	for (*nr = 0; low + *nr < t->nr_pairs && t->pair[low + *nr].vm == vm; (*nr)++)
		;
	return low;
}

static int build_vm_line(struct rates *r, struct timeline_vm *v, u32 i)
{
	u32 vm = r->pairs.summary[i].vm, bins = r->time.nr_bins, nr,
	    first = pairs_of(&r->time, vm, &nr);

	v->vm = &r->view.vm[i];
	v->title = vm_title(v->vm);
	v->all.count = r->time.vm_count + (size_t)vm * bins;
	v->all.total = total_of(v->all.count, bins);
	v->pair = calloc((size_t)nr + 1, sizeof(*v->pair));
	if (!v->title || !v->pair)
		return -ENOMEM;
	for (u32 p = first; p < first + nr; p++) {
		const u64 *count = r->time.pair_count + (size_t)p * bins;

		v->pair[v->nr_pairs++] = (struct timeline_series){ r->time.pair[p].src,
								   r->time.pair[p].dst,
								   total_of(count, bins), count };
	}
	qsort(v->pair, v->nr_pairs, sizeof(*v->pair), compare_series);
	return build_bursts(r, v);
}

static int build_timeline(struct rates *r)
{
	bool ticks = r->s.rec.trace.ticks;
	int ret = 0;

	r->t = (struct timeline_view){
		.start_ns = ticks ? VIEW_NO_TIME
				  : r->time.start_ts - r->s.rec.trace.totals.first_ts,
		.bin_ns = ticks ? VIEW_NO_TIME : r->time.bin_ns,
		.nr_bins = r->time.nr_bins,
		.burst_times = r->opts.times,
		.burst_min = BURST_MIN,
	};
	r->t.vm = calloc((size_t)r->view.g.nr_vm + 1, sizeof(*r->t.vm));
	if (!r->t.vm)
		return -ENOMEM;
	for (u32 i = 0; i < r->view.g.nr_vm && !ret; i++)
		ret = build_vm_line(r, &r->t.vm[r->t.nr_vms++], i);
	return ret;
}

static int timeline_put_json(struct rates *r, FILE *out)
{
	const struct graph_view *g = &r->view.g;
	struct json j;

	json_init(&j, out);
	json_object(&j, NULL);
	json_string(&j, "schema", "kvm-ipi.timeline/1");
	json_string(&j, "source", g->source);
	json_inputs(&j, g->in, g->nr_in);
	timeline_json(&r->t, &j);
	json_object_end(&j);
	json_finish(&j);
	return 0;
}

static int timeline_put(void *ctx, FILE *out)
{
	struct rates *r = ctx;

	if (r->s.format == FORMAT_JSON)
		return timeline_put_json(r, out);
	remarks_loss(r->view.in, r->view.g.nr_in, out);
	if (r->s.format == FORMAT_CSV)
		timeline_csv(&r->t, out);
	else
		timeline_text(&r->t, (u32)max_of(terminal_width() - 30, 20), locale_utf8(), out);
	return 0;
}

static int timeline_put_script(void *ctx, FILE *to)
{
	return timeline_script(ctx, to);
}

static int timeline_put_data(void *ctx, FILE *to)
{
	return timeline_data(ctx, to);
}

static int timeline_draw(struct rates *r)
{
	struct timeline_picture p = { .t = &r->t,
				      .page.kind = (enum picture)(r->s.format - FORMAT_PNG) };
	const struct picture_job job = { .s = &r->s,
					 .opts = &r->opts.o,
					 .leave = r->opts.script,
					 .script = timeline_put_script,
					 .data = timeline_put_data,
					 .page = &p.page,
					 .ctx = &p };

	return picture_show(&job, r->view.in, r->view.g.nr_in,
			    min_of(r->t.nr_vms, (u32)TIMELINE_PLOTS_MAX), r->t.nr_vms);
}

static int timeline_show(struct rates *r)
{
	u32 top = r->opts.o.entries ? (u32)min_of(r->opts.o.entries, 10000ull) : PAIRS;
	int code;

	if (pairs_finish(&r->pairs, &r->s.rec.trace.vms))
		return complain_memory();
	code = timeline_pass(&r->time, &r->s, &r->opts.o, &r->pairs, top, r->bin_ns, BINS);
	if (code)
		return code;
	if (graph_view_init(&r->view, &r->s.rec, &r->pairs, "kvm-ipi.timeline/1") ||
	    build_timeline(r))
		return complain_memory();
	return r->s.format >= FORMAT_PNG ? timeline_draw(r)
					 : session_write(&r->opts.o, timeline_put, r);
}

static void timeline_release_rates(struct rates *r)
{
	for (u32 i = 0; i < r->t.nr_vms; i++) {
		free(r->t.vm[i].title);
		free(r->t.vm[i].pair);
		free(r->t.vm[i].burst);
	}
	free(r->t.vm);
	timeline_release(&r->time);
	graph_view_release(&r->view);
	pairs_release(&r->pairs);
	session_end(&r->s, &r->opts.o);
}

static int cmd_timeline(const struct command *cmd, int argc, char **argv)
{
	struct rates r = { .opts.times = BURST_TIMES };
	struct analysis list[] = { { &pairs_ops, &r.pairs } };
	int code = session_begin(&r.s, cmd, argc, argv, &r.opts.o);

	if (!code && r.opts.bin && span_parse(r.opts.bin, false, &r.bin_ns)) {
		complain("--bin %s: a time is meant, like 10ms, 500us or 1s", r.opts.bin);
		code = -EINVAL;
	}
	if (!code && (r.opts.bin || r.s.format >= FORMAT_PNG))
		code = session_option_needs_ns(&r.s, r.opts.bin ? "--bin" : "a picture of rates");
	if (!code && r.opts.script)
		code = picture_check_script(r.s.format >= FORMAT_PNG, r.opts.o.output);
	if (!code)
		code = session_run(&r.s, &r.opts.o, list, ARRAY_SIZE(list));
	if (!code)
		code = timeline_show(&r);
	timeline_release_rates(&r);
	return code;
}

static const struct option_row *const tables[] = { own_rows,
						   opts_input_rows,
						   opts_threads_rows,
						   opts_filter_rows,
						   opts_entries_rows,
						   opts_output_rows,
						   NULL };

const struct command command_timeline = {
	.name = "timeline",
	.usage = "[options] [FILE...]",
	.run = cmd_timeline,
	.tables = tables,
	.formats = formats,
	.summary = "rates over time, and bursts; pictures by gnuplot",
	.help = "Shows for each VM how many IPIs it sent when, the same of its busiest pairs (-E N), and\n"
		"bursts: stretches of time with at least three times the VM's mean rate.\n"
		"Pictures need gnuplot (package " GNUPLOT_PACKAGE ").",
};
