// SPDX-License-Identifier: GPL-2.0-only
/* test_remarks.c - what is said of the files: comments, losses with their numbers, or nothing. */
#include "output/remarks.h"

#include "graph.h"
#include "unit.h"

static const char *losses_of(struct capture *c, const struct input_view *in, u32 nr, bool said)
{
	capture_open(c);
	ck_assert_int_eq(remarks_loss(in, nr, c->f), said);
	return capture_text(c);
}

START_TEST(remarks_are_comments)
{
	struct capture c;
	const char *line = losses_of(&c, test_graph.in, test_graph.nr_in, true);

	for (; *line; line = strchr(line, '\n') + 1)
		ck_assert_int_eq(*line, '#');
	capture_free(&c);
	ck_assert_str_eq(losses_of(&c, test_graph.in, 1, false), "");
	capture_free(&c);
}
END_TEST

START_TEST(what_is_missing)
{
	struct input_view in = { .file = "a.dat", .gaps = 2, .lost = 7, .lost_known = true };
	struct capture c;

	ck_assert_str_eq(
		losses_of(&c, &in, 1, true),
		"# a.dat: events were lost: counts are lower bounds\n#   2 gaps, 7 events\n");
	capture_free(&c);
	in = (struct input_view){
		.file = "a.dat", .salvaged = true, .salvaged_cpus = 3, .missing_bytes = 4096
	};
	ck_assert_str_eq(losses_of(&c, &in, 1, true),
			 "# a.dat: its index is lost: found the data of 3 CPUs without it;\n"
			 "#   the CPUs' numbers are guesses\n"
			 "#   at least 4096 bytes of the trace are missing\n");
	capture_free(&c);
	in = (struct input_view){ .file = "a.dat", .time_shift = true };
	ck_assert_ptr_nonnull(strstr(losses_of(&c, &in, 1, true), "the guest's own"));
	capture_free(&c);
}
END_TEST

/* On one line where it fits, else in two. */
START_TEST(a_line_for_each_file)
{
	struct input_view in[] = {
		{ .file = "a.dat", .clock = "local", .cpus = 2, .records = 30, .events = 4 },
		{ .file = "/a/directory/and/a/name/that/take/half/a/line.dat", .cpus = 1 },
	};
	struct capture c;

	capture_open(&c);
	remarks_inputs(in, 2, c.f);
	ck_assert_str_eq(
		capture_text(&c),
		"# a.dat: 2 CPUs, clock local, 30 records, 4 directed IPIs\n"
		"# /a/directory/and/a/name/that/take/half/a/line.dat: 1 CPUs, clock unknown,\n"
		"#   0 records, 0 directed IPIs\n");
	capture_free(&c);
}
END_TEST

UNIT_SUITE(remarks, remarks_are_comments, what_is_missing, a_line_for_each_file)
