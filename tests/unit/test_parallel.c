// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_parallel.c - the parts of an analysis on several threads: each is joined while nothing has
 * failed, and each is freed, whatever failed.
 */
#include "trace/trace.h"

#include "unit.h"

#define CAPTURE "tests/data/captures/612-e-asym16.dat"
#define THREADS 4

/* What all parts of one test share. */
struct common {
	u32 forked, joined, dropped, fork_fails_at, join_fails_at;
	u64 ipis;
};

struct part {
	struct common *common;
	u64 ipis;
};

static int count(void *self, const struct ipi_event *ev, u32 nr)
{
	((struct part *)self)->ipis += nr;
	return 0;
}

static void *fork_part(const void *self)
{
	struct common *common = ((const struct part *)self)->common;
	struct part *part = calloc(1, sizeof(*part));

	ck_assert_ptr_nonnull(part);
	if (common->forked + 1 == common->fork_fails_at) {
		free(part);
		return NULL;
	}
	common->forked++;
	part->common = common;
	return part;
}

static int join_part(void *self, void *other, const u32 *vm_map)
{
	struct part *sum = self, *part = other;

	if (++part->common->joined == part->common->join_fails_at)
		return -ENOMEM;
	sum->ipis += part->ipis;
	return 0;
}

static void drop_part(void *self)
{
	struct part *part = self;

	part->common->dropped++;
	free(part);
}

static const struct analysis_ops ops = {
	.events = count, .fork = fork_part, .join = join_part, .drop = drop_part
};

/* Two analyses, so that a worker can have the part of one and not of the other. */
static int run(struct common *common, u64 *ipis)
{
	char path[] = CAPTURE, *paths[] = { path };
	struct filter filter = { 0 };
	struct part first = { .common = common }, second = { .common = common };
	struct analysis list[] = { { &ops, &first }, { &ops, &second } };
	struct trace t;
	struct err err;
	int ret;

	ck_assert_int_eq(trace_open(&t, paths, 1, false, &err), 0);
	ret = trace_run(&t, &filter, list, 2, THREADS, &err);
	ck_assert(ret || first.ipis == second.ipis);
	ck_assert(ret || first.ipis == t.events);
	*ipis = first.ipis;
	filter_release(&filter);
	trace_close(&t);
	return ret;
}

START_TEST(all_parts_are_joined)
{
	struct common c = { 0 };
	u64 ipis;

	ck_assert_int_eq(run(&c, &ipis), 0);
	ck_assert_uint_gt(ipis, 0);
	ck_assert_uint_eq(c.forked, 2 * (THREADS - 1));
	ck_assert_uint_eq(c.joined, c.forked);
	ck_assert_uint_eq(c.dropped, c.forked);
}
END_TEST

START_TEST(a_join_that_fails_loses_no_part)
{
	for (u32 n = 1; n <= 2 * (THREADS - 1); n++) {
		struct common c = { .join_fails_at = n };
		u64 ipis;

		ck_assert_int_ne(run(&c, &ipis), 0);
		ck_assert_uint_eq(c.joined, n);
		ck_assert_uint_eq(c.dropped, c.forked);
	}
}
END_TEST

START_TEST(a_fork_that_fails_loses_no_part)
{
	for (u32 n = 1; n <= 2 * (THREADS - 1); n++) {
		struct common c = { .fork_fails_at = n };
		u64 ipis;

		ck_assert_int_ne(run(&c, &ipis), 0);
		ck_assert_uint_eq(c.forked, n - 1);
		ck_assert_uint_eq(c.dropped, c.forked);
	}
}
END_TEST

UNIT_SUITE(parallel, all_parts_are_joined, a_join_that_fails_loses_no_part,
	   a_fork_that_fails_loses_no_part)
