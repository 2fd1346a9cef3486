// SPDX-License-Identifier: GPL-2.0-only
/* test_acks.c - acknowledgements and the three rules, planted case by case. */
#include "analysis/yield/acks.h"

#include "story.h"
#include "unit.h"

#define MS     (1000 * STORY_US)
#define WINDOW (50 * MS)

struct world {
	struct story s;
	struct vcpus v;
	struct acks a;
};

static int to_acks(void *a, const struct event *ev)
{
	return acks_event(a, vcpus_of_pid(((struct acks *)a)->vcpus, ev->pid), ev);
}

static void begin(struct world *w)
{
	story_begin(&w->s, 4);
	ck_assert_int_eq(vcpus_init(&w->v, &w->s.map), 0);
	ck_assert_int_eq(acks_init(&w->a, &w->v, WINDOW, NULL, &w->s.vms), 0);
	w->s.analysis = &w->a;
	w->s.event = to_acks;
}

static void end(struct world *w)
{
	acks_release(&w->a);
	vcpus_release(&w->v);
	story_end(&w->s);
}

static u32 confirmed(struct world *w, u32 n, enum ack_rule rule)
{
	return acks_confirmed(&w->a, n, rule, w->s.now, WINDOW, NULL);
}

/* The longer window is twice the shorter one; true: the shorter one has a receiver. */
static bool awaited(struct world *w, u32 n, u64 ts, u64 mask[2])
{
	struct acks_awaited to = {
		.window_ns = WINDOW, .long_ns = 2 * WINDOW, .mask = &mask[0], .long_mask = &mask[1]
	};

	return acks_awaited(&w->a, n, ts, &to);
}

START_TEST(right_vector)
{
	struct world w;

	begin(&w);
	story_ipi(&w.s, 0, 0, 1, 0x50);
	for (int r = 0; r < NR_ACK_RULES; r++)
		ck_assert_uint_eq(confirmed(&w, 0, r), 1);
	story_eoi(&w.s, 300, 1, 0x50);
	ck_assert_uint_eq(confirmed(&w, 0, ACK_V3), VCPU_NOBODY);
	ck_assert_uint_eq(confirmed(&w, 0, ACK_V2), VCPU_NOBODY);
	ck_assert_uint_eq(confirmed(&w, 0, ACK_NONE), 1);
	ck_assert(acks_hint_acked(&w.a, 0));
	acks_finish(&w.a, 1000 * STORY_US);
	ck_assert_uint_eq(w.a.vm[0].acknowledged, 1);
	ck_assert_uint_eq(w.a.vm[0].delay.min, 300 * STORY_US);
	ck_assert_uint_eq(w.a.vm[0].stale_ns[ACK_V3], 0);
	ck_assert_uint_eq(w.a.vm[0].stale_ns[ACK_V2], 0);
	ck_assert_uint_eq(w.a.vm[0].stale_ns[ACK_NONE], 700 * STORY_US);
	end(&w);
}
END_TEST

START_TEST(wrong_vector)
{
	struct world w;

	begin(&w);
	story_ipi(&w.s, 0, 0, 1, 0x50);
	story_eoi(&w.s, 100, 1, 0x60);
	ck_assert_uint_eq(confirmed(&w, 0, ACK_V3), 1);
	ck_assert_uint_eq(confirmed(&w, 0, ACK_V2), VCPU_NOBODY);
	story_eoi(&w.s, 200, 1, -1);   /* an EOI of nothing */
	story_eoi(&w.s, 250, 2, 0x50); /* of somebody else */
	ck_assert_uint_eq(confirmed(&w, 0, ACK_V3), 1);
	story_eoi(&w.s, 300, 1, 0x50);
	ck_assert_uint_eq(confirmed(&w, 0, ACK_V3), VCPU_NOBODY);
	acks_finish(&w.a, 400 * STORY_US);
	ck_assert_uint_eq(w.a.vm[0].lost_early[ACK_V2], 1);
	ck_assert_uint_eq(w.a.vm[0].lost_early[ACK_V3], 0);
	ck_assert_uint_eq(w.a.vm[0].lost_early[ACK_NONE], 0);
	end(&w);
}
END_TEST

START_TEST(v2_wipes_the_receivers_own)
{
	struct world w;

	begin(&w);
	story_ipi(&w.s, 0, 1, 2, 0x51); /* vCPU 1 waits for 2 */
	story_ipi(&w.s, 10, 0, 1, 0x50);
	story_eoi(&w.s, 100, 1, 0x50); /* and answers 0 */
	ck_assert_uint_eq(confirmed(&w, 1, ACK_V3), 2);
	ck_assert_uint_eq(confirmed(&w, 1, ACK_V2), VCPU_NOBODY);
	ck_assert_uint_eq(confirmed(&w, 0, ACK_V2), VCPU_NOBODY);
	acks_finish(&w.a, 400 * STORY_US);
	ck_assert_uint_eq(w.a.vm[0].lost_early[ACK_V2], 1);
	end(&w);
}
END_TEST

START_TEST(overwritten)
{
	u64 mask[2];
	struct world w;

	begin(&w);
	story_ipi(&w.s, 0, 0, 1, 0x50);
	story_ipi(&w.s, 10, 0, 2, 0x51);
	ck_assert_uint_eq(confirmed(&w, 0, ACK_V3), 2); /* one slot */
	ck_assert(awaited(&w, 0, w.s.now, mask));
	ck_assert_uint_eq(mask[0], 6); /* but both are awaited */
	story_ipi(&w.s, 20, 3, 1, 0x50);
	story_eoi(&w.s, 30, 1, 0x50); /* answers all of that vector, overwritten or not */
	ck_assert(awaited(&w, 0, w.s.now, mask));
	ck_assert_uint_eq(mask[0], 4);
	ck_assert(!awaited(&w, 3, w.s.now, mask));
	ck_assert_uint_eq(w.a.vm[0].acknowledged, 2);
	ck_assert_uint_eq(w.a.vm[0].pending[0], 4);
	ck_assert_uint_eq(confirmed(&w, 0, ACK_V3), 2);
	acks_finish(&w.a, 100 * STORY_US);
	ck_assert_uint_eq(w.a.vm[0].overwritten_unacked, 1);
	end(&w);
}
END_TEST

START_TEST(expired)
{
	struct world w;
	u64 mask[2], age;

	begin(&w);
	story_ipi(&w.s, 1, 0, 1, 0x50);
	ck_assert_uint_eq(acks_confirmed(&w.a, 0, ACK_V3, 1 * STORY_US + WINDOW, WINDOW, &age), 1);
	ck_assert_uint_eq(age, WINDOW); /* inclusive */
	ck_assert_uint_eq(acks_confirmed(&w.a, 0, ACK_V3, 1 * STORY_US + WINDOW + 1, WINDOW, &age),
			  VCPU_NOBODY);
	ck_assert(awaited(&w, 0, 1 * STORY_US + WINDOW, mask));
	ck_assert_uint_eq(mask[1], mask[0]);
	ck_assert(!awaited(&w, 0, 1 * STORY_US + WINDOW + 1, mask));
	ck_assert(!mask[0] && mask[1]);
	ck_assert(!awaited(&w, 0, 1 * STORY_US + 2 * WINDOW + 1, mask));
	ck_assert(!mask[1]);
	/* Too late to be lost early, and to be replaced within the window. */
	story_eoi(&w.s, 60000, 1, 0x60);
	story_ipi(&w.s, 60001, 0, 2, 0x50);
	acks_finish(&w.a, 60002 * STORY_US);
	ck_assert_uint_eq(w.a.vm[0].lost_early[ACK_V2], 0);
	ck_assert_uint_eq(w.a.vm[0].overwritten_unacked, 0);
	end(&w);
}
END_TEST

START_TEST(coalesced)
{
	struct world w;

	begin(&w);
	for (u32 i = 0; i < 30; i++)
		story_ipi(&w.s, i, 0, 1, 0x50);
	story_eoi(&w.s, 100, 1, 0x50);
	story_eoi(&w.s, 101, 1, 0x50);
	ck_assert_uint_eq(w.a.vm[0].acknowledged, 30);
	ck_assert_uint_eq(w.a.vm[0].delay.nr, 30);
	ck_assert_uint_eq(w.a.vm[0].delay.max, 100 * STORY_US);
	ck_assert_uint_eq(w.a.vm[0].pending[0], 0);
	end(&w);
}
END_TEST

START_TEST(never_answered)
{
	struct world w;

	begin(&w);
	for (u32 i = 0; i < 3 * ACKS_QUEUE_MAX; i++)
		story_ipi(&w.s, i, 0, 1, 0x50);
	ck_assert_uint_le(w.a.vcpu[1].queue[0].room, ACKS_QUEUE_MAX);
	story_eoi(&w.s, 4 * ACKS_QUEUE_MAX, 1, 0x50);
	ck_assert_uint_le(w.a.vm[0].acknowledged, ACKS_QUEUE_MAX);
	ck_assert_uint_ge(w.a.vm[0].acknowledged, ACKS_QUEUE_MAX / 2);
	ck_assert_uint_eq(w.a.vcpu[1].nr_waiting, 0);
	ck_assert_uint_eq(w.a.vm[0].pending[0], 0);
	end(&w);
}
END_TEST

START_TEST(gap)
{
	struct world w;
	u64 mask[2];

	begin(&w);
	story_ipi(&w.s, 0, 0, 1, 0x50);
	story_gap(&w.s, 50, 20);
	ck_assert_uint_eq(confirmed(&w, 0, ACK_NONE), VCPU_NOBODY);
	ck_assert(!awaited(&w, 0, w.s.now, mask));
	story_eoi(&w.s, 60, 1, 0x50); /* of which IPI, nobody knows */
	ck_assert_uint_eq(w.a.vm[0].acknowledged, 0);
	end(&w);
}
END_TEST

/* Two vectors wait at one receiver; the later one is answered: the earlier one is what is left. */
START_TEST(since_the_one_that_is_left)
{
	u64 mask[2];
	struct world w;

	begin(&w);
	story_ipi(&w.s, 0, 0, 1, 0x50);
	story_ipi(&w.s, 40000, 0, 1, 0x51);
	ck_assert(awaited(&w, 0, 60 * MS, mask));
	ck_assert_uint_eq(mask[0], 0x2);
	story_eoi(&w.s, 41000, 1, 0x51);
	ck_assert(!awaited(&w, 0, 60 * MS, mask));
	ck_assert_uint_eq(mask[0], 0);
	ck_assert_uint_eq(mask[1], 0x2);
	end(&w);
}
END_TEST

UNIT_SUITE(acks, right_vector, wrong_vector, v2_wipes_the_receivers_own, overwritten, expired,
	   coalesced, never_answered, gap, since_the_one_that_is_left)
