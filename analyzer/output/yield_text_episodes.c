// SPDX-License-Identifier: GPL-2.0-only
/* yield_text_episodes.c - yield_text_parts.h: the table of wait episodes. */
#include "output/yield_text_parts.h"
#include "output/yield_words.h"

void yield_text_put_times(const char *what, const struct yield_times *t, bool time, FILE *out)
{
	const u64 value[] = { t->p50, t->p90, t->p99, t->max };
	static const char *const name[] = { "p50", "p90", "p99", "max" };
	struct paragraph p = { .len = 0 };

	if (!t->nr)
		return;
	paragraph_say(&p, "%s (%llu): ", what, t->nr);
	for (size_t i = 0; i < ARRAY_SIZE(name); i++) {
		paragraph_say(&p, "%s%s~", i ? ", " : "", name[i]);
		if (time)
			yield_text_say_us(&p, value[i]);
		else
			paragraph_say(&p, "%llu", value[i]);
	}
	paragraph_put(&p, AT, ON, out);
}

static const char *const episode_titles[] = { "policy",	 "hits", "hits_%", "lo_%",    "hi_%",
					      "differs", "user", "kernel", "unknown", NULL };

/* Thousandths as percent with one decimal. */
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

/* The row behind the policies' is that of chance. */
static void episode_row(const void *ctx, u64 row, struct cell *cells)
{
	static const char *const verdicts[] = { [YIELD_FEW] = "too few",
						[YIELD_SAME] = "unseen",
						[YIELD_MORE] = "more",
						[YIELD_FEWER] = "fewer" };
	const struct yield_replay *r = ((const struct rows *)ctx)->vm->replay;
	const struct yield_policy *p = &r->policy[row];
	char name[48];

	if (row == r->nr_policies) {
		cell_text(&cells[0], "(random)");
		cell_text(&cells[1], "-");
		put_rate(&cells[2], &r->episodes->random);
		for (int i = 5; i < 6 + YIELD_MODES; i++)
			cell_text(&cells[i], "-");
		return;
	}
	yield_policy_name(p, name, sizeof(name));
	cell_text(&cells[0], name);
	cell_u64(&cells[1], p->episodes.hits);
	put_rate(&cells[2], &p->episodes.rate);
	cell_text(&cells[5], !row ? "-" : verdicts[p->episodes.verdict]);
	for (int i = 0; i < YIELD_MODES; i++)
		cell_u64(&cells[6 + i], p->episodes.mode_hits[i]);
}

static void put_spins_to_hit(const struct yield_replay *r, FILE *out)
{
	struct paragraph p = { .len = 0 };
	char name[48];

	for (u32 i = 0; i < r->nr_policies; i++) {
		const struct yield_policy *from = &r->policy[i];
		const struct yield_policy_episodes *e = &from->episodes;
		u64 tenths = e->any ? (10 * e->spins_to_hit + e->any / 2) / e->any : 0;

		if (!e->any)
			continue;
		yield_policy_name(from, name, sizeof(name));
		paragraph_say(
			&p, "%s%s~%llu~(%llu.%llu)",
			p.len ? ", "
			      : "a hit at any spin of the episode (and at which one, in the mean): ",
			name, e->any, tenths / 10, tenths % 10);
	}
	if (p.len)
		paragraph_put(&p, AT, ON, out);
}

void yield_text_episodes(const struct yield_view *s, const struct yield_vm *vm, FILE *out)
{
	const struct yield_episodes *e = vm->replay->episodes;
	struct rows r = { s, vm };

	fprintf(out,
		"\n  Wait episodes: %llu, complete %llu, helpable %llu (user %llu, kernel %llu, unknown %llu)\n",
		e->count, e->complete, e->helpable, e->mode_of[0], e->mode_of[1], e->mode_of[2]);
	yield_text_put_times("how long", &e->length, true, out);
	yield_text_put_times("spins in each", &e->spins, false, out);
	if (!e->helpable)
		return;
	table_text(&(struct table){ .title = episode_titles,
				    .ctx = &r,
				    .nr_rows = vm->replay->nr_policies + 1,
				    .row = episode_row,
				    .indent = 4 },
		   out);
	put_spins_to_hit(vm->replay, out);
	fputs("    lo to hi: 95 % intervals; differs: from stock; ipi-first and oracle are\n"
	      "      upper bounds by construction\n",
	      out);
}
