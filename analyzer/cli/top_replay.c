// SPDX-License-Identifier: GPL-2.0-only
/* top_replay.c - see top_replay.h. */
#include "cli/top_replay.h"

#include "trace/trace.h"
#include "util/rows.h"

#include <errno.h>
#include <stdlib.h>

#define INTERVALS_MAX (1u << 27) /* bits of the key below */

struct step {
	u32 interval;
	struct live_row row; /* what is new in that interval */
};

struct replay {
	u64 first_ts, interval_ns;
	struct step *step;
	u32 nr, room;
	struct rows_index index;
	u32 reading, at; /* intervals read; steps taken */
	struct live_counts sums;
	struct rows_index sum_index;
};

static int add_event(struct replay *r, const struct ipi_event *ev)
{
	u64 interval = ev->ts > r->first_ts ? (ev->ts - r->first_ts) / r->interval_ns : 0;
	struct step *step = rows_grown(r->step, &r->room, r->nr, sizeof(*step));
	u64 hi = (u64)ev->vm << 51 | interval << 24 | (u64)(ev->vector & 0xff) << 16 |
		 (u64)ev->path << 8 | ev->state;
	s64 at;

	if (interval >= INTERVALS_MAX)
		return -EOVERFLOW;
	if (!step)
		return -ENOMEM;
	r->step = step;
	at = rows_index_add(&r->index, hi, (u64)ev->src << 32 | ev->dst);
	if (at < 0)
		return -ENOMEM;
	if (at == r->nr) {
		step[at] = (struct step){ (u32)interval,
					  { .key = { .vm = ev->have_vm_id ? ev->vm_id : ev->vm + 1u,
						     .vm_pid = ev->vm_pid,
						     .src = ev->src,
						     .dst = ev->dst,
						     .vector = (u8)ev->vector,
						     .path = ev->path,
						     .state = ev->state } } };
		r->nr++;
	}
	step[at].row.count++;
	return 0;
}

static int add_events(void *self, const struct ipi_event *ev, u32 nr)
{
	int ret = 0;

	for (u32 i = 0; i < nr && !ret; i++)
		ret = add_event(self, &ev[i]);
	return ret;
}

static const struct analysis_ops replay_ops = { .events = add_events };

static int by_interval(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	return x->interval < y->interval ? -1 : x->interval > y->interval;
}

static int read_trace(struct replay *r, const char *path, struct err *err)
{
	struct analysis list[] = { { &replay_ops, r } };
	char *paths[] = { (char *)path };
	struct filter filter = { 0 };
	struct trace trace = { 0 };
	int ret = trace_open(&trace, paths, 1, false, err);

	if (!ret)
		ret = trace_first_ts(&trace, &r->first_ts, err);
	if (!ret)
		ret = trace_run(&trace, &filter, list, 1, 1, err);
	trace_close(&trace);
	if (!ret && !r->nr)
		return err_set(err, -ENODATA, "%s has no record of kvm:kvm_ipi_track", path);
	rows_index_release(&r->index);
	if (!ret)
		qsort(r->step, r->nr, sizeof(*r->step), by_interval);
	return ret;
}

static int take_step(struct replay *r, const struct live_row *row)
{
	const struct live_key *k = &row->key;
	s64 at = rows_index_add(&r->sum_index,
				k->vm << 24 | (u64)k->vector << 16 | (u64)k->path << 8 | k->state,
				(u64)k->src << 32 | k->dst);

	if (at < 0)
		return -ENOMEM;
	if (at == r->sums.nr_rows)
		return live_counts_row(&r->sums, k, row->count);
	r->sums.row[at].count += row->count;
	return 0;
}

static int read_replay(void *state, struct live_counts *counts, struct err *err)
{
	struct replay *r = state;
	int ret = 0;

	for (; !ret && r->at < r->nr && r->step[r->at].interval <= r->reading; r->at++)
		ret = take_step(r, &r->step[r->at].row);
	r->reading++;
	if (!ret)
		ret = live_counts_rows(counts, r->sums.row, r->sums.nr_rows);
	return ret ? err_set(err, ret, "out of memory") : 0;
}

static int close_replay(void *state, struct err *err)
{
	struct replay *r = state;

	rows_index_release(&r->index);
	rows_index_release(&r->sum_index);
	live_counts_release(&r->sums);
	free(r->step);
	free(r);
	return 0;
}

static const struct live_ops live_replay = {
	.name = "replay",
	.what = "a recording",
	.read = read_replay,
	.close = close_replay,
};

int top_replay_open(struct live *l, const char *path, u64 interval_ns, struct err *err)
{
	struct replay *r = calloc(1, sizeof(*r));
	int ret;

	*l = (struct live){ 0 };
	if (!r)
		return err_set(err, -ENOMEM, "out of memory");
	r->interval_ns = interval_ns;
	ret = read_trace(r, path, err);
	if (ret) {
		close_replay(r, NULL);
		return ret;
	}
	*l = (struct live){ .ops = &live_replay, .state = r, .facts = { .vm_ids = true } };
	return 0;
}

bool top_replay_ended(const struct live *l)
{
	const struct replay *r = l->state;

	return l->ops == &live_replay && r->at == r->nr;
}
