// SPDX-License-Identifier: GPL-2.0-only
/* test_hist.c - percentiles against the sorted values themselves, and sums of histograms. */
#include "model/hist.h"

#include "unit.h"

static u64 next_random(u64 *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return *state >> 11;
}

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static u64 nearest_rank(const u64 *sorted, u64 nr, u64 num, u64 den)
{
	u64 rank = (nr * num + den - 1) / den;

	return sorted[max_of(rank, (u64)1) - 1];
}

static void check_bits(u8 bits, u64 nr, u32 width)
{
	u64 *value = malloc(nr * sizeof(*value)), state = bits + nr;
	struct hist h;

	hist_init(&h, bits);
	for (u64 i = 0; i < nr; i++) {
		value[i] = next_random(&state) >> (next_random(&state) % width);
		ck_assert_int_eq(hist_add(&h, value[i], 1), 0);
	}
	qsort(value, nr, sizeof(*value), compare);
	for (u64 p = 1; p <= 1000; p++) {
		u64 want = nearest_rank(value, nr, p, 1000), got = hist_percentile(&h, p, 1000);
		u64 off = got > want ? got - want : want - got;

		ck_assert_msg(off <= want / hist_error_parts(&h), "bits %u p %llu: %llu for %llu",
			      bits, (unsigned long long)p, (unsigned long long)got,
			      (unsigned long long)want);
		if (want < 1ull << bits)
			ck_assert_uint_eq(got, want);
	}
	ck_assert_uint_eq(h.min, value[0]);
	ck_assert_uint_eq(h.max, value[nr - 1]);
	hist_release(&h);
	free(value);
}

START_TEST(percentiles_keep_their_bound)
{
	check_bits(7, 1, 53);
	check_bits(7, 2, 53);
	check_bits(7, 10007, 53);
	check_bits(4, 5003, 40);
	check_bits(1, 997, 20);
	check_bits(10, 4001, 53);
}
END_TEST

START_TEST(extremes)
{
	struct hist h;

	hist_init(&h, 7);
	ck_assert_uint_eq(hist_percentile(&h, 50, 100), 0);
	ck_assert_uint_eq(hist_mean(&h), 0);
	ck_assert_int_eq(hist_add(&h, 0, 0), 0);
	ck_assert_uint_eq(h.nr, 0);
	ck_assert_int_eq(hist_add(&h, UINT64_MAX, 3), 0);
	ck_assert_uint_eq(hist_percentile(&h, 1, 100), UINT64_MAX);
	ck_assert_uint_eq(hist_mean(&h), UINT64_MAX);
	ck_assert_int_eq(hist_add(&h, 0, 7), 0);
	ck_assert_uint_eq(hist_percentile(&h, 70, 100), 0);
	ck_assert_uint_ge(hist_percentile(&h, 71, 100), UINT64_MAX - UINT64_MAX / 256);
	ck_assert_uint_eq(hist_percentile(&h, 100, 100), UINT64_MAX);
	hist_release(&h);
}
END_TEST

START_TEST(sums)
{
	struct hist all, part[3];
	u64 state = 1;

	hist_init(&all, 7);
	for (int i = 0; i < 3; i++)
		hist_init(&part[i], 7);
	for (int i = 0; i < 3000; i++) {
		u64 v = next_random(&state) >> (next_random(&state) % 50);

		ck_assert_int_eq(hist_add(&all, v, 1), 0);
		ck_assert_int_eq(hist_add(&part[i % 2], v, 1), 0); /* part 2 stays empty */
	}
	ck_assert_int_eq(hist_merge(&part[2], &part[0]), 0);
	ck_assert_int_eq(hist_merge(&part[2], &part[1]), 0);
	ck_assert_uint_eq(part[2].nr, all.nr);
	ck_assert(part[2].sum == all.sum && part[2].min == all.min && part[2].max == all.max);
	for (u64 p = 1; p <= 100; p++)
		ck_assert_uint_eq(hist_percentile(&part[2], p, 100), hist_percentile(&all, p, 100));
	hist_release(&part[1]);
	hist_init(&part[1], 6);
	ck_assert_int_eq(hist_merge(&all, &part[1]), -EINVAL);
	hist_release(&all);
	hist_release(&part[0]);
	hist_release(&part[2]);
}
END_TEST

START_TEST(buckets_of_elsewhere)
{
	struct hist own, other;
	u64 state = 7;

	hist_init(&own, 7);
	hist_init(&other, 7);
	for (u32 i = 0; i < 1000; i++) {
		u64 value = next_random(&state) >> (next_random(&state) % 53);

		ck_assert_int_eq(hist_add(&own, value, 2), 0);
		ck_assert_int_eq(hist_add_bucket(&other, hist_bucket(7, value), 2), 0);
	}
	ck_assert_uint_eq(other.nr, own.nr);
	ck_assert_uint_eq(other.room, own.room);
	ck_assert_int_eq(memcmp(own.count, other.count, own.room * sizeof(*own.count)), 0);
	ck_assert_int_eq(hist_add_bucket(&other, hist_bucket(7, UINT64_MAX), 1), 0);
	ck_assert_int_eq(hist_add_bucket(&other, hist_bucket(7, UINT64_MAX) + 1, 1), -EINVAL);
	hist_release(&own);
	hist_release(&other);
}
END_TEST

UNIT_SUITE(hist, percentiles_keep_their_bound, extremes, sums, buckets_of_elsewhere)
