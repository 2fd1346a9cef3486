// SPDX-License-Identifier: GPL-2.0-only
/* test_timeline_gnuplot.c - the script of a timeline: steps, bursts, notes. */
#include "timeline_fixture.h"
#include "unit.h"

START_TEST(script)
{
	struct timeline_fixture f;
	struct timeline_picture p = { .t = &f.t, .page.nr_notes = 1 };
	char note[] = "lost";
	char *notes[] = { note };
	struct capture c;

	timeline_fixture(&f);
	p.page.note = notes;
	capture_open(&c);
	ck_assert_int_eq(timeline_script(&p, c.f), 0);
	/* Rates per second by milliseconds; the last bin's is there twice, to end its step. */
	ck_assert_ptr_nonnull(strstr(capture_text(&c), "1 0\n11 8000\n21 1000\n31 100\n41 100\n"));
	ck_assert_ptr_nonnull(strstr(c.text, "set title 'it''s: 91 IPIs, 1 burst'"));
	ck_assert_ptr_nonnull(
		strstr(c.text, "rectangle from first 11, graph 0 to first 21, graph 1"));
	ck_assert_ptr_nonnull(strstr(c.text, "set label 'lost'"));
	ck_assert_ptr_nonnull(strstr(c.text, "'time since the first record (ms)'"));
	ck_assert_ptr_nonnull(strstr(c.text, "set ytics ('0' 0, '1k' 1000"));
	capture_free(&c);
}
END_TEST

UNIT_SUITE(timeline_gnuplot, script)
