// SPDX-License-Identifier: GPL-2.0-only
/* test_trigger.c - what a kernel showed of the trigger, and lines that it never shows. */
#include "live/trigger.h"

#include "unit.h"

/* Of Linux 6.12.117, with other numbers, and a second trigger. */
static const char shown[] =
	"# event histogram\n#\n# trigger info: hist:keys=vm_pid*4294967296+vm_id,... [active]\n#\n\n"
	"{ vm_pid*4294967296+vm_id: 648540061698, src_vcpu_id*65536+dst_vcpu_id:          3, "
	"vector*256+dst_state:      29698 } hitcount:         10  path:          4\n"
	"{ vm_pid*4294967296+vm_id: 648540061699, src_vcpu_id*65536+dst_vcpu_id:     131075, "
	"vector*256+dst_state:      64516 } hitcount:         10  path:          0\n"
	"\nTotals:\n    Hits: 404\n    Entries: 28\n    Dropped: 7\n"
	"# event histogram\n#\n# trigger info: hist:keys=... if path == 2 [active]\n#\n\n"
	"{ vm_pid*4294967296+vm_id: 648540061699, src_vcpu_id*65536+dst_vcpu_id:     131075, "
	"vector*256+dst_state:      64516 } hitcount:          3  path:          6\n"
	"\nTotals:\n    Hits: 3\n    Entries: 1\n    Dropped: 2\n";

static void check_row(const struct live_row *r, u64 vm, u32 src, u32 dst, u32 vector, u32 state,
		      u32 path, u64 count)
{
	ck_assert_uint_eq(r->key.vm, vm);
	ck_assert_int_eq(r->key.vm_pid, 151);
	ck_assert_uint_eq(r->key.src, src);
	ck_assert_uint_eq(r->key.dst, dst);
	ck_assert_uint_eq(r->key.vector, vector);
	ck_assert_uint_eq(r->key.state, state);
	ck_assert_uint_eq(r->key.path, path);
	ck_assert_uint_eq(r->count, count);
}

START_TEST(keys_and_paths_are_unpacked)
{
	struct live_counts c = { 0 };
	struct err err = { "" };

	ck_assert_int_eq(trigger_read(shown, &c, &err), 0);
	ck_assert_uint_eq(c.nr_rows, 4);
	check_row(&c.row[0], 2, 0, 3, 116, 2, LIVE_FAST, 6);
	check_row(&c.row[1], 2, 0, 3, 116, 2, LIVE_SLOW, 4);
	check_row(&c.row[2], 3, 2, 3, 252, 4, LIVE_FAST, 10);
	check_row(&c.row[3], 3, 2, 3, 252, 4, LIVE_AVIC, 3);
	ck_assert_uint_eq(c.counters.lost_ipis, 9);
	live_counts_release(&c);
}
END_TEST

/* Sums that were read before or after the hits never make more IPIs than hits. */
START_TEST(a_reading_in_between_adds_up)
{
	static const char *const odd[] = { "3  path: 9", "3  path: 0", "3  path: 4", "0  path: 1" };

	for (u32 i = 0; i < ARRAY_SIZE(odd); i++) {
		struct live_counts c = { 0 };
		struct err err = { "" };
		char text[256];
		u64 sum = 0;

		snprintf(text, sizeof(text), "{ a: 1, b: 2, c: 3 } hitcount: %s\nDropped: 0\n",
			 odd[i]);
		ck_assert_int_eq(trigger_read(text, &c, &err), 0);
		for (u32 r = 0; r < c.nr_rows; r++)
			sum += c.row[r].count;
		ck_assert_uint_eq(sum, strtoull(odd[i], NULL, 10));
		live_counts_release(&c);
	}
}
END_TEST

START_TEST(other_lines_are_refused)
{
	static const char *const bad[] = {
		"",
		"nothing\n",
		"{ a: 1, b: 2 } hitcount: 3\nDropped: 0\n",
		"{ a: x, b: 2, c: 3 } hitcount: 3  path: 0\nDropped: 0\n",
		"{ a: 1, b: 2, c: 3 } hitcount: 3  path: 0\n",
		"{",
		"{ : : : : : :\n",
	};

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		struct live_counts c = { 0 };
		struct err err = { "" };

		ck_assert_int_eq(trigger_read(bad[i], &c, &err), -EBADMSG);
		ck_assert(err.msg[0]);
		live_counts_release(&c);
	}
}
END_TEST

START_TEST(the_size_is_a_power_of_two_that_the_kernel_takes)
{
	static const struct {
		u32 entries;
		const char *size;
	} sizes[] = { { 1, "size=128" },
		      { 129, "size=256" },
		      { 65536, "size=65536" },
		      { 4000000, "size=131072" } };

	for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
		char text[TRIGGER_TEXT_MAX];

		trigger_text(sizes[i].entries, TRIGGER_ALL, text);
		ck_assert_str_eq(strrchr(text, ':') + 1, sizes[i].size);
		trigger_text(sizes[i].entries, TRIGGER_AVIC, text);
		ck_assert_str_eq(strstr(text, " if "), " if path == 2");
	}
}
END_TEST

UNIT_SUITE(trigger, keys_and_paths_are_unpacked, a_reading_in_between_adds_up,
	   other_lines_are_refused, the_size_is_a_power_of_two_that_the_kernel_takes)
