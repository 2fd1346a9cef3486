// SPDX-License-Identifier: GPL-2.0-only
/*
 * export_run.c - see export_run.h.
 *
 * The trace is read twice: which VMs and vCPUs there are (they are named at the beginning of the
 * document) and which threads they are; and what happened. None of it is kept.
 */
#include "cli/export_run.h"
#include "trace/stock_order.h"
#include "util/outfile.h"

#include <errno.h>
#include <stdlib.h>

/* Around each of the slowest: so much of its own time, and at least so many ns. */
#define MARGIN_PART 2
#define MARGIN_NS   100000

struct export
{
	const struct export_job *job;
	struct pairs pairs;
	struct graph_builder graph;
	struct perfetto_builder view;
	struct perfetto_span *span;
	u32 nr_spans;
	bool have_threads; /* from the first reading */
	struct err err;
};

static int compare_spans(const void *a, const void *b)
{
	const struct perfetto_span *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

static struct perfetto_span around(const struct latency_ipi *ipi)
{
	u64 last = 0, margin;

	for (int s = 0; s < NR_LATENCY_STAGES; s++)
		if (ipi->after[s] != LATENCY_UNKNOWN)
			last = max_of(last, ipi->after[s]);
	margin = max_of(last / MARGIN_PART, (u64)MARGIN_NS);
	return (struct perfetto_span){ ipi->sent - min_of(margin, ipi->sent),
				       ipi->sent + last + margin };
}

/* What is shown: sorted, those that touch joined. 0 or -ENOMEM. */
static int choose_spans(struct export *e)
{
	const struct export_job *job = e->job;
	const struct filter *f = &job->s->rec.filter;
	u32 nr = 0;

	e->span = calloc((size_t)job->nr_slow + 1, sizeof(*e->span));
	if (!e->span)
		return -ENOMEM;
	if (!job->slow) {
		e->span[0] = (struct perfetto_span){ f->have_time ? f->from : 0,
						     f->have_time ? f->to : UINT64_MAX };
		e->nr_spans = 1;
		return 0;
	}
	for (u32 i = 0; i < job->nr_slow; i++)
		e->span[i] = around(&job->slow[i]);
	qsort(e->span, job->nr_slow, sizeof(*e->span), compare_spans);
	for (u32 i = 0; i < job->nr_slow; i++) {
		if (nr && e->span[i].from <= e->span[nr - 1].to)
			e->span[nr - 1].to = max_of(e->span[nr - 1].to, e->span[i].to);
		else
			e->span[nr++] = e->span[i];
	}
	e->nr_spans = nr;
	return 0;
}

static int run_ordered(struct export *e, const struct ordered *list)
{
	const struct export_job *job = e->job;
	struct recording *rec = &job->s->rec;
	const struct ordered_want want = {
		.kinds = perfetto_kinds(),
		.target = job->target.system ? &job->target : NULL,
		.result = job->result.system ? &job->result : NULL,
	};
	u32 kinds;

	if (rec->stock)
		return trace_run_ordered_stock(&rec->trace, &want, &rec->threads, list,
					       PERFETTO_ANALYSES, &kinds, &e->err);
	return trace_run_ordered(&rec->trace, &want, list, PERFETTO_ANALYSES, &kinds, &e->err);
}

/* 0 or -errno. */
static int export_put(struct export *e, FILE *out)
{
	struct ordered list[PERFETTO_ANALYSES];
	int ret, end;

	e->view = (struct perfetto_builder){
		.format = e->job->proto ? &perfetto_proto : &perfetto_json,
		.s = &e->job->s->rec,
		.graph = &e->graph,
		.threads = &e->job->s->rec.threads,
		.span = e->span,
		.nr_spans = e->nr_spans,
		.slow = e->job->slow,
		.nr_slow = e->job->nr_slow,
	};
	ret = perfetto_view_begin(&e->view, out, list) ?: run_ordered(e, list);
	end = perfetto_view_finish(&e->view);
	return ret ?: end;
}

static int export_write(struct export *e)
{
	struct session *s = e->job->s;
	struct outfile out;
	int ret;

	if (pairs_finish(&e->pairs, &s->rec.trace.vms) ||
	    graph_view_init(&e->graph, &s->rec, &e->pairs, "kvm-ipi.export/1") || choose_spans(e))
		return complain_memory();
	ret = e->have_threads ? 0 : session_threads(s);
	if (ret)
		return ret;
	ret = outfile_open(&out, e->job->output, &e->err);
	if (!ret) {
		ret = export_put(e, out.f);
		if (ret)
			outfile_abort(&out);
		else
			ret = outfile_commit(&out, &e->err);
	}
	progress_end(&s->progress);
	if (!ret)
		return 0;
	return ret == -ENOMEM ? complain_memory() : complain_io(&e->err);
}

int export_run(const struct export_job *job)
{
	struct export e = { .job = job };
	struct analysis list[] = { { &pairs_ops, &e.pairs } };
	int ret = session_run_threads(job->s, job->opts, list, ARRAY_SIZE(list), &e.have_threads);

	if (!ret && !e.have_threads)
		ret = session_run(job->s, job->opts, list, ARRAY_SIZE(list));
	if (!ret)
		ret = export_write(&e);
	perfetto_view_release(&e.view);
	graph_view_release(&e.graph);
	pairs_release(&e.pairs);
	free(e.span);
	return ret;
}

static int take_probe(const char *name, const char *text, struct probe *p)
{
	int ret = text ? probe_parse(p, text) : 0;

	if (ret == -ENOMEM)
		return complain_memory();
	if (!ret)
		return 0;
	complain("invalid --%s '%s': expected SYSTEM:EVENT:FIELD, like kprobes:ytp:pid", name,
		 text);
	return -EINVAL;
}

int export_probes(struct export_job *job, const char *target, const char *result)
{
	int ret;

	if (!target != !result) {
		complain("--yield-target and --yield-result go together");
		return -EINVAL;
	}
	ret = take_probe("yield-target", target, &job->target);
	return ret ?: take_probe("yield-result", result, &job->result);
}

void export_job_release(struct export_job *job)
{
	probe_release(&job->target);
	probe_release(&job->result);
}
