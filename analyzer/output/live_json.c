// SPDX-License-Identifier: GPL-2.0-only
/*
 * live_json.c - `top` as JSON: a document a reading. The VMs have the keys of kvm-ipi.report/1, so
 * that what reads a report reads this; times of IPIs are not known.
 */
#include "output/live_view.h"
#include "util/json.h"

/* The order of kvm-ipi.report/1. */
static const u8 state_order[] = { 0, 1, 2, 4, 3, 5 };

const char *const live_view_stage_names[] = { "acknowledged", "running" };
const char *const live_view_state_names[] = { "guest",	"host",	 "preempted",
					      "halted", "woken", "unknown" };

u64 live_view_rate(const struct live_view *v, u64 amount)
{
	unsigned __int128 scaled = (unsigned __int128)amount * 1000000000;

	return v->interval_ns ? (u64)((scaled + v->interval_ns / 2) / v->interval_ns) : 0;
}

static void put_lost(const struct live_view *v, struct json *j)
{
	json_object_flat(j, "lost");
	json_u64(j, "ipis", v->lost_ipis);
	json_u64(j, "latency", v->lost_latency);
	json_u64(j, "sends", v->lost_sends);
	json_object_end(j);
	json_u64_or_null(j, "overtaken", v->have_latency, v->overtaken);
	json_object_flat(j, "cost");
	json_u64_or_null(j, "ns_per_s", v->have_cost, v->cost_ns_per_s);
	json_u64_or_null(j, "ns_per_ipi", v->have_cost && v->cost_ns_per_ipi, v->cost_ns_per_ipi);
	json_u64_or_null(j, "instructions_per_ipi", v->cost_instructions, v->cost_instructions);
	json_object_end(j);
}

static void put_counts(const struct live_view_vm *vm, struct json *j)
{
	json_u64(j, "ipis", vm->ipis);
	json_object_flat(j, "paths");
	json_u64(j, "fast", vm->path[0]);
	json_u64(j, "slow", vm->path[1]);
	json_u64(j, "avic", vm->path[2]);
	json_object_end(j);
	json_object_flat(j, "states");
	for (u32 s = 0; s < LIVE_VIEW_STATES; s++)
		json_u64(j, live_view_state_names[state_order[s]], vm->state[state_order[s]]);
	json_object_end(j);
	json_object_flat(j, "interval");
	json_u64(j, "ipis", vm->new_ipis);
	json_u64(j, "runnable", vm->new_runnable);
	json_object_end(j);
}

/* Over all pairs: the vectors are in order within a pair only. */
static void put_vectors(const struct live_view *v, u32 i, struct json *j)
{
	u64 sum[256] = { 0 };

	for (u32 n = v->first_vector[i]; n < v->first_vector[i + 1]; n++)
		sum[v->vector[n].vector & 0xff] += v->vector[n].ipis;
	json_array(j, "vectors");
	for (u32 vector = 0; vector < 256; vector++) {
		if (!sum[vector])
			continue;
		json_object_flat(j, NULL);
		json_u64(j, "vector", vector);
		json_null(j, "name");
		json_u64(j, "count", sum[vector]);
		json_object_end(j);
	}
	json_array_end(j);
}

/* A pair's rows, which stand beside each other; returns where the next pair's begin. */
static u32 put_edge(const struct live_view *v, u32 n, u32 end, struct json *j)
{
	const struct live_view_vector *first = &v->vector[n];
	u64 count = 0;
	u32 last = n;

	for (; last < end && v->vector[last].src == first->src && v->vector[last].dst == first->dst;
	     last++)
		count += v->vector[last].ipis;
	json_object_flat(j, NULL);
	json_u64(j, "src", first->src);
	json_u64(j, "dst", first->dst);
	json_u64(j, "count", count);
	json_null(j, "first_ns");
	json_null(j, "last_ns");
	json_array_flat(j, "vectors");
	for (; n < last; n++) {
		json_object_flat(j, NULL);
		json_u64(j, "vector", v->vector[n].vector);
		json_u64(j, "count", v->vector[n].ipis);
		json_u64(j, "fast", v->vector[n].path[0]);
		json_u64(j, "slow", v->vector[n].path[1]);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
	return last;
}

/* Buckets of one stage and state, [bucket, count]: model/hist.h's, with latency_bits. */
static u32 put_histogram(const struct live_view *v, u32 n, u32 end, struct json *j)
{
	const struct live_view_bucket *first = &v->bucket[n];

	json_object_flat(j, NULL);
	json_string(j, "stage", live_view_stage_names[first->stage]);
	json_string(j, "state", live_view_state_names[first->state]);
	json_u64(j, "bits", v->latency_bits);
	json_array_flat(j, "buckets");
	for (; n < end && v->bucket[n].stage == first->stage && v->bucket[n].state == first->state;
	     n++) {
		json_array_flat(j, NULL);
		json_u64(j, NULL, v->bucket[n].bucket);
		json_u64(j, NULL, v->bucket[n].count);
		json_array_end(j);
	}
	json_array_end(j);
	json_object_end(j);
	return n;
}

static void put_recent(const struct live_view_vm *vm, struct json *j)
{
	json_array(j, "latency");
	for (u32 s = 0; s < LIVE_VIEW_STAGES; s++) {
		const struct live_view_latency *l = &vm->recent[s];

		json_object_flat(j, NULL);
		json_string(j, "stage", live_view_stage_names[s]);
		json_u64(j, "count", l->nr);
		json_u64_or_null(j, "p50_ns", l->nr, l->p50_ns);
		json_u64_or_null(j, "p99_ns", l->nr, l->p99_ns);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_vm(const struct live_view *v, u32 i, struct json *j)
{
	const struct live_view_vm *vm = &v->vm[i];

	json_object(j, NULL);
	json_s64(j, "vm_pid", vm->pid);
	json_u64(j, "vm_id", vm->id);
	json_bool(j, "vm_id_is_kernels", vm->have_id);
	json_string(j, "name", vm->name);
	json_bool(j, "gone", vm->gone);
	json_u64(j, "vcpus", vm->vcpus);
	put_counts(vm, j);
	put_vectors(v, i, j);
	json_array(j, "edges");
	for (u32 n = v->first_vector[i]; n < v->first_vector[i + 1];)
		n = put_edge(v, n, v->first_vector[i + 1], j);
	json_array_end(j);
	if (v->have_latency)
		put_recent(vm, j);
	else
		json_null(j, "latency");
	json_array(j, "histograms");
	for (u32 n = v->first_bucket[i]; n < v->first_bucket[i + 1];)
		n = put_histogram(v, n, v->first_bucket[i + 1], j);
	json_array_end(j);
	json_object_end(j);
}

void live_json(const struct live_view *v, FILE *out)
{
	struct json j;

	json_init(&j, out);
	json_object(&j, NULL);
	json_string(&j, "schema", "kvm-ipi.top/1");
	json_string(&j, "host", v->host);
	json_string(&j, "kernel", v->kernel);
	json_string(&j, "backend", v->backend);
	json_string(&j, "remark", v->remark[0] ? v->remark : NULL);
	json_u64(&j, "time_unix_ns", v->time_unix_ns);
	json_u64(&j, "elapsed_ns", v->elapsed_ns);
	json_u64(&j, "interval_ns", v->interval_ns);
	put_lost(v, &j);
	json_array(&j, "vms");
	for (u32 i = 0; i < v->nr_vms; i++)
		put_vm(v, i, &j);
	json_array_end(&j);
	json_object_end(&j);
	json_finish(&j);
	fflush(out);
}
