// SPDX-License-Identifier: GPL-2.0-only
/* test_outcome.c - what spinners do after a search, and what that makes of the hypotheses. */
#include "analysis/yield/hypotheses.h"

#include "scene.h"
#include "unit.h"

/* More vCPUs than there is room for news. */
#define VCPUS (HYPOTHESES_UPDATES + 2)

/* vCPU 0 spins on CPU 0; 1 waits there, 2 on CPU 1. Either may be the kernel's pick. */
struct world {
	struct scene s;
	struct vcpu vcpu[VCPUS];
	struct vcpus v;
	struct hypotheses st;
	double posterior;
};

static void begin(struct world *w)
{
	*w = (struct world){ .vcpu = { { .cpu = 0 }, { .cpu = 0 }, { .cpu = 1 } } };
	w->v = (struct vcpus){ .vcpu = w->vcpu, .nr = VCPUS };
	scene_begin(&w->s);
	w->s.v.nr = w->s.vm.nr = VCPUS;
	scene_preempt(&w->s, 0x6);
	policy_prepare(&w->s.v);
	ck_assert_int_eq(hypotheses_init(&w->st, VCPUS, 1, SCAN_LOOP), 0);
	hypotheses_search(&w->st, &w->s.v, &w->posterior);
}

/* How likely it is that 0 picked 1: then another search would begin behind it, and take 2. */
static double picked_1(struct world *w)
{
	u32 pick;

	hypotheses_end(&w->st, 0);
	pick = hypotheses_ask(&w->st, &w->s.v, &policies[POLICY_STOCK], &w->posterior);
	hypotheses_release(&w->st);
	ck_assert(pick == 1 || pick == 2);
	return pick == 2 ? w->posterior : 1 - w->posterior;
}

static double after(bool switched, u32 next)
{
	struct hypotheses_outcome o = { .me = 0, .cpu = 0, .switched = switched, .next = next };
	struct world w;

	begin(&w);
	hypotheses_outcome(&w.st, &w.v, &w.s.vm, &o);
	return picked_1(&w);
}

/* The order of what makes a pick likely, whatever the numbers are. */
START_TEST(who_is_next)
{
	struct world w;
	double before;

	begin(&w);
	before = picked_1(&w);
	/* It is next on the spinner's CPU, where it waited. */
	ck_assert(after(true, 1) > before);
	/* It was not, or nobody left: the other one, on the other CPU, is likelier than it was. */
	ck_assert(after(true, POLICY_NONE) < before);
	ck_assert(after(false, POLICY_NONE) < before);
	/* The other one cannot be next here at once. */
	ck_assert(after(true, 2) > after(true, POLICY_NONE));
}
END_TEST

START_TEST(who_is_first_elsewhere)
{
	double got[3];

	for (int i = 0; i < 3; i++) {
		u64 here = 0x4;
		struct world w;

		begin(&w);
		if (i)
			hypotheses_first_switch(&w.st, 0, &here, i == 1 ? 2 : POLICY_NONE);
		got[i] = picked_1(&w);
	}
	ck_assert(got[1] < got[0]); /* 2 came onto its CPU first: rather it than 1 */
	ck_assert(got[2] > got[0]); /* somebody else did */
}
END_TEST

/* What was boosted last is the pick of the search that ended last, whichever began last. */
START_TEST(ends_in_their_order)
{
	u64 in_spin, turn;
	struct world w;
	u32 last;

	begin(&w);
	memset(w.s.mask, 0, sizeof(w.s.mask));
	scene_preempt(&w.s, 0x8);
	w.s.v.me = 5;
	policy_prepare(&w.s.v);
	ck_assert_uint_eq(hypotheses_search(&w.st, &w.s.v, &w.posterior), 3);
	hypotheses_best(&w.st, &last, &in_spin, &turn);
	ck_assert_uint_eq(in_spin, 0x21);
	hypotheses_end(&w.st, 5);
	hypotheses_end(&w.st, 0);
	hypotheses_best(&w.st, &last, &in_spin, &turn);
	ck_assert_uint_eq(in_spin, 0);
	ck_assert(last == 1 || last == 2);
	hypotheses_release(&w.st);
}
END_TEST

/* More spinners than there is room for news: it is told earlier, and nothing is lost. */
START_TEST(much_news)
{
	struct hypotheses_outcome o = { .cpu = 0, .switched = true, .next = 1 };
	struct world w;
	double told;

	begin(&w);
	hypotheses_outcome(&w.st, &w.v, &w.s.vm, &o);
	for (o.me = 1; o.me <= HYPOTHESES_UPDATES; o.me++) {
		o.next = POLICY_NONE;
		hypotheses_outcome(&w.st, &w.v, &w.s.vm, &o);
	}
	/* The others were in no search: what is known of the first is what counts. */
	told = picked_1(&w) - after(true, 1);
	ck_assert(told < 1e-9 && told > -1e-9);
}
END_TEST

UNIT_SUITE(outcome, who_is_next, who_is_first_elsewhere, ends_in_their_order, much_news)
