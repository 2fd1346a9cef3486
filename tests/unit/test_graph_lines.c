// SPDX-License-Identifier: GPL-2.0-only
/* test_graph_lines.c - a VM's lists. */
#include "output/graph_text.h"

#include "graph.h"
#include "unit.h"

#include <errno.h>

static char *write_text(const struct graph_view *g, struct text_style style)
{
	struct capture c;
	char *text;

	capture_open(&c);
	ck_assert_int_eq(graph_text(g, &style, c.f), 0);
	text = strdup(capture_text(&c));
	capture_free(&c);
	return text;
}

static void check_has(const char *text, const char *part, bool has)
{
	ck_assert_msg(!!strstr(text, part) == has, "%s: %s\nin: %s", has ? "not there" : "there",
		      part, text);
}

START_TEST(what_is_shown)
{
	char *text = write_text(&test_graph, (struct text_style){ 0 });

	check_has(text, "VM 42/3 web \"1\"", true);
	check_has(text, "VM ?/?", true);
	check_has(text, "fast 9 (60.0 %)", true);
	check_has(text, "preempted 5 (33.3 %)", true);
	check_has(text, "0xfd reschedule 4", true);
	check_has(text, "4000000000", true);
	check_has(text, "not recorded", true); /* the second VM's paths */
	check_has(text, "\033", false);
	free(text);
}
END_TEST

UNIT_SUITE(graph_lines, what_is_shown)
