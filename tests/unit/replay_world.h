/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * replay_world.h - a VM whose vCPUs spin, told to the replay, with the kernel's choice or without.
 */
#ifndef KVM_IPI_REPLAY_WORLD_H
#define KVM_IPI_REPLAY_WORLD_H

#include "analysis/yield/replay.h"

#include "story.h"
#include "unit.h"

#define P(n) (STORY_PID + (n))
#define MS   (1000 * STORY_US)

/* A story that the replay is told. */
struct world {
	struct story s;
	struct replay r;
};

static inline int world_event(void *r, const struct event *ev)
{
	return ahead_events(r, ev, 1);
}

/* Four vCPUs. 0 and 1 run on the two CPUs; 2 and 3 are preempted in kernel mode, on CPU 0 and 1. */
static inline void world_begin(struct world *w, bool probed)
{
	struct replay_options opt = {
		.probed = probed,
		.order = SCAN_TWO_PASSES,
		.window_ns = 50 * MS,
		.exit_delay_ns = REPLAY_EXIT_DELAY,
		.hypercall_delay_ns = REPLAY_HYPERCALL_DELAY,
		.end_delay_ns = REPLAY_END_DELAY,
	};

	story_begin(&w->s, 4);
	ck_assert_int_eq(replay_init(&w->r, &opt, &w->s.map, NULL, &w->s.vms), 0);
	w->s.analysis = &w->r;
	w->s.event = world_event;
	for (u32 i = 0; i < 2; i++) {
		story_switch(&w->s, 1 + 10 * i, i, 0, 0, P(2 + (s32)i));
		story_entry(&w->s, 3 + 10 * i, i, 2 + i);
		story_exit(&w->s, 5 + 10 * i, i, 2 + i, STORY_SVM_MSR, STORY_KERNEL);
		story_switch(&w->s, 7 + 10 * i, i, P(2 + (s32)i), 0, P((s32)i));
		story_entry(&w->s, 9 + 10 * i, i, i);
	}
}

static inline const struct score_vm *world_end(struct world *w)
{
	ck_assert_int_eq(replay_finish(&w->r, w->s.now), 0);
	return &w->r.score.vm[0];
}

static inline void world_release(struct world *w)
{
	replay_release(&w->r);
	story_end(&w->s);
}

/* vCPU 0 spins and yields to a vCPU (whose thread runs in its place until `back`). */
static inline void world_yields(struct world *w, u64 us, s32 target, s64 result)
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

#endif
