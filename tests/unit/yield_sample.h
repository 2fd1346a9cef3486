/* SPDX-License-Identifier: GPL-2.0-only */
/* yield_sample.h - one VM's yield statistics with figures of all kinds, for the writers' tests. */
#ifndef KVM_IPI_YIELD_SAMPLE_H
#define KVM_IPI_YIELD_SAMPLE_H

#include "output/yield_view.h"

struct yield_sample {
	struct input_view in;
	struct yield_hint hint;
	struct yield_rule rule;
	struct yield_ack ack;
	struct yield_policy policy[2];
	struct yield_window window;
	struct yield_example example;
	struct yield_miss miss;
	const char *causes[YIELD_CAUSES];
	struct yield_episodes episodes;
	struct yield_replay replay;
	struct yield_vm vm;
	struct yield_view view;
};

static inline void yield_sample_init(struct yield_sample *s)
{
	*s = (struct yield_sample){
		.in = { .file = "a.dat",
			.clock = "local",
			.cpus = 2,
			.records = 99,
			.events = 8,
			.lost_known = true },
		.hint = { 50000000, 8, 5, 2, 3, 2, 1, 77000000 },
		.rule = { "v2", 1500000, 4 },
		.policy = { { .policy = "stock",
			      .all = { 150, 40, 60, 1, 9 },
			      .sure = { 9, 8, 1, 0, 0 },
			      .same = { 200, 120 },
			      .episodes = { { 60, 250, 150, 367, true },
					    15,
					    { 0, 15, 0 },
					    20,
					    31,
					    YIELD_SAME } },
			    { .policy = "ipi-v3",
			      .relaxed = true,
			      .all = { 160, 90, 10, 0, 3 },
			      .same = { 120, 200 },
			      .episodes = { { 60, 500, 400, 617, true },
					    30,
					    { 10, 20, 0 },
					    40,
					    50,
					    YIELD_MORE } } },
		.window = { 50000000, { 1, 2, 3, 0, 0 }, { 4, 5, 6, 0, 0 }, 7 },
		.example = { 5, 1000000005, 0, 1, 2, 101, { 2, YIELD_NOBODY } },
		.miss = { 1000000007, 3, YIELD_NOBODY, 1, "of a race" },
		.causes = { "of a race", "b", "c", "d" },
	};
	s->ack = (struct yield_ack){ 7, 1, 1234, 56789, 256, 3, &s->rule, 1 };
	s->episodes = (struct yield_episodes){
		.count = 82,
		.complete = 80,
		.ns = 400000000,
		.helpable = 60,
		.helpable_ns = 200000000,
		.yields = 120,
		.mode_of = { 20, 39, 1 },
		.random = { 60, 333, 290, 371, true },
		.length = { 80, 1000, 2000, 3000, 4000, 256 },
		.spins = { 80, 1, 2, 3, 4, 32 },
	};
	s->replay = (struct yield_replay){
		.episodes = &s->episodes,
		.probed = true,
		.kernel_policy = "stock",
		.order = "loop",
		.spins = 200,
		.sure = 120,
		.nothing_awaited = 70,
		.untracked = 7,
		.helpable = 100,
		.observed = 180,
		.agree = 179,
		.agree_blind = 150,
		.sure_observed = 110,
		.sure_agree = 105,
		.mismatch = 20,
		.mismatch_of = 180,
		.lost_opportunity = 12,
		.wait = { 3, 1000, 2000, 3000, 4000, 256 },
		.policy = s->policy,
		.nr_policies = 2,
		.window = &s->window,
		.nr_windows = 1,
		.suggested_window_ns = 500000,
		.example = &s->example,
		.nr_examples = 1,
		.miss = &s->miss,
		.nr_misses = 1,
		.cause = { 1 },
		.cause_text = s->causes,
	};
	s->vm = (struct yield_vm){
		.head = { .have_pid = true,
			  .pid = 42,
			  .have_id = true,
			  .id = 3,
			  .vcpus = 4,
			  .ipis = 8,
			  .state = { 1, 1, 3, 2, 1, 0 } },
		.hint = &s->hint,
		.nr_hints = 1,
		.same = 2,
		.of = 5,
		.ack = &s->ack,
		.replay = &s->replay,
	};
	s->view = (struct yield_view){ .in = &s->in,
				       .nr_in = 1,
				       .source = "track",
				       .vm = &s->vm,
				       .nr_vm = 1,
				       .duration_ns = 1000000000,
				       .window_ns = 50000000 };
}

/*
 * Where a line breaks is not what most tests look at: every run of blanks is one. The caller frees
 * it.
 */
static inline char *yield_flat(const char *text)
{
	char *copy = strdup(text), *to = copy;

	for (const char *p = text; *p; p++)
		if (*p != ' ' && *p != '\n')
			*to++ = *p;
		else if (to > copy && to[-1] != ' ')
			*to++ = ' ';
	*to = 0;
	return copy;
}

#endif
