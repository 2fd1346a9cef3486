// SPDX-License-Identifier: GPL-2.0-only
/*
 * diff_read.c - see diff_read.h. IPIs are counted in an order-free run, as report does; latencies
 * in an ordered one, as latency does, where the recording describes an event that follows an IPI.
 */
#define _GNU_SOURCE
#include "cli/diff_read.h"
#include "analysis/compare/delays.h"
#include "analysis/compare/tally_delays.h"
#include "analysis/compare/tally_rates.h"
#include "trace/joined.h"
#include "view/graph_view.h"

#include <errno.h>
#include <stdlib.h>

/* Whose presence or absence decides which figures there are. */
static const enum event_kind told_kinds[] = { EV_TRACK, EV_APIC_IPI, EV_ACCEPT, EV_INJ_VIRQ,
					      EV_EOI,	EV_SWITCH,   EV_EXIT };

struct run {
	struct session s;
	struct series series;
	struct latency latency;
	struct delays delays;
	const struct diff_reading *how;
	u32 *number; /* the common number of each VM of the trace, or TALLY_NO_VM */
};

static int begin_delays(void *ctx, struct ordered list[ORDERED_ANALYSES])
{
	struct run *run = ctx;
	struct session *s = &run->s;

	latency_release(&run->latency);
	delays_release(&run->delays);
	run->delays.start = run->series.start;
	run->delays.width = run->series.width;
	if (latency_init(&run->latency, &s->rec.threads, 0, &s->rec.filter, &s->rec.trace.vms))
		return -ENOMEM;
	if (run->how->alone) {
		run->latency.reached = delays_reached;
		run->latency.reached_ctx = &run->delays;
	}
	list[0] = (struct ordered){ &latency_ops, &run->latency };
	return 1;
}

static int run_delays(struct run *run)
{
	const struct ordered_job job = { .begin = begin_delays, .ctx = run };
	u32 kinds;

	/* An event that is described may have no record: that is known without reading again. */
	if (run->s.rec.trace.totals.records == run->s.rec.trace.events ||
	    !trace_describes(&run->s.rec.trace, needs_unknown(latency_needs, LATENCY_FIGURES)))
		return 0;
	return session_run_ordered(&run->s, run->how->opts, &job, &kinds);
}

static int compare_vms(const void *a, const void *b)
{
	return vm_compare(&((const struct diff_recording_vm *)a)->vm.vm,
			  &((const struct diff_recording_vm *)b)->vm.vm);
}

/* The VMs with IPIs, sorted. */
static int list_vms(struct diff_recording *r, struct run *run)
{
	const struct vms *vms = &run->s.rec.trace.vms;
	const struct edges *edges = &run->series.pairs.edges;

	r->vm = calloc((size_t)vms->nr + 1, sizeof(*r->vm));
	if (!r->vm)
		return -ENOMEM;
	for (u32 i = 0; i < edges->nr; i++)
		run->number[edges_at(edges, i)->key.vm] = 0;
	for (u32 i = 0; i < vms->nr; i++) {
		const char *name = vm_names_find(&run->s.rec.names, &vms->vm[i]);
		struct diff_recording_vm *to = &r->vm[r->nr_vm];

		if (run->number[i] == TALLY_NO_VM)
			continue;
		to->vm.vm = vms->vm[i];
		to->vm.name = name ? strdup(name) : NULL;
		if (name && !to->vm.name)
			return -ENOMEM;
		r->nr_vm++;
	}
	qsort(r->vm, r->nr_vm, sizeof(*r->vm), compare_vms);
	return 0;
}

static int match_with(struct diff_recording *r, const struct diff_reading *how)
{
	const struct diff_recording *first = how->first;
	size_t both = (size_t)(first ? first->nr_vm : 0) + r->nr_vm;
	struct match_vm *vm = calloc(both + 1, sizeof(*vm));
	struct match *m = calloc((size_t)r->nr_vm + 1, sizeof(*m));
	u32 nr = 0;

	for (u32 i = 0; vm && first && i < first->nr_vm; i++)
		vm[nr++] = first->vm[i].vm;
	for (u32 i = 0; vm && i < r->nr_vm; i++)
		vm[nr + i] = r->vm[i].vm;
	if (vm && m && first)
		match_vms(vm, nr, vm + nr, r->nr_vm, how->rule, how->nr_rules, m);
	for (u32 i = 0; m && i < r->nr_vm; i++)
		r->vm[i].match = first ? m[i] : (struct match){ i, MATCH_IDS };
	free(vm);
	free(m);
	return vm && m ? 0 : -ENOMEM;
}

/* The numbers of the trace's VMs, from those of the sorted ones. */
static void number_vms(const struct diff_recording *r, struct run *run)
{
	const struct vms *vms = &run->s.rec.trace.vms;

	for (u32 i = 0; i < vms->nr; i++)
		run->number[i] = TALLY_NO_VM;
	for (u32 k = 0; k < r->nr_vm; k++)
		for (u32 i = 0; i < vms->nr && r->vm[k].match.how != MATCH_NOT; i++)
			if (!vm_compare(&vms->vm[i], &r->vm[k].vm.vm))
				run->number[i] = r->vm[k].match.to;
}

static void count_vms(struct diff_recording *r, const struct run *run)
{
	for (u32 i = 0; i < run->series.pairs.nr_summaries; i++) {
		const struct pairs_summary *sum = &run->series.pairs.summary[i];

		for (u32 k = 0; k < r->nr_vm; k++)
			if (!vm_compare(&run->s.rec.trace.vms.vm[sum->vm], &r->vm[k].vm.vm)) {
				r->vm[k].vcpus = sum->vcpus;
				r->vm[k].ipis = sum->ipis;
			}
	}
}

/* Who the recording is, and how much of it was looked at. */
static int take_facts(struct diff_recording *r, struct run *run)
{
	const struct trace *t = &run->s.rec.trace;

	input_view_of(&r->in, &t->in[0]);
	r->in.file = strdup(t->in[0].name);
	r->in.clock = r->in.clock ? strdup(r->in.clock) : NULL;
	r->release = t->in[0].c.release ? strdup(t->in[0].c.release) : NULL;
	r->stock = run->s.rec.stock;
	for (size_t i = 0; i < ARRAY_SIZE(told_kinds); i++)
		if (trace_describes(t, EV_BIT(told_kinds[i])))
			r->kinds |= EV_BIT(told_kinds[i]);
	r->tally.span_ns = recording_span(&run->s.rec);
	if (!r->in.file || (t->in[0].clock && !r->in.clock) || (t->in[0].c.release && !r->release))
		return -ENOMEM;
	return 0;
}

static int take_counts(struct diff_recording *r, struct run *run)
{
	int ret;

	run->number = malloc(((size_t)run->s.rec.trace.vms.nr + 1) * sizeof(*run->number));
	if (!run->number)
		return -ENOMEM;
	memset(run->number, 0xff, ((size_t)run->s.rec.trace.vms.nr + 1) * sizeof(*run->number));
	ret = list_vms(r, run) ?: match_with(r, run->how);
	if (ret)
		return ret;
	number_vms(r, run);
	ret = tally_add_series(&r->tally, &run->series, &run->s.rec.trace.vms, run->number);
	if (!ret)
		ret = run->how->alone ? tally_add_delays(&r->tally, &run->delays, run->number)
				      : tally_add_latency(&r->tally, &run->latency, run->number);
	if (!ret)
		count_vms(r, run);
	return ret;
}

/* Where the stretches begin. */
static int begin_series(struct run *run)
{
	const struct filter *f = &run->s.rec.filter;
	struct err err = { "" };
	u64 first = 0;

	if (trace_first_ts(&run->s.rec.trace, &first, &err))
		return complain_io(&err);
	run->series.in_time = run->how->alone;
	run->series.start = f->have_time ? max_of(first, f->from) : first;
	return 0;
}

static int read_all(struct diff_recording *r, struct run *run)
{
	struct analysis list[] = { { &series_ops, &run->series } };
	int code = begin_series(run);

	if (!code)
		code = session_run(&run->s, run->how->opts, list, ARRAY_SIZE(list));
	if (!code && take_facts(r, run))
		code = complain_memory();
	if (!code)
		code = run_delays(run);
	if (!code && take_counts(r, run))
		code = complain_memory();
	return code;
}

int diff_read(struct diff_recording *r, char *path, const struct diff_reading *how)
{
	struct run *run = calloc(1, sizeof(*run));
	int code = run ? 0 : complain_memory();

	*r = (struct diff_recording){ 0 };
	if (!run)
		return code;
	run->how = how;
	code = texts_add(&run->s.files, path) ? complain_memory() :
		session_open(&run->s, how->opts) ?: session_need_ns(&run->s, path);
	if (!code)
		code = read_all(r, run);
	series_release(&run->series);
	latency_release(&run->latency);
	delays_release(&run->delays);
	free(run->number);
	session_close(&run->s);
	free(run);
	return code;
}
