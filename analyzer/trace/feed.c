// SPDX-License-Identifier: GPL-2.0-only
/* feed.c - see feed.h. */
#include "trace/feed.h"

int feed_flush(struct feed *f)
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

int feed_ipi(struct feed *f, const struct ipi_event *ipi)
{
	f->ev[f->nr++] = *ipi;
	return f->nr < FEED_BATCH ? 0 : feed_flush(f);
}

static int feed_records(void *self, const struct event *ev, u32 nr)
{
	int ret = 0;

	for (u32 i = 0; i < nr && !ret; i++)
		if (ev[i].kind == EV_TRACK)
			ret = feed_ipi(self, &ev[i].ipi);
	return ret;
}

const struct ordered_ops feed_ops = { .name = "feed",
				      .needs = graph_needs,
				      .records = feed_records };
