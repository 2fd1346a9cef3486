// SPDX-License-Identifier: GPL-2.0-only
/* test_latency.c - each stage of an IPI's way, planted. */
#include "analysis/latency.h"

#include "story.h"
#include "unit.h"

#define P(n) (STORY_PID + (n))

struct world {
	struct story s;
	struct latency l;
};

static int to_latency(void *l, const struct event *ev)
{
	return latency_event(l, ev);
}

static void begin(struct world *w, u32 max_slow)
{
	story_begin(&w->s, 3);
	ck_assert_int_eq(latency_init(&w->l, &w->s.map, max_slow, NULL, &w->s.vms), 0);
	w->s.analysis = &w->l;
	w->s.event = to_latency;
}

static void end(struct world *w)
{
	latency_release(&w->l);
	story_end(&w->s);
}

static const struct latency_row *find(const struct latency *l, u32 src, u32 dst, u32 vector,
				      u32 state)
{
	for (u32 i = 0; i < l->nr_rows; i++) {
		const struct latency_key *k = &l->row[i].key;

		if (k->src == src && k->dst == dst && k->vector == vector && k->state == state)
			return &l->row[i];
	}
	return NULL;
}

#define ANY LATENCY_ANY

START_TEST(stages)
{
	const struct latency_row *r;
	struct world w;

	begin(&w, 4);
	story_exit(&w.s, 10, 0, 0, STORY_SVM_MSR, STORY_KERNEL);
	story_apic_ipi(&w.s, 12, 0, 0x50);
	story_accept(&w.s, 13, 0, 0, 0x50,
		     0); /* its own timer, the same vector: another acceptor */
	story_accept(&w.s, 14, 0, 1, 0x50, 0);
	story_ipi(&w.s, 15, 0, 1, 0x50);
	story_entry(&w.s, 16, 0, 0);
	story_switch(&w.s, 112, 1, 0, 0, P(1));
	story_inject(&w.s, 212, 1, 0x51); /* another vector */
	story_inject(&w.s, 312, 1, 0x50);
	story_eoi(&w.s, 412, 1, 0x50);
	story_eoi(&w.s, 512, 1, 0x50);
	ck_assert_int_eq(latency_finish(&w.l), 0);
	r = find(&w.l, 0, 1, ANY, ANY);
	ck_assert_ptr_nonnull(r);
	ck_assert_uint_eq(r->ipis, 1);
	ck_assert_uint_eq(r->hist[LATENCY_ACCEPTED].max, 2 * STORY_US);
	ck_assert_uint_eq(r->hist[LATENCY_RUNNING].max, 100 * STORY_US);
	ck_assert_uint_eq(r->hist[LATENCY_INJECTED].max, 300 * STORY_US);
	ck_assert_uint_eq(r->hist[LATENCY_ACKNOWLEDGED].max, 400 * STORY_US);
	ck_assert_ptr_nonnull(find(&w.l, ANY, ANY, 0x50, ANY));
	ck_assert_ptr_nonnull(find(&w.l, ANY, ANY, ANY, IPI_STATE_PREEMPTED));
	ck_assert_uint_eq(w.l.row[0].hist[LATENCY_ACKNOWLEDGED].nr, 1);
	ck_assert_uint_eq(w.l.unanswered, 0);
	ck_assert_uint_eq(w.l.nr_slow, 1);
	ck_assert_uint_eq(w.l.slow[0].sent, 12 * STORY_US);
	end(&w);
}
END_TEST

START_TEST(accepted_first)
{
	const struct latency_row *r;
	struct world w;

	begin(&w, 0);
	story_exit(&w.s, 10, 0, 0, STORY_SVM_MSR, STORY_KERNEL);
	story_accept(&w.s, 12, 0, 1, 0x50, 0);
	story_apic_ipi(&w.s, 14, 0, 0x50);
	story_ipi(&w.s, 15, 0, 1, 0x50);
	story_eoi(&w.s, 112, 1, 0x50);
	ck_assert_int_eq(latency_finish(&w.l), 0);
	r = find(&w.l, 0, 1, ANY, ANY);
	ck_assert_uint_eq(r->hist[LATENCY_ACCEPTED].max, 0);
	ck_assert_uint_eq(r->hist[LATENCY_ACKNOWLEDGED].max, 100 * STORY_US);
	ck_assert_uint_eq(r->hist[LATENCY_INJECTED].nr, 0);
	end(&w);
}
END_TEST

START_TEST(running_already)
{
	const struct latency_row *r;
	struct world w;

	begin(&w, 0);
	story_switch(&w.s, 1, 1, 0, 0, P(1));
	story_ipi(&w.s, 15, 0, 1, 0x50); /* alone: it is the send itself */
	story_eoi(&w.s, 25, 1, 0x50);
	story_ipi(&w.s, 30, 0, 1, 0x50); /* two, answered as one */
	story_ipi(&w.s, 40, 2, 1, 0x50);
	story_eoi(&w.s, 50, 1, 0x50);
	ck_assert_int_eq(latency_finish(&w.l), 0);
	r = find(&w.l, ANY, ANY, ANY, ANY);
	ck_assert_uint_eq(r->ipis, 3);
	ck_assert_uint_eq(r->hist[LATENCY_RUNNING].nr, 3);
	ck_assert_uint_eq(r->hist[LATENCY_RUNNING].max, 0);
	ck_assert_uint_eq(r->hist[LATENCY_ACKNOWLEDGED].nr, 3);
	ck_assert_uint_eq(r->hist[LATENCY_ACKNOWLEDGED].max, 20 * STORY_US);
	ck_assert_uint_eq(r->hist[LATENCY_ACCEPTED].nr, 0);
	end(&w);
}
END_TEST

START_TEST(slowest)
{
	struct world w;

	begin(&w, 3);
	for (u32 i = 0; i < 50; i++) {
		u64 at = 1000ull * i;

		story_ipi(&w.s, at, 0, 1, 0x50);
		story_eoi(&w.s, at + 1 + i * 7919 % 101, 1, 0x50);
	}
	ck_assert_int_eq(latency_finish(&w.l), 0);
	ck_assert_uint_eq(w.l.nr_slow, 3);
	for (u32 i = 0; i < 3; i++) {
		u64 value = w.l.slow[i].after[LATENCY_ACKNOWLEDGED], more = 0;

		for (u32 k = 0; k < 50; k++)
			more += (1 + k * 7919 % 101) * STORY_US > value;
		ck_assert_uint_eq(more, i); /* all values differ */
	}
	end(&w);
}
END_TEST

START_TEST(lost)
{
	struct world w;

	begin(&w, 2);
	story_ipi(&w.s, 10, 0, 1, 0x50);
	story_gap(&w.s, 100, 50);
	story_eoi(&w.s, 110, 1, 0x50);
	story_ipi(&w.s, 120, 0, 1, 0x50);
	ck_assert_int_eq(latency_finish(&w.l), 0);
	ck_assert_uint_eq(w.l.row[0].hist[LATENCY_ACKNOWLEDGED].nr, 0);
	ck_assert_uint_eq(w.l.unanswered, 2);
	end(&w);
}
END_TEST

/* The oldest of a long queue are the slowest: none may be missing. */
START_TEST(long_queue)
{
	const u32 nr = 5000;
	struct world w;

	begin(&w, 2);
	for (u32 i = 0; i < nr; i++)
		story_ipi(&w.s, i, 0, 1, 0x50);
	story_switch(&w.s, nr, 1, 0, 0, P(1));
	ck_assert_uint_eq(w.l.vcpu[1].waiting, 0);
	story_inject(&w.s, nr, 1, 0x50);
	story_ipi(&w.s, nr + 1, 0, 1, 0x50);
	story_inject(&w.s, nr + 3, 1, 0x50);
	story_eoi(&w.s, nr + 4, 1, 0x50);
	story_eoi(&w.s, nr + 9, 1, 0x50);
	ck_assert_int_eq(latency_finish(&w.l), 0);
	for (int s = LATENCY_INJECTED; s < NR_LATENCY_STAGES; s++)
		ck_assert_uint_eq(w.l.row[0].hist[s].nr, nr + 1);
	ck_assert_uint_eq(w.l.row[0].hist[LATENCY_INJECTED].max, nr * STORY_US);
	ck_assert_uint_eq(w.l.row[0].hist[LATENCY_INJECTED].min, 1 * STORY_US);
	ck_assert_uint_eq(w.l.row[0].hist[LATENCY_ACKNOWLEDGED].max, (nr + 4) * STORY_US);
	ck_assert_uint_eq(w.l.slow[0].sent, 0);
	ck_assert_uint_eq(w.l.unanswered, 0);
	ck_assert_uint_eq(w.l.nr_waiting, 0);
	end(&w);
}
END_TEST

/* What is never acknowledged makes room first, and is counted. */
START_TEST(never_answered)
{
	const u32 nr = LATENCY_WAITING_MAX + 1000;
	const struct latency_row *r;
	struct world w;

	begin(&w, 2);
	for (u32 i = 0; i < 3; i++)
		story_ipi(&w.s, i, 0, 2, 0x51);
	story_eoi(&w.s, 3, 2, 0x51);
	story_ipi(&w.s, 4, 0, 2, 0x51);
	for (u32 i = 5; i < nr; i++)
		story_ipi(&w.s, i, 0, 1, 0x50);
	ck_assert_uint_le(w.l.nr_waiting, LATENCY_WAITING_MAX);
	story_switch(&w.s, nr, 1, 0, 0, P(1));
	ck_assert_uint_eq(w.l.vcpu[1].waiting, 0);
	story_eoi(&w.s, nr, 2, 0x51);
	ck_assert_int_eq(latency_finish(&w.l), 0);
	r = find(&w.l, ANY, ANY, ANY, ANY);
	ck_assert_uint_eq(r->hist[LATENCY_ACKNOWLEDGED].nr, 4);
	ck_assert_uint_eq(r->hist[LATENCY_ACKNOWLEDGED].max, (nr - 4) * STORY_US);
	ck_assert_uint_eq(w.l.unanswered, nr - 5);
	ck_assert_uint_ge(w.l.given_up, LATENCY_WAITING_MAX / 2 - 1);
	ck_assert_uint_eq(r->hist[LATENCY_RUNNING].nr + w.l.given_up, nr - 5);
	end(&w);
}
END_TEST

static void count_sent(void *ctx, const struct latency_ipi *ipi)
{
	u64 *sum = ctx;

	ck_assert_uint_eq(ipi->number, ++sum[2]);
}

static void sum_up(void *ctx, const struct latency_ipi *ipi)
{
	u64 *sum = ctx;

	sum[0]++;
	sum[1] += ipi->after[LATENCY_ACKNOWLEDGED] != LATENCY_UNKNOWN;
	ck_assert_int_eq(ipi->src_pid, P(ipi->src));
}

static const struct latency_watch watch = { count_sent, sum_up };

/* Answered, cut off by a gap, of an unknown receiver, too many to wait for, and left at the end. */
START_TEST(each_is_over_once)
{
	u64 sum[3] = { 0 };
	struct world w;

	begin(&w, 2);
	w.l.watch = &watch;
	w.l.watch_ctx = sum;
	story_ipi(&w.s, 10, 0, 1, 0x50);
	story_ipi(&w.s, 11, 2, 1, 0x50);
	story_eoi(&w.s, 12, 1, 0x50);
	ck_assert_uint_eq(sum[0], 2);
	story_ipi(&w.s, 20, 0, 1, 0x50);
	story_gap(&w.s, 100, 50);
	ck_assert_uint_eq(sum[0], 3);
	story_ipi(&w.s, 110, 0, 99, 0x50);
	ck_assert_uint_eq(sum[0], 4);
	for (u32 i = 0; i <= LATENCY_WAITING_MAX; i++)
		story_ipi(&w.s, 120 + i, 0, 1, 0x51);
	ck_assert_uint_eq(sum[0], 4 + LATENCY_WAITING_MAX / 2);
	ck_assert_int_eq(latency_finish(&w.l), 0);
	ck_assert_uint_eq(sum[0], w.l.counted);
	ck_assert_uint_eq(sum[0], 5 + LATENCY_WAITING_MAX);
	ck_assert_uint_eq(sum[1], 2);
	ck_assert_uint_eq(sum[2], sum[0]);
	end(&w);
}
END_TEST

/* All of them, and nothing else: no histograms. */
START_TEST(list_of_all)
{
	struct world w;

	begin(&w, LATENCY_ALL);
	w.l.no_rows = true;
	for (u32 i = 0; i < 500; i++) {
		story_ipi(&w.s, 10 * i, 0, 1, 0x50);
		if (i % 3)
			story_eoi(&w.s, 10 * i + i % 7, 1, 0x50);
	}
	ck_assert_int_eq(latency_finish(&w.l), 0);
	ck_assert_uint_eq(w.l.nr_rows, 0);
	ck_assert_uint_eq(w.l.nr_slow, 500);
	for (u32 i = 1; i < 500; i++)
		ck_assert_uint_ge(w.l.slow[i - 1].after[LATENCY_ACKNOWLEDGED] + 1,
				  w.l.slow[i].after[LATENCY_ACKNOWLEDGED] + 1);
	end(&w);
}
END_TEST

UNIT_SUITE(latency, stages, accepted_first, running_already, slowest, lost, long_queue,
	   never_answered, each_is_over_once, list_of_all)
