// SPDX-License-Identifier: GPL-2.0-only
/* test_search.c - whom the policies name, and with which hints. */
#include "replay_world.h"

START_TEST(hits_and_misses)
{
	const struct score_vm *v;
	struct world w;

	world_begin(&w, true);
	story_ipi(&w.s, 50, 0, 3, 0x50);
	world_yields(&w, 100, 2, 1); /* waits for 3, stock takes 2 */
	v = world_end(&w);
	ck_assert_uint_eq(v->helpable, 1);
	ck_assert_uint_eq(v->nothing_awaited, 0);
	ck_assert_uint_eq(score_policy(v, POLICY_STOCK, false).missed, 1);
	ck_assert_uint_eq(score_policy(v, POLICY_V3, false).missed, 1); /* a filter */
	ck_assert_uint_eq(score_policy(v, POLICY_FIRST, false).hits, 1);
	ck_assert_uint_eq(score_policy(v, POLICY_ORACLE, false).hits, 1);
	ck_assert_uint_eq(score_same(v, POLICY_FIRST, POLICY_ORACLE), 1);
	ck_assert_uint_eq(score_same(v, POLICY_FIRST, POLICY_STOCK), 0);
	ck_assert_uint_eq(v->nr_examples, 1);
	ck_assert_uint_eq(v->example[0].awaited, 3);
	ck_assert_uint_eq(v->hinted, 1);
	world_release(&w);
}
END_TEST

/* The hint is 40 ms old: windows below do not see it, the awaited vCPU is the same. */
START_TEST(sweep)
{
	const struct score_vm *v;
	struct world w;

	world_begin(&w, true);
	story_ipi(&w.s, 50, 0, 3, 0x50);
	world_yields(&w, 40000, 2, 1);
	v = world_end(&w);
	for (u32 i = 0; i < w.r.score.nr_windows; i++) {
		struct score_window win = score_window(&w.r.score, v, i);
		bool sees = w.r.score.window[i] >= 50 * MS;

		ck_assert_uint_eq(win.first.hits, sees);
		ck_assert_uint_eq(win.first.missed, !sees);
		ck_assert_uint_eq(win.filter.missed, 1);
	}
	ck_assert_uint_eq(score_suggest(&w.r.score, v), 50 * MS);
	world_release(&w);
}
END_TEST

/*
 * Without probes: the picks are the same while the hypotheses agree, and less sure where they do
 * not.
 */
START_TEST(blind)
{
	const struct score_vm *v;
	struct world w;

	world_begin(&w, false);
	for (u32 i = 0; i < 20; i++) {
		u64 us = 100 + 100 * i;

		story_pause(&w.s, us, 0, 0);
		story_switch(&w.s, us + 5, 0, P(0), 0, P(2)); /* 2 is here: who else was meant? */
		story_switch(&w.s, us + 20, 0, P(2), 0, P(0));
		story_entry(&w.s, us + 30, 0, 0);
		story_pause(&w.s, us + 40, 0, 0); /* 3's turn, on the other CPU */
		story_entry(&w.s, us + 50, 0, 0);
	}
	v = world_end(&w);
	ck_assert_uint_eq(v->spins, 40);
	ck_assert_uint_eq(v->observed, 0);
	ck_assert_uint_gt(v->sure, 20);
	ck_assert_uint_lt(v->sure, 40);
	ck_assert_uint_eq(score_policy(v, POLICY_STOCK, false).picks, 40);
	world_release(&w);
}
END_TEST

/*
 * More searches that are due at one time than there is room for, none of which ends by its time:
 * each is made when the next one begins.
 */
START_TEST(many_at_once)
{
	const struct score_vm *v;
	struct world w;

	for (int probed = 0; probed < 2; probed++) {
		world_begin(&w, probed);
		for (u32 i = 0; i < 1000; i++)
			for (u32 n = 0; n < 2; n++)
				story_pause(&w.s, 100, n, n);
		ck_assert_uint_le(w.r.due_tail, w.r.due_room);
		v = world_end(&w);
		ck_assert_uint_eq(v->spins, 2 * 999);
		world_release(&w);
	}
}
END_TEST

/* CPU 1's vCPU spins again and again, at one moment: more than the list of what is due holds. */
static void fill_due(struct world *w, u64 us)
{
	for (u32 i = 0; i < 200; i++) {
		story_pause(&w->s, us, 1, 1);
		story_entry(&w->s, us, 1, 1);
	}
}

/* What others wait for stays in the list when room is made in it. */
START_TEST(due_in_a_full_list)
{
	const struct score_vm *v;
	struct world w;

	for (int probed = 0; probed < 2; probed++) {
		world_begin(&w, probed);
		if (probed) /* so that its two searches have times of their own */
			world_yields(&w, 50, 2, 1);
		story_pause(&w.s, 100, 0, 0);
		if (probed) /* how the search goes on must be known */
			story_target(&w.s, 100, 0, P(2));
		fill_due(&w, 101);
		ck_assert(!w.r.spin[0].blind_done);
		story_eoi(&w.s, 202, 1, 0x50); /* later than the search; its thread says nothing */
		ck_assert(w.r.spin[0].searched && w.r.spin[0].blind_done);
		ck_assert(w.r.spin[0].in_flight);
		story_switch(&w.s, 210, 0, P(0), 0, P(2));
		story_switch(&w.s, 220, 0, P(2), 0, P(0));
		fill_due(&w, 221);
		ck_assert(w.r.spin[0].in_flight);
		story_eoi(&w.s, 330, 1, 0x50); /* later than its end */
		ck_assert(!w.r.spin[0].in_flight);
		v = world_end(&w);
		ck_assert_uint_eq(v->spins, 401 + (u32)probed);
		world_release(&w);
	}
}
END_TEST

/* A damaged time: nothing is due behind the last one. */
START_TEST(end_of_time)
{
	struct event ev = { .ts = UINT64_MAX, .kind = EV_EOI, .pid = P(1), .v = { 1, 0x50 } };
	struct world w;

	for (int probed = 0; probed < 2; probed++) {
		world_begin(&w, probed);
		story_pause(&w.s, 100, 0, 0);
		story_entry(&w.s, 101, 0, 0);
		ck_assert_int_eq(ahead_events(&w.r, &ev, 1), 0);
		ck_assert_uint_eq(w.r.due_head, w.r.due_tail);
		ck_assert_int_eq(replay_finish(&w.r, UINT64_MAX), 0);
		world_release(&w);
	}
}
END_TEST

UNIT_SUITE(search, hits_and_misses, sweep, blind, many_at_once, due_in_a_full_list, end_of_time)
