// SPDX-License-Identifier: GPL-2.0-only
/* test_dot.c - quotes and backslashes of names, and what an edge looks like. */
#include "output/dot.h"

#include "net_fixture.h"
#include "unit.h"

START_TEST(graph)
{
	struct net_fixture f;
	struct capture c;
	char note[] = "lost \"x\"";
	char *notes[] = { note };

	net_fixture(&f, "VM \"a\\b\n");
	capture_open(&c);
	dot_begin(notes, 1, c.f);
	dot_vm(&f.n, 2, c.f);
	dot_end(c.f);
	ck_assert_ptr_nonnull(strstr(capture_text(&c), "label=\"lost \\\"x\\\"\\l\"]"));
	ck_assert_ptr_nonnull(strstr(c.text, "label=\"VM \\\"a\\\\b?: 16 IPIs\\l1 small edges"));
	ck_assert_ptr_nonnull(strstr(c.text, "\"2:0\" -> \"2:4\" [penwidth=6.00, label=\"9\"]"));
	ck_assert_ptr_nonnull(
		strstr(c.text, "\"2:0\" [label=\"0\\ng0\", fillcolor=\"#9ecae9\", peripheries=2"));
	ck_assert_ptr_null(strstr(c.text, "\"2:9\" ->"));
	capture_free(&c);
}
END_TEST

UNIT_SUITE(dot, graph)
