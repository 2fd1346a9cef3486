// SPDX-License-Identifier: GPL-2.0-only
/* test_replay.c - spins told event by event, with the kernel's choice and without. */
#include "analysis/replay.h"

#include "story.h"
#include "unit.h"

#define P(n) (STORY_PID + (n))
#define MS (1000 * STORY_US)

struct world {
	struct story s;
	struct replay r;
};

static int to_replay(void *r, const struct event *ev)
{
	return replay_event(r, ev);
}

/* Four vCPUs. 0 and 1 run on the two CPUs; 2 and 3 are preempted in kernel mode, on CPU 0 and 1. */
static void begin(struct world *w, bool probed)
{
	struct replay_options opt = {
		.probed = probed, .order = SCAN_TWO_PASSES, .window_ns = 50 * MS,
		.exit_delay_ns = REPLAY_EXIT_DELAY, .hypercall_delay_ns = REPLAY_HYPERCALL_DELAY,
		.end_delay_ns = REPLAY_END_DELAY,
	};

	story_begin(&w->s, 4);
	ck_assert_int_eq(replay_init(&w->r, &opt, &w->s.map, NULL, &w->s.vms), 0);
	w->s.analysis = &w->r;
	w->s.event = to_replay;
	for (u32 i = 0; i < 2; i++) {
		story_switch(&w->s, 1 + 10 * i, i, 0, 0, P(2 + (s32)i));
		story_entry(&w->s, 3 + 10 * i, i, 2 + i);
		story_exit(&w->s, 5 + 10 * i, i, 2 + i, STORY_SVM_MSR, STORY_KERNEL);
		story_switch(&w->s, 7 + 10 * i, i, P(2 + (s32)i), 0, P((s32)i));
		story_entry(&w->s, 9 + 10 * i, i, i);
	}
}

static const struct replay_vm_score *end(struct world *w)
{
	ck_assert_int_eq(replay_finish(&w->r, w->s.now), 0);
	return &w->r.score.vm[0];
}

static void release(struct world *w)
{
	replay_release(&w->r);
	story_end(&w->s);
}

/* vCPU 0 spins and yields to a vCPU (whose thread runs in its place until `back`). */
static void yields(struct world *w, u64 us, s32 target, s64 result)
{
	story_pause(&w->s, us, 0, 0);
	story_target(&w->s, us + 3, 0, P(target));
	if (result > 0) {
		story_switch(&w->s, us + 5, 0, P(0), 0, P(target));
		story_switch(&w->s, us + 20, 0, P(target), 0, P(0));
	}
	story_result(&w->s, us + 22, 0, result);
	story_entry(&w->s, us + 25, 0, 0);
}

START_TEST(agrees)
{
	const struct replay_vm_score *v;
	struct world w;

	begin(&w, true);
	yields(&w, 100, 2, 1);
	yields(&w, 200, 3, 1); /* round robin: behind 2 */
	yields(&w, 300, 2, 1);
	v = end(&w);
	ck_assert_uint_eq(v->spins, 3);
	ck_assert_uint_eq(v->observed, 3);
	ck_assert_uint_eq(v->agree, 3);
	ck_assert_uint_eq(v->nothing_awaited, 3);
	ck_assert_uint_eq(v->policy[POLICY_STOCK].picks, 3);
	ck_assert_uint_eq(v->policy[POLICY_ORACLE].picks, 0);
	release(&w);
}
END_TEST

START_TEST(disagrees_and_learns)
{
	const struct replay_vm_score *v;
	struct world w;

	begin(&w, true);
	yields(&w, 100, 3, 1); /* the replay says 2 */
	yields(&w, 200, 2, 1); /* knows that 3 was boosted last */
	v = end(&w);
	ck_assert_uint_eq(v->observed, 2);
	ck_assert_uint_eq(v->agree, 1);
	ck_assert_uint_eq(v->nr_misses, 1);
	ck_assert_uint_eq(v->miss[0].pick, 2);
	ck_assert_uint_eq(v->miss[0].target, 3);
	ck_assert_uint_eq(v->cause[v->miss[0].cause], 1);
	release(&w);
}
END_TEST

/* A spin is scored before its own records say anything: a success that nobody could have known. */
START_TEST(own_probes_come_after)
{
	const struct replay_vm_score *v;
	struct world w;

	begin(&w, true);
	story_pause(&w.s, 100, 0, 0);
	story_target(&w.s, 101, 0, P(3)); /* before the search's own time */
	story_switch(&w.s, 102, 0, P(0), 0, P(3));
	story_switch(&w.s, 120, 0, P(3), 0, P(0));
	story_result(&w.s, 122, 0, 1);
	story_entry(&w.s, 125, 0, 0);
	v = end(&w);
	ck_assert_uint_eq(v->observed, 1);
	ck_assert_uint_eq(v->agree, 0);
	ck_assert_uint_eq(v->policy[POLICY_STOCK].picks, 1);
	release(&w);
}
END_TEST

START_TEST(failures_are_no_choice)
{
	const struct replay_vm_score *v;
	struct world w;

	begin(&w, true);
	story_pause(&w.s, 100, 0, 0);
	story_target(&w.s, 103, 0, P(2));
	story_result(&w.s, 104, 0, 0);
	story_target(&w.s, 105, 0, P(3));
	story_switch(&w.s, 106, 0, P(0), 0, P(3));
	story_switch(&w.s, 120, 0, P(3), 0, P(0));
	story_result(&w.s, 122, 0, 1);
	story_entry(&w.s, 125, 0, 0);
	yields(&w, 200, 2, 0); /* an attempt is not an observation */
	v = end(&w);
	ck_assert_uint_eq(v->spins, 2);
	ck_assert_uint_eq(v->observed, 1);
	ck_assert_uint_eq(v->failed_tries, 2);
	release(&w);
}
END_TEST

/* The flags of those who search themselves follow the kernel's choice. */
START_TEST(turn_flags_from_probes)
{
	const struct replay_vm_score *v;
	struct world w;

	begin(&w, true);
	yields(&w, 100, 2, 1);
	yields(&w, 200, 3, 1);
	/* 0 searches, yields to 2, and stays in its search while 2 runs and searches, too. */
	story_pause(&w.s, 300, 0, 0);
	story_target(&w.s, 303, 0, P(2));
	story_switch(&w.s, 305, 0, P(0), 0, P(2));
	story_entry(&w.s, 310, 0, 2);
	story_pause(&w.s, 320, 0, 2); /* 0 is preempted and in its search: passed over; 3 is next */
	story_target(&w.s, 323, 2, P(3));
	story_switch(&w.s, 325, 0, P(2), 0, P(3));
	story_entry(&w.s, 330, 0, 3);
	story_pause(&w.s, 340, 0, 3); /* 0 has its turn now */
	story_target(&w.s, 343, 3, P(0));
	story_switch(&w.s, 345, 0, P(3), 0, P(0));
	story_result(&w.s, 350, 0, 1);
	story_entry(&w.s, 355, 0, 0);
	story_switch(&w.s, 360, 0, P(0), 0, P(2));
	story_result(&w.s, 365, 2, 1);
	story_switch(&w.s, 370, 0, P(2), 0, P(3));
	story_result(&w.s, 375, 3, 1);
	v = end(&w);
	ck_assert_uint_eq(v->spins, 5);
	ck_assert_uint_eq(v->observed, 5);
	ck_assert_uint_eq(v->agree, 5);
	release(&w);
}
END_TEST

START_TEST(hits_and_misses)
{
	const struct replay_vm_score *v;
	struct world w;

	begin(&w, true);
	story_ipi(&w.s, 50, 0, 3, 0x50);
	yields(&w, 100, 2, 1); /* waits for 3, stock takes 2 */
	v = end(&w);
	ck_assert_uint_eq(v->helpable, 1);
	ck_assert_uint_eq(v->nothing_awaited, 0);
	ck_assert_uint_eq(v->policy[POLICY_STOCK].missed, 1);
	ck_assert_uint_eq(v->policy[POLICY_V3].missed, 1); /* a filter */
	ck_assert_uint_eq(v->policy[POLICY_FIRST].hits, 1);
	ck_assert_uint_eq(v->policy[POLICY_ORACLE].hits, 1);
	ck_assert_uint_eq(v->same[POLICY_FIRST][POLICY_ORACLE], 1);
	ck_assert_uint_eq(v->same[POLICY_FIRST][POLICY_STOCK], 0);
	ck_assert_uint_eq(v->nr_examples, 1);
	ck_assert_uint_eq(v->example[0].awaited, 3);
	ck_assert_uint_eq(v->hinted, 1);
	release(&w);
}
END_TEST

/* The hint is 40 ms old: windows below do not see it, the awaited vCPU is the same. */
START_TEST(sweep)
{
	const struct replay_vm_score *v;
	struct world w;

	begin(&w, true);
	story_ipi(&w.s, 50, 0, 3, 0x50);
	yields(&w, 40000, 2, 1);
	v = end(&w);
	for (u32 i = 0; i < w.r.score.nr_windows; i++) {
		struct replay_window win = replay_score_window(&w.r.score, v, i);
		bool sees = w.r.score.window[i] >= 50 * MS;

		ck_assert_uint_eq(win.first.hits, sees);
		ck_assert_uint_eq(win.first.missed, !sees);
		ck_assert_uint_eq(win.filter.missed, 1);
	}
	ck_assert_uint_eq(replay_score_suggest(&w.r.score, v), 50 * MS);
	release(&w);
}
END_TEST

START_TEST(waits)
{
	const struct replay_vm_score *v;
	struct world w;

	begin(&w, true);
	story_ipi(&w.s, 50, 0, 3, 0x50);
	yields(&w, 100, 2, 1);
	story_switch(&w.s, 400, 1, P(1), 0, P(3));
	v = end(&w);
	ck_assert_uint_eq(v->wait.nr, 1);
	ck_assert_uint_eq(v->wait.max, 300 * STORY_US);
	ck_assert_uint_eq(v->waits_open, 0);
	release(&w);
}
END_TEST

START_TEST(untracked)
{
	const struct replay_vm_score *v;
	struct world w;

	begin(&w, true);
	story_exit(&w.s, 40, 0, 0, STORY_SVM_MSR, STORY_KERNEL);
	story_apic_ipi(&w.s, 41, 0, 0xc00fd); /* all but itself */
	story_entry(&w.s, 42, 0, 0);
	yields(&w, 100, 2, 1);
	story_exit(&w.s, 140, 0, 0, STORY_SVM_MSR, STORY_KERNEL);
	story_apic_ipi(&w.s, 141, 0, 0x400fd); /* to itself: nobody to wait for, and no news */
	story_entry(&w.s, 142, 0, 0);
	yields(&w, 200, 3, 1);
	v = end(&w);
	ck_assert_uint_eq(v->nothing_awaited, 2);
	ck_assert_uint_eq(v->untracked, 2);
	release(&w);
}
END_TEST

START_TEST(runs)
{
	const struct replay_vm_score *v;
	struct world w;

	begin(&w, true);
	yields(&w, 100, 2, 1);
	yields(&w, 200, 3, 1);
	story_exit(&w.s, 300, 0, 0, STORY_SVM_MSR, STORY_KERNEL);
	story_entry(&w.s, 301, 0, 0);
	v = end(&w);
	ck_assert_uint_eq(v->runs.nr, 1);
	ck_assert_uint_eq(v->runs.max, 2);
	release(&w);
}
END_TEST

/* What came before a gap says nothing of what comes behind it. */
START_TEST(gap)
{
	const struct replay_vm_score *v;
	struct world w;

	begin(&w, true);
	story_ipi(&w.s, 50, 0, 3, 0x50);
	story_pause(&w.s, 100, 0, 0);
	story_gap(&w.s, 150, 120);
	story_target(&w.s, 160, 0, P(2)); /* of a spin that nobody saw */
	story_result(&w.s, 161, 0, 1);
	story_entry(&w.s, 162, 0, 0);
	yields(&w, 200, 2, 1);
	v = end(&w);
	ck_assert_uint_eq(v->spins, 2);
	ck_assert_uint_eq(v->observed, 1);
	ck_assert_uint_eq(v->nothing_awaited, 1);
	release(&w);
}
END_TEST

/* Longer ahead than the ring is deep: the answer is missing, nothing else. */
START_TEST(far_ahead)
{
	const struct replay_vm_score *v;
	struct world w;

	begin(&w, true);
	story_pause(&w.s, 100, 0, 0);
	for (u32 i = 0; i < 20000; i++)
		story_eoi(&w.s, 101 + i, 1, 0x50);
	story_target(&w.s, 30000, 0, P(2));
	story_switch(&w.s, 30001, 0, P(0), 0, P(2));
	story_switch(&w.s, 30002, 0, P(2), 0, P(0));
	story_result(&w.s, 30003, 0, 1);
	story_entry(&w.s, 30004, 0, 0);
	yields(&w, 30100, 3, 1);
	v = end(&w);
	ck_assert_uint_eq(v->observed, 2);
	ck_assert_uint_eq(v->agree, 2);
	release(&w);
}
END_TEST

/* Without probes: the picks are the same while the guesses agree, and less sure where they do not. */
START_TEST(blind)
{
	const struct replay_vm_score *v;
	struct world w;

	begin(&w, false);
	for (u32 i = 0; i < 20; i++) {
		u64 us = 100 + 100 * i;

		story_pause(&w.s, us, 0, 0);
		story_switch(&w.s, us + 5, 0, P(0), 0, P(2)); /* 2 is here: who else was meant? */
		story_switch(&w.s, us + 20, 0, P(2), 0, P(0));
		story_entry(&w.s, us + 30, 0, 0);
		story_pause(&w.s, us + 40, 0, 0); /* 3's turn, on the other CPU */
		story_entry(&w.s, us + 50, 0, 0);
	}
	v = end(&w);
	ck_assert_uint_eq(v->spins, 40);
	ck_assert_uint_eq(v->observed, 0);
	ck_assert_uint_gt(v->sure, 20);
	ck_assert_uint_lt(v->sure, 40);
	ck_assert_uint_eq(v->policy[POLICY_STOCK].picks, 40);
	release(&w);
}
END_TEST

UNIT_SUITE(replay, agrees, disagrees_and_learns, own_probes_come_after, failures_are_no_choice,
	   turn_flags_from_probes, hits_and_misses, sweep, waits, untracked, runs, gap, far_ahead, blind)
