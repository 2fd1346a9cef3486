// SPDX-License-Identifier: GPL-2.0-only
/* test_live.c - which backend. */
#include "live/live.h"

#include "unit.h"

START_TEST(no_backend_of_that_name)
{
	struct live_options o = { .backend = "kprobe", .entries = 1024 };
	struct err err = { "" };
	struct live l;

	ck_assert_int_eq(live_open(&l, &o, &err), -EINVAL);
	ck_assert_str_eq(err.msg, "no backend 'kprobe': expected tracepoint, fentry or histogram");
	ck_assert_int_eq(live_close(&l, &err), 0);
}
END_TEST

START_TEST(every_backend_has_a_name_and_a_way_in)
{
	u32 nr = 0;

	for (; live_backends[nr]; nr++) {
		ck_assert(live_backends[nr]->name[0] && live_backends[nr]->what[0]);
		ck_assert_ptr_nonnull(live_backends[nr]->open);
	}
	ck_assert_uint_eq(nr, 3);
}
END_TEST

UNIT_SUITE(live, no_backend_of_that_name, every_backend_has_a_name_and_a_way_in)
