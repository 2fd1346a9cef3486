// SPDX-License-Identifier: GPL-2.0-only
/*
 * yield_mail.c - yield statistics for a mailing list: lines of 72 columns.
 *
 * Where they come from, the summary and the two tables that it is made of, VM by VM, and what each
 * word means, so that a reader needs nothing else.
 */
#include "output/paragraph.h"
#include "output/table.h"
#include "output/yield_words.h"

#define WIDTH 72
#define SERIES                                                                                     \
	"\"sched/fair, KVM: Semantics-aware directed yield for oversubscribed KVM\" (v3, June 2026)"

static const char *const episode_titles[] = { "policy", "hits",	  "hits_%",  "lo_%", "hi_%",
					      "user",	"kernel", "unknown", NULL };
static const char *const spin_titles[] = { "policy", "picks", "hits",	   "hits_%",
					   "missed", "stale", "overboost", NULL };

static void cell_permille(struct cell *c, bool have, u32 permille)
{
	if (have)
		cell_percent(c, permille, 1000);
	else
		cell_text(c, "-");
}

static void put_rate(struct cell *cells, const struct yield_rate *r)
{
	cell_permille(&cells[0], r->of, r->permille);
	cell_permille(&cells[1], r->have_interval, r->lo);
	cell_permille(&cells[2], r->have_interval, r->hi);
}

static void mail_episode_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct yield_replay *r = ctx;
	const struct yield_policy *p = &r->policy[row];
	char name[48] = "(random)";

	if (row < r->nr_policies)
		yield_policy_name(p, name, sizeof(name));
	cell_text(&cells[0], name);
	if (row == r->nr_policies) {
		cell_text(&cells[1], "-");
		put_rate(&cells[2], &r->episodes->random);
		for (int i = 5; i < 5 + YIELD_MODES; i++)
			cell_text(&cells[i], "-");
		return;
	}
	cell_u64(&cells[1], p->episodes.hits);
	put_rate(&cells[2], &p->episodes.rate);
	for (int i = 0; i < YIELD_MODES; i++)
		cell_u64(&cells[5 + i], p->episodes.mode_hits[i]);
}

static void mail_spin_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct yield_policy *p = &((const struct yield_replay *)ctx)->policy[row];
	char name[48];

	yield_policy_name(p, name, sizeof(name));
	cell_text(&cells[0], name);
	cell_u64(&cells[1], p->all.picks);
	cell_u64(&cells[2], p->all.hits);
	cell_percent(&cells[3], p->all.hits, p->all.hits + p->all.missed);
	cell_u64(&cells[4], p->all.missed);
	cell_u64(&cells[5], p->all.stale);
	cell_u64(&cells[6], p->all.overboost);
}

static void put_line(FILE *out, struct paragraph *w)
{
	paragraph_put(w, "", "  ", out);
}

static void put_origin(const struct yield_view *s, FILE *out)
{
	struct paragraph w = { .width = WIDTH };

	paragraph_say(&w, "Whom a spinning vCPU yields to: the policies of " SERIES
			  ", replayed from a trace.");
	put_line(out, &w);
	fputc('\n', out);
	paragraph_say(&w, "Tool: kvm-ipi~" KVM_IPI_VERSION);
	put_line(out, &w);
	if (s->command) {
		paragraph_say(&w, "Command: %s", s->command);
		put_line(out, &w);
	}
	paragraph_say(&w, "Host: kernel %s, %u CPUs", s->kernel ? s->kernel : "unknown",
		      s->in[0].cpus);
	put_line(out, &w);
	for (u32 i = 0; i < s->nr_in; i++) {
		const struct input_view *in = &s->in[i];

		paragraph_say(&w, "Trace: %s, clock %s, %llu records, ", in->file,
			      in->clock ? in->clock : "unknown", in->records);
		if (in->gaps || in->lost)
			paragraph_say(&w, "LOST events: %s%llu in %llu gaps",
				      in->lost_known ? "" : "at least ", in->lost, in->gaps);
		else
			paragraph_say(&w, "none lost");
		put_line(out, &w);
	}
	paragraph_say(&w, "Duration: %llu.%03llu~s", s->duration_ns / 1000000000,
		      s->duration_ns / 1000000 % 1000);
	put_line(out, &w);
}

static void put_tables(const struct yield_replay *r, FILE *out)
{
	if (r->episodes && r->episodes->helpable) {
		fprintf(out, "\nBy wait episode [1], of %llu helpable ones [2]:\n\n",
			r->episodes->helpable);
		table_text(&(struct table){ .title = episode_titles,
					    .ctx = r,
					    .nr_rows = r->nr_policies + 1,
					    .row = mail_episode_row },
			   out);
	}
	fprintf(out, "\nBy spin, of %llu, a long wait counted at each of its spins [3]:\n\n",
		r->spins);
	table_text(&(struct table){ .title = spin_titles,
				    .ctx = r,
				    .nr_rows = r->nr_policies,
				    .row = mail_spin_row },
		   out);
}

static void put_definitions(FILE *out)
{
	static const char *const text[] = {
		"[1] Wait episode: one wait of a vCPU, from its first spin with an unacknowledged IPI of its own "
		"(at most one window old) to the EOI of the last one.",
		"[2] Helpable: at one of its spins an awaited vCPU could have been yielded to. hits: at the first "
		"such spin the policy's pick is awaited. lo, hi: 95~% interval, a bootstrap of whole episodes; none "
		"below 20. (random): a pick at random among the vCPUs that stock's rule lets pass. user, kernel, "
		"unknown: where the awaited vCPU was preempted.",
		"[3] hits: the pick is awaited. missed: an awaited vCPU could have been yielded to, and was not "
		"picked. stale: the pick had answered. overboost: the pick spun itself, or had halted and was not "
		"awaited.",
		"Policies: stock, the kernel's own; any-pending, stock, and who has an unacknowledged IPI passes; "
		"ipi-v2 and ipi-v3, the series' filter; relaxed, with its second round; ipi-first, the hinted "
		"vCPU before all others; oracle, any awaited one. The last two are upper bounds by construction.",
		"All of it: docs/yield.md.",
	};
	struct paragraph w = { .width = WIDTH };

	fputc('\n', out);
	for (size_t i = 0; i < ARRAY_SIZE(text); i++) {
		paragraph_say(&w, "%s", text[i]);
		put_line(out, &w);
	}
}

void yield_mail(const struct yield_view *s, FILE *out)
{
	char label[VIEW_VM_LABEL];

	put_origin(s, out);
	for (u32 i = 0; i < s->nr_vm; i++) {
		const struct yield_vm *vm = &s->vm[i];

		fprintf(out, "\nVM %s%s%s: %u vCPUs, %llu IPIs\n", vm_view_label(&vm->head, label),
			vm->head.name ? " " : "", vm->head.name ? vm->head.name : "",
			vm->head.vcpus, vm->head.ipis);
		yield_words_wide(s, vm, WIDTH, out);
		if (vm->replay && vm->replay->spins)
			put_tables(vm->replay, out);
	}
	put_definitions(out);
}
