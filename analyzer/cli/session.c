// SPDX-License-Identifier: GPL-2.0-only
/*
 * session.c - see session.h. An opened trace through the analyses, to a file. How it is opened is
 * in session_open.c.
 */
#include "cli/session.h"
#include "trace/joined.h"
#include "util/outfile.h"
#include "util/pager.h"
#include "view/vm_view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is there instead, and what to record: the two lines behind "no record". */
static void explain_nothing(struct session *s)
{
	struct survey survey;
	struct err err;
	char line[512] = "", track[NEEDS_TEXT], stock[NEEDS_TEXT];
	size_t len = 0;

	if (trace_survey(&s->rec.trace, &survey, &err))
		return;
	for (u32 i = 0; i < survey.nr && len < sizeof(line) - 80; i++)
		if (!strncmp(survey.event[i].system, "kvm", 3))
			len += snprintf(line + len, sizeof(line) - len, "%s%s %llu",
					len ? ", " : "", survey.event[i].name,
					survey.event[i].records);
	if (len)
		complain("KVM events in it: %s", line);
	else
		complain("no KVM events in it (%u other kinds of event)", survey.nr);
	complain("record with: kvm-ipi record (or trace-cmd record %s; on a kernel without it %s)",
		 needs_musts(graph_needs, track), needs_musts(stock_needs, stock));
	survey_release(&survey);
}

/* The events that there would be: of the source asked for, else of what the trace describes. */
static const char *missing_source(const struct trace *t, int source)
{
	bool track = trace_describes(t, EV_BIT(EV_TRACK));
	bool stock = trace_describes(t, EV_BIT(EV_APIC_IPI));

	if (source == SOURCE_STOCK || (source == SOURCE_AUTO && stock && !track))
		return "kvm:kvm_apic_ipi";
	if (t->probes)
		return PROBES_GROUP ":deliver with its acceptor";
	return source == SOURCE_AUTO && stock ? "kvm:kvm_ipi_track, and none of kvm:kvm_apic_ipi"
					      : "kvm:kvm_ipi_track";
}

/* There are no directed IPIs: the code, after up to three lines. */
static int no_events(struct session *s, int source)
{
	const char *more = s->files.nr > 1 ? " and the others" : "";
	u64 sent = s->rec.coverage.records[EV_APIC_IPI];

	if (s->rec.stock && sent)
		complain(
			"%s%s: none of %llu kvm_apic_ipi records is a directed IPI with its acceptor",
			s->files.s[0], more, sent);
	else
		complain("%s%s: no record of %s", s->files.s[0], more,
			 missing_source(&s->rec.trace, source));
	explain_nothing(s);
	return -ENODATA;
}

/* How many VMs a message names. */
#define VMS_NAMED 16

/* None of the VMs asked for is there: says which ones are. 0 or -ENOMEM. */
static int name_vms(const struct session *s, const struct opts *opts)
{
	const struct vms *vms = &s->rec.trace.vms;
	u32 *order = vm_view_order(vms), shown = min_of(vms->nr, (u32)VMS_NAMED);
	char label[VIEW_VM_LABEL], asked[256], line[VMS_NAMED * (VIEW_VM_LABEL + 2) + 32];
	size_t len = 0, said = 0;

	if (!order)
		return -ENOMEM;
	for (u32 i = 0; i < opts->vms.nr && said < sizeof(asked) - 1; i++)
		said += (size_t)snprintf(asked + said, sizeof(asked) - said, "%s%s",
					 i ? " and no VM " : "", opts->vms.s[i]);
	for (u32 i = 0; i < shown; i++) {
		const struct vm_view vm = vm_view_of(&vms->vm[order[i]], &s->rec.names);

		len += (size_t)snprintf(line + len, sizeof(line) - len, "%s%s", i ? ", " : "",
					vm_view_label(&vm, label));
	}
	if (shown < vms->nr)
		snprintf(line + len, sizeof(line) - len, " and %u more", vms->nr - shown);
	complain("no VM %s here: %s", asked, line);
	free(order);
	return 0;
}

static int filters_left_none(const struct session *s, const struct opts *opts)
{
	const struct trace *t = &s->rec.trace;
	bool there = !s->rec.filter.nr_vm;

	for (u32 i = 0; i < t->vms.nr && !there; i++)
		there = filter_has_vm(&s->rec.filter, &t->vms.vm[i]);
	if (there || !t->vms.nr)
		complain("the filters left none of %llu IPIs", t->events);
	else if (name_vms(s, opts))
		return complain_memory();
	return -ENODATA;
}

int session_check(struct session *s, const struct opts *opts)
{
	struct trace *t = &s->rec.trace;

	if (!t->totals.records && t->skipped) {
		complain("%s: nothing in it can be read (%llu damaged or missing pages)",
			 s->files.s[0], t->skipped);
		return -EIO;
	}
	if (!t->events && !t->counted)
		return no_events(s, opts->source);
	if (!t->counted) {
		return filters_left_none(s, opts);
	}
	if (opts->strict && trace_lossy(t)) {
		complain(
			"refused by --strict: records were lost or damaged (see without --strict)");
		return -ECANCELED;
	}
	return 0;
}

static struct passes passes_of(struct session *s, const struct opts *opts)
{
	return (struct passes){ &s->rec, (enum source_choice)opts->source, (u32)opts->threads,
				s->want_coverage };
}

int session_run(struct session *s, const struct opts *opts, const struct analysis *list, u32 nr)
{
	const struct passes p = passes_of(s, opts);
	struct err err = { "" };
	int ret = passes_unordered(&p, list, nr, &err);

	progress_end(&s->progress);
	return ret ? complain_io(&err) : session_check(s, opts);
}

int session_run_again(struct session *s, const struct opts *opts, const struct analysis *list,
		      u32 nr)
{
	struct err err = { "" };
	int ret = trace_run(&s->rec.trace, &s->rec.filter, list, nr, (u32)opts->threads, &err);

	progress_end(&s->progress);
	return ret ? complain_io(&err) : 0;
}

int session_threads(struct session *s)
{
	struct err err = { "" };
	u32 kinds;

	threads_release(&s->rec.threads);
	return trace_threads(&s->rec.trace, &s->rec.threads, &kinds, &err) ? complain_io(&err) : 0;
}

int session_run_ordered(struct session *s, const struct opts *opts, const struct ordered_job *job,
			u32 *kinds)
{
	const struct passes p = passes_of(s, opts);
	struct err err = { "" };
	int ret = passes_ordered(&p, job, kinds, &err);

	progress_end(&s->progress);
	return ret ? complain_io(&err) : 0;
}

int session_run_together(struct session *s, const struct opts *opts, const struct analysis *list,
			 u32 nr, const struct ordered_job *job, u32 *kinds, bool *done)
{
	const struct passes p = passes_of(s, opts);
	struct err err = { "" };
	int ret = passes_together(&p, list, nr, job, kinds, done, &err);

	progress_end(&s->progress);
	if (ret)
		return complain_io(&err);
	return *done ? session_check(s, opts) : 0;
}

int session_run_threads(struct session *s, const struct opts *opts, const struct analysis *list,
			u32 nr, bool *done)
{
	const struct passes p = passes_of(s, opts);
	struct err err = { "" };
	int ret = passes_threads(&p, list, nr, done, &err);

	progress_end(&s->progress);
	if (ret)
		return complain_io(&err);
	return *done ? session_check(s, opts) : 0;
}

int session_write(const struct opts *opts, int (*put)(void *ctx, FILE *out), void *ctx)
{
	struct outfile out;
	struct pager pager = { 0 };
	struct err err = { "" };
	int ret = outfile_open(&out, opts->output, &err);

	if (ret)
		return complain_io(&err);
	if (!out.path && !opts->no_pager)
		pager_start(&pager, terminal_width());
	ret = put(ctx, out.f);
	if (ret) {
		err_set(&err, ret, "%s", ret == -ENOMEM ? "out of memory" : strerror(-ret));
		outfile_abort(&out);
	} else {
		ret = outfile_commit(&out, &err);
	}
	pager_wait(&pager);
	return ret ? complain_io(&err) : 0;
}
