// SPDX-License-Identifier: GPL-2.0-only
/*
 * yield_words.c - see yield_words.h. Each sentence is chosen by the figures that it names.
 */
#include "output/yield_words.h"
#include "output/paragraph.h"

#define FEW 100 /* observed yields below which a share says little */

/* A bullet; its further lines stand below its text. */
static void put_point(struct paragraph *w, FILE *out)
{
	if (w->len)
		paragraph_put(w, "    - ", "      ", out);
}

static void say_permille(struct paragraph *w, u32 permille)
{
	paragraph_say(w, "%u.%u~%%", permille / 10, permille % 10);
}

static void say_share(struct paragraph *w, u64 part, u64 of)
{
	say_permille(w, of ? (u32)(((unsigned __int128)part * 1000 + of / 2) / of) : 0);
}

static void say_rate(struct paragraph *w, const struct yield_rate *r)
{
	say_permille(w, r->permille);
	if (r->have_interval)
		paragraph_say(w, " (%u.%u~to~%u.%u)", r->lo / 10, r->lo % 10, r->hi / 10,
			      r->hi % 10);
}

void yield_policy_name(const struct yield_policy *p, char *name, size_t len)
{
	snprintf(name, len, "%.*s%s", (int)len - 9, p->policy, p->relaxed ? "+relaxed" : "");
}

static void say_name(struct paragraph *w, const struct yield_policy *p)
{
	char name[48];

	yield_policy_name(p, name, sizeof(name));
	paragraph_say(w, "%s", name);
}

static void put_hints(const struct yield_vm *vm, u32 width, FILE *out)
{
	struct paragraph w = { .width = width };
	const struct yield_ack *a = vm->ack;

	if (!vm->head.ipis)
		return;
	if (vm->head.state[VIEW_STATES] == vm->head.ipis) {
		paragraph_say(&w,
			      "There are %llu directed IPIs; the trace does not tell their "
			      "receivers' states.",
			      vm->head.ipis);
	} else {
		paragraph_say(&w, "Of %llu directed IPIs, ", vm->head.ipis);
		say_share(&w, view_runnable(vm->head.state), vm->head.ipis);
		paragraph_say(&w,
			      " met a receiver that was runnable and not running, where a yield "
			      "can help.");
	}
	if (a && !a->acknowledged) {
		paragraph_say(&w, " No acknowledgement was seen: only the window can end a hint.");
	} else if (a && a->overwritten_unacked) {
		paragraph_say(&w, " ");
		say_share(&w, a->overwritten_unacked, vm->head.ipis);
		paragraph_say(&w, " of the hints were replaced before their receiver had answered: "
				  "one slot per sender forgets them.");
	}
	put_point(&w, out);
}

/* How many waits there are, in how many a yield could have helped, and how long those were. */
static void put_waits(const struct yield_view *s, const struct yield_vm *vm, u32 width, FILE *out)
{
	const struct yield_episodes *e = vm->replay->episodes;
	struct paragraph w = { .width = width };

	paragraph_say(&w, "%llu wait episodes are complete", e->complete);
	if (e->count > e->complete)
		paragraph_say(&w, ", %llu were cut by the trace's end or a gap",
			      e->count - e->complete);
	paragraph_say(&w, ". In %llu of them ", e->helpable);
	if (e->complete) {
		paragraph_say(&w, "(");
		say_share(&w, e->helpable, e->complete);
		paragraph_say(&w, ") ");
	}
	paragraph_say(&w, "an awaited vCPU could have been yielded to at some spin");
	if (e->helpable) {
		paragraph_say(&w, "; these took ");
		say_share(&w, e->helpable_ns, s->duration_ns * vm->head.vcpus);
		paragraph_say(
			&w,
			" of the time of its %u vCPUs. That vCPU was preempted in user mode in "
			"%llu, in kernel mode in %llu; in %llu that is unknown",
			vm->head.vcpus, e->mode_of[0], e->mode_of[1], e->mode_of[2]);
	}
	paragraph_say(&w, ".");
	put_point(&w, out);
}

/* Neither's interval has the other's figure in it. */
static bool differ(const struct yield_rate *a, const struct yield_rate *b)
{
	return (b->permille < a->lo || b->permille > a->hi) &&
	       (a->permille < b->lo || a->permille > b->hi);
}

static void put_stock(const struct yield_replay *r, u32 width, FILE *out)
{
	const struct yield_rate *stock = &r->policy[0].episodes.rate;
	const struct yield_rate *chance = &r->episodes->random;
	struct paragraph w = { .width = width };

	paragraph_say(&w, "At the first such spin of each, stock picks an awaited vCPU in ");
	say_rate(&w, stock);
	paragraph_say(&w,
		      ", and a random pick among the vCPUs that stock's rule lets pass would in ");
	say_rate(&w, chance);
	if (!stock->have_interval)
		paragraph_say(&w,
			      ". So few episodes (%llu) have no intervals, and carry no "
			      "conclusion",
			      stock->of);
	else if (!differ(stock, chance))
		paragraph_say(&w, ": no difference seen");
	else
		paragraph_say(&w, ": stock is %s than chance",
			      stock->permille > chance->permille ? "better" : "worse");
	paragraph_say(&w, ". In parentheses: 95~%% intervals.");
	put_point(&w, out);
}

/* The policies of one verdict, bounds left out or alone. False: there is none. */
static bool say_verdict(struct paragraph *w, const struct yield_replay *r, const char *what,
			enum yield_verdict verdict)
{
	bool any = false;

	for (u32 i = 1; i < r->nr_policies; i++) {
		const struct yield_policy *p = &r->policy[i];

		if (p->bound || p->episodes.verdict != verdict)
			continue;
		paragraph_say(w, "%s", any ? ", " : what);
		say_name(w, p);
		paragraph_say(w, "~");
		say_rate(w, &p->episodes.rate);
		any = true;
	}
	if (any)
		paragraph_say(w, ". ");
	return any;
}

static void put_policies(const struct yield_replay *r, u32 width, FILE *out)
{
	struct paragraph w = { .width = width };

	say_verdict(&w, r, "More often than stock: ", YIELD_MORE);
	say_verdict(&w, r, "Less often than stock: ", YIELD_FEWER);
	say_verdict(&w, r, "No difference from stock seen: ", YIELD_SAME);
	say_verdict(&w, r, "Too few to compare with stock: ", YIELD_FEW);
	put_point(&w, out);
	for (u32 i = 0; i < r->nr_policies; i++) {
		const struct yield_policy *p = &r->policy[i];

		if (!p->bound)
			continue;
		paragraph_say(&w, "%s", w.len ? ", " : "Upper bounds, by construction: ");
		say_name(&w, p);
		paragraph_say(&w, "~");
		say_rate(&w, &p->episodes.rate);
	}
	if (w.len)
		paragraph_say(&w, ". They tell whether one slot per sender suffices, not what is "
				  "gained.");
	put_point(&w, out);
}

/* Per spin: what a policy picks that is not waited for, and what the scheduler makes of a yield. */
static void put_costs(const struct yield_replay *r, u32 width, FILE *out)
{
	struct paragraph w = { .width = width };

	for (u32 i = 0; i < r->nr_policies; i++) {
		const struct yield_policy *p = &r->policy[i];

		if (!p->all.picks)
			continue;
		paragraph_say(&w, "%s",
			      w.len ? ", "
				    : "Costs, picks of a vCPU that spun itself, or had halted and "
				      "was not awaited: ");
		say_name(&w, p);
		paragraph_say(&w, "~");
		say_share(&w, p->all.overboost, p->all.picks);
		paragraph_say(&w, " of %llu", p->all.picks);
	}
	if (w.len)
		paragraph_say(&w, ".");
	put_point(&w, out);
	if (!r->probed || !r->mismatch_of)
		return;
	paragraph_say(&w, "The scheduler: after ");
	say_share(&w, r->mismatch_of - r->mismatch, r->mismatch_of);
	paragraph_say(&w, " of %llu successful yields the target ran before the spinner",
		      r->mismatch_of);
	if (r->episodes && r->episodes->complete) {
		u64 tenths = (10 * r->episodes->yields + r->episodes->complete / 2) /
			     r->episodes->complete;

		paragraph_say(&w, "; %llu.%llu successful yields an episode", tenths / 10,
			      tenths % 10);
	}
	paragraph_say(&w, ".");
	put_point(&w, out);
}

static void put_limits(const struct yield_view *s, const struct yield_replay *r, u32 width,
		       FILE *out)
{
	struct paragraph w = { .width = width };

	paragraph_say(&w, "Limits: ");
	if (r->probed && r->observed) {
		paragraph_say(&w, "the replay picks what the kernel picked in ");
		say_share(&w, r->agree, r->observed);
		paragraph_say(&w, " of %llu observed yields", r->observed);
		if (r->observed < FEW)
			paragraph_say(&w, ", which are few");
	} else {
		paragraph_say(&w, "nothing verifies the replay (%s); ",
			      r->unverified ? r->unverified : "the probes saw no successful yield");
		say_share(&w, r->sure, r->spins);
		paragraph_say(&w, " of the kernel's picks are sure");
	}
	paragraph_say(&w, ". The kernel is %s to have run %s. ",
		      r->kernel_policy_known ? "known" : "taken", r->kernel_policy);
	if (s->missing_woken)
		paragraph_say(&w,
			      "Halted vCPUs that could be yielded to are not seen, and figures are "
			      "off where vCPUs halt; record %s. ",
			      s->missing_woken);
	if (view_lossy(s->in, s->nr_in))
		paragraph_say(&w, "Events were lost: counts are lower bounds. ");
	paragraph_say(&w,
		      "Whether the host was emulated the trace does not tell. Each spin is judged "
		      "alone, on the schedule that really happened.");
	put_point(&w, out);
	paragraph_say(
		&w, "A hit is not a speed-up: see docs/policy-experiment.md for what kernels that "
		    "ran these policies did.");
	put_point(&w, out);
}

static void put_replay(const struct yield_view *s, const struct yield_vm *vm, u32 width, FILE *out)
{
	const struct yield_replay *r = vm->replay;
	struct paragraph w = { .width = width };

	if (!r->episodes)
		paragraph_say(
			&w, "There are no wait episodes without acknowledgements; figures are per "
			    "spin, and one long wait can make up most of them.");
	put_point(&w, out);
	if (r->episodes)
		put_waits(s, vm, width, out);
	if (r->episodes && r->episodes->helpable) {
		put_stock(r, width, out);
		put_policies(r, width, out);
	}
	put_costs(r, width, out);
	put_limits(s, r, width, out);
}

void yield_words_wide(const struct yield_view *s, const struct yield_vm *vm, u32 width, FILE *out)
{
	bool replay = vm->replay && vm->replay->spins;

	if (!vm->head.ipis && !replay)
		return;
	fputs("\n  " YIELD_WORDS_TITLE "\n", out);
	put_hints(vm, width, out);
	if (replay)
		put_replay(s, vm, width, out);
}

void yield_words(const struct yield_view *s, const struct yield_vm *vm, FILE *out)
{
	yield_words_wide(s, vm, 0, out);
}
