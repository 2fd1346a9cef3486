// SPDX-License-Identifier: GPL-2.0-only
/* bpf_read.c - see bpf_read.h. */
#include "live/bpf_read.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <time.h>
#include <unistd.h>

#define BATCH 2048

static u64 now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

/* The programs' own counters, since they were loaded. */
static void sum_runs(const struct bpf_state *s, u64 *ns, u64 *count)
{
	*ns = *count = 0;
	for (u32 i = 0; i < s->nr_links; i++) {
		struct bpf_prog_info info = { 0 };
		u32 len = sizeof(info);

		if (bpf_obj_get_info_by_fd(s->program[i], &info, &len))
			continue;
		*ns += info.run_time_ns;
		*count += info.run_cnt;
	}
}

bool bpf_read_cost_on(struct bpf_state *s)
{
	s->stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (s->stats < 0)
		return false;
	sum_runs(s, &s->base_ns, &s->base_count);
	s->stats_since = now_ns();
	return true;
}

static void cost_off(struct bpf_state *s)
{
	u64 ns, count;

	sum_runs(s, &ns, &count);
	s->measured_ns += now_ns() - s->stats_since;
	close(s->stats);
	s->stats = -1;
	s->run_ns += ns - s->base_ns;
	s->run_count += count - s->base_count;
}

static void read_cost(struct bpf_state *s, struct live_counts *c)
{
	if (s->stats >= 0)
		cost_off(s);
	if (s->readings++ % COST_PERIOD == COST_PERIOD - 1)
		bpf_read_cost_on(s);
	c->cost_ns = s->run_ns;
	c->cost_runs = s->run_count;
	c->cost_measured_ns = s->measured_ns;
}

/* What a map's entries are handed to: 0 or -ENOMEM. */
typedef int (*take)(struct live_counts *c, const void *key, u64 count);

static int take_row(struct live_counts *c, const void *key, u64 count)
{
	return live_counts_row(c, key, count);
}

static int take_bucket(struct live_counts *c, const void *key, u64 count)
{
	return live_counts_bucket(c, key, count);
}

/*
 * All entries, in batches. A bucket of the hash is read at once, so an entry is neither missed nor
 * read twice while others are added. -ENOSPC: a bucket has more entries than fit; never with
 * BATCH.
 */
static int read_map(int fd, size_t key_size, struct live_counts *c, take each)
{
	char keys[BATCH * sizeof(struct live_key)];
	u64 values[BATCH];
	u32 in, out, nr;
	void *from = NULL;
	int ret;

	do {
		nr = BATCH;
		ret = bpf_map_lookup_batch(fd, from, &out, keys, values, &nr, NULL);
		if (ret && ret != -ENOENT)
			return ret;
		for (u32 i = 0; i < nr; i++)
			if (each(c, keys + i * key_size, values[i]))
				return -ENOMEM;
		in = out;
		from = &in;
	} while (!ret);
	return 0;
}

int bpf_read(void *state, struct live_counts *c, struct err *err)
{
	struct bpf_state *s = state;
	u32 zero = 0;
	int ret = read_map(s->ipis, sizeof(struct live_key), c, take_row);

	if (!ret)
		ret = read_map(s->latency, sizeof(struct live_bucket_key), c, take_bucket);
	if (!ret)
		ret = bpf_map_lookup_elem(s->counters, &zero, &c->counters);
	if (ret)
		return err_set(err, ret, "cannot read the counts from the kernel: %s",
			       strerror(-ret));
	read_cost(s, c);
	return 0;
}

void bpf_forget(void *state, const struct live_counts *c, u64 vm)
{
	struct bpf_state *s = state;

	for (u32 i = 0; i < c->nr_rows; i++)
		if (c->row[i].key.vm == vm)
			bpf_map_delete_elem(s->ipis, &c->row[i].key);
	for (u32 i = 0; i < c->nr_buckets; i++)
		if (c->bucket[i].key.vm == vm)
			bpf_map_delete_elem(s->latency, &c->bucket[i].key);
}
