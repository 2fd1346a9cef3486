// SPDX-License-Identifier: GPL-2.0-only
/*
 * yield_words.c - see yield_words.h. Sentences are put together in a buffer and broken into lines at
 * the end, so that each can be as long as its numbers need.
 */
#include "output/yield_words.h"

#include <stdarg.h>

#define WIDTH 88
#define FEW   100	/* spins or IPIs below which a share says little */

struct words {
	char text[4096];
	size_t len;
};

static void say(struct words *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(struct words *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(w->text + w->len, sizeof(w->text) - w->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		w->len = min_of(w->len + (size_t)n, sizeof(w->text) - 1);
}

/* Whole percent, for words. */
static unsigned int percent(u64 n, u64 of)
{
	return of ? (unsigned int)((n * 100 + of / 2) / of) : 0;
}

static const struct yield_policy *find(const struct yield_replay *r, const char *name, bool relaxed)
{
	for (u32 i = 0; i < r->nr_policies; i++)
		if (!strcmp(r->policy[i].policy, name) && r->policy[i].relaxed == relaxed)
			return &r->policy[i];
	return &r->policy[0];
}

static void say_hints(struct words *w, const struct yield_vm *vm)
{
	u64 boostable = vm->head.state[2] + vm->head.state[4];

	if (!vm->head.ipis)
		return;
	if (vm->head.state[SHAPE_STATES] == vm->head.ipis)
		say(w, "There are %llu directed IPIs; the trace does not tell their receivers' states. ",
		    (unsigned long long)vm->head.ipis);
	else
		say(w, "Of %llu directed IPIs, %u %% met a receiver that was runnable and not running, "
		    "where a yield can help. ", (unsigned long long)vm->head.ipis,
		    percent(boostable, vm->head.ipis));
}

static void say_ack(struct words *w, const struct yield_vm *vm)
{
	const struct yield_ack *a = vm->ack;

	if (!a || !vm->head.ipis)
		return;
	if (!a->acknowledged)
		say(w, "No acknowledgement was seen: only the window can end a hint. ");
	else if (a->overwritten_unacked)
		say(w, "%u %% of the hints were replaced before their receiver had answered: one "
		    "slot per sender forgets them. ", percent(a->overwritten_unacked, vm->head.ipis));
}

static void say_gain(struct words *w, const struct yield_replay *r)
{
	const struct yield_policy *stock = &r->policy[0], *v3 = find(r, "ipi-v3", true);
	const struct yield_policy *bit = find(r, "any-pending", false);
	const struct yield_policy *first = find(r, "ipi-first", false);
	u64 of = r->helpable;

	say(w, "In %llu of %llu spins (%u %%) somebody whom the spinner waits for was runnable and not "
	    "running. There the kernel's own search hits in %u %%", (unsigned long long)of,
	    (unsigned long long)r->spins, percent(of, r->spins), percent(of - stock->all.missed, of));
	say(w, "; one pending bit per vCPU would in %u %%; the IPI-aware filter (v3, relaxed) in %u %%; "
	    "the same hint as a priority in %u %%. ", percent(of - bit->all.missed, of),
	    percent(of - v3->all.missed, of), percent(of - first->all.missed, of));
	if (of < FEW)
		say(w, "(So few spins carry no conclusion.) ");
	else if (first->all.missed * 2 < v3->all.missed && stock->all.missed > of / 10)
		say(w, "So the hint is worth most as a priority: as a filter, who stands earlier in the "
		    "round robin is taken before the awaited one. ");
	else if (stock->all.missed <= of / 10)
		say(w, "So the kernel's own choice leaves little to gain. ");
}

static void say_trust(struct words *w, const struct yield_replay *r)
{
	if (r->probed && r->observed)
		say(w, "The replay can be believed as far as it repeats the kernel: in %u %% of %llu "
		    "observed yields. ", percent(r->agree, r->observed),
		    (unsigned long long)r->observed);
	else
		say(w, "Nothing in this trace verifies the replay: a probe on yield_to() and one on "
		    "its return would. ");
	say(w, "What other choices would have led to afterwards no replay can say: each spin is judged "
	    "alone, on the schedule that really happened.");
}

static void put_lines(const char *text, FILE *out)
{
	size_t column = 0;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (column && column + 1 + word > WIDTH) {
			fputc('\n', out);
			column = 0;
		}
		if (!column)
			fputs("   ", out);
		fprintf(out, " %.*s", (int)word, text);
		column += word + 1;
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

void yield_words(const struct yield_shape *s, const struct yield_vm *vm, FILE *out)
{
	struct words w = { .len = 0 };

	say_hints(&w, vm);
	say_ack(&w, vm);
	if (vm->replay && vm->replay->spins) {
		if (vm->replay->helpable)
			say_gain(&w, vm->replay);
		else
			say(&w, "In none of %llu spins was an awaited vCPU runnable and not running. ",
			    (unsigned long long)vm->replay->spins);
		say_trust(&w, vm->replay);
	}
	if (!w.len)
		return;
	fputs("\n  In words\n", out);
	put_lines(w.text, out);
}
