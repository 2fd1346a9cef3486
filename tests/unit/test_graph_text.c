// SPDX-License-Identifier: GPL-2.0-only
/* test_graph_text.c - what report prints: what must be said, sorting, cutting, colour. */
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

START_TEST(loss_is_said_in_any_case)
{
	for (int quiet = 0; quiet < 2; quiet++) {
		char *text = write_text(&test_graph, (struct text_style){ .quiet = quiet });

		check_has(text, "# a.dat: events were lost", false);
		check_has(text, "# b\"\xff.dat: events were lost", true);
		check_has(text, "# c.dat: events were lost", true);
		check_has(text, "at least 5", true); /* a gap of c.dat has no number */
		check_has(text, "9 events by the kernel's statistics", true);
		check_has(text, "2 damaged or missing", true);
		check_has(text, "lower bounds", true);
		check_has(text, "assume a Linux guest", !quiet);
		ck_assert(text[0] == '#');
		free(text);
	}
}
END_TEST

/* A blank line parts blocks; what stands first has none before it. */
START_TEST(quiet_begins_with_the_answer)
{
	struct graph_view g = test_graph;
	char *text;

	g.nr_in = 0;
	text = write_text(&g, (struct text_style){ .quiet = true });
	ck_assert(text[0] != '\n');
	ck_assert_ptr_nonnull(strstr(text, "\n\nVM "));
	free(text);
	g.nr_vm = 1;
	text = write_text(&g, (struct text_style){ .quiet = true });
	ck_assert_int_eq(strncmp(text, "VM ", 3), 0);
	free(text);
}
END_TEST

START_TEST(entries_and_colour)
{
	char *text = write_text(&test_graph, (struct text_style){ .entries = 1, .color = true });

	check_has(text, "# 1 more pairs (-E 2 shows them all)", true);
	check_has(text, "\033[1m", true);
	free(text);
}
END_TEST

START_TEST(names_are_cut_on_terminals_only)
{
	static const char name[] = "a-name-of-far-more-than-forty-characters-in-one-word";
	struct vm_view vms[2];
	struct graph_view g = test_graph;
	char *text;

	memcpy(vms, test_graph.vm, sizeof(vms));
	vms[1].name = name;
	g.vm = vms;
	text = write_text(&g, (struct text_style){ .quiet = true });
	check_has(text, name, true);
	free(text);
	text = write_text(&g, (struct text_style){ .quiet = true, .width = 80 });
	check_has(text, "\xe2\x80\xa6\n", true);
	free(text);
}
END_TEST

START_TEST(sorting)
{
	struct edge_view few = { .src = 1, .dst = 5, .count = 2, .first_ns = 3, .last_ns = 9 };
	struct edge_view many = { .src = 2, .dst = 4, .count = 7, .first_ns = 4, .last_ns = 8 };

	ck_assert_int_gt(edge_view_compare(SORT_COUNT, &few, &many), 0); /* most first */
	ck_assert_int_lt(edge_view_compare(SORT_SRC, &few, &many), 0);
	ck_assert_int_gt(edge_view_compare(SORT_DST, &few, &many), 0);
	ck_assert_int_lt(edge_view_compare(SORT_FIRST, &few, &many), 0);
	ck_assert_int_gt(edge_view_compare(SORT_LAST, &few, &many), 0);
	/* Of equals, by sender, then receiver: the order is total. */
	many = few;
	many.dst = 6;
	for (int sort = 0; sort < NR_GRAPH_SORTS; sort++) {
		ck_assert_int_lt(edge_view_compare((enum graph_sort)sort, &few, &many), 0);
		ck_assert_int_gt(edge_view_compare((enum graph_sort)sort, &many, &few), 0);
		ck_assert_int_eq(edge_view_compare((enum graph_sort)sort, &few, &few), 0);
		ck_assert_ptr_nonnull(graph_sort_names[sort]);
	}
	ck_assert_ptr_null(graph_sort_names[NR_GRAPH_SORTS]);
}
END_TEST

/* A VM of 60 x 60 pairs, of which many are equal by any key; each has two vectors. */
#define MANY_IDS 60

static void get_many(const void *ctx, u32 row, struct edge_view *out)
{
	u32 pair = row / 2, n = (pair * 37 + 11) % 13;

	*out = (struct edge_view){ .src = pair / MANY_IDS,
				   .dst = pair % MANY_IDS,
				   .vector = 0xf0 + row % 2,
				   .count = 1 + n,
				   .fast = 1 + n,
				   .state = { 1 + n },
				   .first_ns = n % 5,
				   .last_ns = 9 + n % 7 };
}

/* The number of calls; the third one has no memory. */
static int sort_many(const void *ctx, u32 vm)
{
	u32 *calls = (u32 *)(uintptr_t)ctx; /* not const: it is this test's own */

	ck_assert_uint_eq(vm, 0);
	return ++*calls == 3 ? -ENOMEM : 0;
}

static const char *first_line_of_pairs(const char *text)
{
	const char *at = strstr(text, "vectors\n");

	ck_assert_ptr_nonnull(at);
	return at;
}

START_TEST(the_first_of_many)
{
	u32 calls = 0, nr = MANY_IDS * MANY_IDS;
	FILE *nowhere = fopen("/dev/null", "w");
	struct vm_view vm = { .vcpus = MANY_IDS, .pairs = nr, .ipis = nr, .nr_rows = 2 * nr };
	struct graph_view g = test_graph;

	g.ctx = &calls;
	g.vm = &vm;
	g.nr_vm = 1;
	g.edge = get_many;
	for (int sort = 0; sort < NR_GRAPH_SORTS; sort++) {
		struct text_style style = { .sort = (enum graph_sort)sort };
		char *all = write_text(&g, style), *few;

		for (style.entries = 1; style.entries < nr; style.entries *= 5) {
			const char *a = first_line_of_pairs(all), *b, *rest;

			few = write_text(&g, style);
			b = first_line_of_pairs(few);
			rest = strstr(b, "# ");
			ck_assert_ptr_nonnull(rest);
			ck_assert_int_eq(strncmp(a, b, (size_t)(rest - b)), 0);
			check_has(few, "3600 pairs", true);
			free(few);
		}
		free(all);
	}
	/* Rows that are not sorted yet are, before they are asked for. */
	g.sort = sort_many;
	free(write_text(&g, (struct text_style){ .entries = 1 }));
	free(write_text(&g, (struct text_style){ .entries = 1 }));
	ck_assert_uint_eq(calls, 2);
	ck_assert_int_eq(graph_text(&g, &(struct text_style){ 0 }, nowhere), -ENOMEM);
	fclose(nowhere);
}
END_TEST

UNIT_SUITE(graph_text, quiet_begins_with_the_answer, loss_is_said_in_any_case, entries_and_colour,
	   names_are_cut_on_terminals_only, sorting, the_first_of_many)
