// SPDX-License-Identifier: GPL-2.0-only
/* test_survey.c - which events a file holds. */
#include "decode/survey.h"

#include "image.h"
#include "unit.h"

START_TEST(counts_by_name)
{
	struct format_text f[] = { { "kvm", "name: b\nID: 20\n", 15 },
				   { "sched", "name: a\nID: 30\n", 15 },
				   { "kvm", "name: a\nID: 40\n", 15 },
				   { "kvm", "name: none\nID: 50\n", 18 } };
	struct container c = { .fd = -1, .formats = f, .nr_formats = ARRAY_SIZE(f) };
	struct survey_counts *counts = calloc(1, sizeof(*counts));
	struct survey s = { 0 };
	u8 page[64] = { 0 };
	struct batch b = { .page = page, .nr = 6 };

	/* Ids 20, 30, 30, 40, one that nobody described, and a record too short to have one. */
	page[0] = 20;
	page[2] = page[4] = 30;
	page[6] = 40;
	page[8] = 99;
	for (u32 i = 0; i < b.nr; i++)
		b.rec[i] = (struct rec){ .off = 2 * i, .len = i == 5 ? 1 : 2 };
	survey_count(counts, &b);
	ck_assert_uint_eq(counts->by_id[0], 0);
	ck_assert_int_eq(survey_add(&s, &c, counts), 0);
	ck_assert_int_eq(survey_add(&s, &c, counts), 0); /* a second file: the same events */
	survey_sort(&s);
	ck_assert_uint_eq(s.nr, 3);
	ck_assert_str_eq(s.event[0].system, "sched");
	ck_assert_uint_eq(s.event[0].records, 4);
	ck_assert_str_eq(s.event[1].name, "a"); /* of equals, by name */
	ck_assert_str_eq(s.event[2].name, "b");
	ck_assert_uint_eq(s.event[2].records, 2);
	survey_release(&s);
	free(counts);
}
END_TEST

START_TEST(nothing_there)
{
	struct survey s = { 0 };

	survey_sort(&s);
	ck_assert_uint_eq(s.nr, 0);
	survey_release(&s);
}
END_TEST

START_TEST(events_without_end)
{
	const u32 nr = 5000;
	struct format_text *f = calloc(nr, sizeof(*f));
	char(*text)[32] = calloc(nr, sizeof(*text));
	struct container c = { .fd = -1, .formats = f, .nr_formats = nr };
	struct survey_counts *counts = calloc(1, sizeof(*counts));
	struct survey s = { 0 };

	for (u32 i = 0; i < nr; i++) {
		snprintf(text[i], sizeof(*text), "name: e%u\nID: 20\n", i);
		f[i] = (struct format_text){ "kvm", text[i], strlen(text[i]) };
	}
	counts->by_id[20] = 3;
	ck_assert_int_eq(survey_add(&s, &c, counts), 0);
	ck_assert_uint_eq(s.nr, 4096);
	survey_release(&s);
	free(counts);
	free(text);
	free(f);
}
END_TEST

UNIT_SUITE(survey, counts_by_name, nothing_there, events_without_end)
