// SPDX-License-Identifier: GPL-2.0-only
/*
 * yield_words.c - see yield_words.h.
 */
#include "output/yield_words.h"
#include "output/paragraph.h"

#define FEW 100	/* spins or IPIs below which a share says little */

/* Whole percent, for words. */
static unsigned int percent(u64 n, u64 of)
{
	return of ? (unsigned int)((n * 100 + of / 2) / of) : 0;
}

static const struct yield_policy *yield_words_find(const struct yield_replay *r, const char *name,
						   bool relaxed)
{
	for (u32 i = 0; i < r->nr_policies; i++)
		if (!strcmp(r->policy[i].policy, name) && r->policy[i].relaxed == relaxed)
			return &r->policy[i];
	return NULL;
}

static void say_hints(struct paragraph *w, const struct yield_vm *vm)
{
	u64 boostable = view_runnable(vm->head.state);

	if (!vm->head.ipis)
		return;
	if (vm->head.state[VIEW_STATES] == vm->head.ipis)
		paragraph_say(
			w,
			"There are %llu directed IPIs; the trace does not tell their receivers' states. ",
			vm->head.ipis);
	else
		paragraph_say(
			w,
			"Of %llu directed IPIs, %u~%% met a receiver that was runnable and not running, "
			"where a yield can help. ",
			vm->head.ipis, percent(boostable, vm->head.ipis));
}

static void say_ack(struct paragraph *w, const struct yield_vm *vm)
{
	const struct yield_ack *a = vm->ack;

	if (!a || !vm->head.ipis)
		return;
	if (!a->acknowledged)
		paragraph_say(w, "No acknowledgement was seen: only the window can end a hint. ");
	else if (a->overwritten_unacked)
		paragraph_say(w, "%u~%% of the hints were replaced before their receiver had answered: one "
		    "slot per sender forgets them. ", percent(a->overwritten_unacked, vm->head.ipis));
}

/* In how many of the spins that could be helped its pick was awaited. NULL: not among the rows. */
static void say_policy(struct paragraph *w, const char *what, const struct yield_policy *p, u64 of)
{
	if (p)
		paragraph_say(w, "; %s in %u~%%", what, percent(of - p->all.missed, of));
}

static void say_gain(struct paragraph *w, const struct yield_replay *r)
{
	const struct yield_policy *stock = &r->policy[0], *v3 = yield_words_find(r, "ipi-v3", true);
	const struct yield_policy *bit = yield_words_find(r, "any-pending", false);
	const struct yield_policy *first = yield_words_find(r, "ipi-first", false);
	u64 of = r->helpable;

	paragraph_say(
		w,
		"In %llu of %llu spins (%u~%%) somebody whom the spinner waits for was runnable and not "
		"running. There the kernel's own search hits in %u~%%",
		of, r->spins, percent(of, r->spins), percent(of - stock->all.missed, of));
	say_policy(w, "one pending bit per vCPU would", bit, of);
	say_policy(w, "the IPI-aware filter (v3, relaxed)", v3, of);
	say_policy(w, "the same hint as a priority", first, of);
	paragraph_say(w, ". ");
	if (of < FEW)
		paragraph_say(w, "(So few spins carry no conclusion.) ");
	else if (first && v3 && first->all.missed * 2 < v3->all.missed &&
		 stock->all.missed > of / 10)
		paragraph_say(w, "So the hint is worth most as a priority: as a filter, who stands earlier in the "
		    "round robin is taken before the awaited one. ");
	else if (stock->all.missed <= of / 10)
		paragraph_say(w, "So the kernel's own choice leaves little to gain. ");
}

static void say_trust(struct paragraph *w, const struct yield_replay *r)
{
	if (r->probed && r->observed)
		paragraph_say(
			w,
			"The replay can be believed as far as it repeats the kernel: in %u~%% of %llu "
			"observed yields. ",
			percent(r->agree, r->observed), r->observed);
	else
		paragraph_say(w, "Nothing in this trace verifies the replay: a probe on yield_to() and one on "
		    "its return would. ");
	paragraph_say(w, "What other choices would have led to afterwards no replay can say: each spin is judged "
	    "alone, on the schedule that really happened.");
}

void yield_words(const struct yield_view *s, const struct yield_vm *vm, FILE *out)
{
	struct paragraph w = { .len = 0 };

	say_hints(&w, vm);
	say_ack(&w, vm);
	if (vm->replay && vm->replay->spins) {
		if (vm->replay->helpable)
			say_gain(&w, vm->replay);
		else
			paragraph_say(
				&w,
				"In none of %llu spins was an awaited vCPU runnable and not running. ",
				vm->replay->spins);
		say_trust(&w, vm->replay);
	}
	if (!w.len)
		return;
	fputs("\n  In words\n", out);
	paragraph_put(&w, "    ", "    ", out);
}
