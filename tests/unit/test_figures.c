// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_figures.c - what is called changed, new and gone, by recordings and by blocks; and what is
 * not compared. Expected probabilities of a pair of sides are by hand.
 */
#include "analysis/compare/figures.h"
#include "analysis/compare/tally_rates.h"

#include <math.h>

#include "unit.h"

#define SECOND 1000000000ull

/* A recording of one VM, with these IPIs per stretch of one pair and one of each other stretch. */
static void make(struct tally *t, const u32 *n, u32 nr, u32 src, bool in_time)
{
	struct series s = { .in_time = in_time, .start = SECOND };
	struct vms vms = { 0 };
	const u32 match[] = { 0 };
	const u64 step = SERIES_WIDTH_MIN;

	*t = (struct tally){ .span_ns = nr * step };
	ck_assert_int_ge(vms_find(&vms, &(struct vm){ 5, 1, true, true }), 0);
	for (u32 i = 0; i < nr; i++)
		for (u32 k = 0; k < n[i]; k++) {
			const struct ipi_event ev = { .ts = SECOND + i * step + k,
						      .src = src,
						      .dst = 1,
						      .vector = 0xfd,
						      .state = k % 2,
						      .dst_cpu = -1 };

			ck_assert_int_eq(series_ops.events(&s, &ev, 1), 0);
		}
	ck_assert_int_eq(tally_add_series(t, &s, &vms, match), 0);
	series_release(&s);
	vms_release(&vms);
}

static const struct figure *find(const struct figures *f, enum tally_kind kind, u32 a)
{
	for (u32 i = 0; i < f->nr; i++)
		if (f->f[i].key.kind == kind && f->f[i].key.a == a)
			return &f->f[i];
	return NULL;
}

static void compare(struct figures *f, const struct tally *before, u32 nr_before,
		    const struct tally *after, u32 nr_after, const struct figures_choice *choice)
{
	const struct side side[] = { { before, nr_before }, { after, nr_after } };

	ck_assert_int_eq(figures_compare(f, side, choice), 0);
}

static void fill(u32 *n, u32 nr, u32 mean)
{
	for (u32 i = 0; i < nr; i++)
		n[i] = mean + i * 7 % 3 - 1;
}

START_TEST(by_blocks)
{
	const struct figures_choice choice = { .min_change = 0.05, .run_spread = 0.1 };
	u32 few[64], many[64];
	struct tally t[2];
	struct figures f;

	fill(few, 64, 10);
	fill(many, 64, 20);
	make(&t[0], few, 64, 2, true);
	make(&t[1], many, 64, 2, true);
	compare(&f, &t[0], 1, &t[1], 1, &choice);
	ck_assert_uint_eq(find(&f, TALLY_VM, 0)->verdict, FIGURE_CHANGED);
	ck_assert_double_eq_tol(find(&f, TALLY_VM, 0)->change, 1, 0.02);
	/* log 2 / sqrt(2 * 0.01 + ...): the counts' own part is 1 / 640 + 1 / 1280. */
	ck_assert_double_lt(find(&f, TALLY_VM, 0)->p, 1e-4);
	ck_assert_double_gt(find(&f, TALLY_VM, 0)->low, 0.4);
	ck_assert_double_lt(find(&f, TALLY_VM, 0)->high, 1.9);
	/* Every second one, on both sides. */
	ck_assert_uint_eq(find(&f, TALLY_STATE, 0)->verdict, FIGURE_SAME);
	ck_assert_ptr_null(find(&f, TALLY_STATE, 2));
	figures_release(&f);
	/* With itself nothing changes, and all probabilities are 1. */
	compare(&f, &t[0], 1, &t[0], 1, &choice);
	ck_assert_uint_eq(f.changed, 0);
	for (u32 i = 0; i < f.nr; i++)
		ck_assert_double_eq(f.f[i].p, 1);
	figures_release(&f);
	tally_release(&t[0]);
	tally_release(&t[1]);
}
END_TEST

START_TEST(new_and_gone)
{
	const struct figures_choice choice = { .min_change = 0.05, .run_spread = 0.1 };
	struct tally t[2];
	struct figures f;
	u32 n[64];

	fill(n, 64, 5);
	make(&t[0], n, 64, 2, true);
	make(&t[1], n, 64, 3, true);
	compare(&f, &t[0], 1, &t[1], 1, &choice);
	ck_assert_uint_eq(find(&f, TALLY_PAIR, 2)->verdict, FIGURE_GONE);
	ck_assert_uint_eq(find(&f, TALLY_PAIR, 3)->verdict, FIGURE_NEW);
	ck_assert(isinf(find(&f, TALLY_PAIR, 3)->change));
	ck_assert_uint_eq(find(&f, TALLY_VM, 0)->verdict, FIGURE_SAME);
	figures_release(&f);
	tally_release(&t[0]);
	tally_release(&t[1]);
}
END_TEST

/* A burst as long as the recording says nothing; too few IPIs neither. */
START_TEST(not_compared)
{
	struct figures_choice choice = { .min_change = 0.05 };
	struct tally t[2];
	struct figures f;
	u32 n[64] = { 0 };

	for (int i = 20; i < 50; i++)
		n[i] = 10;
	make(&t[0], n, 64, 2, true);
	compare(&f, &t[0], 1, &t[0], 1, &choice);
	ck_assert_uint_eq(find(&f, TALLY_VM, 0)->why, FIGURE_CORRELATED);
	ck_assert_uint_eq(find(&f, TALLY_VM, 0)->verdict, FIGURE_UNTESTED);
	figures_release(&f);
	choice.rates = FIGURE_LOSS;
	compare(&f, &t[0], 1, &t[0], 1, &choice);
	ck_assert_uint_eq(find(&f, TALLY_PAIR, 2)->why, FIGURE_LOSS);
	figures_release(&f);
	memset(n, 0, sizeof(n));
	n[3] = 1;
	make(&t[1], n, 64, 2, true);
	compare(&f, &t[1], 1, &t[1], 1, &(struct figures_choice){ 0 });
	ck_assert_uint_eq(find(&f, TALLY_VM, 0)->why, FIGURE_FEW);
	figures_release(&f);
	/* Two on a side are neither. */
	compare(&f, t, 2, t, 1, &(struct figures_choice){ 0 });
	ck_assert_uint_eq(find(&f, TALLY_VM, 0)->why, FIGURE_RECORDINGS);
	figures_release(&f);
	tally_release(&t[0]);
	tally_release(&t[1]);
}
END_TEST

START_TEST(by_recordings)
{
	const struct figures_choice choice = { .min_change = 0.05 };
	static const u32 count[2][3] = { { 900, 1000, 1100 }, { 1800, 2000, 2200 } };
	struct tally t[2][3];
	const struct figure *vm;
	struct figures f;

	for (int s = 0; s < 2; s++)
		for (int i = 0; i < 3; i++)
			make(&t[s][i], &count[s][i], 1, 2, false);
	compare(&f, t[0], 3, t[1], 3, &choice);
	vm = find(&f, TALLY_VM, 0);
	/*
	 * Logs of 900.5, 1000.5, 1100.5 and of 1800.5, ...: means differ by 0.692896, variances are
	 * 0.0100655 and 0.0100705: t = 8.457500, df 4.0000, and the integral of its density.
	 */
	ck_assert_double_eq_tol(vm->p, 0.0010709092952, 1e-10);
	ck_assert_uint_eq(vm->verdict, FIGURE_CHANGED);
	ck_assert_uint_eq(find(&f, TALLY_STATE, 1)->verdict, FIGURE_SAME);
	figures_release(&f);
	for (int s = 0; s < 2; s++)
		for (int i = 0; i < 3; i++)
			tally_release(&t[s][i]);
}
END_TEST

UNIT_SUITE(figures, by_blocks, new_and_gone, not_compared, by_recordings)
