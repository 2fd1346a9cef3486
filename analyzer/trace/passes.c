// SPDX-License-Identifier: GPL-2.0-only
/*
 * passes.c - see passes.h.
 *
 * An unordered pass counts IPIs, on several threads. A question about time needs to know first who
 * runs which vCPU, by a pass over the beginnings or over all. With other events in the recording,
 * one ordered pass after that can do everything, and does where more than the counting is wanted.
 */
#include "trace/passes.h"
#include "trace/joined.h"
#include "trace/stock_order.h"

#include <errno.h>

/* Whether there will be a coverage, as far as the first records tell: 1, 0 or -errno. */
static int expect_coverage(const struct passes *p, struct err *err)
{
	struct trace *t = &p->rec->trace;

	if (t->probes || !trace_describes(t, EV_BIT(EV_TRACK)) ||
	    !trace_describes(t, needs_better(stock_needs, STOCK_COVERAGE)))
		return t->probes;
	return trace_mixed(t, err);
}

static int run_together(const struct passes *p, const struct analysis *list, u32 nr,
			const struct ordered_job *job, u32 *kinds, struct err *err)
{
	struct ordered ordered[ORDERED_ANALYSES];
	struct together r = { .map = &p->rec->threads,
			      .filter = &p->rec->filter,
			      .list = list,
			      .nr = nr,
			      .ordered = ordered,
			      .cov = &p->rec->coverage };
	int ret = trace_threads(&p->rec->trace, &p->rec->threads, kinds, err), begun = 0;

	if (!ret && job) {
		r.want = job->want;
		begun = job->begin(job->ctx, ordered);
		if (begun < 0)
			return err_set(err, begun, "out of memory");
	}
	r.nr_ordered = (u32)begun;
	if (!ret)
		ret = trace_run_together(&p->rec->trace, &r, err);
	*kinds = r.kinds;
	return ret;
}

/* The IPIs of kvm_ipi_track or of probes; 0 or -errno with its line. */
static int run_track(const struct passes *p, const struct analysis *list, u32 nr, struct err *err)
{
	struct trace *t = &p->rec->trace;
	int ret = p->coverage ? expect_coverage(p, err) : 0;
	u32 kinds;
	bool more;

	/* One ordered run does both, instead of one for each. */
	if (ret > 0)
		return run_together(p, list, nr, NULL, &kinds, err);
	if (!ret)
		ret = trace_run(t, &p->rec->filter, list, nr, p->threads, err);
	if (ret || !t->events)
		return ret;
	/* Of gaps the times are wanted. */
	more = t->totals.gaps || (t->totals.records != t->events &&
				  trace_describes(t, needs_better(stock_needs, STOCK_COVERAGE)));
	if (!t->vcpu_marks && !(p->coverage && more))
		return 0;
	return trace_run_coverage(t, &p->rec->threads, &p->rec->coverage, err);
}

static int run_stock(const struct passes *p, const struct analysis *list, u32 nr, struct err *err)
{
	p->rec->stock = true;
	return trace_run_stock(&p->rec->trace, &p->rec->threads, &p->rec->filter, list, nr,
			       &p->rec->coverage, err);
}

/* Whether each name that the filter asks for is known. */
static bool have_names(const struct passes *p)
{
	bool found = true;

	for (size_t i = 0; i < p->rec->filter.nr_vm; i++)
		if (p->rec->filter.vm[i].name)
			found &= vm_names_have(&p->rec->names, p->rec->filter.vm[i].name);
	return found;
}

/* Names that the recording has are needed before a filter can ask for them. */
static int find_names(const struct passes *p, struct err *err)
{
	u32 kinds;
	int ret;

	if (have_names(p))
		return 0;
	ret = trace_threads(&p->rec->trace, &p->rec->threads, &kinds, err);
	threads_release(&p->rec->threads);
	return ret;
}

/* As if nothing had been run. */
static void forget_run(const struct passes *p)
{
	threads_release(&p->rec->threads);
	coverage_release(&p->rec->coverage);
}

static int run_source(const struct passes *p, const struct analysis *list, u32 nr, struct err *err)
{
	bool stock = trace_describes(&p->rec->trace, EV_BIT(EV_APIC_IPI));
	int ret = 0;

	if (p->source == SOURCE_STOCK)
		return run_stock(p, list, nr, err);
	if (p->rec->trace.probes || p->source == SOURCE_TRACK || !stock ||
	    trace_describes(&p->rec->trace, EV_BIT(EV_TRACK)))
		ret = run_track(p, list, nr, err);
	if (ret || p->rec->trace.events || p->source != SOURCE_AUTO || !stock)
		return ret;
	forget_run(p);
	return run_stock(p, list, nr, err);
}

/* One of the runs. early: who is who may come from the trace's beginning, and prove to be wrong. */
static int run_job(const struct passes *p, const struct ordered_job *job, bool early, u32 *kinds,
		   struct err *err)
{
	struct trace *t = &p->rec->trace;
	struct ordered list[ORDERED_ANALYSES];
	int ret = 0, nr;

	p->rec->trace.check = NULL;
	threads_release(&p->rec->threads);
	whois_check_release(&p->rec->check);
	if (!job->no_threads)
		ret = trace_threads_early(&p->rec->trace, &p->rec->threads,
					  early ? &p->rec->check : NULL, kinds, err);
	if (ret)
		return ret;
	nr = job->begin(job->ctx, list);
	if (nr < 0)
		return err_set(err, nr, "out of memory");
	p->rec->stock = p->source == SOURCE_STOCK ||
			(p->source == SOURCE_AUTO && !t->probes && !t->events &&
			 trace_describes(t, EV_BIT(EV_APIC_IPI)));
	if (p->rec->stock)
		return trace_run_ordered_stock(t, &job->want, &p->rec->threads, list, (u32)nr,
					       kinds, err);
	return trace_run_ordered(&p->rec->trace, &job->want, list, (u32)nr, kinds, err);
}

int passes_unordered(const struct passes *p, const struct analysis *list, u32 nr, struct err *err)
{
	return find_names(p, err) ?: run_source(p, list, nr, err);
}

int passes_ordered(const struct passes *p, const struct ordered_job *job, u32 *kinds,
		   struct err *err)
{
	/*
	 * Stock events' runs leave out the IPIs that a beginning is checked with; and names that
	 * stand behind it are known when it is over, which is too late for a filter.
	 */
	bool early = p->source != SOURCE_STOCK && have_names(p);
	int ret = run_job(p, job, early, kinds, err);

	if (ret == -ESTALE && p->rec->trace.check)
		ret = run_job(p, job, false, kinds, err);
	return ret;
}

int passes_together(const struct passes *p, const struct analysis *list, u32 nr,
		    const struct ordered_job *job, u32 *kinds, bool *done, struct err *err)
{
	int ret = 0;

	*done = false;
	if (p->source != SOURCE_STOCK)
		ret = find_names(p, err) ?: expect_coverage(p, err);
	if (ret <= 0)
		return ret;
	ret = run_together(p, list, nr, job, kinds, err);
	*done = !ret && p->rec->trace.events;
	if (!ret && !*done)
		forget_run(p);
	return ret;
}

int passes_threads(const struct passes *p, const struct analysis *list, u32 nr, bool *done,
		   struct err *err)
{
	struct recording *rec = p->rec;
	int ret;

	*done = false;
	if (p->source == SOURCE_STOCK || rec->trace.probes ||
	    !trace_describes(&rec->trace, EV_BIT(EV_TRACK)))
		return 0;
	ret = find_names(p, err)
		      ?: trace_threads_counting(&rec->trace, &rec->threads, &rec->filter, list, nr,
						err);
	*done = !ret && rec->trace.events;
	if (!ret && !*done)
		forget_run(p);
	return ret;
}
