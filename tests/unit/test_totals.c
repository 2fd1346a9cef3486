// SPDX-License-Identifier: GPL-2.0-only
/* test_totals.c - readings in, totals and differences out; an independent sum is beside them. */
#include "live/totals.h"

#include "unit.h"

static struct live_key key_of(u64 vm, u32 src, u32 dst, u8 vector, u8 state)
{
	return (struct live_key){ .vm = vm,
				  .vm_pid = (s32)(100 + vm),
				  .src = src,
				  .dst = dst,
				  .vector = vector,
				  .path = state == LIVE_HALTED,
				  .state = state };
}

static void add(struct live_counts *c, struct live_key key, u64 count)
{
	ck_assert_int_eq(live_counts_row(c, &key, count), 0);
}

static void add_bucket(struct live_counts *c, u64 vm, u8 stage, u8 state, u16 bucket, u64 count)
{
	struct live_bucket_key key = { .vm = vm, .bucket = bucket, .stage = stage, .state = state };

	ck_assert_int_eq(live_counts_bucket(c, &key, count), 0);
}

static void update(struct totals *t, struct live_counts *c)
{
	ck_assert_int_eq(totals_update(t, c), 0);
	c->nr_rows = c->nr_buckets = 0;
}

START_TEST(totals_and_what_is_new)
{
	struct live_counts c = { 0 };
	struct totals t;

	totals_init(&t, true);
	add(&c, key_of(7, 0, 1, 253, LIVE_GUEST), 10);
	add(&c, key_of(7, 0, 1, 253, LIVE_PREEMPTED), 5);
	add(&c, key_of(7, 2, 1, 251, LIVE_HALTED), 4);
	add(&c, key_of(9, 0, 300, 253, LIVE_WOKEN), 1);
	update(&t, &c);
	ck_assert_uint_eq(t.nr_vms, 2);
	ck_assert_uint_eq(t.vm[0].id, 7);
	ck_assert_uint_eq(t.vm[0].vcpus, 3);
	ck_assert_uint_eq(t.vm[1].vcpus, 2);
	ck_assert_uint_eq(t.vm[0].ipis, 19);
	ck_assert_uint_eq(t.vm[0].path[LIVE_SLOW], 4);
	ck_assert_uint_eq(t.pair[t.vm[0].hottest].dst, 1);
	/* In another order, with a new entry in front: 3 more of one, and of one nothing. */
	add(&c, key_of(7, 5, 6, 253, 9), 2);
	add(&c, key_of(9, 0, 300, 253, LIVE_WOKEN), 1);
	add(&c, key_of(7, 2, 1, 251, LIVE_HALTED), 7);
	add(&c, key_of(7, 0, 1, 253, LIVE_GUEST), 10);
	add(&c, key_of(7, 0, 1, 253, LIVE_PREEMPTED), 5);
	update(&t, &c);
	ck_assert_uint_eq(t.vm[0].ipis, 24);
	ck_assert_uint_eq(t.vm[0].new_ipis, 5);
	ck_assert_uint_eq(t.vm[0].new_state[LIVE_HALTED], 3);
	ck_assert_uint_eq(t.vm[0].state[NR_LIVE_STATES], 2); /* a state without a name */
	ck_assert_uint_eq(t.vm[0].quiet, 0);
	ck_assert_uint_eq(t.vm[1].quiet, 1);
	ck_assert_uint_eq(t.vm[1].hottest, TOTALS_NO_PAIR);
	ck_assert_uint_eq(t.new_ipis, 5);
	ck_assert_uint_eq(t.ipis, 25);
	ck_assert_uint_eq(t.vm[0].vcpus, 5);
	live_counts_release(&c);
	totals_release(&t);
}
END_TEST

/* Entries that were forgotten and came back as new ones: none lost, none counted twice. */
START_TEST(totals_never_shrink)
{
	struct live_counts c = { 0 };
	struct totals t;

	totals_init(&t, false);
	add(&c, key_of(4096, 0, 1, 253, LIVE_GUEST), 10);
	update(&t, &c);
	update(&t, &c);
	ck_assert_uint_eq(t.vm[0].ipis, 10);
	ck_assert_uint_eq(t.vm[0].id, 1); /* an address is never shown */
	add(&c, key_of(4096, 0, 1, 253, LIVE_GUEST), 3);
	update(&t, &c);
	ck_assert_uint_eq(t.vm[0].ipis, 13);
	ck_assert_uint_eq(t.vm[0].new_ipis, 3);
	ck_assert_uint_eq(totals_row_count(&t.row[0]), 13);
	live_counts_release(&c);
	totals_release(&t);
}
END_TEST

START_TEST(the_order_of_entries_does_not_matter)
{
	enum { ENTRIES = 200, READINGS = 30 };
	struct live_counts c = { 0 };
	u64 sum[ENTRIES] = { 0 }, all = 0, random = 1;
	struct totals t;

	totals_init(&t, true);
	for (u32 reading = 0; reading < READINGS; reading++) {
		for (u32 i = 0; i < ENTRIES; i++) {
			/* A walk through all of them, from another place and by another step. */
			u32 e = (i * (2 * (reading / 3) + 1) + reading / 7) % ENTRIES;

			if (ENTRIES % 5 == 0 && (2 * (reading / 3) + 1) % 5 == 0)
				e = i; /* that step would not meet all */
			random = random * 6364136223846793005u + 1442695040888963407u;
			if (e > reading * 10)
				continue;
			sum[e] += random >> 60;
			all += random >> 60;
			add(&c, key_of(e % 3, e / 3, e / 7, (u8)e, e % 5), sum[e]);
		}
		update(&t, &c);
		ck_assert_uint_eq(t.ipis, all);
	}
	for (u32 i = 0; i < t.nr_rows; i++) {
		u32 e = t.row[i].key.vector;

		ck_assert_uint_eq(t.row[i].key.src, e / 3);
		ck_assert_uint_eq(totals_row_count(&t.row[i]), sum[e]);
	}
	live_counts_release(&c);
	totals_release(&t);
}
END_TEST

START_TEST(latencies_are_those_of_the_interval_and_of_all)
{
	struct live_counts c = { 0 };
	struct hist h;
	struct totals t;

	totals_init(&t, true);
	add(&c, key_of(1, 0, 1, 253, LIVE_GUEST), 1);
	add_bucket(&c, 1, LIVE_EOI, LIVE_GUEST, 100, 4);
	add_bucket(&c, 1, LIVE_EOI, LIVE_HALTED, 1000, 2);
	add_bucket(&c, 2, LIVE_EOI, LIVE_HALTED, 1000, 2); /* its first IPI was not read yet */
	update(&t, &c);
	ck_assert_uint_eq(t.vm[0].stage[LIVE_EOI].nr, 6);
	ck_assert_uint_eq(hist_percentile(&t.vm[0].stage[LIVE_EOI], 50, 100), 100);
	add(&c, key_of(2, 0, 1, 253, LIVE_GUEST), 1);
	add_bucket(&c, 2, LIVE_EOI, LIVE_HALTED, 1000, 2);
	add_bucket(&c, 1, LIVE_EOI, LIVE_HALTED, 1000, 5);
	update(&t, &c);
	ck_assert_uint_eq(t.vm[0].stage[LIVE_EOI].nr, 3);
	ck_assert_uint_eq(t.vm[1].stage[LIVE_EOI].nr, 2);
	ck_assert_int_eq(totals_latency(&t, 0, LIVE_EOI, TOTALS_STATES, &h), 0);
	ck_assert_uint_eq(h.nr, 9);
	hist_release(&h);
	ck_assert_int_eq(totals_latency(&t, 0, LIVE_EOI, LIVE_HALTED, &h), 0);
	ck_assert_uint_eq(h.nr, 5);
	hist_release(&h);
	live_counts_release(&c);
	totals_release(&t);
}
END_TEST

UNIT_SUITE(totals, totals_and_what_is_new, totals_never_shrink,
	   the_order_of_entries_does_not_matter, latencies_are_those_of_the_interval_and_of_all)
