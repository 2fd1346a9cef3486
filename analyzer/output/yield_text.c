// SPDX-License-Identifier: GPL-2.0-only
/*
 * yield_text.c - yield statistics for people: tables that fit into a mail, and what they say in words.
 *
 * Per VM: the hints and their windows, acknowledgements, then the spins: whom each policy would have
 * picked. Lines that begin with # are remarks. yield_words.c writes the paragraph in plain words.
 */
#include "output/graph_text.h"
#include "output/table.h"
#include "output/yield_shape.h"
#include "output/yield_words.h"

#define MS 1000000ull

/* What a row function is given. */
struct rows {
	const struct yield_shape *s;
	const struct yield_vm *vm;
};

static const char *bold(const struct yield_style *style, bool on)
{
	if (!style->color)
		return "";
	return on ? "\033[1m" : "\033[0m";
}

/* Milliseconds with as many decimals as windows have. */
static void cell_ms(struct cell *c, u64 ns)
{
	char text[40];

	if (ns % MS)
		snprintf(text, sizeof(text), "%llu.%llu", (unsigned long long)(ns / MS),
			 (unsigned long long)(ns % MS / (MS / 10)));
	else
		snprintf(text, sizeof(text), "%llu", (unsigned long long)(ns / MS));
	cell_number(c, text);
}

static const char *const hint_titles[] = { "window_ms", "recorded", "overwritten", "retargeted_%",
					   "refreshed_%", "expired_%", "open", "alive_ms", "alive_at_once",
					   NULL };

static void hint_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct rows *r = ctx;
	const struct yield_hint *h = &r->vm->hint[row];
	char text[32];

	cell_ms(&cells[0], h->window_ns);
	cell_u64(&cells[1], h->recorded);
	cell_u64(&cells[2], h->overwritten);
	cell_percent(&cells[3], h->retargeted, h->recorded);
	cell_percent(&cells[4], h->refreshed, h->recorded);
	cell_percent(&cells[5], h->expired, h->recorded);
	cell_u64(&cells[6], h->open);
	cell_ms(&cells[7], h->alive_ns);
	if (r->s->duration_ns) {
		u64 thousandths = (u64)((unsigned __int128)h->alive_ns * 1000 / r->s->duration_ns);

		snprintf(text, sizeof(text), "%llu.%03llu", (unsigned long long)(thousandths / 1000),
			 (unsigned long long)(thousandths % 1000));
		cell_number(&cells[8], text);
	}
}

/* " text 12 (34.5 %)" */
static void put_share(const char *text, u64 n, u64 of, FILE *out)
{
	u64 tenths = of ? (n * 1000 + of / 2) / of : 0;

	fprintf(out, "%s%s %llu (%llu.%llu %%)", *text ? " " : "", text, (unsigned long long)n,
		(unsigned long long)(tenths / 10), (unsigned long long)(tenths % 10));
}

static void put_hints(const struct yield_shape *s, const struct yield_vm *vm, FILE *out)
{
	static const int order[] = { 2, 4, 3, 0, 1, 5 };
	struct rows r = { s, vm };

	fputs("\n  Hints: each sender's last receiver\n    receivers at the send:", out);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (vm->head.state[order[i]])
			put_share(shape_state_names[order[i]], vm->head.state[order[i]],
				  vm->head.ipis, out);
	fputs("\n    could be boosted (preempted or woken):", out);
	if (vm->head.state[SHAPE_STATES] == vm->head.ipis)
		fputs(" not recorded", out);
	else
		put_share("", vm->head.state[2] + vm->head.state[4], vm->head.ipis, out);
	fputs("\n    the next IPI of a sender goes to the same receiver:", out);
	put_share("", vm->same, vm->of, out);
	fputc('\n', out);
	table_text(&(struct table){ .title = hint_titles, .ctx = &r, .nr_rows = vm->nr_hints,
				    .row = hint_row, .indent = 4 }, out);
}

static void put_us(u64 ns, FILE *out)
{
	fprintf(out, "%llu.%llu us", (unsigned long long)(ns / 1000),
		(unsigned long long)(ns % 1000 / 100));
}

static const char *const rule_titles[] = { "rule", "stale_ms", "lost_early", NULL };

static void rule_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct yield_rule *rule = &((const struct rows *)ctx)->vm->ack->rule[row];

	cell_text(&cells[0], rule->rule);
	cell_ms(&cells[1], rule->stale_ns);
	cell_u64(&cells[2], rule->lost_early);
}

static void put_ack(const struct yield_shape *s, const struct yield_vm *vm, FILE *out)
{
	const struct yield_ack *a = vm->ack;
	struct rows r = { s, vm };

	fputs("\n  Acknowledgements: the receiver's EOI of that vector\n   ", out);
	put_share("acknowledged", a->acknowledged, vm->head.ipis, out);
	fprintf(out, ", never: %llu; replaced before it: %llu\n", (unsigned long long)a->unacknowledged,
		(unsigned long long)a->overwritten_unacked);
	if (a->acknowledged) {
		fputs("    after (p50) ", out);
		put_us(a->p50_ns, out);
		fputs(", (p99) ", out);
		put_us(a->p99_ns, out);
		fprintf(out, "; percentiles are right to 1 part in %llu\n",
			(unsigned long long)a->error_parts);
	}
	table_text(&(struct table){ .title = rule_titles, .ctx = &r, .nr_rows = a->nr_rules,
				    .row = rule_row, .indent = 4 }, out);
}

static const char *const policy_titles[] = { "policy", "picks", "none", "hits", "hits_%", "missed",
					     "stale", "overboost", "as_stock_%", "sure_hits_%", NULL };

static void policy_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct yield_replay *r = ((const struct rows *)ctx)->vm->replay;
	const struct yield_policy *p = &r->policy[row];
	char name[48];

	snprintf(name, sizeof(name), "%s%s", p->policy, p->relaxed ? " relaxed" : "");
	cell_text(&cells[0], name);
	cell_u64(&cells[1], p->all.picks);
	cell_u64(&cells[2], r->spins - p->all.picks);
	cell_u64(&cells[3], p->all.hits);
	cell_percent(&cells[4], p->all.hits, p->all.hits + p->all.missed);
	cell_u64(&cells[5], p->all.missed);
	cell_u64(&cells[6], p->all.stale);
	cell_u64(&cells[7], p->all.overboost);
	cell_percent(&cells[8], p->same[0], r->spins);
	cell_percent(&cells[9], p->sure.hits, p->sure.hits + p->sure.missed);
}

static const char *const window_titles[] = { "window_ms", "v3_hits", "v3_missed", "first_hits",
					     "first_missed", "stale_hints", NULL };

static void window_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct yield_window *w = &((const struct rows *)ctx)->vm->replay->window[row];

	cell_ms(&cells[0], w->window_ns);
	cell_u64(&cells[1], w->filter.hits);
	cell_u64(&cells[2], w->filter.missed);
	cell_u64(&cells[3], w->first.hits);
	cell_u64(&cells[4], w->first.missed);
	cell_u64(&cells[5], w->stale);
}

static void matrix_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct yield_replay *r = ((const struct rows *)ctx)->vm->replay;
	char name[48];

	snprintf(name, sizeof(name), "%s%s", r->policy[row].policy,
		 r->policy[row].relaxed ? " relaxed" : "");
	cell_text(&cells[0], name);
	for (u32 k = 0; k < r->nr_policies; k++)
		cell_percent(&cells[1 + k], r->policy[row].same[k], r->spins);
}

static void put_matrix(const struct yield_shape *s, const struct yield_vm *vm, FILE *out)
{
	const char *titles[YIELD_POLICIES_MAX + 2] = { "same_pick_%" };
	char name[YIELD_POLICIES_MAX][16];
	struct rows r = { s, vm };

	for (u32 k = 0; k < vm->replay->nr_policies; k++) {
		snprintf(name[k], sizeof(name[k]), "%.11s%s", vm->replay->policy[k].policy,
			 vm->replay->policy[k].relaxed ? "+" : "");
		titles[1 + k] = name[k];
	}
	fputc('\n', out);
	table_text(&(struct table){ .title = titles, .ctx = &r, .nr_rows = vm->replay->nr_policies,
				    .row = matrix_row, .indent = 4 }, out);
}

static void put_times(const char *what, const struct yield_times *t, bool time, FILE *out)
{
	const u64 value[] = { t->p50, t->p90, t->p99, t->max };
	static const char *const name[] = { "p50", "p90", "p99", "max" };

	if (!t->nr)
		return;
	fprintf(out, "    %s:", what);
	for (size_t i = 0; i < ARRAY_SIZE(name); i++) {
		fprintf(out, "%s %s ", i ? "," : "", name[i]);
		if (time)
			put_us(value[i], out);
		else
			fprintf(out, "%llu", (unsigned long long)value[i]);
	}
	fprintf(out, " (%llu)\n", (unsigned long long)t->nr);
}

static void put_classes(const struct yield_replay *r, FILE *out)
{
	fputs("    scheduler mismatch (yielded to, but it had not run when the spinner ran again):", out);
	if (r->probed)
		put_share("", r->mismatch, r->mismatch_of, out);
	else
		fputs(" needs the probes", out);
	fputs("\n    lost opportunity (awaited, preempted in user mode, so stock passed it over):", out);
	put_share("", r->lost_opportunity, r->spins, out);
	fputs("\n    overboost (stock's pick was halted or woken and not awaited, or spinning):", out);
	put_share("", r->policy[0].all.overboost, r->policy[0].all.picks, out);
	fputc('\n', out);
}

static void put_accuracy(const struct yield_replay *r, FILE *out)
{
	if (!r->probed) {
		fputs("    UNVERIFIED: no probes on yield_to() in this trace. Of the stock picks", out);
		put_share("", r->sure, r->spins, out);
		fputs(" are sure;\n    on captures with probes, see docs/yield.md, a replay without "
		      "them picked as the\n    kernel in 84 % of its yields, in 94 % of the sure "
		      "ones\n", out);
		return;
	}
	fputs("    replay accuracy: the stock replay picked the kernel's own choice in", out);
	put_share("", r->agree, r->observed, out);
	fprintf(out, " of %llu\n    successful yields; without the probes it would have in",
		(unsigned long long)r->observed);
	put_share("", r->agree_blind, r->observed, out);
	fputs(", and where it is sure in", out);
	put_share("", r->sure_agree, r->sure_observed, out);
	fputc('\n', out);
}

static void put_vcpu(u32 vcpu, FILE *out)
{
	if (vcpu == YIELD_NOBODY)
		fputs("none", out);
	else
		fprintf(out, "%u", vcpu);
}

static void put_time(u64 ts, FILE *out)
{
	fprintf(out, "%llu.%09llu", (unsigned long long)(ts / 1000000000),
		(unsigned long long)(ts % 1000000000));
}

static void put_examples(const struct yield_replay *r, u32 max, FILE *out)
{
	if (!r->nr_examples)
		return;
	fputs("    spins to check by hand (stock passed over the awaited one, the hint names it):\n", out);
	for (u32 i = 0; i < min_of(r->nr_examples, max); i++) {
		const struct yield_example *e = &r->example[i];

		fputs("      ", out);
		put_time(e->ts, out);
		fprintf(out, "  vCPU %u (thread %d) awaits vCPU %u; %u candidates;", e->vcpu, e->pid,
			e->awaited, e->candidates);
		for (u32 k = 0; k < r->nr_policies; k++) {
			fprintf(out, "%s %s%s ", k ? "," : "", r->policy[k].policy,
				r->policy[k].relaxed ? "+" : "");
			put_vcpu(e->pick[k], out);
		}
		fputc('\n', out);
	}
}

static void put_misses(const struct yield_replay *r, const struct yield_style *style, FILE *out)
{
	u32 max = style->entries ? style->entries : 20;

	if (!r->probed || r->agree == r->observed)
		return;
	fputs("    where the replay disagrees:\n", out);
	for (int i = 0; i < YIELD_CAUSES; i++)
		if (r->cause[i])
			fprintf(out, "      %4llu  %s\n", (unsigned long long)r->cause[i],
				r->cause_text[i]);
	for (u32 i = 0; style->verbose && i < min_of(r->nr_misses, max); i++) {
		fputs("      ", out);
		put_time(r->miss[i].ts, out);
		fprintf(out, "  vCPU %u: replay ", r->miss[i].vcpu);
		put_vcpu(r->miss[i].pick, out);
		fputs(", kernel ", out);
		put_vcpu(r->miss[i].target, out);
		fprintf(out, ": %s\n", r->miss[i].cause);
	}
}

static void put_replay(const struct yield_shape *s, const struct yield_vm *vm,
		       const struct yield_style *style, FILE *out)
{
	const struct yield_replay *r = vm->replay;
	struct rows rows = { s, vm };

	fprintf(out, "\n  Spins: %llu, replayed as %s searches\n", (unsigned long long)r->spins,
		r->order);
	put_accuracy(r, out);
	fputs("   ", out);
	put_share("nothing awaited", r->nothing_awaited, r->spins, out);
	put_share("| of these, an untracked IPI was", r->untracked, r->nothing_awaited, out);
	fputs("\n   ", out);
	put_share("awaited and runnable, not running:", r->helpable, r->spins, out);
	put_share("| awaited and running:", r->running, r->spins, out);
	fputc('\n', out);
	table_text(&(struct table){ .title = policy_titles, .ctx = &rows, .nr_rows = r->nr_policies,
				    .row = policy_row, .indent = 4 }, out);
	put_matrix(s, vm, out);
	fputc('\n', out);
	table_text(&(struct table){ .title = window_titles, .ctx = &rows, .nr_rows = r->nr_windows,
				    .row = window_row, .indent = 4 }, out);
	fprintf(out, "    suggested window: %llu.%llu ms, the smallest that keeps 99 %% of the hits of the "
		"largest\n    under both policies\n\n",
		(unsigned long long)(r->suggested_window_ns / MS),
		(unsigned long long)(r->suggested_window_ns % MS / (MS / 10)));
	put_classes(r, out);
	put_times("until an awaited vCPU ran", &r->wait, true, out);
	put_times("age of the spinner's hint", &r->hint_age, true, out);
	put_times("candidates", &r->candidates, false, out);
	put_times("spins in a row", &r->runs, false, out);
	put_misses(r, style, out);
	put_examples(r, style->entries ? style->entries : style->verbose ? UINT32_MAX : 3, out);
}

static void put_vm(const struct yield_shape *s, const struct yield_vm *vm,
		   const struct yield_style *style, FILE *out)
{
	char label[SHAPE_VM_LABEL];

	fprintf(out, "\n%sVM %s%s%s: %u vCPUs, %llu IPIs%s\n", bold(style, true),
		shape_vm_label(&vm->head, label), vm->head.name ? " " : "",
		vm->head.name ? vm->head.name : "", vm->head.vcpus,
		(unsigned long long)vm->head.ipis, bold(style, false));
	if (vm->inferred && (vm->ack || vm->replay) && !style->quiet)
		fputs("# which threads are this VM's was inferred from what they did\n", out);
	if (vm->head.ipis)
		put_hints(s, vm, out);
	if (vm->ack && vm->head.ipis)
		put_ack(s, vm, out);
	if (vm->replay)
		put_replay(s, vm, style, out);
	if (!style->quiet)
		yield_words(s, vm, out);
}

static void put_missing(const char *what, const char *missing, FILE *out)
{
	if (missing)
		fprintf(out, "# %s left out; record them with: %s\n", what, missing);
}

void yield_text(const struct yield_shape *s, const struct yield_style *style, FILE *out)
{
	for (u32 i = 0; i < s->nr_in && !style->quiet; i++)
		fprintf(out, "# %s: %u CPUs, clock %s, %llu records, %llu directed IPIs\n", s->in[i].file,
			s->in[i].cpus, s->in[i].clock ? s->in[i].clock : "unknown",
			(unsigned long long)s->in[i].records, (unsigned long long)s->in[i].events);
	remarks_loss(s->in, s->nr_in, out);
	put_missing("acknowledgements are", s->missing_ack, out);
	put_missing("spins and policies are", s->missing_replay, out);
	for (u32 i = 0; i < s->nr_vm; i++)
		put_vm(s, &s->vm[i], style, out);
}
