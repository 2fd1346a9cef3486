// SPDX-License-Identifier: GPL-2.0-only
/*
 * replay_states.c - see replay_states.h.
 *
 * A guess is a row of u64s: last_boosted_vcpu; in_spin bits; turn flags; then, in cells as wide as
 * the VM needs, for each vCPU the pick of its yield that is under way (slot + 1, or 0), and for
 * each what last_boosted_vcpu becomes of it. Equal rows are merged, so rows are compared and hashed
 * as words. The work per spin is bounded by STATES_MAX searches and their branches.
 */
#include "analysis/replay_states.h"

#include <errno.h>
#include <stdlib.h>

#define STATES_ROOM  1024		/* of a new generation, before the best are kept */
#define MANY_VCPUS   1024u
#define STATES_SLOTS (2 * STATES_ROOM)

/* The model's search is wrong by a race about 3 times in 100: events tell no order below 1 us. */
#define P_MODEL 0.97
/* A guess lighter than this cannot move a share that is near REPLAY_SURE. */
#define WEIGHT_MIN 1e-3

/*
 * How likely an outcome is. A search that found nobody goes back to the guest; the rest is ordinary
 * preemption. yield_to() only asks the scheduler: one success in four changes nothing visible. A
 * target on the spinner's own queue is the favourite there. One on another queue says nothing of
 * who is next here, except that it is not the target itself.
 */
#define P_NONE_STAYS	    0.97
#define P_NONE_SIBLING	    0.3	/* who is next after any other preemption: a vCPU of the VM */
#define P_LOCAL_STAYS	    0.04
#define P_LOCAL_TARGET	    0.7
#define P_LOCAL_OTHER	    0.2
#define P_REMOTE_STAYS	    0.35
#define P_REMOTE_IMPOSSIBLE 0.0005 /* it would have to move between queues in that moment */
#define P_REMOTE_OTHER	    0.4
/*
 * The target's own CPU: it is the next there twice as often as one of several would be by chance.
 */
#define P_FIRST_TARGET	    0.5
#define P_FIRST_CHANCE	    0.25

static inline u64 *row(u64 *rows, const struct states *s, u32 i)
{
	return rows + (size_t)i * s->size;
}

static inline u64 *in_spin_of(u64 *g)
{
	return g + 1;
}

static inline u64 *turn_of(const struct states *s, u64 *g)
{
	return g + 1 + s->words;
}

/* Cell i is the pick of vCPU i, cell nr_vcpus + i what it makes of last_boosted_vcpu. */
static inline u32 cell(const struct states *s, const u64 *g, u32 i)
{
	u32 at = i << s->cell_shift;

	return (u32)(g[1 + 2 * s->words + at / 64] >> (at % 64) & s->cell_mask);
}

static inline void set_cell(const struct states *s, u64 *g, u32 i, u32 value)
{
	u32 at = i << s->cell_shift;
	u64 *word = &g[1 + 2 * s->words + at / 64];

	*word = (*word & ~(s->cell_mask << (at % 64))) | (u64)value << (at % 64);
}

int states_init(struct states *s, u32 nr_vcpus, u32 words)
{
	*s = (struct states){ .nr_vcpus = nr_vcpus, .words = words };
	/* A search costs guesses times vCPUs: very large VMs get fewer guesses. */
	s->most = nr_vcpus <= MANY_VCPUS ? STATES_MAX
					 : max_of(STATES_MAX * MANY_VCPUS / nr_vcpus, 2u);
	s->cell_shift = nr_vcpus < 1 << 4 ? 2 : nr_vcpus < 1 << 8 ? 3 : 5;
	s->cell_mask = (1ull << (1 << s->cell_shift)) - 1;
	s->size = 1 + 2 * words + (((2 * nr_vcpus) << s->cell_shift) + 63) / 64;
	s->weight = calloc(STATES_ROOM, sizeof(*s->weight));
	s->guess = calloc(STATES_ROOM, s->size * sizeof(*s->guess));
	s->next_weight = calloc(STATES_ROOM, sizeof(*s->next_weight));
	s->next_guess = calloc(STATES_ROOM, s->size * sizeof(*s->next_guess));
	s->slot = calloc(STATES_SLOTS, sizeof(*s->slot));
	s->share = calloc((size_t)nr_vcpus + 1, sizeof(*s->share));
	s->factor = calloc((size_t)nr_vcpus + 1, sizeof(*s->factor));
	if (!s->weight || !s->guess || !s->next_weight || !s->next_guess || !s->slot || !s->share ||
	    !s->factor)
		return -ENOMEM;
	states_forget(s);
	return 0;
}

void states_release(struct states *s)
{
	free(s->weight);
	free(s->guess);
	free(s->next_weight);
	free(s->next_guess);
	free(s->slot);
	free(s->share);
	free(s->factor);
	*s = (struct states){ 0 };
}

void states_forget(struct states *s)
{
	s->nr = min_of(s->nr_vcpus, s->most);
	memset(s->guess, 0, (size_t)s->nr * s->size * sizeof(*s->guess));
	for (u32 i = 0; i < s->nr; i++) {
		row(s->guess, s, i)[0] = i;
		s->weight[i] = i ? 0.5 / (s->nr - 1) : s->nr > 1 ? 0.5 : 1;
	}
}

static inline bool same_row(const struct states *s, const u64 *a, const u64 *b)
{
	u64 other = 0;

	for (u32 i = 0; i < s->size; i++)
		other |= a[i] ^ b[i];
	return !other;
}

static inline void copy_row(const struct states *s, u64 *to, const u64 *from)
{
	for (u32 i = 0; i < s->size; i++)
		to[i] = from[i];
}

static u32 hash_row(const struct states *s, const u64 *g)
{
	u64 h = g[0];

	/* Two at a time: the size is odd or even, the first stands alone if it is odd. */
	for (u32 i = s->size & 1; i < s->size; i += 2)
		h = (h ^ g[i] ^ g[i + 1] * 0xbf58476d1ce4e5b9ull) * 0x9e3779b97f4a7c15ull;
	return (u32)(h >> 32) & s->slot_mask;
}

/* Adds the row at next_guess[next_nr] to the new generation, or its weight to an equal one. */
static inline void add_next(struct states *s, double weight)
{
	u64 *g = row(s->next_guess, s, s->next_nr);
	u32 at = hash_row(s, g);

	/* Slots of earlier generations are free: nothing has to be cleared between searches. */
	for (; s->slot[at] >> 16 == s->generation; at = (at + 1) & s->slot_mask) {
		u32 i = (u32)(s->slot[at] & 0xffff) - 1;

		if (same_row(s, row(s->next_guess, s, i), g)) {
			s->next_weight[i] += weight;
			return;
		}
	}
	s->next_weight[s->next_nr++] = weight;
	s->slot[at] = s->generation << 16 | s->next_nr;
}

/* A new generation of at most nr rows: the fewer, the less of the hash is used, and stays near. */
static void begin_next(struct states *s, u32 nr)
{
	u32 slots = 64;

	while (slots < STATES_SLOTS && slots < 2 * nr)
		slots *= 2;
	s->slot_mask = slots - 1;
	s->generation++;
	s->next_nr = 0;
}

/* The weight below which the new generation's rows are left out, so that s->most are kept. */
static double cut_of(struct states *s)
{
	double kept[STATES_MAX];
	u32 nr = 0;

	if (s->next_nr <= s->most)
		return 0;
	for (u32 i = 0; i < s->next_nr; i++) {
		double w = s->next_weight[i];
		u32 at = nr;

		if (nr == s->most && w <= kept[nr - 1])
			continue;
		nr += nr < s->most;
		for (at = nr - 1; at && kept[at - 1] < w; at--)
			kept[at] = kept[at - 1];
		kept[at] = w;
	}
	return kept[s->most - 1];
}

static void swap_generations(struct states *s)
{
	double *weight = s->weight;
	u64 *guess = s->guess;

	s->weight = s->next_weight;
	s->guess = s->next_guess;
	s->next_weight = weight;
	s->next_guess = guess;
}

/* The new generation takes over: the heaviest, scaled to 1. */
static void end_next(struct states *s)
{
	double cut = cut_of(s), sum = 0, least;
	u32 nr = 0;

	for (u32 i = 0; i < s->next_nr; i++)
		sum += s->next_weight[i];
	least = sum * WEIGHT_MIN;
	sum = 0;
	for (u32 i = 0; i < s->next_nr && nr < s->most; i++) {
		double w = s->next_weight[i];

		if (w < cut || w < least)
			continue;
		if (nr != i)
			copy_row(s, row(s->next_guess, s, nr), row(s->next_guess, s, i));
		s->next_weight[nr++] = w;
		sum += w;
	}
	s->nr = nr;
	swap_generations(s);
	if (!nr || !(sum > 0)) {
		states_forget(s);
		return;
	}
	for (u32 i = 0; i < nr && sum != 1; i++)
		s->weight[i] /= sum;
}

static void scale(struct states *s)
{
	double sum = 0;

	for (u32 i = 0; i < s->nr; i++)
		sum += s->weight[i];
	if (!(sum > 0)) {
		states_forget(s);
		return;
	}
	if (sum == 1)
		return;
	for (u32 i = 0; i < s->nr; i++)
		s->weight[i] /= sum;
}

/* Lets the view stand for the guess. */
static void look_from(const struct states *s, struct policy_view *v, u64 *g)
{
	v->last = (u32)g[0];
	v->in_spin = in_spin_of(g);
	v->turn = turn_of(s, g);
}

void states_best(const struct states *s, u32 *last, u64 *in_spin, u64 *turn)
{
	u64 *g;
	u32 best = 0;

	for (u32 i = 1; i < s->nr; i++)
		if (s->weight[i] > s->weight[best])
			best = i;
	g = row(s->guess, s, best);
	*last = (u32)g[0];
	memcpy(in_spin, in_spin_of(g), s->words * sizeof(*in_spin));
	memcpy(turn, turn_of(s, g), s->words * sizeof(*turn));
}

static u32 best_share(const struct states *s, double *confidence)
{
	u32 best = s->nr_vcpus;

	for (u32 i = 0; i < s->nr_vcpus; i++)
		if (s->share[i] > s->share[best])
			best = i;
	*confidence = s->share[best];
	return best == s->nr_vcpus ? POLICY_NONE : best;
}

u32 states_ask(struct states *s, const struct policy_view *view, const struct policy *policy,
	       double *confidence)
{
	struct policy_view v = *view;

	memset(s->share, 0, ((size_t)s->nr_vcpus + 1) * sizeof(*s->share));
	for (u32 i = 0; i < s->nr; i++) {
		u32 pick;

		look_from(s, &v, row(s->guess, s, i));
		pick = policy->pick(&v, policy);
		s->share[min_of(pick, s->nr_vcpus)] += s->weight[i];
	}
	return best_share(s, confidence);
}

/*
 * What the search that ends at pick leaves behind: toggled flags before it, and the yield under
 * way.
 */
static void branch(struct states *s, const struct policy_view *v, const u64 *g, u32 pick,
		   double weight)
{
	u64 *to = row(s->next_guess, s, s->next_nr);

	copy_row(s, to, g);
	policy_commit_all(v, pick, turn_of(s, to));
	if (pick != POLICY_NONE) {
		vcpu_set(in_spin_of(to), v->me, true);
		set_cell(s, to, v->me, pick + 1);
		set_cell(s, to, s->nr_vcpus + v->me, policy_boosted(v, pick));
	}
	s->share[min_of(pick, s->nr_vcpus)] += weight;
	add_next(s, weight);
}

/* One guess: its own pick, and with a small weight each other candidate, and nobody. */
static void search_one(struct states *s, const struct policy_view *v, const u64 *g, double weight,
		       const u64 *others, u32 nr_others)
{
	u32 pick = policy_stock(v, NULL);
	/* The alternatives: all candidates and nobody, but for the pick itself. */
	double rest = nr_others ? weight * (1 - P_MODEL) / nr_others : 0;

	branch(s, v, g, pick, weight * (nr_others ? P_MODEL : 1));
	if (rest < WEIGHT_MIN)
		return;
	for (u32 w = 0; w < s->words; w++)
		for (u64 left = others[w]; left; left &= left - 1) {
			u32 slot = w * 64 + (u32)__builtin_ctzll(left);

			if (slot != pick && s->next_nr < STATES_ROOM - 2)
				branch(s, v, g, slot, rest);
		}
	if (pick != POLICY_NONE && s->next_nr < STATES_ROOM - 2)
		branch(s, v, g, POLICY_NONE, rest);
}

u32 states_search(struct states *s, const struct policy_view *view, double *confidence)
{
	u64 *others = view->scratch + 2 * s->words;
	struct policy_view v = *view;
	u64 *g = s->guess;
	u32 nr_others = 0;

	for (u32 w = 0; w < s->words; w++) {
		others[w] = view->stock[w] & view->yields[w];
		nr_others += (u32)__builtin_popcountll(others[w]);
	}
	memset(s->share, 0, ((size_t)s->nr_vcpus + 1) * sizeof(*s->share));
	begin_next(s, s->nr * (nr_others + 2));
	for (u32 i = 0; i < s->nr && s->next_nr < STATES_ROOM - 2; i++, g += s->size) {
		look_from(s, &v, g);
		search_one(s, &v, g, s->weight[i], others, nr_others);
	}
	end_next(s);
	return best_share(s, confidence);
}

/* Who is next on the spinner's CPU, or that it stays, if this guess's pick were true. */
static double likelihood(const struct vcpus *v, const struct vcpu_vm *vm, u32 pick,
			 const struct states_outcome *o)
{
	if (pick == POLICY_NONE) {
		if (!o->switched)
			return P_NONE_STAYS;
		return (1 - P_NONE_STAYS) *
		       (o->next != POLICY_NONE ? P_NONE_SIBLING : 1 - P_NONE_SIBLING);
	}
	if (v->vcpu[vm->first + pick].cpu == o->cpu) {
		if (!o->switched)
			return P_LOCAL_STAYS;
		return o->next == pick ? P_LOCAL_TARGET : P_LOCAL_OTHER;
	}
	if (!o->switched)
		return P_REMOTE_STAYS;
	return (1 - P_REMOTE_STAYS) * (o->next == pick ? P_REMOTE_IMPOSSIBLE : P_REMOTE_OTHER);
}

/* Weighs each guess by its pick of the yield under way: factor by pick + 1, 0 is none. */
static void weigh(struct states *s, u32 me, const double *factor)
{
	u64 *g = s->guess;

	for (u32 i = 0; i < s->nr; i++, g += s->size)
		s->weight[i] *= factor[cell(s, g, me)];
	scale(s);
}

void states_outcome(struct states *s, const struct vcpus *v, const struct vcpu_vm *vm,
		    const struct states_outcome *o)
{
	s->factor[0] = likelihood(v, vm, POLICY_NONE, o);
	for (u32 i = 0; i < s->nr_vcpus; i++)
		s->factor[i + 1] = likelihood(v, vm, i, o);
	weigh(s, o->me, s->factor);
}

void states_first_switch(struct states *s, const struct vcpus *v, const struct vcpu_vm *vm, u32 me,
			 s32 cpu, u32 next)
{
	s->factor[0] = 1;
	for (u32 i = 0; i < s->nr_vcpus; i++) {
		bool here = v->vcpu[vm->first + i].cpu == cpu;

		s->factor[i + 1] = !here       ? 1
				   : next == i ? P_FIRST_TARGET / P_FIRST_CHANCE
					       : (1 - P_FIRST_TARGET) / (1 - P_FIRST_CHANCE);
	}
	weigh(s, me, s->factor);
}

void states_end(struct states *s, u32 me)
{
	begin_next(s, s->nr);
	for (u32 i = 0; i < s->nr; i++) {
		u64 *to = row(s->next_guess, s, s->next_nr);

		copy_row(s, to, row(s->guess, s, i));
		if (cell(s, to, me))
			to[0] = cell(s, to, s->nr_vcpus + me);
		set_cell(s, to, me, 0);
		set_cell(s, to, s->nr_vcpus + me, 0);
		vcpu_set(in_spin_of(to), me, false);
		vcpu_set(turn_of(s, to), me, false);
		add_next(s, s->weight[i]);
	}
	end_next(s);
}
