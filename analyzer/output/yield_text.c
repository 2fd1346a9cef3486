// SPDX-License-Identifier: GPL-2.0-only
/*
 * yield_text.c - yield statistics for people: what they say in words, and tables that fit into a
 * mail.
 *
 * Per VM: the summary (yield_words.c), the hints and their windows, acknowledgements, then wait
 * episodes and spins: whom each policy would have picked. Lines that begin with # are remarks.
 */
#include "output/paragraph.h"
#include "output/remarks.h"
#include "output/table.h"
#include "output/yield_text_parts.h"
#include "output/yield_words.h"

#define LOW    95  /* percent of the kernel's choices below which the order may be wrong, */
#define ENOUGH 100 /* when there are so many choices */

static const char *yield_text_bold(const struct yield_style *style, bool on)
{
	if (!style->color)
		return "";
	return on ? "\033[1m" : "\033[0m";
}

static const char *const policy_titles[] = { "policy",	  "picks",	 "hits",
					     "hits_%",	  "missed",	 "stale",
					     "overboost", "sure_hits_%", NULL };

static void policy_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct yield_replay *r = ((const struct rows *)ctx)->vm->replay;
	const struct yield_policy *p = &r->policy[row];
	char name[48];

	yield_policy_name(p, name, sizeof(name));
	cell_text(&cells[0], name);
	cell_u64(&cells[1], p->all.picks);
	cell_u64(&cells[2], p->all.hits);
	cell_percent(&cells[3], p->all.hits, p->all.hits + p->all.missed);
	cell_u64(&cells[4], p->all.missed);
	cell_u64(&cells[5], p->all.stale);
	cell_u64(&cells[6], p->all.overboost);
	cell_percent(&cells[7], p->sure.hits, p->sure.hits + p->sure.missed);
}

static const char *const window_titles[] = { "window_ms",  "v3_hits",	   "v3_missed",
					     "first_hits", "first_missed", "stale_hints",
					     NULL };

static void window_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct yield_window *w = &((const struct rows *)ctx)->vm->replay->window[row];

	yield_text_cell_window(&cells[0], w->window_ns);
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

	yield_policy_name(&r->policy[row], name, sizeof(name));
	cell_text(&cells[0], name);
	for (u32 k = 0; k < r->nr_policies; k++)
		cell_percent(&cells[1 + k], r->policy[row].same[k], r->spins);
}

/* The columns have short names: "any" for any-pending, "v3+" for ipi-v3 with its relaxed round. */
static void yield_text_put_matrix(const struct yield_view *s, const struct yield_vm *vm, FILE *out)
{
	const char *titles[YIELD_POLICIES_MAX + 2] = { "same_pick_%" };
	char name[YIELD_POLICIES_MAX][16];
	struct rows r = { s, vm };

	for (u32 k = 0; k < vm->replay->nr_policies; k++) {
		const char *from = vm->replay->policy[k].policy;

		from += strncmp(from, "ipi-", 4) ? 0 : 4;
		snprintf(name[k], sizeof(name[k]), "%.*s%s", (int)min_of(strcspn(from, "-"), 12),
			 from, vm->replay->policy[k].relaxed ? "+" : "");
		titles[1 + k] = name[k];
	}
	fputc('\n', out);
	table_text(&(struct table){ .title = titles,
				    .ctx = &r,
				    .nr_rows = vm->replay->nr_policies,
				    .row = matrix_row,
				    .indent = 4 },
		   out);
	fputs("    + with the relaxed round\n", out);
}

static void yield_text_put_classes(const struct yield_replay *r, FILE *out)
{
	struct paragraph p = { .len = 0 };

	paragraph_say(
		&p,
		"scheduler mismatch (yielded to, but it had not run when the spinner ran again): ");
	if (r->probed)
		paragraph_share(&p, r->mismatch, r->mismatch_of);
	else
		paragraph_say(&p, "needs the probes");
	paragraph_put(&p, AT, ON, out);
	paragraph_say(
		&p,
		"lost opportunity (awaited, preempted in user mode, so stock passed it over): ");
	paragraph_share(&p, r->lost_opportunity, r->spins);
	paragraph_put(&p, AT, ON, out);
	paragraph_say(
		&p, "overboost (stock's pick was halted or woken and not awaited, or spinning): ");
	paragraph_share(&p, r->policy[0].all.overboost, r->policy[0].all.picks);
	paragraph_put(&p, AT, ON, out);
}

static void yield_text_put_accuracy(const struct yield_replay *r, FILE *out)
{
	struct paragraph p = { .len = 0 };

	if (!r->probed) {
		paragraph_say(&p, "UNVERIFIED: %s. Of the kernel's picks ", r->unverified);
		paragraph_share(&p, r->sure, r->spins);
		paragraph_say(
			&p,
			" are sure; on captures with probes, see docs/yield.md, a replay without "
			"them picked as the kernel in 84~%% of its yields, in 95~%% of the sure ones");
	} else {
		paragraph_say(
			&p, "replay accuracy: the replay of %s picked the kernel's own choice in ",
			r->kernel_policy);
		paragraph_share(&p, r->agree, r->observed);
		paragraph_say(&p,
			      " of %llu successful yields; without the probes it would have in ",
			      r->observed);
		paragraph_share(&p, r->agree_blind, r->observed);
		paragraph_say(&p, ", and where it is sure in ");
		paragraph_share(&p, r->sure_agree, r->sure_observed);
		if (r->observed >= ENOUGH && 100 * r->agree < LOW * r->observed)
			paragraph_say(
				&p,
				". That is low: does the order of the search fit this kernel? "
				"See --search; 6.13 to 6.18 search by loop-index, or by loop once "
				"they are fixed. Did it run another policy? See --kernel-policy");
		if (r->probes)
			paragraph_say(&p, ". Probes: %s", r->probes);
	}
	paragraph_put(&p, AT, ON, out);
}

static void put_awaited(const struct yield_replay *r, FILE *out)
{
	struct paragraph p = { .len = 0 };

	paragraph_say(&p, "nothing awaited ");
	paragraph_share(&p, r->nothing_awaited, r->spins);
	paragraph_say(&p, " | of these, an untracked IPI was ");
	if (r->missing_untracked)
		paragraph_say(&p, "not recorded (%s)", r->missing_untracked);
	else
		paragraph_share(&p, r->untracked, r->nothing_awaited);
	paragraph_put(&p, AT, ON, out);
	paragraph_say(&p, "awaited and runnable, not running: ");
	paragraph_share(&p, r->helpable, r->spins);
	paragraph_say(&p, " | awaited and running: ");
	paragraph_share(&p, r->running, r->spins);
	paragraph_put(&p, AT, ON, out);
}

static void say_vcpu(struct paragraph *p, u32 vcpu)
{
	if (vcpu == YIELD_NOBODY)
		paragraph_say(p, "none");
	else
		paragraph_say(p, "%u", vcpu);
}

static void say_time(struct paragraph *p, u64 ts)
{
	paragraph_say(p, "%llu.%09llu~", ts / 1000000000, ts % 1000000000);
}

static void yield_text_put_examples(const struct yield_replay *r, u32 max, FILE *out)
{
	struct paragraph p = { .len = 0 };
	char name[48];

	if (!r->nr_examples)
		return;
	fputs("    spins to check by hand (stock passed over the awaited, the hint names it):\n",
	      out);
	for (u32 i = 0; i < min_of(r->nr_examples, max); i++) {
		const struct yield_example *e = &r->example[i];

		say_time(&p, e->ts);
		paragraph_say(&p, " vCPU %u (thread %d) awaits vCPU %u; %u candidates;", e->vcpu,
			      e->pid, e->awaited, e->candidates);
		for (u32 k = 0; k < r->nr_policies; k++) {
			yield_policy_name(&r->policy[k], name, sizeof(name));
			paragraph_say(&p, "%s %s~", k ? "," : "", name);
			say_vcpu(&p, e->pick[k]);
		}
		paragraph_put(&p, "      ", "        ", out);
	}
}

static void put_misses(const struct yield_replay *r, const struct yield_style *style, FILE *out)
{
	u32 max = style->entries ? style->entries : 20;
	struct paragraph p = { .len = 0 };

	if (!r->probed || r->agree == r->observed)
		return;
	fputs("    where the replay disagrees:\n", out);
	for (int i = 0; i < YIELD_CAUSES; i++)
		if (r->cause[i]) {
			paragraph_say(&p, "%llu: %s", r->cause[i], r->cause_text[i]);
			paragraph_put(&p, "      ", "        ", out);
		}
	for (u32 i = 0; style->verbose && i < min_of(r->nr_misses, max); i++) {
		say_time(&p, r->miss[i].ts);
		paragraph_say(&p, " vCPU %u: replay ", r->miss[i].vcpu);
		say_vcpu(&p, r->miss[i].pick);
		paragraph_say(&p, ", kernel ");
		say_vcpu(&p, r->miss[i].target);
		paragraph_say(&p, ": %s", r->miss[i].cause);
		paragraph_put(&p, "      ", "        ", out);
	}
}

static void yield_text_put_replay(const struct yield_view *s, const struct yield_vm *vm,
				  const struct yield_style *style, FILE *out)
{
	const struct yield_replay *r = vm->replay;
	struct rows rows = { s, vm };
	char text[40];

	if (r->episodes)
		yield_text_episodes(s, vm, out);
	fprintf(out, "\n  Spins: %llu, replayed as %s searches%s\n", r->spins, r->order,
		r->order_assumed ? " (kernel unknown: --kernel tells)" : "");
	yield_text_put_accuracy(r, out);
	put_awaited(r, out);
	fputs("    per spin, a long wait counted at each of its spins:\n", out);
	table_text(&(struct table){ .title = policy_titles,
				    .ctx = &rows,
				    .nr_rows = r->nr_policies,
				    .row = policy_row,
				    .indent = 4 },
		   out);
	yield_text_put_matrix(s, vm, out);
	fputc('\n', out);
	table_text(&(struct table){ .title = window_titles,
				    .ctx = &rows,
				    .nr_rows = r->nr_windows,
				    .row = window_row,
				    .indent = 4 },
		   out);
	fprintf(out,
		"    suggested window: %s ms, the smallest that keeps 99 %% of the hits of\n"
		"      the largest under both policies\n\n",
		yield_text_window_ms(r->suggested_window_ns, text, sizeof(text)));
	yield_text_put_classes(r, out);
	yield_text_put_times("until an awaited vCPU ran", &r->wait, true, out);
	yield_text_put_times("age of the spinner's hint", &r->hint_age, true, out);
	yield_text_put_times("candidates", &r->candidates, false, out);
	yield_text_put_times("spins in a row", &r->runs, false, out);
	put_misses(r, style, out);
	yield_text_put_examples(r,
				style->entries	 ? style->entries
				: style->verbose ? UINT32_MAX
						 : 3,
				out);
}

static void yield_text_put_vm(const struct yield_view *s, const struct yield_vm *vm,
			      const struct yield_style *style, bool first, FILE *out)
{
	char label[VIEW_VM_LABEL];

	fprintf(out, "%s%sVM %s%s%s: %u vCPUs, %llu IPIs%s\n", first ? "" : "\n",
		yield_text_bold(style, true), vm_view_label(&vm->head, label),
		vm->head.name ? " " : "", vm->head.name ? vm->head.name : "", vm->head.vcpus,
		vm->head.ipis, yield_text_bold(style, false));
	if (vm->inferred && (vm->ack || vm->replay) && !style->quiet)
		fputs("# which threads are this VM's was inferred from what they did\n", out);
	if (!style->quiet)
		yield_words(s, vm, out);
	if (vm->head.ipis)
		yield_text_hints(s, vm, out);
	if (vm->ack && vm->head.ipis)
		yield_text_ack(s, vm, out);
	if (vm->replay)
		yield_text_put_replay(s, vm, style, out);
}

static void yield_text_put_missing(const char *what, const char *missing, FILE *out)
{
	struct paragraph p = { .len = 0 };

	if (missing)
		paragraph_say(&p, "# %s left out; record them with: %s", what, missing);
	paragraph_put(&p, "", "#   ", out);
}

void yield_text(const struct yield_view *s, const struct yield_style *style, FILE *out)
{
	bool said = !style->quiet || s->missing_ack || s->missing_replay;

	if (!style->quiet)
		remarks_inputs(s->in, s->nr_in, out);
	said |= remarks_loss(s->in, s->nr_in, out);
	if (view_lossy(s->in, s->nr_in))
		fputs("# lower bounds: IPIs, hints, acknowledgements, spins, picks, hits; percentages\n"
		      "#   and times are of what was recorded; a gap ends what is under way\n",
		      out);
	yield_text_put_missing("acknowledgements are", s->missing_ack, out);
	yield_text_put_missing("spins and policies are", s->missing_replay, out);
	for (u32 i = 0; i < s->nr_vm; i++)
		yield_text_put_vm(s, &s->vm[i], style, !said && !i, out);
}
