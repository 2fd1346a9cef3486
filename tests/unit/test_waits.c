// SPDX-License-Identifier: GPL-2.0-only
/* test_waits.c - spins that wait: all of them, against a plain list of their times. */
#include "analysis/yield/waits.h"

#include <stdlib.h>

#include "unit.h"

START_TEST(a_wait_ends_with_a_vcpu_of_its_own_set)
{
	struct waits w = { 0 };
	u64 one[2] = { 0x2, 0 }, two[2] = { 0x2, 0x1 }, other[2] = { 0x4, 0 };
	struct hist h;

	hist_init(&h, 7);
	ck_assert_int_eq(waits_add(&w, one, 2, 10), 0);
	ck_assert_int_eq(waits_add(&w, two, 2, 20), 0);
	ck_assert_int_eq(waits_add(&w, other, 2, 30), 0);
	ck_assert_int_eq(waits_add(&w, one, 2, 40), 0);
	ck_assert_uint_eq(w.nr, 3);
	ck_assert_int_eq(waits_end(&w, 64, 50, &h), 0);
	ck_assert_uint_eq(h.nr, 1);
	ck_assert_uint_eq(h.max, 30);
	ck_assert_int_eq(waits_end(&w, 1, 60, &h), 0);
	ck_assert_uint_eq(h.nr, 3);
	ck_assert_uint_eq(h.max, 50);
	ck_assert_uint_eq(h.min, 20);
	ck_assert_uint_eq(waits_forget(&w), 1);
	ck_assert_uint_eq(waits_forget(&w), 0);
	hist_release(&h);
}
END_TEST

/* The true nearest rank, where spin i of nr began at i * step, and all end at nr * step. */
static u64 rank(u64 nr, u64 step, u64 percent)
{
	return (nr * percent + 99) / 100 * step;
}

START_TEST(no_spin_is_lost_and_memory_is_bounded)
{
	const u64 nr = 2000000, step = 1000, mask = 1;
	struct waits w = { 0 };
	struct hist h;

	hist_init(&h, 7);
	for (u64 i = 0; i < nr; i++)
		ck_assert_int_eq(waits_add(&w, &mask, 1, i * step), 0);
	ck_assert_uint_eq(w.nr, 1);
	ck_assert_uint_lt(w.set[0].room, 300000);
	ck_assert_int_eq(waits_end(&w, 0, nr * step, &h), 0);
	ck_assert_uint_eq(h.nr, nr);
	for (u64 p = 1; p < 100; p++) {
		u64 got = hist_percentile(&h, p, 100), want = rank(nr, step, p);
		u64 off = got > want ? got - want : want - got;

		ck_assert_uint_le(off * 1000, want * 4); /* 0.4 % */
	}
	hist_release(&h);
	waits_release(&w);
}
END_TEST

START_TEST(many_sets_are_joined_and_none_is_lost)
{
	struct waits w = { 0 };
	struct hist h;

	hist_init(&h, 7);
	for (u64 i = 1; i <= 2 * WAITS_SETS; i++)
		ck_assert_int_eq(waits_add(&w, &i, 1, i), 0);
	ck_assert_uint_eq(w.nr, WAITS_SETS);
	for (u32 slot = 0; slot < 64; slot++)
		ck_assert_int_eq(waits_end(&w, slot, 1000, &h), 0);
	ck_assert_uint_eq(w.nr, 0);
	ck_assert_uint_eq(h.nr, 2 * WAITS_SETS);
	hist_release(&h);
	waits_release(&w);
}
END_TEST

UNIT_SUITE(waits, a_wait_ends_with_a_vcpu_of_its_own_set, no_spin_is_lost_and_memory_is_bounded,
	   many_sets_are_joined_and_none_is_lost)
