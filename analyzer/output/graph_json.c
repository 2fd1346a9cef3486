// SPDX-License-Identifier: GPL-2.0-only
/* graph_json.c - see graph_json.h. Keys may be added here; none may change. */
#include "output/graph_json.h"
#include "output/coverage_out.h"
#include "util/json.h"

#define ODD_MAX 256

void json_inputs(struct json *j, const struct input_view *in, u32 nr)
{
	json_array(j, "inputs");
	for (u32 i = 0; i < nr; i++) {
		json_object(j, NULL);
		json_string(j, "file", in[i].path ? in[i].path : in[i].file);
		json_u64(j, "cpus", in[i].cpus);
		json_string(j, "clock", in[i].clock);
		json_time(j, "duration_ns", in[i].duration_ns);
		json_u64(j, "records", in[i].records);
		json_u64(j, "events", in[i].events);
		json_object_flat(j, "lost");
		json_u64(j, "gaps", in[i].gaps);
		json_u64_or_null(j, "events", in[i].lost_known, in[i].lost);
		json_u64_or_null(j, "overrun", in[i].overrun_known, in[i].overrun);
		json_object_end(j);
		json_u64(j, "skipped", in[i].skipped);
		if (in[i].salvaged) {
			json_object_flat(j, "salvaged");
			json_u64(j, "cpus", in[i].salvaged_cpus);
			json_bool(j, "cpus_known", in[i].salvaged_sure);
			json_u64(j, "missing_bytes", in[i].missing_bytes);
			json_object_end(j);
		} else {
			json_null(j, "salvaged");
		}
		json_object_end(j);
	}
	json_array_end(j);
}

void json_vm_head(struct json *j, const struct vm_view *vm)
{
	if (vm->have_pid)
		json_s64(j, "vm_pid", vm->pid);
	else
		json_null(j, "vm_pid");
	json_u64_or_null(j, "vm_id", vm->have_id, vm->id);
	json_string(j, "name", vm->name);
}

static void put_odd(const struct graph_view *g, u32 vm, bool paths, const char *key, struct json *j)
{
	struct odd_view odd[ODD_MAX];
	u32 nr = g->odd(g->ctx, vm, paths, odd, ODD_MAX);

	json_array_flat(j, key);
	for (u32 i = 0; i < nr; i++) {
		json_object_flat(j, NULL);
		json_u64(j, "value", odd[i].value);
		json_u64(j, "count", odd[i].count);
		json_object_end(j);
	}
	json_array_end(j);
}

static void graph_json_put_states(struct json *j, const u64 state[VIEW_STATES + 1])
{
	json_object_flat(j, "states");
	for (int i = 0; i < VIEW_STATES + 1; i++)
		json_u64(j, view_state_names[view_state_order[i]], state[view_state_order[i]]);
	json_object_end(j);
}

static void put_paths(struct json *j, bool known, u64 fast, u64 slow, const u64 *avic)
{
	if (!known) {
		json_null(j, "paths");
		return;
	}
	json_object_flat(j, "paths");
	json_u64(j, "fast", fast);
	json_u64(j, "slow", slow);
	if (avic)
		json_u64(j, "avic", *avic);
	json_object_end(j);
}

static void graph_json_put_vectors(const struct graph_view *g, u32 vm, struct json *j)
{
	u64 count[VIEW_NO_VECTOR + 1];

	g->vectors(g->ctx, vm, count);
	json_array(j, "vectors");
	for (u32 v = 0; v <= VIEW_NO_VECTOR; v++) {
		if (!count[v])
			continue;
		json_object_flat(j, NULL);
		json_u64_or_null(j, "vector", v != VIEW_NO_VECTOR, v);
		json_string(j, "name",
			    g->vector_names_given && v != VIEW_NO_VECTOR ? g->vector_name(g->ctx, v)
									 : NULL);
		json_u64(j, "count", count[v]);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_vector_count(struct json *j, const struct edge_view *e)
{
	json_object_flat(j, NULL);
	json_u64_or_null(j, "vector", e->vector != VIEW_NO_VECTOR, e->vector);
	json_u64(j, "count", e->count);
	json_object_end(j);
}

static void add_edge(struct edge_view *sum, const struct edge_view *e)
{
	sum->count += e->count;
	sum->fast += e->fast;
	sum->slow += e->slow;
	for (int s = 0; s <= VIEW_STATES; s++)
		sum->state[s] += e->state[s];
	sum->first_ns = min_of(sum->first_ns, e->first_ns);
	sum->last_ns = max_of(sum->last_ns, e->last_ns);
}

/* The rows of one (sender, receiver) from row on become one edge; returns the row behind them. */
static u32 put_edge(const struct graph_view *g, const struct vm_view *vm, u32 row, struct json *j)
{
	u32 end = vm->first_row + vm->nr_rows, next = row + 1;
	struct edge_view sum, e;

	g->edge(g->ctx, row, &sum);
	for (; next < end; next++) {
		g->edge(g->ctx, next, &e);
		if (e.src != sum.src || e.dst != sum.dst)
			break;
		add_edge(&sum, &e);
	}
	json_object_flat(j, NULL);
	json_u64(j, "src", sum.src);
	json_u64(j, "dst", sum.dst);
	json_u64(j, "count", sum.count);
	json_time(j, "first_ns", sum.first_ns);
	json_time(j, "last_ns", sum.last_ns);
	json_array_flat(j, "vectors");
	for (u32 r = row; r < next; r++) {
		g->edge(g->ctx, r, &e);
		put_vector_count(j, &e);
	}
	json_array_end(j);
	put_paths(j, vm->have_paths, sum.fast, sum.slow, NULL);
	graph_json_put_states(j, sum.state);
	json_string(j, "known", sum.known);
	json_object_end(j);
	return next;
}

static void graph_json_put_distances(const struct graph_view *g, const struct vm_view *vm,
				     struct json *j)
{
	static const char *const keys[VIEW_DISTANCES] = {
		"cpu", "core", "llc", "node", "across", "unknown",
	};
	const struct topology_view *t = g->topology;

	if (!t) {
		json_null(j, "distance");
		return;
	}
	json_object_flat(j, "distance");
	for (int d = 0; d < VIEW_DISTANCES; d++) {
		bool told = d == VIEW_SAME_CORE	  ? t->cores
			    : d == VIEW_SAME_LLC  ? t->llcs
			    : d == VIEW_SAME_NODE ? t->nodes
						  : true;

		json_u64_or_null(j, keys[d], told, vm->distance[d]);
	}
	json_object_end(j);
}

static void graph_json_put_topology(const struct topology_view *t, struct json *j)
{
	if (!t) {
		json_null(j, "topology");
		return;
	}
	json_object_flat(j, "topology");
	json_u64(j, "cpus", t->cpus);
	json_u64_or_null(j, "cores", t->cores, t->cores);
	json_u64_or_null(j, "llcs", t->llcs, t->llcs);
	json_u64_or_null(j, "nodes", t->nodes, t->nodes);
	json_u64_or_null(j, "packages", t->packages, t->packages);
	json_object_end(j);
}

static void graph_json_put_vm(const struct graph_view *g, u32 i, struct json *j)
{
	const struct vm_view *vm = &g->vm[i];

	json_object(j, NULL);
	json_vm_head(j, vm);
	json_u64(j, "vcpus", vm->vcpus);
	json_u64(j, "ipis", vm->ipis);
	put_paths(j, vm->have_paths, vm->fast, vm->slow, &vm->avic);
	graph_json_put_states(j, vm->state);
	put_odd(g, i, true, "other_paths", j);
	put_odd(g, i, false, "other_states", j);
	json_object_flat(j, "receiver_cpu");
	json_u64(j, "known", vm->cpu_known);
	json_u64(j, "same_as_sender", vm->cpu_same);
	json_object_end(j);
	if (g->distances)
		graph_json_put_distances(g, vm, j);
	json_string(j, "known", vm->known);
	graph_json_put_vectors(g, i, j);
	json_array(j, "edges");
	for (u32 row = vm->first_row; row < vm->first_row + vm->nr_rows;)
		row = put_edge(g, vm, row, j);
	json_array_end(j);
	json_object_end(j);
}

void graph_json(const struct graph_view *g, FILE *out)
{
	struct json j;

	json_init(&j, out);
	json_object(&j, NULL);
	json_string(&j, "schema", g->schema);
	json_string(&j, "source", g->source);
	json_inputs(&j, g->in, g->nr_in);
	if (g->coverage)
		json_coverage(&j, g->coverage);
	else
		json_null(&j, "coverage");
	if (g->distances)
		graph_json_put_topology(g->topology, &j);
	json_array(&j, "vms");
	for (u32 i = 0; i < g->nr_vm; i++)
		graph_json_put_vm(g, i, &j);
	json_array_end(&j);
	json_object_end(&j);
	json_finish(&j);
}
