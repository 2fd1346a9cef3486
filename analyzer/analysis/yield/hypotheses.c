// SPDX-License-Identifier: GPL-2.0-only
/*
 * hypotheses.c - see hypotheses.h.
 *
 * Hypotheses are read in a search alone. What is known of the searches before it, the likelihoods
 * of their outcomes and their ends, is kept as updates until then. Weights are not normalised: only
 * their ratios matter.
 *
 * A spin costs a few walks over at most HYPOTHESES_MAX rows. The larger the VM, the more is pruned.
 * The true state may be in the pruned mass: that is counted against every confidence, for as long
 * as it could still make another pick.
 */
#include "analysis/yield/hypotheses.h"
#include "analysis/yield/last_boosted.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define MANY_VCPUS 1024u

/* The model's search is wrong by a race about 3 times in 100: events update no order below 1 us. */
#define P_MODEL 0.97
/* All kept hypotheses, each lighter than this, weigh less than a confident pick may lack. */
#define WEIGHT_MIN ((1 - HYPOTHESES_SURE) / HYPOTHESES_MAX)
#define TOTAL_MIN  1e-200

static const struct rows_ops *choose_rows(u32 nr_vcpus, enum scan_order order)
{
	if (order == SCAN_LOOP_INDEX || nr_vcpus > WORDS_VCPUS)
		return &hypotheses_plain;
	return nr_vcpus <= 8 ? &hypotheses_packed_8 : &hypotheses_packed_16;
}

int hypotheses_init(struct hypotheses *s, u32 nr_vcpus, u32 words, enum scan_order order)
{
	*s = (struct hypotheses){ .nr_vcpus = nr_vcpus, .order = order };
	/* A search costs hypotheses times vCPUs: very large VMs get fewer hypotheses. */
	s->most = nr_vcpus <= MANY_VCPUS ? HYPOTHESES_MAX
					 : max_of(HYPOTHESES_MAX * MANY_VCPUS / nr_vcpus, 2u);
	s->words = words;
	s->ops = choose_rows(nr_vcpus, order);
	s->weight = calloc(HYPOTHESES_ROOM, sizeof(*s->weight));
	s->slot = calloc(HYPOTHESES_SLOTS, sizeof(*s->slot));
	s->posterior = calloc((size_t)nr_vcpus + 1, sizeof(*s->posterior));
	s->update_at = calloc(nr_vcpus, sizeof(*s->update_at));
	s->factors = calloc(((size_t)nr_vcpus + 1) * (1 + HYPOTHESES_UPDATES), sizeof(*s->factors));
	if (s->ops->init(s) || !s->weight || !s->slot || !s->posterior || !s->update_at ||
	    !s->factors)
		return -ENOMEM;
	for (u32 i = 0; i <= nr_vcpus; i++)
		s->factors[i] = 1;
	for (u32 i = 0; i < HYPOTHESES_UPDATES; i++)
		s->update[i].own = s->factors + (i + 1) * ((size_t)nr_vcpus + 1);
	hypotheses_forget(s);
	return 0;
}

void hypotheses_release(struct hypotheses *s)
{
	if (s->ops)
		s->ops->release(s);
	free(s->weight);
	free(s->slot);
	free(s->posterior);
	free(s->update_at);
	free(s->factors);
	*s = (struct hypotheses){ 0 };
}

static void forget_updates(struct hypotheses *s)
{
	for (u32 i = 0; i < s->nr_updates; i++)
		s->update_at[s->update[i].me] = 0;
	s->nr_updates = s->nr_ended = 0;
}

void hypotheses_forget(struct hypotheses *s)
{
	u32 nr = min_of(s->nr_vcpus, s->most);

	s->nr = nr;
	s->total = 1;
	s->pruned_mass = s->nr_vcpus > nr ? 0.5 * (s->nr_vcpus - nr) / (s->nr_vcpus - 1) : 0;
	forget_updates(s);
	for (u32 i = 0; i < nr; i++) {
		s->ops->put(s, i, i);
		s->weight[i] = last_boosted_prior(i, nr);
	}
}

/* The weight of the most-th heaviest row. */
static double weight_of_rank(const struct hypotheses *s, u32 most)
{
	double heaviest[HYPOTHESES_MAX];
	u32 nr = 0;

	for (u32 i = 0; i < s->nr; i++) {
		double w = s->weight[i];
		u32 at = nr;

		if (nr == most && w <= heaviest[nr - 1])
			continue;
		nr += nr < most;
		for (at = nr - 1; at && heaviest[at - 1] < w; at--)
			heaviest[at] = heaviest[at - 1];
		heaviest[at] = w;
	}
	return heaviest[most - 1];
}

/* Leaves the heaviest rows alone, most of them. */
static void keep_heaviest(struct hypotheses *s)
{
	double least = weight_of_rank(s, s->most);
	u32 kept = 0;

	for (u32 i = 0; i < s->nr && kept < s->most; i++) {
		if (s->weight[i] < least)
			continue;
		s->ops->move(s, kept, i);
		s->weight[kept++] = s->weight[i];
	}
	s->nr = kept;
}

/*
 * Weights that have become too small, or nothing. By a power of two: it makes no difference when it
 * is done.
 */
static void rescale(struct hypotheses *s)
{
	double scale;
	int exponent;

	if (!s->nr || !(s->total > 0)) {
		hypotheses_forget(s);
		return;
	}
	frexp(s->total, &exponent);
	scale = ldexp(1, -exponent);
	for (u32 i = 0; i < s->nr; i++)
		s->weight[i] *= scale;
	s->total *= scale;
}

/* Applies all updates that wait. */
static void apply_updates(struct hypotheses *s)
{
	for (u32 i = 0; i < s->nr_updates; i++)
		if (!s->update[i].ended)
			s->total = s->ops->update(s, &s->update[i]);
	for (u32 i = 0; i < s->nr_ended; i++)
		s->total = s->ops->end(s, &s->update[s->ended[i]]);
	forget_updates(s);
	if (unlikely(!(s->total > TOTAL_MIN)))
		rescale(s);
}

struct hypotheses_update *hypotheses_add_update(struct hypotheses *s, u32 me)
{
	struct hypotheses_update *n;

	if (s->nr_updates == HYPOTHESES_UPDATES)
		apply_updates(s);
	n = &s->update[s->nr_updates++];
	s->update_at[me] = (u8)s->nr_updates;
	n->me = me;
	n->ended = false;
	n->factor = s->factors;
	return n;
}

void hypotheses_best(struct hypotheses *s, u32 *last, u64 *in_spin, u64 *turn)
{
	struct policy_view v;
	u32 best = 0;

	apply_updates(s);
	for (u32 i = 1; i < s->nr; i++)
		if (s->weight[i] > s->weight[best])
			best = i;
	s->ops->look(s, best, &v);
	*last = v.last;
	memcpy(in_spin, v.in_spin, s->words * sizeof(*in_spin));
	memcpy(turn, v.turn, s->words * sizeof(*turn));
}

static void clear_posterior(struct hypotheses *s)
{
	for (u32 i = 0; i <= s->nr_vcpus; i++)
		s->posterior[i] = 0;
}

/* pruned: the pruned mass as it was before the posterior was made. */
static u32 most_likely(const struct hypotheses *s, double pruned, double *confidence)
{
	u32 none = s->nr_vcpus, best = none;
	double sum = s->posterior[none];

	for (u32 i = 0; i < none; i++) {
		sum += s->posterior[i];
		if (s->posterior[i] > s->posterior[best])
			best = i;
	}
	*confidence = s->posterior[best] / sum * (1 - pruned);
	return best == none ? POLICY_NONE : best;
}

u32 hypotheses_ask(struct hypotheses *s, const struct policy_view *view,
		   const struct policy *policy, double *confidence)
{
	struct policy_view v = *view;

	apply_updates(s);
	clear_posterior(s);
	for (u32 i = 0; i < s->nr; i++) {
		u32 pick;

		s->ops->look(s, i, &v);
		pick = policy->pick(&v, policy);
		s->posterior[min_of(pick, s->nr_vcpus)] += s->weight[i];
	}
	return most_likely(s, s->pruned_mass, confidence);
}

static void search_init(const struct hypotheses *s, struct search *q,
			const struct policy_view *view)
{
	u64 *others = view->scratch + 2 * s->words;

	*q = (struct search){ .view = view, .others = others, .heavy = INFINITY };
	for (u32 w = 0; w < s->words; w++) {
		others[w] = view->stock[w] & view->yields[w];
		q->nr_others += (u32)__builtin_popcountll(others[w]);
	}
	if (q->nr_others)
		q->other = (1 - P_MODEL) / (P_MODEL * q->nr_others);
}

/* Accounts for pruned probability mass: of all, left is kept. */
static void add_pruned(struct hypotheses *s, double left, double all)
{
	s->pruned_mass += (1 - s->pruned_mass) * (1 - min_of(left / all, 1.0));
}

u32 hypotheses_search(struct hypotheses *s, const struct policy_view *view, double *confidence)
{
	struct search q;
	double all, pruned;

	search_init(s, &q, view);
	clear_posterior(s);
	apply_updates(s);
	all = s->total;
	s->ops->prune(s, all * WEIGHT_MIN);
	if (unlikely(s->nr > s->most))
		keep_heaviest(s);
	q.nr = s->nr;
	if (q.nr_others)
		q.heavy = all * WEIGHT_MIN / (P_MODEL * q.other);
	s->ops->pick(s, &q);
	s->nr = q.nr;
	s->total = q.own + q.others_sum;
	add_pruned(s, q.own, all);
	pruned = s->pruned_mass;
	if (q.nr_others) {
		/*
		 * Of the pruned mass one in as many as there are candidates makes the same pick by
		 * chance, and is no other hypothesis from then on.
		 */
		s->pruned_mass *= 1 - 1.0 / q.nr_others;
		add_pruned(s, s->total, q.own / P_MODEL);
	}
	return most_likely(s, pruned, confidence);
}
