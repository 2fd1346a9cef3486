// SPDX-License-Identifier: GPL-2.0-only
/* yield_text_hints.c - see yield_text_parts.h: hints and their windows, and acknowledgements. */
#include "output/yield_text_parts.h"
#include "util/rounded.h"

/* Milliseconds with as many decimals as windows have. */
static void cell_ms(struct cell *c, u64 ns)
{
	char text[40];

	if (ns % MS)
		snprintf(text, sizeof(text), "%llu.%llu", ns / MS, (ns % MS / (MS / 10)));
	else
		snprintf(text, sizeof(text), "%llu", ns / MS);
	cell_number(c, text);
}

/* A window as exactly as it was given: "50", "0.5", "0.001". */
const char *yield_text_window_ms(u64 ns, char *text, size_t len)
{
	size_t at = (size_t)snprintf(text, len, "%llu.%06llu", ns / MS, ns % MS);

	while (text[at - 1] == '0')
		text[--at] = 0;
	if (text[at - 1] == '.')
		text[--at] = 0;
	return text;
}

void yield_text_cell_window(struct cell *c, u64 ns)
{
	char text[40];

	cell_number(c, yield_text_window_ms(ns, text, sizeof(text)));
}

static const char *const hint_titles[] = { "window_ms", "overwritten", "retarget_%", "refresh_%",
					   "expire_%",	"open",	       "alive_ms",   NULL };

static void hint_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct yield_hint *h = &((const struct rows *)ctx)->vm->hint[row];

	yield_text_cell_window(&cells[0], h->window_ns);
	cell_u64(&cells[1], h->overwritten);
	cell_percent(&cells[2], h->retargeted, h->recorded);
	cell_percent(&cells[3], h->refreshed, h->recorded);
	cell_percent(&cells[4], h->expired, h->recorded);
	cell_u64(&cells[5], h->open);
	cell_ms(&cells[6], h->alive_ns);
}

static void say_states(struct paragraph *p, const struct yield_vm *vm)
{
	static const int order[] = { 2, 4, 3, 0, 1, 5 };
	const char *between = "";

	paragraph_say(p, "receivers at the send: ");
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		if (!vm->head.state[order[i]])
			continue;
		paragraph_say(p, "%s%s~", between, view_state_names[order[i]]);
		paragraph_share(p, vm->head.state[order[i]], vm->head.ipis);
		between = ", ";
	}
}

/* How many hints are alive at a typical moment, with the window that was chosen. */
static void put_alive(const struct yield_view *s, const struct yield_vm *vm, FILE *out)
{
	char text[40];

	for (u32 i = 0; i < vm->nr_hints && s->duration_ns; i++) {
		u64 thousandths = (u64)((unsigned __int128)vm->hint[i].alive_ns * 1000 /
					s->duration_ns);

		if (vm->hint[i].window_ns != s->window_ns)
			continue;
		fprintf(out,
			"    with the window of %s ms, %llu.%03llu are alive at a typical moment\n",
			yield_text_window_ms(s->window_ns, text, sizeof(text)), thousandths / 1000,
			thousandths % 1000);
	}
}

void yield_text_hints(const struct yield_view *s, const struct yield_vm *vm, FILE *out)
{
	struct paragraph p = { .len = 0 };
	struct rows r = { s, vm };

	fputs("\n  Hints: each sender's last receiver\n", out);
	say_states(&p, vm);
	paragraph_put(&p, AT, ON, out);
	paragraph_say(&p, "could be boosted (preempted or woken): ");
	if (vm->head.state[VIEW_STATES] == vm->head.ipis)
		paragraph_say(&p, "not recorded");
	else
		paragraph_share(&p, view_runnable(vm->head.state), vm->head.ipis);
	paragraph_put(&p, AT, ON, out);
	paragraph_say(&p, "the next IPI of a sender goes to the same receiver: ");
	paragraph_share(&p, vm->same, vm->of);
	paragraph_put(&p, AT, ON, out);
	table_text(&(struct table){ .title = hint_titles,
				    .ctx = &r,
				    .nr_rows = vm->nr_hints,
				    .row = hint_row,
				    .indent = 4 },
		   out);
	put_alive(s, vm, out);
}

void yield_text_say_us(struct paragraph *p, u64 ns)
{
	u64 tenths = rounded(ns, 100);

	paragraph_say(p, "%llu.%llu~us", tenths / 10, tenths % 10);
}

static const char *const rule_titles[] = { "rule", "stale_ms", "lost_early", NULL };

static void rule_row(const void *ctx, u64 row, struct cell *cells)
{
	const struct yield_rule *rule = &((const struct rows *)ctx)->vm->ack->rule[row];

	cell_text(&cells[0], rule->rule);
	cell_ms(&cells[1], rule->stale_ns);
	cell_u64(&cells[2], rule->lost_early);
}

void yield_text_ack(const struct yield_view *s, const struct yield_vm *vm, FILE *out)
{
	const struct yield_ack *a = vm->ack;
	struct paragraph p = { .len = 0 };
	struct rows r = { s, vm };

	fputs("\n  Acknowledgements: the receiver's EOI of that vector\n", out);
	paragraph_say(&p, "acknowledged ");
	paragraph_share(&p, a->acknowledged, vm->head.ipis);
	paragraph_say(&p, ", never: %llu; replaced before it: %llu", a->unacknowledged,
		      a->overwritten_unacked);
	paragraph_put(&p, AT, ON, out);
	if (a->acknowledged) {
		paragraph_say(&p, "after (p50) ");
		yield_text_say_us(&p, a->p50_ns);
		paragraph_say(&p, ", (p99) ");
		yield_text_say_us(&p, a->p99_ns);
		paragraph_say(&p, "; right to 1 part in %llu", a->error_parts);
		paragraph_put(&p, AT, ON, out);
	}
	table_text(&(struct table){ .title = rule_titles,
				    .ctx = &r,
				    .nr_rows = a->nr_rules,
				    .row = rule_row,
				    .indent = 4 },
		   out);
}
