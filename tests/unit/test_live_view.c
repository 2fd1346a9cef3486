// SPDX-License-Identifier: GPL-2.0-only
/* test_live_view.c - order, filters, and rows that differ in path or state alone. */
#include "view/live_view.h"

#include "unit.h"

#define ALL_OF_IT (LIVE_WITH_PAIRS | LIVE_WITH_VECTORS)

static void add(struct live_counts *c, u64 vm, u32 src, u32 dst, u8 vector, u8 path, u8 state,
		u64 count)
{
	struct live_key key = { .vm = vm,
				.vm_pid = (s32)(10 * vm),
				.src = src,
				.dst = dst,
				.vector = vector,
				.path = path,
				.state = state };

	ck_assert_int_eq(live_counts_row(c, &key, count), 0);
}

static void make_totals(struct totals *t)
{
	struct live_bucket_key bucket = { .vm = 2, .bucket = 200, .stage = LIVE_EOI };
	struct live_counts c = { 0 };

	totals_init(t, true);
	add(&c, 1, 0, 1, 253, LIVE_FAST, LIVE_GUEST, 5);
	add(&c, 2, 3, 1, 253, LIVE_FAST, LIVE_GUEST, 4);
	add(&c, 2, 3, 1, 253, LIVE_SLOW, LIVE_PREEMPTED, 3);
	add(&c, 2, 3, 1, 251, LIVE_FAST, LIVE_WOKEN, 2);
	add(&c, 2, 0, 1, 251, LIVE_FAST, LIVE_HALTED, 1);
	ck_assert_int_eq(live_counts_bucket(&c, &bucket, 6), 0);
	ck_assert_int_eq(totals_update(t, &c), 0);
	live_counts_release(&c);
}

static const char *name_of(const void *ctx, s32 pid)
{
	return pid == 10 ? "web" : NULL;
}

static bool keep_first(const void *ctx, const struct live_view_vm *vm)
{
	return vm->id == 1;
}

START_TEST(vms_are_sorted_by_each_column)
{
	/* The VM that comes first. */
	static const u32 first[NR_LIVE_SORTS] = {
		[LIVE_SORT_RATE] = 2, [LIVE_SORT_IPIS] = 2,  [LIVE_SORT_RUNNABLE] = 2,
		[LIVE_SORT_P50] = 2,  [LIVE_SORT_P99] = 2,   [LIVE_SORT_RUN] = 1,
		[LIVE_SORT_PAIR] = 2, [LIVE_SORT_VCPUS] = 2, [LIVE_SORT_NAME] = 1,
		[LIVE_SORT_VM] = 1,
	};
	const struct live_view_host host = { NULL, name_of, NULL, NULL };
	struct live_view_made made;
	struct totals t;

	make_totals(&t);
	for (enum live_sort s = 0; s < NR_LIVE_SORTS; s++) {
		ck_assert_int_eq(live_view_make(&made, &t, s, 0, &host), 0);
		ck_assert_uint_eq(made.v.nr_vms, 2);
		ck_assert_msg(made.v.vm[0].id == first[s], "by %s", live_sort_names[s]);
		live_view_release(&made);
	}
	totals_release(&t);
}
END_TEST

START_TEST(vectors_are_sums_over_paths_and_states)
{
	const struct live_view_host host = { 0 };
	const struct live_view_vector *v;
	struct live_view_made made;
	struct totals t;

	make_totals(&t);
	ck_assert_int_eq(live_view_make(&made, &t, LIVE_SORT_VM, ALL_OF_IT, &host), 0);
	ck_assert_uint_eq(made.first_vector[0], 0);
	ck_assert_uint_eq(made.first_vector[1], 1);
	ck_assert_uint_eq(made.first_vector[2], 4);
	v = &made.vector[3];
	ck_assert_uint_eq(v->src, 3);
	ck_assert_uint_eq(v->vector, 253);
	ck_assert_uint_eq(v->ipis, 7);
	ck_assert_uint_eq(v->path[LIVE_SLOW], 3);
	ck_assert_uint_eq(made.v.vm[1].new_runnable, 5);
	ck_assert_uint_eq(made.v.vm[1].nr_pairs, 2);
	ck_assert_uint_eq(made.pair[made.v.vm[1].first_pair].src, 0);
	ck_assert_uint_eq(made.first_bucket[1], 0);
	ck_assert_uint_eq(made.first_bucket[2], 1);
	ck_assert_uint_eq(made.bucket[0].count, 6);
	live_view_release(&made);
	totals_release(&t);
}
END_TEST

START_TEST(what_is_filtered_out_has_no_rows)
{
	const struct live_view_host host = { NULL, NULL, NULL, keep_first };
	struct live_view_made made;
	struct totals t;

	make_totals(&t);
	ck_assert_int_eq(live_view_make(&made, &t, LIVE_SORT_RATE, ALL_OF_IT, &host), 0);
	ck_assert_uint_eq(made.v.nr_vms, 1);
	ck_assert_uint_eq(made.first_vector[1], 1);
	ck_assert_uint_eq(made.first_bucket[1], 0);
	ck_assert_uint_eq(made.v.vm[0].nr_pairs, 1);
	live_view_release(&made);
	totals_release(&t);
}
END_TEST

UNIT_SUITE(live_view, vms_are_sorted_by_each_column, vectors_are_sums_over_paths_and_states,
	   what_is_filtered_out_has_no_rows)
