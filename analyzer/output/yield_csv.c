// SPDX-License-Identifier: GPL-2.0-only
/*
 * yield_csv.c - yield statistics as one table of named values: a row for each VM, table and key.
 *
 * The levels have different shapes; one long table keeps them in one file that any tool can pivot.
 */
#include "output/remarks.h"
#include "output/table.h"
#include "output/yield_shape.h"

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

static void put_u64(const struct csv *c, const char *key, const char *name, u64 value)
{
	put_head(c, key);
	fprintf(c->out, "%s,%llu\n", name, (unsigned long long)value);
}

static void put_hints(struct csv *c)
{
	char key[32];

	c->table = "hints";
	for (u32 i = 0; i < c->vm->nr_hints; i++) {
		const struct yield_hint *h = &c->vm->hint[i];

		snprintf(key, sizeof(key), "%llu", (unsigned long long)h->window_ns);
		put_u64(c, key, "recorded", h->recorded);
		put_u64(c, key, "overwritten", h->overwritten);
		put_u64(c, key, "refreshed", h->refreshed);
		put_u64(c, key, "retargeted", h->retargeted);
		put_u64(c, key, "expired", h->expired);
		put_u64(c, key, "open", h->open);
		put_u64(c, key, "alive_ns", h->alive_ns);
	}
	c->table = "stability";
	put_u64(c, "", "same", c->vm->same);
	put_u64(c, "", "of", c->vm->of);
	c->table = "states";
	for (int i = 0; i <= SHAPE_STATES; i++)
		put_u64(c, "", shape_state_names[i], c->vm->head.state[i]);
}

static void put_ack(struct csv *c)
{
	const struct yield_ack *a = c->vm->ack;

	c->table = "ack";
	put_u64(c, "", "acknowledged", a->acknowledged);
	put_u64(c, "", "unacknowledged", a->unacknowledged);
	put_u64(c, "", "overwritten_unacknowledged", a->overwritten_unacked);
	put_u64(c, "", "p50_ns", a->p50_ns);
	put_u64(c, "", "p99_ns", a->p99_ns);
	for (u32 i = 0; i < a->nr_rules; i++) {
		put_u64(c, a->rule[i].rule, "stale_ns", a->rule[i].stale_ns);
		put_u64(c, a->rule[i].rule, "lost_early", a->rule[i].lost_early);
	}
}

static void put_counts(const struct csv *c, const char *key, const struct yield_count *n)
{
	put_u64(c, key, "picks", n->picks);
	put_u64(c, key, "hits", n->hits);
	put_u64(c, key, "missed", n->missed);
	put_u64(c, key, "stale", n->stale);
	put_u64(c, key, "overboost", n->overboost);
}

static void put_replay(struct csv *c)
{
	const struct yield_replay *r = c->vm->replay;
	char key[48];

	c->table = "replay";
	put_u64(c, "", "probed", r->probed);
	put_u64(c, "", "spins", r->spins);
	put_u64(c, "", "sure", r->sure);
	put_u64(c, "", "nothing_awaited", r->nothing_awaited);
	put_u64(c, "", "awaited_runnable", r->helpable);
	put_u64(c, "", "observed", r->observed);
	put_u64(c, "", "agree", r->agree);
	put_u64(c, "", "agree_blind", r->agree_blind);
	put_u64(c, "", "sure_observed", r->sure_observed);
	put_u64(c, "", "sure_agree", r->sure_agree);
	put_u64(c, "", "suggested_window_ns", r->suggested_window_ns);
	put_u64(c, "", "lost_opportunity", r->lost_opportunity);
	if (r->probed)
		put_u64(c, "", "scheduler_mismatch", r->mismatch);
	for (u32 i = 0; i < r->nr_policies; i++) {
		snprintf(key, sizeof(key), "%s%s", r->policy[i].policy,
			 r->policy[i].relaxed ? "+relaxed" : "");
		c->table = "policies";
		put_counts(c, key, &r->policy[i].all);
		c->table = "policies_sure";
		put_counts(c, key, &r->policy[i].sure);
	}
	for (u32 i = 0; i < r->nr_windows; i++) {
		snprintf(key, sizeof(key), "%llu", (unsigned long long)r->window[i].window_ns);
		c->table = "windows_ipi_v3";
		put_counts(c, key, &r->window[i].filter);
		c->table = "windows_ipi_first";
		put_counts(c, key, &r->window[i].first);
		c->table = "windows";
		put_u64(c, key, "stale", r->window[i].stale);
	}
}

void yield_csv(const struct yield_shape *s, FILE *out)
{
	struct csv c = { .out = out };

	remarks_loss(s->in, s->nr_in, out);
	fputs("vm_pid,vm_id,table,key,name,value\n", out);
	for (u32 i = 0; i < s->nr_vm; i++) {
		c.vm = &s->vm[i];
		put_hints(&c);
		if (c.vm->ack)
			put_ack(&c);
		if (c.vm->replay)
			put_replay(&c);
	}
}
