// SPDX-License-Identifier: GPL-2.0-only
/* test_output_timeline.c - rates as text, CSV and JSON. */
#include "timeline_fixture.h"
#include "unit.h"

static void check_text(u32 width, bool utf8, const char *all, const char *pair)
{
	struct timeline_fixture f;
	struct capture c;
	char line[64];

	timeline_fixture(&f);
	capture_open(&c);
	timeline_text(&f.t, width, utf8, c.f);
	snprintf(line, sizeof(line), "  all            |%s| 91\n", all);
	ck_assert_msg(strstr(capture_text(&c), line), "no %s in %s", line, c.text);
	snprintf(line, sizeof(line), "  3 -> 4         |%s| 9\n", pair);
	ck_assert_msg(strstr(c.text, line), "no %s in %s", line, c.text);
	ck_assert_ptr_nonnull(strstr(c.text, "  0.011000  10.000       80      8000.0  3.5"));
	capture_free(&c);
}

START_TEST(text)
{
	/* The largest is 8, one IPI is something, none is nothing; two bins in a column add up. */
	check_text(10, false, ".811", ".8.1");
	check_text(10, true, " \xe2\x96\x88\xe2\x96\x81\xe2\x96\x81", " \xe2\x96\x88 \xe2\x96\x81");
	check_text(2, false, "82", "81");
}
END_TEST

START_TEST(csv)
{
	struct timeline_fixture f;
	struct capture c;

	timeline_fixture(&f);
	capture_open(&c);
	timeline_csv(&f.t, c.f);
	ck_assert_ptr_nonnull(strstr(capture_text(&c),
				     "vm_pid,vm_id,src,dst,start_ns,bin_ns,count\n"
				     "42,,,,1000000,10000000,0\n42,,,,11000000,10000000,80\n"));
	ck_assert_ptr_nonnull(strstr(c.text, "42,,3,4,31000000,10000000,1\n"));
	capture_free(&c);
}
END_TEST

START_TEST(json)
{
	struct timeline_fixture f;
	struct capture c;
	struct json j;

	timeline_fixture(&f);
	capture_open(&c);
	json_init(&j, c.f);
	json_object_flat(&j, NULL);
	timeline_json(&f.t, &j);
	json_object_end(&j);
	json_finish(&j);
	ck_assert_ptr_nonnull(strstr(capture_text(&c), "\"counts\": [0, 80, 10, 1]"));
	ck_assert_ptr_nonnull(strstr(c.text, "{\"src\": 3, \"dst\": 4, \"counts\": [0, 8, 0, 1]}"));
	ck_assert_ptr_nonnull(strstr(c.text, "{\"start_ns\": 11000000, \"length_ns\": 10000000, "
					     "\"count\": 80, \"peak\": 80}"));
	capture_free(&c);
}
END_TEST

UNIT_SUITE(output_timeline, text, csv, json)
