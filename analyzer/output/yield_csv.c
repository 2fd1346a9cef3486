// SPDX-License-Identifier: GPL-2.0-only
/*
 * yield_csv.c - yield statistics as one table of named values: a row for each VM, table and key.
 *
 * The levels have different views; one long table keeps them in one file that any tool can pivot.
 */
#include "output/remarks.h"
#include "output/table.h"
#include "output/yield_view.h"

struct csv {
	FILE *out;
	const struct yield_vm *vm;
	const char *table;
};

static void put_head(const struct csv *c, const char *key)
{
	if (c->vm->head.have_pid)
		fprintf(c->out, "%d", c->vm->head.pid);
	fputc(',', c->out);
	if (c->vm->head.have_id)
		fprintf(c->out, "%u", c->vm->head.id);
	fprintf(c->out, ",%s,%s,", c->table, key);
}

static void yield_csv_put_u64(const struct csv *c, const char *key, const char *name, u64 value)
{
	put_head(c, key);
	fprintf(c->out, "%s,%llu\n", name, value);
}

static void yield_csv_put_hints(struct csv *c)
{
	char key[32];

	c->table = "hints";
	for (u32 i = 0; i < c->vm->nr_hints; i++) {
		const struct yield_hint *h = &c->vm->hint[i];

		snprintf(key, sizeof(key), "%llu", h->window_ns);
		yield_csv_put_u64(c, key, "recorded", h->recorded);
		yield_csv_put_u64(c, key, "overwritten", h->overwritten);
		yield_csv_put_u64(c, key, "refreshed", h->refreshed);
		yield_csv_put_u64(c, key, "retargeted", h->retargeted);
		yield_csv_put_u64(c, key, "expired", h->expired);
		yield_csv_put_u64(c, key, "open", h->open);
		yield_csv_put_u64(c, key, "alive_ns", h->alive_ns);
	}
	c->table = "stability";
	yield_csv_put_u64(c, "", "same", c->vm->same);
	yield_csv_put_u64(c, "", "of", c->vm->of);
	c->table = "states";
	for (int i = 0; i <= VIEW_STATES; i++)
		yield_csv_put_u64(c, "", view_state_names[i], c->vm->head.state[i]);
}

static void yield_csv_put_ack(struct csv *c)
{
	const struct yield_ack *a = c->vm->ack;

	c->table = "ack";
	yield_csv_put_u64(c, "", "acknowledged", a->acknowledged);
	yield_csv_put_u64(c, "", "unacknowledged", a->unacknowledged);
	yield_csv_put_u64(c, "", "overwritten_unacknowledged", a->overwritten_unacked);
	yield_csv_put_u64(c, "", "p50_ns", a->p50_ns);
	yield_csv_put_u64(c, "", "p99_ns", a->p99_ns);
	for (u32 i = 0; i < a->nr_rules; i++) {
		yield_csv_put_u64(c, a->rule[i].rule, "stale_ns", a->rule[i].stale_ns);
		yield_csv_put_u64(c, a->rule[i].rule, "lost_early", a->rule[i].lost_early);
	}
}

static void yield_csv_put_counts(const struct csv *c, const char *key, const struct yield_count *n)
{
	yield_csv_put_u64(c, key, "picks", n->picks);
	yield_csv_put_u64(c, key, "hits", n->hits);
	yield_csv_put_u64(c, key, "missed", n->missed);
	yield_csv_put_u64(c, key, "stale", n->stale);
	yield_csv_put_u64(c, key, "overboost", n->overboost);
}

static void put_rate(const struct csv *c, const char *key, const struct yield_rate *r)
{
	if (r->of)
		yield_csv_put_u64(c, key, "hits_permille", r->permille);
	if (!r->have_interval)
		return;
	yield_csv_put_u64(c, key, "lo_permille", r->lo);
	yield_csv_put_u64(c, key, "hi_permille", r->hi);
}

/* An interval that is not there is left out. */
static void put_policy_episodes(struct csv *c, const char *key, const struct yield_policy *p)
{
	const struct yield_policy_episodes *e = &p->episodes;
	char name[32];

	c->table = "policies_episodes";
	yield_csv_put_u64(c, key, "of", e->rate.of);
	yield_csv_put_u64(c, key, "hits", e->hits);
	put_rate(c, key, &e->rate);
	for (int i = 0; i < YIELD_MODES; i++) {
		snprintf(name, sizeof(name), "hits_%s", yield_mode_names[i]);
		yield_csv_put_u64(c, key, name, e->mode_hits[i]);
	}
	yield_csv_put_u64(c, key, "any_hits", e->any);
	yield_csv_put_u64(c, key, "spins_to_hit", e->spins_to_hit);
}

static void yield_csv_put_episodes(struct csv *c, const struct yield_episodes *e)
{
	char name[32];

	c->table = "episodes";
	yield_csv_put_u64(c, "", "count", e->count);
	yield_csv_put_u64(c, "", "complete", e->complete);
	yield_csv_put_u64(c, "", "helpable", e->helpable);
	yield_csv_put_u64(c, "", "ns", e->ns);
	yield_csv_put_u64(c, "", "helpable_ns", e->helpable_ns);
	for (int i = 0; i < YIELD_MODES; i++) {
		snprintf(name, sizeof(name), "helpable_%s", yield_mode_names[i]);
		yield_csv_put_u64(c, "", name, e->mode_of[i]);
	}
	yield_csv_put_u64(c, "", "yields", e->yields);
	c->table = "baselines";
	put_rate(c, "random", &e->random);
}

static void yield_csv_put_replay(struct csv *c)
{
	const struct yield_replay *r = c->vm->replay;
	char key[48];

	c->table = "replay";
	yield_csv_put_u64(c, "", "probed", r->probed);
	yield_csv_put_u64(c, "", "spins", r->spins);
	yield_csv_put_u64(c, "", "sure", r->sure);
	yield_csv_put_u64(c, "", "nothing_awaited", r->nothing_awaited);
	yield_csv_put_u64(c, "", "awaited_runnable", r->helpable);
	yield_csv_put_u64(c, "", "observed", r->observed);
	yield_csv_put_u64(c, "", "agree", r->agree);
	yield_csv_put_u64(c, "", "agree_blind", r->agree_blind);
	yield_csv_put_u64(c, "", "sure_observed", r->sure_observed);
	yield_csv_put_u64(c, "", "sure_agree", r->sure_agree);
	yield_csv_put_u64(c, "", "suggested_window_ns", r->suggested_window_ns);
	yield_csv_put_u64(c, "", "lost_opportunity", r->lost_opportunity);
	if (r->probed)
		yield_csv_put_u64(c, "", "scheduler_mismatch", r->mismatch);
	if (r->episodes)
		yield_csv_put_episodes(c, r->episodes);
	for (u32 i = 0; i < r->nr_policies; i++) {
		snprintf(key, sizeof(key), "%s%s", r->policy[i].policy,
			 r->policy[i].relaxed ? "+relaxed" : "");
		c->table = "policies";
		yield_csv_put_counts(c, key, &r->policy[i].all);
		c->table = "policies_sure";
		yield_csv_put_counts(c, key, &r->policy[i].sure);
		if (r->episodes)
			put_policy_episodes(c, key, &r->policy[i]);
	}
	for (u32 i = 0; i < r->nr_windows; i++) {
		snprintf(key, sizeof(key), "%llu", r->window[i].window_ns);
		c->table = "windows_ipi_v3";
		yield_csv_put_counts(c, key, &r->window[i].filter);
		c->table = "windows_ipi_first";
		yield_csv_put_counts(c, key, &r->window[i].first);
		c->table = "windows";
		yield_csv_put_u64(c, key, "stale", r->window[i].stale);
	}
}

void yield_csv(const struct yield_view *s, FILE *out)
{
	struct csv c = { .out = out };

	remarks_loss(s->in, s->nr_in, out);
	fputs("vm_pid,vm_id,table,key,name,value\n", out);
	for (u32 i = 0; i < s->nr_vm; i++) {
		c.vm = &s->vm[i];
		yield_csv_put_hints(&c);
		if (c.vm->ack)
			yield_csv_put_ack(&c);
		if (c.vm->replay)
			yield_csv_put_replay(&c);
	}
}
