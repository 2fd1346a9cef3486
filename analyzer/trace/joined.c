// SPDX-License-Identifier: GPL-2.0-only
/*
 * joined.c - see joined.h.
 *
 * One ordered run: each event goes to the coverage and into the join; the directed IPIs that come
 * out get their VM from the thread that sent them, and go on as those of kvm_ipi_track do.
 */
#include "trace/joined.h"
#include "trace/feed.h"
#include "trace/stock_order.h"

#include <errno.h>
#include <stdio.h>

#define OTHERS_MAX 8

struct joined {
	const struct thread_map *map;
	struct coverage *cov;
	bool source; /* IPIs come from here, not from kvm_ipi_track */
	struct stock stock;
	struct feed feed;
};

/* A directed IPI, which becomes one of the source's. */
static int joined_take(struct joined *f, struct stock_ipi *ipi)
{
	int ret;

	if (!stock_name_ipi(f->feed.t, f->map, ipi) || !f->source)
		return 0;
	f->feed.t->in[ipi->input].events++;
	ret = coverage_watch(f->cov, &ipi->ipi);
	return ret ?: feed_ipi(&f->feed, &ipi->ipi);
}

static int joined_take_ipi(void *ctx, const struct stock_ipi *out)
{
	struct joined *f = ctx;
	struct stock_ipi ipi = *out;
	int ret = ipi.kind == STOCK_UNICAST ? joined_take(f, &ipi) : 0;

	/* Without that event being recorded nobody can be said to have accepted nothing. */
	if (ipi.kind == STOCK_NOBODY && !(f->cov->kinds & EV_BIT(EV_ACCEPT)))
		ipi.kind = STOCK_UNKNOWN;
	coverage_sent(f->cov, &ipi);
	return ret;
}

/* By probes the IPIs have been joined already. */
static int joined_see(struct joined *f, const struct event *ev)
{
	switch (ev->kind) {
	case EV_TRACK: f->cov->sent[STOCK_UNICAST]++; return coverage_watch(f->cov, &ev->ipi);
	case EV_SENT: return coverage_joined(f->cov, ev);
	}
	return 0;
}

static int joined_records(void *self, const struct event *ev, u32 nr)
{
	struct joined *f = self;
	int ret = 0;

	f->stock.unbounded = !(f->cov->kinds & (EV_BIT(EV_ENTRY) | EV_BIT(EV_EXIT)));
	for (u32 i = 0; i < nr && !ret; i++) {
		ret = coverage_event(f->cov, &ev[i]);
		if (f->feed.t->probes) {
			ret = ret ?: joined_see(f, &ev[i]);
			continue;
		}
		if (!ret && !f->source && ev[i].kind == EV_TRACK)
			ret = coverage_watch(f->cov, &ev[i].ipi);
		if (!ret)
			ret = stock_add(&f->stock, &ev[i]);
	}
	return ret;
}

static const struct ordered_ops joined_ops = { .name = "joined",
					       .needs = stock_needs,
					       .records = joined_records };

/* beside: up to OTHERS_MAX analyses of the same run. */
static int joined_run(struct joined *f, const struct ordered_want *want,
		      const struct ordered *beside, u32 nr, struct err *err)
{
	struct ordered list[1 + OTHERS_MAX] = { { &joined_ops, f } };
	int ret;

	for (u32 i = 0; i < nr; i++)
		list[1 + i] = beside[i];
	stock_init(&f->stock, joined_take_ipi, f);
	ret = trace_run_ordered(f->feed.t, want, list, 1 + nr, &f->cov->kinds, err);
	if (!ret) {
		ret = stock_end(&f->stock);
		if (!ret)
			ret = feed_flush(&f->feed);
		if (ret)
			err_set(err, ret, "out of memory");
	}
	coverage_finish(f->cov);
	stock_release(&f->stock);
	return ret;
}

int trace_run_stock(struct trace *t, struct thread_map *map, struct filter *filter,
		    const struct analysis *list, u32 nr, struct coverage *cov, struct err *err)
{
	struct joined f = {
		.map = map, .feed = { t, filter, list, nr }, .cov = cov, .source = true
	};
	const struct ordered_want want = { 0 };
	u32 kinds;
	int ret;

	coverage_init(cov, map);
	ret = trace_threads(t, map, &kinds, err) ?: joined_run(&f, &want, NULL, 0, err);
	t->events = 0;
	for (u32 i = 0; i < t->nr_in; i++)
		t->events += t->in[i].events;
	return ret;
}

int trace_run_coverage(struct trace *t, struct thread_map *map, struct coverage *cov,
		       struct err *err)
{
	struct joined f = { .map = map, .cov = cov, .feed = { .t = t } };
	const struct ordered_want want = { .kinds = EV_BIT(EV_TRACK) };
	u64 counted = t->counted;
	u32 kinds;
	int ret;

	coverage_init(cov, map);
	ret = trace_threads(t, map, &kinds, err) ?: joined_run(&f, &want, NULL, 0, err);
	t->counted = counted;
	return ret;
}

int trace_run_together(struct trace *t, struct together *r, struct err *err)
{
	struct joined f = { .map = r->map,
			    .cov = r->cov,
			    .feed = { t, r->filter, r->list, r->nr } };
	struct ordered beside[OTHERS_MAX] = { { &feed_ops, &f.feed } };
	struct ordered_want want = r->want;
	int ret;

	want.kinds |= EV_BIT(EV_TRACK);
	if (r->nr_ordered >= OTHERS_MAX)
		return err_set(err, -E2BIG, "too many analyses for one run");
	for (u32 i = 0; i < r->nr_ordered; i++)
		beside[1 + i] = r->ordered[i];
	coverage_init(r->cov, r->map);
	ret = joined_run(&f, &want, beside, 1 + r->nr_ordered, err);
	r->kinds = r->cov->kinds;
	r->cov->kinds &= needs_kinds(stock_needs) | EV_BIT(EV_TRACK);
	return ret;
}

static bool describes(const struct container *c, u32 kinds)
{
	char name[128];
	u16 id;

	for (u32 i = 0; i < c->nr_formats; i++) {
		if (!formats_event(c, i, name, sizeof(name), &id))
			continue;
		for (u32 kind = 0; kind < NR_EVENT_KINDS; kind++)
			if (kinds & EV_BIT(kind) && event_kind_is(kind, c->formats[i].system, name))
				return true;
	}
	return false;
}

/* Which of these kinds have records; reads all. 0 or -errno with its line. */
static int find_recorded(struct trace *t, u32 kinds, u32 *found, struct err *err)
{
	struct survey survey;
	int ret = trace_survey(t, &survey, err);

	*found = 0;
	for (u32 i = 0; i < survey.nr && !ret; i++)
		for (u32 kind = 0; kind < NR_EVENT_KINDS; kind++)
			if (event_kind_is(kind, survey.event[i].system, survey.event[i].name))
				*found |= kinds & EV_BIT(kind);
	survey_release(&survey);
	return ret;
}

bool trace_describes(const struct trace *t, u32 kinds)
{
	for (u32 i = 0; i < t->nr_in; i++)
		if (describes(&t->in[i].c, kinds))
			return true;
	return false;
}

int trace_choose_probes(struct trace *t, bool given, bool by_trace, struct err *err)
{
	const u32 probes = EV_BIT(EV_DELIVER) | EV_BIT(EV_DELIVER_ACCEPT);
	u32 found = probes;
	int ret = 0;

	t->probes = given;
	if (!by_trace || !trace_describes(t, EV_BIT(EV_DELIVER)) ||
	    !trace_describes(t, EV_BIT(EV_DELIVER_ACCEPT)))
		return 0;
	if (trace_describes(t, EV_BIT(EV_TRACK) | EV_BIT(EV_APIC_IPI)))
		ret = find_recorded(t, probes | EV_BIT(EV_TRACK), &found, err);
	t->probes = found == probes;
	return ret;
}
