// SPDX-License-Identifier: GPL-2.0-only
/* latency_json.c - latencies as JSON, "kvm-ipi.latency/1". Keys may be added; none may change. */
#include "output/graph_json.h"
#include "output/latency_view.h"

const char *const latency_stage_names[LATENCY_STAGES] = { "accepted", "injected", "acknowledged",
							  "running" };

static void put_stage(struct json *j, const char *name, const struct latency_times *t)
{
	json_object_flat(j, name);
	json_u64(j, "count", t->nr);
	json_u64_or_null(j, "min_ns", t->nr, t->min);
	json_u64_or_null(j, "mean_ns", t->nr, t->mean);
	json_u64_or_null(j, "p50_ns", t->nr, t->p50);
	json_u64_or_null(j, "p90_ns", t->nr, t->p90);
	json_u64_or_null(j, "p99_ns", t->nr, t->p99);
	json_u64_or_null(j, "max_ns", t->nr, t->max);
	json_object_end(j);
}

static void latency_json_put_stages(const struct latency_view *s, const struct latency_line *l,
				    struct json *j)
{
	json_object(j, "after_send");
	for (int i = 0; i < LATENCY_STAGES; i++) {
		if (s->missing[i])
			json_null(j, latency_stage_names[i]);
		else
			put_stage(j, latency_stage_names[i], &l->stage[i]);
	}
	json_object_end(j);
}

static void latency_json_put_part(const struct latency_view *s, const struct latency_vm *vm,
				  enum latency_part part, const char *key, struct json *j)
{
	json_array(j, key);
	for (u32 i = 0; i < vm->nr_lines; i++) {
		const struct latency_line *l = &vm->line[i];

		if (l->part != part)
			continue;
		json_object(j, NULL);
		if (part == LATENCY_PAIR) {
			json_u64(j, "src", l->src);
			json_u64(j, "dst", l->dst);
		} else if (part == LATENCY_VECTOR) {
			json_u64_or_null(j, "vector", l->vector != VIEW_NO_VECTOR, l->vector);
		} else {
			json_string(j, "state", view_state_names[l->state]);
		}
		json_u64(j, "ipis", l->ipis);
		latency_json_put_stages(s, l, j);
		json_object_end(j);
	}
	json_array_end(j);
}

static void latency_json_put_vm(const struct latency_view *s, const struct latency_vm *vm,
				struct json *j)
{
	json_object(j, NULL);
	json_vm_head(j, &vm->head);
	json_u64(j, "ipis", vm->head.ipis);
	if (vm->nr_lines)
		latency_json_put_stages(s, &vm->line[0], j);
	latency_json_put_part(s, vm, LATENCY_PAIR, "pairs", j);
	latency_json_put_part(s, vm, LATENCY_VECTOR, "vectors", j);
	latency_json_put_part(s, vm, LATENCY_STATE, "states", j);
	json_object_end(j);
}

static void put_slow(const struct latency_slow *slow, struct json *j)
{
	json_object_flat(j, NULL);
	json_u64(j, "time_ns", slow->sent_ns);
	json_vm_head(j, &slow->vm->head);
	json_u64(j, "src", slow->src);
	json_u64(j, "dst", slow->dst);
	json_u64_or_null(j, "vector", slow->vector != VIEW_NO_VECTOR, slow->vector);
	json_string(j, "state", view_state_names[slow->state]);
	for (int i = 0; i < LATENCY_STAGES; i++)
		json_u64_or_null(j, latency_stage_names[i], slow->after[i] != UINT64_MAX,
				 slow->after[i]);
	json_u64(j, "sent_ts_ns", slow->sent);
	json_u64_or_null(j, "src_pid", slow->src_pid > 0, (u64)slow->src_pid);
	json_u64_or_null(j, "dst_pid", slow->dst_pid > 0, (u64)slow->dst_pid);
	json_object_end(j);
}

void latency_json(const struct latency_view *s, FILE *out)
{
	struct json j;

	json_init(&j, out);
	json_object(&j, NULL);
	json_string(&j, "schema", "kvm-ipi.latency/1");
	json_string(&j, "source", s->source);
	json_inputs(&j, s->in, s->nr_in);
	json_object_flat(&j, "error_parts");
	json_u64(&j, "vm", s->vm_error_parts);
	json_u64(&j, "part", s->part_error_parts);
	json_object_end(&j);
	json_u64_or_null(&j, "unanswered", s->answers_known, s->unanswered);
	json_u64_or_null(&j, "given_up", s->answers_known, s->given_up);
	json_array(&j, "vms");
	for (u32 i = 0; i < s->nr_vm; i++)
		latency_json_put_vm(s, &s->vm[i], &j);
	json_array_end(&j);
	json_array(&j, "slowest");
	for (u32 i = 0; i < s->nr_slow; i++)
		put_slow(&s->slow[i], &j);
	json_array_end(&j);
	json_object_end(&j);
	json_finish(&j);
}
