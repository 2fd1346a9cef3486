// SPDX-License-Identifier: GPL-2.0-only
/* test_progress.c - the line on a long reading. */
#include "util/progress.h"

#include "unit.h"

static const char *line_at(u64 total, u64 done, u64 ns)
{
	static char line[80];
	struct progress p = { .total = total };

	progress_line(&p, done, ns, line);
	return line;
}

START_TEST(share_rate_and_rest)
{
	ck_assert_str_eq(line_at(1000000000, 250000000, 1000000000),
			 "reading: 25 % of 1000.0 MB, 250 MB/s, 3 s left");
	ck_assert_str_eq(line_at(1000, 1000, 1000000000),
			 "reading: 100 % of 0.0 MB, 0 MB/s, 0 s left");
	/* more than was announced: a file that grows */
	ck_assert_str_eq(line_at(1000000, 9000000, 3000000000),
			 "reading: 100 % of 1.0 MB, 3 MB/s, 0 s left");
	ck_assert_str_eq(line_at(0, 5000000, 1000000000), "reading: 5.0 MB, 5 MB/s");
	ck_assert_str_eq(line_at(1000000, 0, 0), "reading: 0 % of 1.0 MB, 0 MB/s");
	ck_assert_uint_lt(strlen(line_at(UINT64_MAX, UINT64_MAX / 2, 1)), 80);
}
END_TEST

START_TEST(nothing_before_a_second)
{
	struct progress p;
	struct capture c;

	capture_open(&c);
	progress_init(&p, c.f);
	progress_begin(&p, 100 << 20);
	for (int i = 0; i < 50; i++)
		progress_add(&p, 1 << 20);
	progress_end(&p);
	ck_assert_str_eq(capture_text(&c), "");
	capture_free(&c);
}
END_TEST

START_TEST(later_a_line_and_its_end)
{
	struct progress p;
	struct capture c;

	capture_open(&c);
	progress_init(&p, c.f);
	progress_begin(&p, 100 << 20);
	p.begin_ns -= 2000000000;
	progress_add(&p, 4096); /* too little to look at the clock */
	ck_assert_str_eq(capture_text(&c), "");
	progress_add(&p, 50 << 20);
	progress_add(&p, 1 << 20); /* too soon */
	progress_end(&p);
	ck_assert_int_eq(strncmp(capture_text(&c), "\rreading: 50 % of 104.9 MB, 2",
				 strlen("\rreading: 50 % of 104.9 MB, 2")),
			 0);
	ck_assert_ptr_eq(strstr(c.text + 1, "\rreading"), NULL);
	ck_assert_str_eq(strrchr(c.text, '\r'), "\r\033[K");
	capture_free(&c);
}
END_TEST

START_TEST(nobody_watches)
{
	struct progress p;

	progress_begin(NULL, 1);
	progress_add(NULL, 1 << 30);
	progress_end(NULL);
	progress_init(&p, NULL);
	progress_begin(&p, 1);
	progress_add(&p, 1 << 30);
	progress_end(&p);
	ck_assert_uint_eq(p.done, 0);
}
END_TEST

UNIT_SUITE(progress, share_rate_and_rest, nothing_before_a_second, later_a_line_and_its_end,
	   nobody_watches)
