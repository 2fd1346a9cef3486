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

#define STATES_ROOM  1024	/* rows, before the best are kept */
#define ROW_NONE     STATES_ROOM	/* behind them: one that weighs nothing */
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
	r->weight = calloc(ROW_NONE + 1, sizeof(*r->weight));
	r->guess = calloc(ROW_NONE + 1, size * sizeof(*r->guess));
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
	s->news_at = calloc(nr_vcpus, sizeof(*s->news_at));
	s->factors = calloc(((size_t)nr_vcpus + 1) * (1 + STATES_NEWS), sizeof(*s->factors));
	s->behind = calloc(nr_vcpus, sizeof(*s->behind));
	if (rows_init(&s->now, s->at.size) || !s->behind || !s->slot || !s->share || !s->news_at || !s->factors)
		return -ENOMEM;
	for (u32 i = 0; i <= nr_vcpus; i++)
		s->factors[i] = 1;
	for (u32 i = 0; i < STATES_NEWS; i++)
		s->news[i].own = s->factors + (i + 1) * ((size_t)nr_vcpus + 1);
	for (u32 i = 0; i < nr_vcpus && s->at.compact; i++)
		s->behind[i] = ~0ull << policy_start_behind(i, nr_vcpus);
	states_forget(s);
	return 0;
}

void states_release(struct states *s)
{
	rows_release(&s->now);
	free(s->slot);
	free(s->share);
	free(s->behind);
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

	s->now.nr = nr;
	s->total = 1;
	s->lost = s->nr_vcpus > nr ? 0.5 * (s->nr_vcpus - nr) / (s->nr_vcpus - 1) : 0;
	forget_news(s);
	memset(s->now.guess, 0, (size_t)nr * s->at.size * sizeof(*s->now.guess));
	for (u32 i = 0; i < nr; i++) {
		guess_row(s->now.guess, s->at.size, i)[0] = i;
		s->now.weight[i] = lasts_prior(i, nr);
	}
}

/* How much of the hash so many rows use, less 1: the fewer, the nearer. */
static u32 slots_for(u32 nr)
{
	u32 slots = 512;

	while (slots < STATES_SLOTS && slots < 4 * nr)
		slots *= 2;
	return slots - 1;
}

/* The place of the hash where the guess is, or would be: where it was in this generation. */
static ALWAYS_INLINE u32 find_slot(const struct states *s, const u64 *g, u32 kept, u32 mask,
				   u32 size)
{
	u32 at = guess_hash(g, size) & mask;

	/* Slots of earlier generations are free: nothing has to be cleared. */
	while (unlikely((s->slot[at] ^ s->generation) < kept) &&
	       !guess_same(guess_row(s->now.guess, size, (u16)s->slot[at]), g, size))
		at = (at + 1) & mask;
	return at;
}

/*
 * Makes equal rows one, the first of them, and leaves those out that are lighter than least. A row
 * is put behind the kept ones, and the next one over it if it is not kept: without a branch, as
 * nothing tells how light the next one is.
 */
static ALWAYS_INLINE void sift_rows(struct states *s, double least, u32 size)
{
	const struct states_rows r = s->now;
	const u32 mask = slots_for(r.nr);
	u32 kept = 0;

	s->generation += 1 << 16;
	for (u32 i = 0; i < r.nr; i++) {
		const u64 *g = guess_row(r.guess, size, i);
		u32 at = find_slot(s, g, kept, mask, size);
		double w = r.weight[i];

		if (unlikely((s->slot[at] ^ s->generation) < kept)) {
			r.weight[(u16)s->slot[at]] += w;
			continue;
		}
		r.weight[kept] = w;
		guess_copy(guess_row(r.guess, size, kept), g, size);
		s->slot[at] = s->generation | kept;
		kept += !(w < least);
	}
	s->now.nr = kept;
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

/* Leaves the heaviest rows alone, most of them. */
static ALWAYS_INLINE void keep_heaviest(struct states_rows *r, u32 most, u32 size)
{
	double least = weight_of_rank(r, most);
	u32 kept = 0;

	for (u32 i = 0; i < r->nr && kept < most; i++) {
		if (r->weight[i] < least)
			continue;
		guess_copy(guess_row(r->guess, size, kept), guess_row(r->guess, size, i), size);
		r->weight[kept++] = r->weight[i];
	}
	r->nr = kept;
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

/* Gives every guess's weight the factor of its pick. Returns the new weights' sum. */
static ALWAYS_INLINE double tell_outcome(struct states *s, const struct guess_layout *at,
					 const struct states_news *n)
{
	const struct guess_at pick = guess_near(at, n->pick);
	const struct states_rows now = s->now;
	const double *factor = n->factor;
	double sum = 0;

	for (u32 i = 0; i < now.nr; i++) {
		now.weight[i] *= factor[guess_number(at, guess_row(now.guess, at->size, i), pick)];
		sum += now.weight[i];
	}
	return sum;
}

/* The same, and ends the spinner's search: what it picked is the last one boosted. */
static ALWAYS_INLINE double tell_end(struct states *s, const struct guess_layout *at,
				     const struct states_news *n)
{
	const struct guess_at pick = guess_near(at, n->pick), boost = guess_boost_at(&s->at, n->me);
	const u32 in_spin = at->in_spin.shift + n->me, turn = at->turn.shift + n->me;
	const u64 gone = guess_bits(at->bits) | (at->compact ? 1ull << in_spin | 1ull << turn : 0);
	const struct states_rows now = s->now;
	const double *factor = n->factor;
	double sum = 0;

	for (u32 i = 0; i < now.nr; i++) {
		u64 *g = guess_row(now.guess, at->size, i);
		u32 picked = guess_number(at, g, pick);
		u32 last = picked ? picked - 1 : guess_last(at, g);

		now.weight[i] *= factor[picked];
		sum += now.weight[i];
		if (at->boosts) {
			last = picked ? guess_number(at, g, boost) : last;
			guess_put(at, g, boost, 0);
		}
		guess_put(at, g, pick, 0);
		g[0] = (g[0] & ~gone) | last;
		if (!at->compact) {
			vcpu_set(g + at->in_spin.word, in_spin, false);
			vcpu_set(g + at->turn.word, turn, false);
		}
	}
	return sum;
}

/* Tells the guesses all news. */
static ALWAYS_INLINE void tell_news(struct states *s, const struct guess_layout *at)
{
	for (u32 i = 0; i < s->nr_news; i++)
		if (!s->news[i].ended)
			s->total = tell_outcome(s, at, &s->news[i]);
	for (u32 i = 0; i < s->nr_ended; i++)
		s->total = tell_end(s, at, &s->news[s->ended[i]]);
	forget_news(s);
	if (unlikely(!(s->total > TOTAL_MIN)))
		rescale(s);
}

/* For who asks beside a search. */
static void settle(struct states *s)
{
	if (s->nr_news)
		tell_news(s, &s->at);
}

struct states_news *states_add_news(struct states *s, u32 me)
{
	struct states_news *n;

	if (s->nr_news == STATES_NEWS)
		settle(s);
	n = &s->news[s->nr_news++];
	s->news_at[me] = (u8)s->nr_news;
	n->me = me;
	n->pick = guess_pick_at(&s->at, me);
	n->ended = false;
	n->factor = s->factors;
	return n;
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
	u64 stock, can;		/* + whom the rule lets pass, and who can be yielded to */
	u64 nobody;		/* + the bit behind the vCPUs' */
	const u64 *behind;	/* + by last_boosted_vcpu: all from a search's start on */
	u64 in_spin;		/* + the spinner's bit in the first word */
	const u64 *others;	/* all candidates whose try would succeed */
	u32 nr_others;
	double other;		/* each other candidate's weight, where the pick's is 1 */
	double heavy;		/* guesses from this weight on have others that are worth a row */
	u32 nr;			/* rows by now, others behind the guesses' own picks */
	double own, others_sum;	/* of the weights of both */
};

static void search_init(const struct states *s, struct search *q, const struct policy_view *view)
{
	const struct guess_layout *at = &s->at;
	u64 *others = view->scratch + 2 * at->words;

	q->view = view;
	q->compact = at->compact && !at->boosts && !view->lonely;
	q->nr_vcpus = s->nr_vcpus;
	q->pick = guess_pick_at(at, view->me);
	q->boost = guess_boost_at(at, view->me);
	q->others = others;
	q->nr_others = 0;
	for (u32 w = 0; w < at->words; w++) {
		others[w] = view->stock[w] & view->yields[w];
		q->nr_others += (u32)__builtin_popcountll(others[w]);
	}
	q->nobody = s->nr_vcpus < 64 ? 1ull << s->nr_vcpus : 0;
	q->behind = s->behind;
	q->stock = view->stock[0];
	q->can = others[0];
	q->in_spin = at->compact ? 1ull << (at->in_spin.shift + view->me) : 0;
	q->other = q->nr_others ? (1 - P_MODEL) / (P_MODEL * q->nr_others) : 0;
}

/* A compact guess's own pick, as a bit, or 0. behind: all from the search's start on. */
static ALWAYS_INLINE u64 pick_bit(const struct search *q, const struct guess_look *l, u64 behind)
{
	u64 can = q->can & (~l->in_spin | l->turn), first = can & behind;

	first |= can & -(u64)!first;
	return first & -first;
}

/*
 * What a compact guess becomes by a search from its start to that bit, or, of 0, all around:
 * toggled flags before it, and the yield under way. Returns the slot, or the number of vCPUs.
 */
static ALWAYS_INLINE u32 branch_compact(const struct guess_layout *at, const struct search *q,
					const struct guess_look *l, u64 behind, u64 bit)
{
	const u64 start = behind & -behind, found = -(u64)!!bit;
	/* A difference is all bits between; around the end, a borrow sets those below, too. */
	u64 before = (bit - start - (bit < start)) | ~found;
	u64 seen = q->stock & l->in_spin & before;
	u32 slot = (u32)__builtin_ctzll(bit | q->nobody);

	l->g[0] = ((l->g[0] | seen << at->turn.shift) & ~(bit << at->turn.shift)) |
		  (q->in_spin & found);
	guess_put(at, l->g, guess_near(at, q->pick), (slot + 1) & (u32)found);
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

static void branch_other_any(const struct guess_layout *at, const struct search *q,
			     const struct guess_look *l, u32 slot)
{
	struct policy_view v = *q->view;

	guess_view(at, &v, l);
	branch_any(at, q, &v, l, slot == q->nr_vcpus ? POLICY_NONE : slot);
}

/* What becomes of a guess if slot was taken, or, of nr_vcpus, nobody: one row more. */
static ALWAYS_INLINE void add_other(struct states *s, const struct guess_layout *at,
				    struct search *q, u64 *before, u32 slot, double weight)
{
	struct guess_look l;

	if (q->nr == STATES_ROOM)
		return;
	l = guess_look(at, q->nr_vcpus, before);
	l.g = guess_row(s->now.guess, at->size, q->nr);
	guess_copy(l.g, before, at->size);
	if (likely(q->compact))
		branch_compact(at, q, &l, q->behind[l.last], 1ull << slot & ~q->nobody);
	else
		branch_other_any(at, q, &l, slot);
	s->now.weight[q->nr++] = weight;
	s->share[slot] += weight;
	q->others_sum += weight;
}

/*
 * With a small weight the other candidates of a heavy guess, and nobody. before: as it was before
 * its own pick.
 */
static ALWAYS_INLINE void add_others(struct states *s, const struct guess_layout *at,
				     struct search *q, u64 *before, u32 own, double weight)
{
	double w = weight * q->other;

	for (u32 k = 0; k < at->words; k++)
		for (u64 left = q->others[k]; left; left &= left - 1) {
			u32 slot = k * 64 + (u32)__builtin_ctzll(left);

			if (slot != own)
				add_other(s, at, q, before, slot, w);
		}
	if (own != q->nr_vcpus)
		add_other(s, at, q, before, q->nr_vcpus, w);
}

/*
 * Every guess's own pick, where guesses are compact: the loop in which most of a replay's time was
 * spent.
 */
static ALWAYS_INLINE void pick_compact(struct states *s, const struct guess_layout *at,
				       struct search *search)
{
	u64 *const before = guess_row(s->now.guess, at->size, ROW_NONE);
	const struct states_rows now = s->now;
	const struct search q = *search;
	double *const share = s->share;
	double sum = 0;

	for (u32 i = 0; i < now.nr; i++) {
		u64 *g = guess_row(now.guess, at->size, i);
		struct guess_look l = guess_look(at, q.nr_vcpus, g);
		u64 behind = q.behind[l.last];
		double w = now.weight[i];
		u32 slot;

		guess_copy(before, g, at->size);
		slot = branch_compact(at, &q, &l, behind, pick_bit(&q, &l, behind));
		share[slot] += w;
		sum += w;
		if (unlikely(w >= q.heavy))
			add_others(s, at, search, before, slot, w);
	}
	search->own = sum;
}

/* The same in any VM. */
static void pick_any(struct states *s, struct search *q)
{
	const struct guess_layout *at = &s->at;
	u64 *before = guess_row(s->now.guess, at->size, ROW_NONE);
	struct policy_view v = *q->view;

	for (u32 i = 0; i < s->now.nr; i++) {
		u64 *g = guess_row(s->now.guess, at->size, i);
		struct guess_look l = guess_look(at, q->nr_vcpus, g);
		double w = s->now.weight[i];
		u32 slot;

		guess_copy(before, g, at->size);
		guess_view(at, &v, &l);
		slot = branch_any(at, q, &v, &l, policy_stock(&v, NULL));
		s->share[slot] += w;
		q->own += w;
		if (w >= q->heavy)
			add_others(s, at, q, before, slot, w);
	}
}

/* So much of all is not among the guesses any more. */
static void leave_out(struct states *s, double left, double all)
{
	s->lost += (1 - s->lost) * (1 - min_of(left / all, 1.0));
}

/* Returns how likely it is that the truth was left out before the picks. */
static ALWAYS_INLINE double search_all(struct states *s, const struct guess_layout *at,
				       struct search *q)
{
	double all, lost;

	tell_news(s, at);
	all = s->total;
	sift_rows(s, all * WEIGHT_MIN, at->size);
	if (unlikely(s->now.nr > s->most))
		keep_heaviest(&s->now, s->most, at->size);
	q->nr = s->now.nr;
	q->own = q->others_sum = 0;
	q->heavy = q->nr_others ? all * WEIGHT_MIN / (P_MODEL * q->other) : INFINITY;
	if (likely(q->compact))
		pick_compact(s, at, q);
	else
		pick_any(s, q);
	s->now.nr = q->nr;
	s->total = q->own + q->others_sum;
	leave_out(s, q->own, all);
	lost = s->lost;
	if (q->nr_others) {
		/*
		 * Of what was left out one in so many as could be yielded to picks the same by
		 * chance, and is no other guess from then on.
		 */
		s->lost *= 1 - 1.0 / q->nr_others;
		leave_out(s, s->total, q->own / P_MODEL);
	}
	return lost;
}

u32 states_search(struct states *s, const struct policy_view *view, double *confidence)
{
	struct search q;
	double lost;

	search_init(s, &q, view);
	clear_shares(s);
	if (is_layout(s, &guess_layout_8))
		lost = search_all(s, &guess_layout_8, &q);
	else if (is_layout(s, &guess_layout_16))
		lost = search_all(s, &guess_layout_16, &q);
	else
		lost = search_all(s, &s->at, &q);
	return best_share(s, lost, confidence);
}
