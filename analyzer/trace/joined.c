// SPDX-License-Identifier: GPL-2.0-only
/*
 * joined.c - see joined.h.
 *
 * One ordered run: each event goes to the coverage and into the join; the directed IPIs that come
 * out get their VM from the thread that sent them, and go on as those of kvm_ipi_track do.
 */
#include "trace/joined.h"
#include "trace/stock_order.h"

#include <errno.h>
#include <stdio.h>

#define FEED_BATCH 128

struct feed {
	struct trace *t;
	const struct thread_map *map;
	struct filter *filter;
	const struct analysis *list;
	u32 nr_list;
	struct coverage *cov;
	bool source;		/* IPIs come from here, not from kvm_ipi_track */
	struct stock stock;
	struct ipi_event ev[FEED_BATCH];
	u32 nr;
};

/* Hands on what has gathered. */
static int joined_flush(struct feed *f)
{
	s64 nr = f->nr;
	int ret = 0;

	f->nr = 0;
	if (nr && filter_active(f->filter))
		nr = filter_apply(f->filter, &f->t->vms, f->ev, (u32)nr);
	if (nr < 0)
		return (int)nr;
	f->t->counted += nr;
	for (u32 i = 0; i < f->nr_list && !ret && nr; i++)
		if (f->list[i].ops->events)
			ret = f->list[i].ops->events(f->list[i].self, f->ev, (u32)nr);
	return ret;
}

/* A directed IPI, which becomes one of the source's. */
static int joined_take(struct feed *f, struct stock_ipi *ipi)
{
	int ret;

	if (!stock_name_ipi(f->t, f->map, ipi) || !f->source)
		return 0;
	f->t->in[ipi->input].events++;
	f->ev[f->nr++] = ipi->ipi;
	ret = coverage_watch(f->cov, &ipi->ipi);
	return ret || f->nr < FEED_BATCH ? ret : joined_flush(f);
}

static int joined_take_ipi(void *ctx, const struct stock_ipi *out)
{
	struct feed *f = ctx;
	struct stock_ipi ipi = *out;
	int ret = ipi.kind == STOCK_UNICAST ? joined_take(f, &ipi) : 0;

	/* Without that event being recorded nobody can be said to have accepted nothing. */
	if (ipi.kind == STOCK_NOBODY && !(f->cov->kinds & EV_BIT(EV_ACCEPT)))
		ipi.kind = STOCK_UNKNOWN;
	coverage_sent(f->cov, &ipi);
	return ret;
}

static int joined_records(void *self, const struct event *ev, u32 nr)
{
	struct feed *f = self;
	int ret = 0;

	f->stock.unbounded = !(f->cov->kinds & (EV_BIT(EV_ENTRY) | EV_BIT(EV_EXIT)));
	for (u32 i = 0; i < nr && !ret; i++) {
		ret = coverage_event(f->cov, &ev[i]);
		if (!ret && !f->source && ev[i].kind == EV_TRACK)
			ret = coverage_watch(f->cov, &ev[i].ipi);
		if (!ret)
			ret = stock_add(&f->stock, &ev[i]);
	}
	return ret;
}

static const struct analysis_ops feed_ops = { .ordered = true, .records = joined_records };

static int joined_run(struct feed *f, u32 kinds, struct err *err)
{
	struct ordered_want want = { .kinds = kinds };
	struct analysis list[] = { { &feed_ops, f } };
	int ret;

	stock_init(&f->stock, joined_take_ipi, f);
	ret = trace_run_ordered(f->t, &want, list, ARRAY_SIZE(list), &f->cov->kinds, err);
	if (!ret) {
		ret = stock_end(&f->stock);
		if (!ret)
			ret = joined_flush(f);
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
	struct feed f = { .t = t, .map = map, .filter = filter, .list = list, .nr_list = nr,
			  .cov = cov, .source = true };
	u32 kinds;
	int ret;

	coverage_init(cov, map);
	ret = trace_threads(t, map, &kinds, err)
		      ?: joined_run(&f, coverage_kinds & ~EV_BIT(EV_TRACK), err);
	t->events = 0;
	for (u32 i = 0; i < t->nr_in; i++)
		t->events += t->in[i].events;
	return ret;
}

int trace_run_coverage(struct trace *t, struct thread_map *map, struct coverage *cov,
		       struct err *err)
{
	struct feed f = { .t = t, .map = map, .cov = cov };
	u64 counted = t->counted;
	u32 kinds;
	int ret;

	coverage_init(cov, map);
	ret = trace_threads(t, map, &kinds, err) ?: joined_run(&f, coverage_kinds, err);
	t->counted = counted;
	return ret;
}

static bool describes(const struct container *c, u32 kinds)
{
	char name[128], full[256];
	u16 id;

	for (u32 i = 0; i < c->nr_formats; i++) {
		if (!formats_event(c, i, name, sizeof(name), &id))
			continue;
		snprintf(full, sizeof(full), "%.100s:%s", c->formats[i].system, name);
		for (u32 kind = 0; kind < NR_EVENT_KINDS; kind++)
			if (kinds & EV_BIT(kind) && !strcmp(event_kind_name(kind), full))
				return true;
	}
	return false;
}

bool trace_describes(const struct trace *t, u32 kinds)
{
	for (u32 i = 0; i < t->nr_in; i++)
		if (describes(&t->in[i].c, kinds))
			return true;
	return false;
}
