// SPDX-License-Identifier: GPL-2.0-only
/* graph.c - see graph.h. */
#include "graph.h"

static const struct input_view inputs[] = {
	{ .file = "a.dat",
	  .clock = "local",
	  .cpus = 2,
	  .duration_ns = 2000000000,
	  .records = 100,
	  .events = 20,
	  .lost_known = true,
	  .overrun_known = true },
	{ .file = "b\"\xff.dat",
	  .cpus = 1,
	  .gaps = 3,
	  .lost = 7,
	  .lost_known = true,
	  .skipped = 2 },
	{ .file = "c.dat",
	  .clock = "mono",
	  .gaps = 2,
	  .lost = 5,
	  .overrun = 9,
	  .overrun_known = true,
	  .time_shift = true },
};

static const struct edge_view edges[] = {
	{ .src = 0,
	  .dst = 1,
	  .vector = 0xfb,
	  .count = 6,
	  .fast = 6,
	  .state = { 1, 0, 5 },
	  .first_ns = 10,
	  .last_ns = 50 },
	{ .src = 0,
	  .dst = 1,
	  .vector = 0xfd,
	  .count = 4,
	  .fast = 3,
	  .slow = 1,
	  .state = { 0, 0, 0, 4 },
	  .first_ns = 5,
	  .last_ns = 20 },
	{ .src = 1,
	  .dst = 0,
	  .vector = VIEW_NO_VECTOR,
	  .count = 5,
	  .path_other = 5,
	  .state = { [VIEW_STATES] = 5 },
	  .first_ns = 7,
	  .last_ns = 2000000000 },
	{ .src = 4000000000u,
	  .dst = 9,
	  .vector = 0,
	  .count = 5,
	  .state = { [VIEW_STATES] = 5 },
	  .path_other = 5,
	  .first_ns = 1,
	  .last_ns = 1 },
};

static const struct vm_view vms[] = {
	{ .have_pid = true,
	  .have_id = true,
	  .pid = 42,
	  .id = 3,
	  .name = "web \"1\"",
	  .vcpus = 2,
	  .pairs = 2,
	  .ipis = 15,
	  .have_paths = true,
	  .fast = 9,
	  .slow = 1,
	  .path_other = 5,
	  .state = { 1, 0, 5, 4, 0, 5 },
	  .cpu_known = 10,
	  .cpu_same = 4,
	  .first_ns = 5,
	  .last_ns = 2000000000,
	  .first_row = 0,
	  .nr_rows = 3 },
	{ .vcpus = 2,
	  .pairs = 1,
	  .ipis = 5,
	  .path_other = 5,
	  .state = { [VIEW_STATES] = 5 },
	  .first_ns = 1,
	  .last_ns = 1,
	  .first_row = 3,
	  .nr_rows = 1 },
};

static void get_edge(const void *ctx, u32 row, struct edge_view *out)
{
	*out = edges[row];
}

static void get_vectors(const void *ctx, u32 vm, u64 count[VIEW_NO_VECTOR + 1])
{
	memset(count, 0, (VIEW_NO_VECTOR + 1) * sizeof(*count));
	for (u32 row = vms[vm].first_row; row < vms[vm].first_row + vms[vm].nr_rows; row++)
		count[edges[row].vector] += edges[row].count;
}

static u32 get_odd(const void *ctx, u32 vm, bool paths, struct odd_view *out, u32 max)
{
	if (vm || !max)
		return 0;
	out[0] = (struct odd_view){ paths ? 9 : 77, 5 };
	return 1;
}

static const char *get_vector_name(const void *ctx, u32 vector)
{
	return vector == 0xfd ? "reschedule" : NULL;
}

const struct graph_view test_graph = {
	.schema = "kvm-ipi.test/1",
	.source = "track",
	.in = inputs,
	.nr_in = ARRAY_SIZE(inputs),
	.vm = vms,
	.nr_vm = ARRAY_SIZE(vms),
	.duration_ns = 2000000000,
	.edge = get_edge,
	.vectors = get_vectors,
	.odd = get_odd,
	.vector_name = get_vector_name,
};
