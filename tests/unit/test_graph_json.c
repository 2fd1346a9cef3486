// SPDX-License-Identifier: GPL-2.0-only
/* test_graph_json.c - the contract of the JSON, key by key, unknown things being null. */
#include "output/graph_json.h"

#include "graph.h"
#include "unit.h"

static char *write_json(const struct graph_view *g)
{
	struct capture c;
	char *text;

	capture_open(&c);
	graph_json(g, c.f);
	text = strdup(capture_text(&c));
	capture_free(&c);
	return text;
}

static void check_has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "not there: %s\nin: %s", part, text);
}

START_TEST(inputs)
{
	char *text = write_json(&test_graph);

	check_has(
		text,
		"{\n  \"schema\": \"kvm-ipi.test/1\",\n  \"source\": \"track\",\n  \"inputs\": [\n");
	check_has(
		text,
		"\"file\": \"a.dat\",\n      \"cpus\": 2,\n      \"clock\": \"local\",\n"
		"      \"duration_ns\": 2000000000,\n      \"records\": 100,\n      \"events\": 20,\n"
		"      \"lost\": {\"gaps\": 0, \"events\": 0, \"overrun\": 0},\n      \"skipped\": 0,\n"
		"      \"salvaged\": null\n");
	check_has(
		text,
		"\"file\": \"b\\\"\xef\xbf\xbd.dat\",\n      \"cpus\": 1,\n      \"clock\": null,");
	check_has(text, "\"lost\": {\"gaps\": 3, \"events\": 7, \"overrun\": null},\n"
			"      \"skipped\": 2,\n");
	check_has(text, "\"lost\": {\"gaps\": 2, \"events\": null, \"overrun\": 9}");
	free(text);
}
END_TEST

START_TEST(a_vm_that_is_known)
{
	char *text = write_json(&test_graph);

	check_has(
		text,
		"\"vm_pid\": 42,\n      \"vm_id\": 3,\n      \"name\": \"web \\\"1\\\"\",\n"
		"      \"vcpus\": 2,\n      \"ipis\": 15,\n      \"paths\": {\"fast\": 9, \"slow\": 1, \"avic\": 0},\n"
		"      \"states\": {\"guest\": 1, \"host\": 0, \"preempted\": 5, \"woken\": 0, "
		"\"halted\": 4, \"unknown\": 5},\n");
	check_has(text, "\"other_paths\": [{\"value\": 9, \"count\": 5}]");
	check_has(text, "\"other_states\": [{\"value\": 77, \"count\": 5}]");
	check_has(text, "\"receiver_cpu\": {\"known\": 10, \"same_as_sender\": 4}");
	check_has(text, "{\"vector\": 251, \"name\": null, \"count\": 6}");
	check_has(text, "{\"vector\": null, \"name\": null, \"count\": 5}");
	free(text);
}
END_TEST

START_TEST(edges_are_pairs)
{
	char *text = write_json(&test_graph);

	/* The two rows of 0 -> 1 are one edge with two vectors. */
	check_has(
		text,
		"{\"src\": 0, \"dst\": 1, \"count\": 10, \"first_ns\": 5, \"last_ns\": 50, "
		"\"vectors\": [{\"vector\": 251, \"count\": 6}, {\"vector\": 253, \"count\": 4}], "
		"\"paths\": {\"fast\": 9, \"slow\": 1}, "
		"\"states\": {\"guest\": 1, \"host\": 0, \"preempted\": 5, \"woken\": 0, "
		"\"halted\": 4, \"unknown\": 0}, \"known\": null},\n");
	check_has(
		text,
		"{\"src\": 1, \"dst\": 0, \"count\": 5, \"first_ns\": 7, \"last_ns\": 2000000000, "
		"\"vectors\": [{\"vector\": null, \"count\": 5}],");
	free(text);
}
END_TEST

START_TEST(a_vm_of_which_nothing_is_known)
{
	char *text = write_json(&test_graph);

	check_has(text, "\"vm_pid\": null,\n      \"vm_id\": null,\n      \"name\": null,\n"
			"      \"vcpus\": 2,\n      \"ipis\": 5,\n      \"paths\": null,\n");
	check_has(
		text,
		"{\"src\": 4000000000, \"dst\": 9, \"count\": 5, \"first_ns\": 1, \"last_ns\": 1, "
		"\"vectors\": [{\"vector\": 0, \"count\": 5}], \"paths\": null,");
	free(text);
}
END_TEST

START_TEST(vector_names_only_when_given)
{
	struct graph_view g = test_graph;
	char *text = write_json(&g);

	check_has(text, "{\"vector\": 253, \"name\": null, \"count\": 4}");
	free(text);
	g.vector_names_given = true;
	text = write_json(&g);
	check_has(text, "{\"vector\": 253, \"name\": \"reschedule\", \"count\": 4}");
	check_has(text, "{\"vector\": null, \"name\": null, \"count\": 5}");
	free(text);
}
END_TEST

START_TEST(nothing_at_all)
{
	struct graph_view g = { .schema = "s", .source = "track" };
	char *text = write_json(&g);

	ck_assert_str_eq(text,
			 "{\n  \"schema\": \"s\",\n  \"source\": \"track\",\n  \"inputs\": [],\n"
			 "  \"coverage\": null,\n  \"vms\": []\n}\n");
	free(text);
}
END_TEST

UNIT_SUITE(graph_json, inputs, a_vm_that_is_known, edges_are_pairs, a_vm_of_which_nothing_is_known,
	   vector_names_only_when_given, nothing_at_all)
