// SPDX-License-Identifier: GPL-2.0-only
/* yield_json.c - yield statistics by the contract "kvm-ipi.yield/1". Keys may be added; none may change. */
#include "output/graph_json.h"
#include "output/yield_view.h"

const char *const yield_mode_names[YIELD_MODES] = { "user", "kernel", "unknown" };

static void yield_json_put_hints(const struct yield_vm *vm, struct json *j)
{
	json_array(j, "hints");
	for (u32 i = 0; i < vm->nr_hints; i++) {
		const struct yield_hint *h = &vm->hint[i];

		json_object_flat(j, NULL);
		json_u64(j, "window_ns", h->window_ns);
		json_u64(j, "recorded", h->recorded);
		json_u64(j, "overwritten", h->overwritten);
		json_u64(j, "refreshed", h->refreshed);
		json_u64(j, "retargeted", h->retargeted);
		json_u64(j, "expired", h->expired);
		json_u64(j, "open", h->open);
		json_u64(j, "alive_ns", h->alive_ns);
		json_object_end(j);
	}
	json_array_end(j);
}

static void yield_json_put_states(const struct yield_vm *vm, struct json *j)
{
	json_object_flat(j, "states");
	for (int i = 0; i < VIEW_STATES + 1; i++)
		json_u64(j, view_state_names[view_state_order[i]],
			 vm->head.state[view_state_order[i]]);
	json_object_end(j);
}

static void yield_json_put_ack(const struct yield_ack *ack, struct json *j)
{
	if (!ack) {
		json_null(j, "ack");
		return;
	}
	json_object(j, "ack");
	json_u64(j, "acknowledged", ack->acknowledged);
	json_u64(j, "unacknowledged", ack->unacknowledged);
	json_u64(j, "p50_ns", ack->p50_ns);
	json_u64(j, "p99_ns", ack->p99_ns);
	json_u64(j, "error_parts", ack->error_parts);
	json_u64(j, "overwritten_unacknowledged", ack->overwritten_unacked);
	json_array(j, "rules");
	for (u32 i = 0; i < ack->nr_rules; i++) {
		json_object_flat(j, NULL);
		json_string(j, "rule", ack->rule[i].rule);
		json_u64(j, "stale_ns", ack->rule[i].stale_ns);
		json_u64(j, "lost_early", ack->rule[i].lost_early);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static void yield_json_put_counts(const struct yield_count *c, struct json *j)
{
	json_u64(j, "picks", c->picks);
	json_u64(j, "hits", c->hits);
	json_u64(j, "missed", c->missed);
	json_u64(j, "stale", c->stale);
	json_u64(j, "overboost", c->overboost);
}

static void put_named_counts(const char *key, const struct yield_count *c, struct json *j)
{
	json_object_flat(j, key);
	yield_json_put_counts(c, j);
	json_object_end(j);
}

static void put_modes_counts(const char *key, const u64 *nr, struct json *j)
{
	json_object_flat(j, key);
	for (int i = 0; i < YIELD_MODES; i++)
		json_u64(j, yield_mode_names[i], nr[i]);
	json_object_end(j);
}

static void put_interval(const struct yield_rate *r, struct json *j)
{
	json_u64_or_null(j, "lo_permille", r->have_interval, r->lo);
	json_u64_or_null(j, "hi_permille", r->have_interval, r->hi);
}

static void put_policy_episodes(const struct yield_replay *r, const struct yield_policy *p,
				struct json *j)
{
	static const char *const verdicts[] = { [YIELD_FEW] = "too-few",
						[YIELD_SAME] = "none-seen",
						[YIELD_MORE] = "more",
						[YIELD_FEWER] = "fewer" };
	const struct yield_policy_episodes *e = &p->episodes;

	if (!r->episodes) {
		json_null(j, "episodes");
		return;
	}
	json_object_flat(j, "episodes");
	json_u64(j, "of", e->rate.of);
	json_u64(j, "hits", e->hits);
	put_interval(&e->rate, j);
	json_object_flat(j, "by_mode");
	for (int i = 0; i < YIELD_MODES; i++) {
		json_object_flat(j, yield_mode_names[i]);
		json_u64(j, "of", r->episodes->mode_of[i]);
		json_u64(j, "hits", e->mode_hits[i]);
		json_object_end(j);
	}
	json_object_end(j);
	json_string(j, "difference", verdicts[e->verdict]);
	json_u64(j, "any_hits", e->any);
	json_u64(j, "spins_to_hit", e->spins_to_hit);
	json_object_end(j);
}

static void yield_json_put_policies(const struct yield_replay *r, struct json *j)
{
	json_array(j, "policies");
	for (u32 i = 0; i < r->nr_policies; i++) {
		const struct yield_policy *p = &r->policy[i];

		json_object_flat(j, NULL);
		json_string(j, "policy", p->policy);
		json_bool(j, "relaxed", p->relaxed);
		yield_json_put_counts(&p->all, j);
		put_named_counts("sure", &p->sure, j);
		json_array_flat(j, "same_pick");
		for (u32 k = 0; k < r->nr_policies; k++)
			json_u64(j, NULL, p->same[k]);
		json_array_end(j);
		put_policy_episodes(r, p, j);
		json_bool(j, "bound", p->bound);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_windows(const struct yield_replay *r, struct json *j)
{
	json_array(j, "windows");
	for (u32 i = 0; i < r->nr_windows; i++) {
		json_object_flat(j, NULL);
		json_u64(j, "window_ns", r->window[i].window_ns);
		put_named_counts("ipi_v3", &r->window[i].filter, j);
		put_named_counts("ipi_first", &r->window[i].first, j);
		json_u64(j, "stale", r->window[i].stale);
		json_object_end(j);
	}
	json_array_end(j);
}

static void yield_json_put_times(const char *key, const struct yield_times *t, const char *unit,
				 struct json *j)
{
	static const char *const names[] = { "p50", "p90", "p99", "max" };
	const u64 value[] = { t->p50, t->p90, t->p99, t->max };
	char name[16];

	json_object_flat(j, key);
	json_u64(j, "count", t->nr);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(name, sizeof(name), "%s%s", names[i], unit);
		json_u64_or_null(j, name, t->nr, value[i]);
	}
	json_object_end(j);
}

static void yield_json_put_episodes(const struct yield_episodes *e, struct json *j)
{
	if (!e) {
		json_null(j, "episodes");
		json_null(j, "baselines");
		return;
	}
	json_object(j, "episodes");
	json_u64(j, "count", e->count);
	json_u64(j, "complete", e->complete);
	json_u64(j, "helpable", e->helpable);
	json_u64(j, "ns", e->ns);
	json_u64(j, "helpable_ns", e->helpable_ns);
	put_modes_counts("by_mode", e->mode_of, j);
	yield_json_put_times("length", &e->length, "_ns", j);
	yield_json_put_times("spins", &e->spins, "", j);
	json_u64(j, "yields", e->yields);
	json_object_end(j);
	json_array(j, "baselines");
	json_object_flat(j, NULL);
	json_string(j, "policy", "random");
	json_u64_or_null(j, "hits_permille", e->random.of, e->random.permille);
	put_interval(&e->random, j);
	json_object_end(j);
	json_array_end(j);
}

static void put_vcpu(const char *key, u32 vcpu, struct json *j)
{
	json_u64_or_null(j, key, vcpu != YIELD_NOBODY, vcpu);
}

static void yield_json_put_examples(const struct yield_replay *r, struct json *j)
{
	json_array(j, "examples");
	for (u32 i = 0; i < r->nr_examples; i++) {
		const struct yield_example *e = &r->example[i];

		json_object_flat(j, NULL);
		json_u64(j, "time_ns", e->ts_ns);
		json_u64(j, "vcpu", e->vcpu);
		json_s64(j, "pid", e->pid);
		json_u64(j, "awaited", e->awaited);
		json_u64(j, "candidates", e->candidates);
		json_array_flat(j, "picks");
		for (u32 k = 0; k < r->nr_policies; k++)
			put_vcpu(NULL, e->pick[k], j);
		json_array_end(j);
		json_object_end(j);
	}
	json_array_end(j);
}

static void yield_json_put_classes(const struct yield_replay *r, struct json *j)
{
	json_object_flat(j, "classes");
	json_u64_or_null(j, "scheduler_mismatch", r->probed, r->mismatch);
	json_u64(j, "lost_opportunity", r->lost_opportunity);
	json_u64(j, "overboost", r->policy[0].all.overboost);
	json_object_end(j);
}

static void yield_json_put_replay(const struct yield_replay *r, struct json *j)
{
	if (!r) {
		json_null(j, "replay");
		return;
	}
	json_object(j, "replay");
	json_bool(j, "probed", r->probed);
	json_string(j, "search", r->order);
	json_u64(j, "spins", r->spins);
	json_u64(j, "sure", r->sure);
	json_u64(j, "nothing_awaited", r->nothing_awaited);
	json_u64_or_null(j, "awaits_untracked", !r->missing_untracked, r->untracked);
	json_u64(j, "awaited_runnable", r->helpable);
	json_u64(j, "awaited_running", r->running);
	json_u64(j, "hinted", r->hinted);
	json_u64(j, "observed", r->observed);
	json_u64(j, "agree", r->agree);
	json_u64(j, "agree_blind", r->agree_blind);
	json_u64(j, "sure_observed", r->sure_observed);
	json_u64(j, "sure_agree", r->sure_agree);
	json_u64(j, "failed_tries", r->failed_tries);
	json_string(j, "kernel_policy", r->kernel_policy);
	json_bool(j, "kernel_policy_known", r->kernel_policy_known);
	yield_json_put_episodes(r->episodes, j);
	yield_json_put_policies(r, j);
	json_u64(j, "suggested_window_ns", r->suggested_window_ns);
	put_windows(r, j);
	yield_json_put_classes(r, j);
	yield_json_put_times("wait", &r->wait, "_ns", j);
	json_u64(j, "wait_unknown", r->waits_open);
	yield_json_put_times("hint_age", &r->hint_age, "_ns", j);
	yield_json_put_times("candidates", &r->candidates, "", j);
	yield_json_put_times("runs", &r->runs, "", j);
	yield_json_put_examples(r, j);
	json_object_end(j);
}

static void yield_json_put_vm(const struct yield_vm *vm, struct json *j)
{
	json_object(j, NULL);
	json_vm_head(j, &vm->head);
	json_u64(j, "vcpus", vm->head.vcpus);
	json_u64(j, "ipis", vm->head.ipis);
	yield_json_put_hints(vm, j);
	json_object_flat(j, "stability");
	json_u64(j, "same", vm->same);
	json_u64(j, "of", vm->of);
	json_object_end(j);
	yield_json_put_states(vm, j);
	yield_json_put_ack(vm->ack, j);
	yield_json_put_replay(vm->replay, j);
	json_bool(j, "threads_inferred", vm->inferred);
	json_object_end(j);
}

void yield_json(const struct yield_view *s, FILE *out)
{
	struct json j;

	json_init(&j, out);
	json_object(&j, NULL);
	json_string(&j, "schema", "kvm-ipi.yield/1");
	json_string(&j, "source", s->source);
	json_inputs(&j, s->in, s->nr_in);
	json_u64(&j, "window_ns", s->window_ns);
	json_bool(&j, "woken_known", !s->missing_woken);
	json_array(&j, "vms");
	for (u32 i = 0; i < s->nr_vm; i++)
		yield_json_put_vm(&s->vm[i], &j);
	json_array_end(&j);
	json_object_end(&j);
	json_finish(&j);
}
