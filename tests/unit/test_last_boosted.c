// SPDX-License-Identifier: GPL-2.0-only
/* test_last_boosted.c - what last_boosted_vcpu may be, and how the true value is found. */
#include "analysis/yield/last_boosted.h"

#include "scene.h"
#include "unit.h"

/* A kernel whose value is known: searches of vCPU 0 among five others, some of them preempted. */
static u32 search(struct scene *s, struct last_boosted *l, u32 last, u32 random)
{
	u32 pick;

	s->mask[VCPU_READY] = s->mask[VCPU_PREEMPTED] = random >> 20 & 0x3e;
	policy_prepare(&s->v);
	s->v.last = last;
	pick = policy_stock(&s->v);
	last_boosted_search(l, &s->v, pick);
	if (pick == POLICY_NONE)
		return last;
	last_boosted_end(l, 0, pick);
	return policy_boosted(&s->v, pick);
}

START_TEST(finds_the_value)
{
	u32 last = 4, random = 1, right = 0;
	struct last_boosted l;
	struct scene s;

	scene_begin(&s);
	s.v.order = SCAN_LOOP_INDEX;
	ck_assert_int_eq(last_boosted_init(&l, 6), 0);
	ck_assert_uint_eq(last_boosted_best(&l), 0);
	for (int i = 0; i < 200; i++) {
		random = random * 1103515245 + 12345;
		last = search(&s, &l, last, random);
		right += i >= 100 && last_boosted_best(&l) == last;
		/* A race moves it, unseen: it is found again. */
		if (i == 50)
			last = (last + 3) % 6;
	}
	ck_assert_uint_eq(right, 100);
	last_boosted_forget(&l);
	ck_assert_uint_eq(last_boosted_best(&l), 0);
	last_boosted_release(&l);
}
END_TEST

/* A search that another one's end overtakes ends from where it began. */
START_TEST(ends_from_its_beginning)
{
	struct last_boosted l;
	struct scene s;

	scene_begin(&s);
	s.v.order = SCAN_LOOP_INDEX;
	scene_preempt(&s, 0x18);
	policy_prepare(&s.v);
	ck_assert_int_eq(last_boosted_init(&l, 6), 0);
	/* From 0 both pick 3: 2 places behind the start. */
	last_boosted_search(&l, &s.v, 3);
	s.v.me = 5;
	policy_prepare(&s.v);
	last_boosted_search(&l, &s.v, 3);
	last_boosted_end(&l, 5, 3);
	ck_assert_uint_eq(last_boosted_best(&l), 2);
	last_boosted_end(&l, 0, 3);
	ck_assert_uint_eq(last_boosted_best(&l), 2);
	last_boosted_release(&l);
}
END_TEST

START_TEST(one_vcpu)
{
	struct last_boosted l;

	ck_assert_int_eq(last_boosted_init(&l, 1), 0);
	ck_assert(l.weight[0] == 1);
	last_boosted_release(&l);
	last_boosted_forget(&l); /* not in use */
}
END_TEST

UNIT_SUITE(last_boosted, finds_the_value, ends_from_its_beginning, one_vcpu)
