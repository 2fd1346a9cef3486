// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_hypotheses_packed.c - hypotheses in one word or two make the same searches as those in plain
 * rows, to the last bit of every weight.
 */
#include "analysis/yield/hypotheses.h"

#include "scene.h"
#include "unit.h"

static u32 random_state;

static u32 draw(u32 below)
{
	random_state = random_state * 1103515245 + 12345;
	return (random_state >> 8) % below;
}

/* The same states, with their hypotheses in plain rows. */
static void make_plain(struct hypotheses *s, u32 nr, enum scan_order order)
{
	ck_assert_int_eq(hypotheses_init(s, nr, 1, order), 0);
	s->ops->release(s);
	s->ops = &hypotheses_plain;
	ck_assert_int_eq(s->ops->init(s), 0);
	hypotheses_forget(s);
}

/* A moment of the VM, and who spins. */
static void begin_moment(struct scene *s, u32 nr)
{
	memset(s->mask, 0, sizeof(s->mask));
	s->v.me = draw(nr);
	for (u32 i = 0; i < nr; i++)
		if (draw(3))
			scene_preempt(s, 1ull << i);
	/* Now and then some cannot be yielded to, and three such tries end a search. */
	s->esrch = draw(1u << nr);
	s->v.esrch = draw(8) ? NULL : &s->esrch;
	policy_prepare(&s->v);
}

static void same_best(struct hypotheses *a, struct hypotheses *b)
{
	u64 in_spin[2], turn[2];
	u32 last[2];

	hypotheses_best(a, &last[0], &in_spin[0], &turn[0]);
	hypotheses_best(b, &last[1], &in_spin[1], &turn[1]);
	ck_assert_uint_eq(last[0], last[1]);
	ck_assert_uint_eq(in_spin[0], in_spin[1]);
	ck_assert_uint_eq(turn[0], turn[1]);
}

static void run_both(u32 nr, enum scan_order order, const struct rows_ops *want)
{
	struct vcpu vcpu[16] = { { 0 } };
	struct vcpus v = { .vcpu = vcpu, .nr = nr };
	struct hypotheses words, plain;
	struct scene s;

	random_state = nr;
	scene_begin(&s);
	s.v.nr = s.vm.nr = nr;
	s.v.order = order;
	ck_assert_int_eq(hypotheses_init(&words, nr, 1, order), 0);
	ck_assert_ptr_eq(words.ops, want);
	make_plain(&plain, nr, order);
	for (int i = 0; i < 1500; i++) {
		struct hypotheses_outcome o = { .switched = draw(2), .next = POLICY_NONE };
		double share[2];

		begin_moment(&s, nr);
		o.me = s.v.me;
		hypotheses_end(&words, o.me);
		hypotheses_end(&plain, o.me);
		ck_assert_uint_eq(hypotheses_search(&words, &s.v, &share[0]),
				  hypotheses_search(&plain, &s.v, &share[1]));
		ck_assert(share[0] == share[1]);
		ck_assert_uint_eq(words.nr, plain.nr);
		ck_assert(words.total == plain.total && words.pruned_mass == plain.pruned_mass);
		if (o.switched)
			o.next = draw(nr);
		hypotheses_outcome(&words, &v, &s.vm, &o);
		hypotheses_outcome(&plain, &v, &s.vm, &o);
		if (draw(2)) {
			o.me = draw(nr);
			hypotheses_end(&words, o.me);
			hypotheses_end(&plain, o.me);
		}
		if (!draw(16))
			same_best(&words, &plain);
		ck_assert_uint_eq(hypotheses_ask(&words, &s.v, &policies[POLICY_STOCK], &share[0]),
				  hypotheses_ask(&plain, &s.v, &policies[POLICY_STOCK], &share[1]));
		ck_assert(share[0] == share[1]);
	}
	hypotheses_release(&words);
	hypotheses_release(&plain);
}

START_TEST(one_word)
{
	static const u32 sizes[] = { 1, 2, 5, 7, 8 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		run_both(sizes[i], SCAN_TWO_PASSES, &hypotheses_packed_8);
		run_both(sizes[i], SCAN_LOOP, &hypotheses_packed_8);
	}
}
END_TEST

START_TEST(two_words)
{
	static const u32 sizes[] = { 9, 15, 16 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		run_both(sizes[i], SCAN_TWO_PASSES, &hypotheses_packed_16);
		run_both(sizes[i], SCAN_LOOP, &hypotheses_packed_16);
	}
}
END_TEST

UNIT_SUITE(hypotheses_packed, one_word, two_words)
