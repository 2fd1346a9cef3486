// SPDX-License-Identifier: GPL-2.0-only
/*
 * session.c - see session.h. An opened trace through the analyses, to a file. How it is opened is
 * in session_open.c.
 */
#include "cli/session.h"
#include "trace/joined.h"
#include "trace/stock_order.h"
#include "util/outfile.h"
#include "util/pager.h"

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

/* Kinds that tell of IPIs which are not directed, and of EOIs: without them, no coverage. */
static const u32 beside_kinds = EV_BIT(EV_APIC_IPI) | EV_BIT(EV_HYPERCALL) |
				EV_BIT(EV_HV_SEND_IPI) | EV_BIT(EV_AVIC_IPI) | EV_BIT(EV_EOI) |
				EV_BIT(EV_APICV_ACCEPT);

/* Whether there will be a coverage, as far as the first records tell: 1, 0 or -errno. */
static int expect_coverage(struct session *s, struct err *err)
{
	struct trace *t = &s->rec.trace;

	if (t->probes || !trace_describes(t, EV_BIT(EV_TRACK)) || !trace_describes(t, beside_kinds))
		return t->probes;
	return trace_mixed(t, err);
}

static int run_together(struct session *s, const struct analysis *list, u32 nr,
			const struct ordered_job *job, u32 *kinds, struct err *err)
{
	struct ordered ordered[ORDERED_ANALYSES];
	struct together r = { .map = &s->rec.threads,
			      .filter = &s->rec.filter,
			      .list = list,
			      .nr = nr,
			      .ordered = ordered,
			      .cov = &s->rec.coverage };
	int ret = trace_threads(&s->rec.trace, &s->rec.threads, kinds, err), begun = 0;

	if (!ret && job) {
		r.want = job->want;
		begun = job->begin(job->ctx, ordered);
		if (begun < 0)
			return err_set(err, begun, "out of memory");
	}
	r.nr_ordered = (u32)begun;
	if (!ret)
		ret = trace_run_together(&s->rec.trace, &r, err);
	*kinds = r.kinds;
	return ret;
}

/* The IPIs of kvm_ipi_track or of probes; 0 or -errno with its line. */
static int run_track(struct session *s, const struct analysis *list, u32 nr, u32 threads,
		     struct err *err)
{
	struct trace *t = &s->rec.trace;
	int ret = s->want_coverage ? expect_coverage(s, err) : 0;
	u32 kinds;
	bool more;

	/* One ordered run does both, instead of one for each. */
	if (ret > 0)
		return run_together(s, list, nr, NULL, &kinds, err);
	if (!ret)
		ret = trace_run(t, &s->rec.filter, list, nr, threads, err);
	if (ret || !t->events)
		return ret;
	/* Of gaps the times are wanted. */
	more = t->totals.gaps ||
	       (t->totals.records != t->events && trace_describes(t, beside_kinds));
	if (!t->vcpu_marks && !(s->want_coverage && more))
		return 0;
	return trace_run_coverage(t, &s->rec.threads, &s->rec.coverage, err);
}

static int run_stock(struct session *s, const struct analysis *list, u32 nr, struct err *err)
{
	s->rec.stock = true;
	return trace_run_stock(&s->rec.trace, &s->rec.threads, &s->rec.filter, list, nr,
			       &s->rec.coverage, err);
}

/* Whether each name that the filter asks for is known. */
static bool have_names(const struct session *s)
{
	bool found = true;

	for (size_t i = 0; i < s->rec.filter.nr_vm; i++)
		if (s->rec.filter.vm[i].name)
			found &= vm_names_have(&s->rec.names, s->rec.filter.vm[i].name);
	return found;
}

/* Names that the recording has are needed before a filter can ask for them. */
static int find_names(struct session *s, struct err *err)
{
	u32 kinds;
	int ret;

	if (have_names(s))
		return 0;
	ret = trace_threads(&s->rec.trace, &s->rec.threads, &kinds, err);
	threads_release(&s->rec.threads);
	return ret;
}

static int run_source(struct session *s, const struct opts *opts, const struct analysis *list,
		      u32 nr, struct err *err)
{
	bool stock = trace_describes(&s->rec.trace, EV_BIT(EV_APIC_IPI));
	int source = opts->source, ret = 0;

	if (source == SOURCE_STOCK)
		return run_stock(s, list, nr, err);
	if (s->rec.trace.probes || source == SOURCE_TRACK || !stock ||
	    trace_describes(&s->rec.trace, EV_BIT(EV_TRACK)))
		ret = run_track(s, list, nr, (u32)opts->threads, err);
	if (ret || s->rec.trace.events || source != SOURCE_AUTO || !stock)
		return ret;
	return run_stock(s, list, nr, err);
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
	else if (source == SOURCE_STOCK)
		complain("%s%s: no record of kvm:kvm_apic_ipi", s->files.s[0], more);
	else
		complain("%s%s: no record of %s", s->files.s[0], more, s->rec.trace.probes ?
			 PROBES_GROUP ":deliver with its acceptor" : "kvm:kvm_ipi_track");
	explain_nothing(s);
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
		complain("the filters left none of %llu IPIs", t->events);
		return -ENODATA;
	}
	if (opts->strict && trace_lossy(t)) {
		complain("refused by --strict: records were lost or damaged (see without --strict)");
		return -ECANCELED;
	}
	return 0;
}

int session_run(struct session *s, const struct opts *opts, const struct analysis *list, u32 nr)
{
	struct err err = { "" };
	int ret = find_names(s, &err) ?: run_source(s, opts, list, nr, &err);

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

/* One of the runs. early: who is who may come from the trace's beginning, and prove to be wrong. */
static int run_job(struct session *s, const struct opts *opts, const struct ordered_job *job,
		   bool early, u32 *kinds, struct err *err)
{
	struct trace *t = &s->rec.trace;
	struct ordered list[ORDERED_ANALYSES];
	int ret = 0, nr;

	s->rec.trace.check = NULL;
	threads_release(&s->rec.threads);
	whois_check_release(&s->rec.check);
	if (!job->no_threads)
		ret = trace_threads_early(&s->rec.trace, &s->rec.threads,
					  early ? &s->rec.check : NULL, kinds, err);
	if (ret)
		return ret;
	nr = job->begin(job->ctx, list);
	if (nr < 0)
		return err_set(err, nr, "out of memory");
	s->rec.stock = opts->source == SOURCE_STOCK ||
		       (opts->source == SOURCE_AUTO && !t->probes && !t->events &&
			trace_describes(t, EV_BIT(EV_APIC_IPI)));
	if (s->rec.stock)
		return trace_run_ordered_stock(t, &job->want, &s->rec.threads, list, (u32)nr,
					       kinds, err);
	return trace_run_ordered(&s->rec.trace, &job->want, list, (u32)nr, kinds, err);
}

int session_run_ordered(struct session *s, const struct opts *opts, const struct ordered_job *job,
			u32 *kinds)
{
	/*
	 * Stock events' runs leave out the IPIs that a beginning is checked with; and names that
	 * stand behind it are known when it is over, which is too late for a filter.
	 */
	bool early = opts->source != SOURCE_STOCK && have_names(s);
	struct err err = { "" };
	int ret = run_job(s, opts, job, early, kinds, &err);

	if (ret == -ESTALE && s->rec.trace.check)
		ret = run_job(s, opts, job, false, kinds, &err);
	progress_end(&s->progress);
	return ret ? complain_io(&err) : 0;
}

/* As if nothing had been run. */
static void forget_run(struct session *s)
{
	threads_release(&s->rec.threads);
	coverage_release(&s->rec.coverage);
}

int session_run_together(struct session *s, const struct opts *opts, const struct analysis *list,
			 u32 nr, const struct ordered_job *job, u32 *kinds, bool *done)
{
	struct err err = { "" };
	int ret = 0;

	*done = false;
	if (opts->source != SOURCE_STOCK)
		ret = find_names(s, &err) ?: expect_coverage(s, &err);
	if (ret > 0)
		ret = run_together(s, list, nr, job, kinds, &err) ?: 1;
	progress_end(&s->progress);
	if (ret < 0)
		return complain_io(&err);
	*done = ret && s->rec.trace.events;
	if (!*done)
		forget_run(s);
	return *done ? session_check(s, opts) : 0;
}

int session_run_threads(struct session *s, const struct opts *opts, const struct analysis *list,
			u32 nr, bool *done)
{
	struct err err = { "" };
	int ret;

	*done = opts->source != SOURCE_STOCK && !s->rec.trace.probes &&
		trace_describes(&s->rec.trace, EV_BIT(EV_TRACK));
	if (!*done)
		return 0;
	ret = find_names(s, &err)
		      ?: trace_threads_counting(&s->rec.trace, &s->rec.threads, &s->rec.filter,
						list, nr, &err);
	progress_end(&s->progress);
	if (ret)
		return complain_io(&err);
	*done = s->rec.trace.events;
	if (!*done)
		forget_run(s);
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
