// SPDX-License-Identifier: GPL-2.0-only
/*
 * hypotheses.c - see hypotheses.h.
 *
 * Guesses are looked at in a search alone. What became of the searches before it, the outcomes'
 * factors for weights and the ends, is news that waits until then. Weights are not scaled to 1:
 * only their shares mean something.
 *
 * A spin costs a few walks over at most STATES_MAX rows. What does not fit, or is too light to be
 * worth a row, is left out; the larger the VM, the more. The truth may be among it: that is counted
 * against every confidence, for as long as it could still make another pick.
 */
#include "analysis/yield/hypotheses.h"
#include "analysis/yield/last_boosted.h"
#include "analysis/yield/hypotheses_rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define MANY_VCPUS 1024u

/* The model's search is wrong by a race about 3 times in 100: events tell no order below 1 us. */
#define P_MODEL 0.97
/* As many guesses as are kept, all lighter than this, are less than a sure pick may lack. */
#define WEIGHT_MIN ((1 - STATES_SURE) / STATES_MAX)
#define TOTAL_MIN  1e-200

static const struct rows_ops *choose_rows(u32 nr_vcpus, enum scan_order order)
{
	if (order == SCAN_LOOP_INDEX || nr_vcpus > WORDS_VCPUS)
		return &replay_plain;
	return nr_vcpus <= 8 ? &replay_words_8 : &replay_words_16;
}

int states_init(struct states *s, u32 nr_vcpus, u32 words, enum scan_order order)
{
	*s = (struct states){ .nr_vcpus = nr_vcpus, .order = order };
	/* A search costs guesses times vCPUs: very large VMs get fewer guesses. */
	s->most = nr_vcpus <= MANY_VCPUS ? STATES_MAX
					 : max_of(STATES_MAX * MANY_VCPUS / nr_vcpus, 2u);
	s->words = words;
	s->ops = choose_rows(nr_vcpus, order);
	s->weight = calloc(STATES_ROOM, sizeof(*s->weight));
	s->slot = calloc(STATES_SLOTS, sizeof(*s->slot));
	s->share = calloc((size_t)nr_vcpus + 1, sizeof(*s->share));
	s->news_at = calloc(nr_vcpus, sizeof(*s->news_at));
	s->factors = calloc(((size_t)nr_vcpus + 1) * (1 + STATES_NEWS), sizeof(*s->factors));
	if (s->ops->init(s) || !s->weight || !s->slot || !s->share || !s->news_at ||
	    !s->factors)
		return -ENOMEM;
	for (u32 i = 0; i <= nr_vcpus; i++)
		s->factors[i] = 1;
	for (u32 i = 0; i < STATES_NEWS; i++)
		s->news[i].own = s->factors + (i + 1) * ((size_t)nr_vcpus + 1);
	states_forget(s);
	return 0;
}

void states_release(struct states *s)
{
	if (s->ops)
		s->ops->release(s);
	free(s->weight);
	free(s->slot);
	free(s->share);
	free(s->news_at);
	free(s->factors);
	*s = (struct states){ 0 };
}

static void forget_news(struct states *s)
{
	for (u32 i = 0; i < s->nr_news; i++)
		s->news_at[s->news[i].me] = 0;
	s->nr_news = s->nr_ended = 0;
}

void states_forget(struct states *s)
{
	u32 nr = min_of(s->nr_vcpus, s->most);

	s->nr = nr;
	s->total = 1;
	s->lost = s->nr_vcpus > nr ? 0.5 * (s->nr_vcpus - nr) / (s->nr_vcpus - 1) : 0;
	forget_news(s);
	for (u32 i = 0; i < nr; i++) {
		s->ops->put(s, i, i);
		s->weight[i] = lasts_prior(i, nr);
	}
}

/* The weight of the most-th heaviest row. */
static double weight_of_rank(const struct states *s, u32 most)
{
	double heaviest[STATES_MAX];
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
static void keep_heaviest(struct states *s)
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
static void rescale(struct states *s)
{
	double scale;
	int exponent;

	if (!s->nr || !(s->total > 0)) {
		states_forget(s);
		return;
	}
	frexp(s->total, &exponent);
	scale = ldexp(1, -exponent);
	for (u32 i = 0; i < s->nr; i++)
		s->weight[i] *= scale;
	s->total *= scale;
}

/* Tells the guesses all news. */
static void tell_news(struct states *s)
{
	for (u32 i = 0; i < s->nr_news; i++)
		if (!s->news[i].ended)
			s->total = s->ops->tell(s, &s->news[i]);
	for (u32 i = 0; i < s->nr_ended; i++)
		s->total = s->ops->end(s, &s->news[s->ended[i]]);
	forget_news(s);
	if (unlikely(!(s->total > TOTAL_MIN)))
		rescale(s);
}

struct states_news *states_add_news(struct states *s, u32 me)
{
	struct states_news *n;

	if (s->nr_news == STATES_NEWS)
		tell_news(s);
	n = &s->news[s->nr_news++];
	s->news_at[me] = (u8)s->nr_news;
	n->me = me;
	n->ended = false;
	n->factor = s->factors;
	return n;
}

void states_best(struct states *s, u32 *last, u64 *in_spin, u64 *turn)
{
	struct policy_view v;
	u32 best = 0;

	tell_news(s);
	for (u32 i = 1; i < s->nr; i++)
		if (s->weight[i] > s->weight[best])
			best = i;
	s->ops->look(s, best, &v);
	*last = v.last;
	memcpy(in_spin, v.in_spin, s->words * sizeof(*in_spin));
	memcpy(turn, v.turn, s->words * sizeof(*turn));
}

static void clear_shares(struct states *s)
{
	for (u32 i = 0; i <= s->nr_vcpus; i++)
		s->share[i] = 0;
}

/* lost: as it was before the shares were made. */
static u32 best_share(const struct states *s, double lost, double *confidence)
{
	u32 nobody = s->nr_vcpus, best = nobody;
	double sum = s->share[nobody];

	for (u32 i = 0; i < nobody; i++) {
		sum += s->share[i];
		if (s->share[i] > s->share[best])
			best = i;
	}
	*confidence = s->share[best] / sum * (1 - lost);
	return best == nobody ? POLICY_NONE : best;
}

u32 states_ask(struct states *s, const struct policy_view *view, const struct policy *policy,
	       double *confidence)
{
	struct policy_view v = *view;

	tell_news(s);
	clear_shares(s);
	for (u32 i = 0; i < s->nr; i++) {
		u32 pick;

		s->ops->look(s, i, &v);
		pick = policy->pick(&v, policy);
		s->share[min_of(pick, s->nr_vcpus)] += s->weight[i];
	}
	return best_share(s, s->lost, confidence);
}

static void search_init(const struct states *s, struct search *q, const struct policy_view *view)
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

/* So much of all is not among the guesses any more. */
static void leave_out(struct states *s, double left, double all)
{
	s->lost += (1 - s->lost) * (1 - min_of(left / all, 1.0));
}

u32 states_search(struct states *s, const struct policy_view *view, double *confidence)
{
	struct search q;
	double all, lost;

	search_init(s, &q, view);
	clear_shares(s);
	tell_news(s);
	all = s->total;
	s->ops->sift(s, all * WEIGHT_MIN);
	if (unlikely(s->nr > s->most))
		keep_heaviest(s);
	q.nr = s->nr;
	if (q.nr_others)
		q.heavy = all * WEIGHT_MIN / (P_MODEL * q.other);
	s->ops->pick(s, &q);
	s->nr = q.nr;
	s->total = q.own + q.others_sum;
	leave_out(s, q.own, all);
	lost = s->lost;
	if (q.nr_others) {
		/*
		 * Of what was left out one in so many as could be yielded to picks the same by
		 * chance, and is no other guess from then on.
		 */
		s->lost *= 1 - 1.0 / q.nr_others;
		leave_out(s, s->total, q.own / P_MODEL);
	}
	return best_share(s, lost, confidence);
}
