// SPDX-License-Identifier: GPL-2.0-only
/* test_input_options.c - the options of trace.dat that both versions have. */
#include "input/container.h"

#include "image.h"
#include "unit.h"

static int read_option(struct container *c, unsigned int id, const void *data, u32 size)
{
	struct meta m;

	meta_init_mem(&m, data, size);
	return container_read_option(c, id, &m, size);
}

static int read_text(struct container *c, unsigned int id, const char *text)
{
	return read_option(c, id, text, (u32)strlen(text) + 1);
}

START_TEST(statistics_are_summed_up)
{
	struct container c = { .fd = -1 };

	ck_assert(!c.have_stats);
	ck_assert_int_eq(read_text(&c, OPTION_CPUSTAT,
				   "CPU: 0\nentries: 5\noverrun: 381\n"
				   "commit overrun: 1000\ndropped events: 2\nread events: 7\n"),
			 0);
	ck_assert_int_eq(read_text(&c, OPTION_CPUSTAT, "CPU: 1\noverrun: 768\ndropped events: 0\n"),
			 0);
	ck_assert(c.have_stats);
	ck_assert_uint_eq(c.stat_overrun, 381 + 768); /* not the commit overrun */
	ck_assert_uint_eq(c.stat_dropped, 2);
	ck_assert_int_eq(read_text(&c, OPTION_CPUSTAT, "nonsense"), 0);
	ck_assert_int_eq(read_option(&c, OPTION_CPUSTAT, "overrun: 1", 10), 0); /* no NUL */
	ck_assert_uint_eq(c.stat_overrun, 381 + 768 + 1);
	container_close(&c);
}
END_TEST

START_TEST(times)
{
	struct container c = { .fd = -1 };
	u32 tsc[4] = { 77, 31, 5, 0 };

	ck_assert_int_eq(read_text(&c, OPTION_DATE, "0x10"), 0); /* us */
	ck_assert_int_eq(c.ts_offset, 16000);
	ck_assert_int_eq(read_text(&c, OPTION_OFFSET, "-6000"), 0); /* ns */
	ck_assert_int_eq(c.ts_offset, 10000);
	ck_assert_int_eq(read_option(&c, OPTION_TSC2NSEC, tsc, 12),
			 0); /* too short: no such option */
	ck_assert_uint_eq(c.tsc_mult, 0);
	ck_assert_int_eq(read_option(&c, OPTION_TSC2NSEC, tsc, 16), 0);
	ck_assert_uint_eq(c.tsc_mult, 77);
	ck_assert_uint_eq(c.tsc_shift, 31);
	ck_assert(!c.time_shift);
	ck_assert_int_eq(read_option(&c, OPTION_TIME_SHIFT, "", 0), 0);
	ck_assert(c.time_shift);
	container_close(&c);
}
END_TEST

START_TEST(extreme_times)
{
	struct container c = { .fd = -1 };

	/* Nothing sensible can come of these; nothing undefined may. */
	ck_assert_int_eq(read_text(&c, OPTION_DATE, "9223372036854775807"), 0);
	ck_assert_int_eq(read_text(&c, OPTION_OFFSET, "9223372036854775807"), 0);
	ck_assert_int_eq(read_text(&c, OPTION_OFFSET, "9223372036854775807"), 0);
	ck_assert_int_eq(read_text(&c, OPTION_OFFSET, "-9223372036854775808"), 0);
	ck_assert_int_eq(read_text(&c, OPTION_OFFSET, "-99999999999999999999"), 0);
	ck_assert_int_eq(read_text(&c, OPTION_OFFSET, "text"), 0);
	container_close(&c);
}
END_TEST

START_TEST(clock_and_cpus)
{
	struct container c = { .fd = -1 };
	u32 cpus = 9;

	ck_assert_int_eq(read_text(&c, OPTION_TRACECLOCK, "local global [mono]"), 0);
	ck_assert_str_eq(c.clock, "mono");
	ck_assert_int_eq(read_option(&c, OPTION_CPUCOUNT, &cpus, 4), 0);
	ck_assert_uint_eq(c.nr_cpus, 9);
	ck_assert_int_eq(read_option(&c, OPTION_CPUCOUNT, &cpus, 2), 0);
	ck_assert_uint_eq(c.nr_cpus, 9);
	container_close(&c);
}
END_TEST

START_TEST(release)
{
	struct container c = { .fd = -1 };

	/* Whatever comes before or after it, and how often. */
	ck_assert_int_eq(read_text(&c, OPTION_UNAME, "Linux host 6.12.0-1 x86_64"), 0);
	ck_assert_int_eq(read_text(&c, OPTION_TRACECLOCK, "[local]"), 0);
	ck_assert_int_eq(read_text(&c, OPTION_TRACECLOCK, "[mono]"), 0);
	ck_assert_str_eq(c.release, "6.12.0-1");
	ck_assert_int_eq(read_text(&c, OPTION_UNAME, "Linux host 7.1.0"), 0);
	ck_assert_str_eq(c.release, "7.1.0");
	ck_assert_int_eq(read_text(&c, OPTION_UNAME, "Linux"), 0);
	ck_assert_ptr_null(c.release);
	ck_assert_int_eq(read_text(&c, OPTION_UNAME, "Linux host 7.1.0"), 0);
	container_close(&c);
	ck_assert_ptr_null(c.release);
}
END_TEST

START_TEST(cut_and_endless)
{
	struct container c = { .fd = -1 };
	char *text = malloc(100000);
	struct meta m;

	meta_init_mem(&m, "overrun: 1", 10);
	ck_assert_int_eq(container_read_option(&c, OPTION_CPUSTAT, &m, 11), -EBADMSG);
	memset(text, 'x', 100000);
	ck_assert_int_eq(read_option(&c, OPTION_TRACECLOCK, text, 100000), -EBADMSG);
	ck_assert_ptr_null(c.clock);
	ck_assert_int_eq(read_option(&c, 25, text, 100000), 0); /* unknown: not even looked at */
	free(text);
	container_close(&c);
}
END_TEST

START_TEST(guest_maps)
{
	static const u8 map[] = "left\0"
				"IDIDIDID"
				"\2\0\0\0"
				"\0\0\0\0"
				"\x11\1\0\0"
				"\1\0\0\0"
				"\x12\1\0";
	struct container c = { .fd = -1 };

	ck_assert_int_eq(read_option(&c, OPTION_GUEST, map, sizeof(map)), 0);
	ck_assert_uint_eq(c.nr_guests, 1);
	ck_assert_str_eq(c.guests[0].name, "left");
	ck_assert_uint_eq(c.guests[0].nr_cpus, 2);
	ck_assert(c.guests[0].cpu[0].cpu == 0 && c.guests[0].cpu[0].pid == 273);
	ck_assert(c.guests[0].cpu[1].cpu == 1 && c.guests[0].cpu[1].pid == 274);
	/* Cut anywhere: no map, and no reason to refuse the file. */
	for (u32 len = 0; len < sizeof(map); len++)
		ck_assert_int_eq(read_option(&c, OPTION_GUEST, map, len), 0);
	ck_assert_uint_eq(c.nr_guests, 1);
	container_close(&c);
}
END_TEST

START_TEST(guests_without_end)
{
	static const u8 guest[] = { 'g', 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0 };
	static const u8 cut[] = {
		'g', 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0
	}; /* nine CPUs, and none */
	struct container c = { .fd = -1 };

	ck_assert_int_eq(read_option(&c, OPTION_GUEST, cut, sizeof(cut)), 0);
	ck_assert_uint_eq(c.nr_guests, 0);
	for (u32 i = 0; i < 2000; i++)
		ck_assert_int_eq(read_option(&c, OPTION_GUEST, guest, sizeof(guest)), 0);
	ck_assert_uint_eq(c.nr_guests, 1024);
	container_close(&c);
}
END_TEST

UNIT_SUITE(input_options, guest_maps, statistics_are_summed_up, times, extreme_times,
	   clock_and_cpus, release, cut_and_endless, guests_without_end)
