// SPDX-License-Identifier: GPL-2.0-only
/*
 * replay_states.c - see replay_states.h.
 *
 * Guesses are looked at in a search alone. What became of the searches before it, the outcomes'
 * factors for weights and the ends, is news that waits until then. Weights are not scaled to 1:
 * only their shares mean something.
 *
 * A spin costs a few walks over at most STATES_MAX rows. What does not fit, or is too light to be
 * worth a row, is left out; the larger the VM, the more. The truth may be among it: that is counted
 * against every confidence, for as long as it could still make another pick.
 */
#include "analysis/replay_states.h"
#include "analysis/replay_lasts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define STATES_ROOM  1024		/* of a new generation, before the best are kept */
#define MANY_VCPUS   1024u
#define STATES_SLOTS (4 * STATES_ROOM)

/* The model's search is wrong by a race about 3 times in 100: events tell no order below 1 us. */
#define P_MODEL 0.97
/* As many guesses as are kept, all lighter than this, are less than a sure pick may lack. */
#define WEIGHT_MIN ((1 - STATES_SURE) / STATES_MAX)
#define TOTAL_MIN  1e-200

static bool is_layout(const struct states *s, const struct guess_layout *at)
{
	return s->at.vcpus == at->vcpus && !s->at.boosts;
}

static int rows_init(struct states_rows *r, u32 size)
{
	r->weight = calloc(STATES_ROOM, sizeof(*r->weight));
	r->guess = calloc(STATES_ROOM, size * sizeof(*r->guess));
	return r->weight && r->guess ? 0 : -ENOMEM;
}

static void rows_release(struct states_rows *r)
{
	free(r->weight);
	free(r->guess);
}

int states_init(struct states *s, u32 nr_vcpus, u32 words, enum scan_order order)
{
	*s = (struct states){ .nr_vcpus = nr_vcpus,
			      .at = { .vcpus = nr_vcpus <= 8 ? 8 : max_of(nr_vcpus, 16u),
				      .words = words, .boosts = order == SCAN_LOOP_INDEX } };
	/* A search costs guesses times vCPUs: very large VMs get fewer guesses. */
	s->most = nr_vcpus <= MANY_VCPUS ? STATES_MAX
					 : max_of(STATES_MAX * MANY_VCPUS / nr_vcpus, 2u);
	guess_lay_out(&s->at);
	s->slot = calloc(STATES_SLOTS, sizeof(*s->slot));
	s->share = calloc((size_t)nr_vcpus + 1, sizeof(*s->share));
	s->factors = calloc(((size_t)nr_vcpus + 1) * STATES_NEWS, sizeof(*s->factors));
	if (rows_init(&s->now, s->at.size) || rows_init(&s->next, s->at.size) || !s->slot ||
	    !s->share || !s->factors)
		return -ENOMEM;
	for (u32 i = 0; i < STATES_NEWS; i++)
		s->news[i].factor = s->factors + i * ((size_t)nr_vcpus + 1);
	states_forget(s);
	return 0;
}

void states_release(struct states *s)
{
	rows_release(&s->now);
	rows_release(&s->next);
	free(s->slot);
	free(s->share);
	free(s->factors);
	*s = (struct states){ 0 };
}

void states_forget(struct states *s)
{
	u32 nr = min_of(s->nr_vcpus, s->most);

	s->now.nr = nr;
	s->total = 1;
	s->lost = s->nr_vcpus > nr ? 0.5 * (s->nr_vcpus - nr) / (s->nr_vcpus - 1) : 0;
	s->nr_news = 0;
	memset(s->now.guess, 0, (size_t)nr * s->at.size * sizeof(*s->now.guess));
	for (u32 i = 0; i < nr; i++) {
		guess_row(s->now.guess, s->at.size, i)[0] = i;
		s->now.weight[i] = lasts_prior(i, nr);
	}
}

/* How much of the hash so many rows use, less 1: the fewer, the nearer. */
static u32 slots_for(u32 nr)
{
	u32 slots = 256;

	while (slots < STATES_SLOTS && slots < 4 * nr)
		slots *= 2;
	return slots - 1;
}

/*
 * Leaves rows out that are lighter than least, and makes equal ones one, the first of them. Returns
 * the sum of the weights that are left.
 */
static ALWAYS_INLINE double sift_rows(struct states *s, struct states_rows *rows, double least,
				      u32 size)
{
	const struct states_rows r = *rows;
	const u32 mask = slots_for(r.nr);
	/* Slots of earlier generations are free: nothing has to be cleared. */
	const u64 generation = ++s->generation << 16;
	u64 *const slot = s->slot;
	double sum = 0;
	u32 kept = 0;

	for (u32 i = 0; i < r.nr; i++) {
		const u64 *g = guess_row(r.guess, size, i);
		u32 at = guess_hash(g, size) & mask, same = kept;
		double w = r.weight[i];

		if (w < least)
			continue;
		sum += w;
		for (; (slot[at] ^ generation) < 1 << 16; at = (at + 1) & mask)
			if (guess_same(guess_row(r.guess, size, (u16)slot[at]), g, size)) {
				same = (u16)slot[at];
				break;
			}
		if (likely(same == kept)) {
			guess_copy(guess_row(r.guess, size, kept), g, size);
			r.weight[kept] = w;
			slot[at] = generation | kept++;
		} else {
			r.weight[same] += w;
		}
	}
	rows->nr = kept;
	return sum;
}

/* The weight of the most-th heaviest row. */
static double weight_of_rank(const struct states_rows *r, u32 most)
{
	double heaviest[STATES_MAX];
	u32 nr = 0;

	for (u32 i = 0; i < r->nr; i++) {
		double w = r->weight[i];
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

/* Leaves the heaviest rows alone, most of them. Returns the sum of their weights. */
static double keep_heaviest(struct states_rows *r, u32 most, u32 size)
{
	double least = weight_of_rank(r, most), sum = 0;
	u32 kept = 0;

	for (u32 i = 0; i < r->nr && kept < most; i++) {
		if (r->weight[i] < least)
			continue;
		sum += r->weight[i];
		guess_copy(guess_row(r->guess, size, kept), guess_row(r->guess, size, i), size);
		r->weight[kept++] = r->weight[i];
	}
	r->nr = kept;
	return sum;
}

/*
 * Weights that have become too small, or nothing. By a power of two: it makes no difference when it
 * is done.
 */
static void rescale(struct states *s)
{
	double scale;
	int exponent;

	if (!s->now.nr || !(s->total > 0)) {
		states_forget(s);
		return;
	}
	frexp(s->total, &exponent);
	scale = ldexp(1, -exponent);
	for (u32 i = 0; i < s->now.nr; i++)
		s->now.weight[i] *= scale;
	s->total *= scale;
}

/*
 * The new generation of nr rows, whose weights' sum is this, takes over. Returns what is left of
 * the sum.
 */
static ALWAYS_INLINE double take_over(struct states *s, u32 nr, double sum, u32 size)
{
	struct states_rows r = { s->next.weight, s->next.guess, nr };
	double left;

	s->total = sift_rows(s, &r, sum * WEIGHT_MIN, size);
	if (unlikely(r.nr > s->most))
		s->total = keep_heaviest(&r, s->most, size);
	s->next = s->now;
	s->now = r;
	left = s->total;
	if (unlikely(!(s->total > TOTAL_MIN)))
		rescale(s);
	return left;
}

/* Gives every guess's weight the factor of its pick. */
static ALWAYS_INLINE void tell_outcome(struct states *s, const struct guess_layout *at,
				       const struct states_news *n)
{
	const struct states_rows now = s->now;
	const struct guess_at pick = n->pick;
	const double *factor = n->factor;

	for (u32 i = 0; i < now.nr; i++)
		now.weight[i] *= factor[guess_number(at, guess_row(now.guess, at->size, i), pick)];
}

/* The same, and ends the spinner's search: what it picked is the last one boosted. */
static ALWAYS_INLINE void tell_end(struct states *s, const struct guess_layout *at,
				   const struct states_news *n)
{
	const struct guess_at pick = n->pick, boost = guess_boost_at(&s->at, n->me);
	const u32 in_spin = at->in_spin.shift + n->me, turn = at->turn.shift + n->me;
	const struct states_rows now = s->now;
	const double *factor = n->factor;

	for (u32 i = 0; i < now.nr; i++) {
		u64 *g = guess_row(now.guess, at->size, i);
		u32 picked = guess_number(at, g, pick);
		u32 last = picked ? picked - 1 : guess_last(at, g);

		now.weight[i] *= factor[picked];
		if (at->boosts && picked)
			last = guess_number(at, g, boost);
		guess_put(at, g, (struct guess_at){ 0, 0 }, last);
		guess_put(at, g, pick, 0);
		if (at->boosts)
			guess_put(at, g, boost, 0);
		vcpu_set(g + at->in_spin.word, in_spin, false);
		vcpu_set(g + at->turn.word, turn, false);
	}
}

/* Tells the guesses all news; s->total does not know of it yet. */
static ALWAYS_INLINE void tell_news(struct states *s, const struct guess_layout *at)
{
	for (u32 i = 0; i < s->nr_news; i++)
		if (s->news[i].ended)
			tell_end(s, at, &s->news[i]);
		else
			tell_outcome(s, at, &s->news[i]);
	s->nr_news = 0;
}

/* For who asks beside a search. */
static void settle(struct states *s)
{
	if (!s->nr_news)
		return;
	tell_news(s, &s->at);
	s->total = 0;
	for (u32 i = 0; i < s->now.nr; i++)
		s->total += s->now.weight[i];
	if (!(s->total > TOTAL_MIN))
		rescale(s);
}

/* Nothing is known of the spinner yet. */
static struct states_news *add_news(struct states *s, u32 me)
{
	struct states_news *n;

	if (s->nr_news == STATES_NEWS)
		settle(s);
	n = &s->news[s->nr_news++];
	n->me = me;
	n->pick = guess_pick_at(&s->at, me);
	n->ended = false;
	for (u32 i = 0; i <= s->nr_vcpus; i++)
		n->factor[i] = 1;
	return n;
}

struct states_news *states_news_of(struct states *s, u32 me)
{
	for (u32 i = 0; i < s->nr_news; i++)
		if (s->news[i].me == me)
			return &s->news[i];
	return add_news(s, me);
}

void states_best(struct states *s, u32 *last, u64 *in_spin, u64 *turn)
{
	struct policy_view v;
	struct guess_look l;
	u32 best = 0;

	settle(s);
	for (u32 i = 1; i < s->now.nr; i++)
		if (s->now.weight[i] > s->now.weight[best])
			best = i;
	l = guess_look(&s->at, s->nr_vcpus, guess_row(s->now.guess, s->at.size, best));
	guess_view(&s->at, &v, &l);
	*last = v.last;
	memcpy(in_spin, v.in_spin, s->at.words * sizeof(*in_spin));
	memcpy(turn, v.turn, s->at.words * sizeof(*turn));
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

	settle(s);
	clear_shares(s);
	for (u32 i = 0; i < s->now.nr; i++) {
		u64 *g = guess_row(s->now.guess, s->at.size, i);
		struct guess_look l = guess_look(&s->at, s->nr_vcpus, g);
		u32 pick;

		guess_view(&s->at, &v, &l);
		pick = policy->pick(&v, policy);
		s->share[min_of(pick, s->nr_vcpus)] += s->now.weight[i];
	}
	return best_share(s, s->lost, confidence);
}

/* A search, for all guesses. What is marked with + is there if it is a compact one. */
struct search {
	const struct policy_view *view;
	bool compact;		/* all masks are one word, and no try can fail */
	u32 nr_vcpus;
	struct guess_at pick, boost; /* the spinner's */
	u64 nobody;		/* + the bit behind the vCPUs' */
	u64 stock, can;		/* + whom the rule lets pass, and who can be yielded to */
	u64 in_spin;		/* + the spinner's bit in the first word */
	const u64 *others;	/* all candidates whose try would succeed */
	u32 nr_others;
	double other;		/* each other candidate's weight, where the pick's is 1 */
};

static void search_init(const struct states *s, struct search *q, const struct policy_view *view)
{
	const struct guess_layout *at = &s->at;
	u64 *others = view->scratch + 2 * at->words;

	*q = (struct search){ .view = view, .nr_vcpus = s->nr_vcpus, .others = others,
			      .compact = at->compact && !at->boosts && !view->lonely,
			      .pick = guess_pick_at(at, view->me),
			      .boost = guess_boost_at(at, view->me) };
	for (u32 w = 0; w < at->words; w++) {
		others[w] = view->stock[w] & view->yields[w];
		q->nr_others += (u32)__builtin_popcountll(others[w]);
	}
	if (q->compact) {
		q->nobody = 1ull << s->nr_vcpus;
		q->stock = view->stock[0];
		q->can = others[0];
		q->in_spin = 1ull << (at->in_spin.shift + view->me);
	}
	q->other = q->nr_others ? (1 - P_MODEL) / (P_MODEL * q->nr_others) : 0;
}

/*
 * What a compact guess becomes by a search that ends at bit, or nowhere: toggled flags before it,
 * and the yield under way. Returns the slot, or the number of vCPUs.
 */
static ALWAYS_INLINE u32 branch_compact(const struct guess_layout *at, const struct search *q,
					const struct guess_look *l, u64 bit)
{
	const u64 clear = guess_bits(at->vcpus) << at->turn.shift;
	u64 turn = policy_commit_word(l->turn, l->in_spin, q->stock & l->in_spin, l->start, bit);
	u32 slot = (u32)__builtin_ctzll(bit | q->nobody);

	l->g[0] = (l->g[0] & ~clear) | turn << at->turn.shift | (bit ? q->in_spin : 0);
	guess_put(at, l->g, at->size > 1 ? q->pick : (struct guess_at){ 0, q->pick.shift },
		   bit ? slot + 1 : 0);
	return slot;
}

/* The same of any guess; v: as it has it. */
static u32 branch_any(const struct guess_layout *at, const struct search *q,
		      const struct policy_view *v, const struct guess_look *l, u32 pick)
{
	u64 turn = *v->turn, *to = l->g;

	if (at->boosts)
		guess_put(at, to, q->boost, pick == POLICY_NONE ? 0 : policy_boosted(v, pick));
	policy_commit(v, 0, pick, at->compact ? &turn : to + at->turn.word);
	if (at->compact)
		to[0] = (to[0] & ~(guess_bits(at->vcpus) << at->turn.shift)) |
			turn << at->turn.shift;
	if (pick != POLICY_NONE)
		vcpu_set(to + at->in_spin.word, at->in_spin.shift + v->me, true);
	guess_put(at, to, q->pick, pick + 1); /* of nobody: 0 */
	return min_of(pick, q->nr_vcpus);
}

/*
 * Every guess's own pick, where guesses are compact: the loop in which most of a replay's time was
 * spent. Returns the weights' sum.
 */
static ALWAYS_INLINE double pick_compact(struct states *s, const struct guess_layout *at,
					 const struct search *search)
{
	const struct states_rows now = s->now, next = s->next;
	const struct search q = *search;
	double *const share = s->share;
	double sum = 0;

	for (u32 i = 0; i < now.nr; i++) {
		u64 *to = guess_row(next.guess, at->size, i);
		struct guess_look l = guess_look(at, q.nr_vcpus, guess_row(now.guess, at->size, i));
		u64 bit = policy_next_bit(q.can & (~l.in_spin | l.turn), l.start);
		double w = now.weight[i];
		u32 slot;

		guess_copy(to, l.g, at->size);
		l.g = to;
		slot = branch_compact(at, &q, &l, bit);
		next.weight[i] = w;
		share[slot] += w;
		sum += w;
	}
	return sum;
}

/* The same in any VM. */
static double pick_any(struct states *s, const struct search *q)
{
	const struct guess_layout *at = &s->at;
	struct policy_view v = *q->view;
	double sum = 0;

	for (u32 i = 0; i < s->now.nr; i++) {
		u64 *to = guess_row(s->next.guess, at->size, i);
		double w = s->now.weight[i];
		struct guess_look l;

		guess_copy(to, guess_row(s->now.guess, at->size, i), at->size);
		l = guess_look(at, q->nr_vcpus, to);
		guess_view(at, &v, &l);
		s->share[branch_any(at, q, &v, &l, policy_stock(&v, NULL))] += w;
		s->next.weight[i] = w;
		sum += w;
	}
	return sum;
}

static void branch_other_any(const struct guess_layout *at, const struct search *q,
			     const struct guess_look *l, u32 slot)
{
	struct policy_view v = *q->view;

	guess_view(at, &v, l);
	branch_any(at, q, &v, l, slot == q->nr_vcpus ? POLICY_NONE : slot);
}

/* What becomes of a guess if slot was taken, or, of nr_vcpus, nobody: row nr. */
static ALWAYS_INLINE void add_other(struct states *s, const struct guess_layout *at,
				    const struct search *q, const struct guess_look *told, u32 slot,
				    double weight, u32 nr)
{
	struct guess_look l = *told;

	l.g = guess_row(s->next.guess, at->size, nr);
	guess_copy(l.g, told->g, at->size);
	if (likely(q->compact))
		branch_compact(at, q, &l, 1ull << slot & ~q->nobody);
	else
		branch_other_any(at, q, &l, slot);
	s->next.weight[nr] = weight;
	s->share[slot] += weight;
}

/*
 * With a small weight each heavy guess's other candidates, and nobody: behind the own picks. The
 * new number of rows.
 */
static ALWAYS_INLINE u32 pick_others(struct states *s, const struct guess_layout *at,
				     const struct search *q, double *sum)
{
	double least = *sum * WEIGHT_MIN / (P_MODEL * q->other);
	u32 own_nr = s->now.nr, nr = own_nr;

	for (u32 i = 0; i < own_nr && q->nr_others; i++) {
		u32 first = nr, own;
		double w = s->next.weight[i] * q->other;
		struct guess_look l;

		if (likely(s->next.weight[i] < least))
			continue;
		own = guess_number(at, guess_row(s->next.guess, at->size, i), q->pick);
		l = guess_look(at, q->nr_vcpus, guess_row(s->now.guess, at->size, i));
		for (u32 k = 0; k < at->words; k++)
			for (u64 left = q->others[k]; left && nr < STATES_ROOM; left &= left - 1) {
				u32 slot = k * 64 + (u32)__builtin_ctzll(left);

				if (slot + 1 != own)
					add_other(s, at, q, &l, slot, w, nr++);
			}
		if (own && nr < STATES_ROOM)
			add_other(s, at, q, &l, q->nr_vcpus, w, nr++);
		*sum += (nr - first) * w;
	}
	return nr;
}

/*
 * What the guesses do not hold of all that they were before the search. Of what was left out
 * earlier one in so many as could be yielded to picks the same by chance, and is no other guess
 * from then on.
 */
static void leave_out(struct states *s, const struct search *q, double left, double all)
{
	if (q->nr_others)
		s->lost *= 1 - 1.0 / q->nr_others;
	s->lost += (1 - s->lost) * (1 - min_of(left / all, 1.0));
}

static ALWAYS_INLINE void search_all(struct states *s, const struct guess_layout *at,
				     const struct search *q)
{
	double sum, all;
	u32 nr;

	tell_news(s, at);
	sum = likely(q->compact) ? pick_compact(s, at, q) : pick_any(s, q);
	all = q->nr_others ? sum / P_MODEL : sum;
	nr = pick_others(s, at, q, &sum);
	leave_out(s, q, take_over(s, nr, sum, at->size), all);
}

u32 states_search(struct states *s, const struct policy_view *view, double *confidence)
{
	double lost = s->lost;
	struct search q;

	search_init(s, &q, view);
	clear_shares(s);
	if (is_layout(s, &guess_layout_8))
		search_all(s, &guess_layout_8, &q);
	else if (is_layout(s, &guess_layout_16))
		search_all(s, &guess_layout_16, &q);
	else
		search_all(s, &s->at, &q);
	return best_share(s, lost, confidence);
}
