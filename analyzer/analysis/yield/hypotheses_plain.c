// SPDX-License-Identifier: GPL-2.0-only
/*
 * hypotheses_plain.c - see hypotheses_rows.h. Hypotheses of any VM on any kernel, a row of words
 * each: last_boosted_vcpu; the masks of who is in a search, and of the turn flags; then 16 bits for
 * each vCPU, what its yield under way picked (slot + 1, or 0), and, where the kernel makes
 * something else of it, again for each what last_boosted_vcpu becomes.
 *
 * Searches are made by the policies' own functions.
 */
#include "analysis/yield/hypotheses_rows.h"

#include <errno.h>
#include <stdlib.h>

struct plain {
	u32 vcpus, words;
	bool boosts;
	u32 size; /* of a row, in words */
	u64 *row;
	u64 *before; /* one as it was before a search */
};

static inline struct plain *plain_of(const struct hypotheses *s)
{
	return s->rows;
}

static inline u64 *plain_row_of(const struct plain *p, u32 i)
{
	return p->row + (size_t)i * p->size;
}

static inline u64 *in_spin_of(u64 *row)
{
	return row + 1;
}

static inline u64 *turn_of(const struct plain *p, u64 *row)
{
	return row + 1 + p->words;
}

/* Words that are never read as such. */
static inline u16 *picks_of(const struct plain *p, u64 *row)
{
	return (u16 *)(row + 1 + 2 * p->words);
}

static int plain_init(struct hypotheses *s)
{
	struct plain *p = s->rows = calloc(1, sizeof(*p));
	u32 numbers;

	if (!p)
		return -ENOMEM;
	p->vcpus = s->nr_vcpus;
	p->words = s->words;
	p->boosts = s->order == SCAN_LOOP_INDEX;
	numbers = p->boosts ? 2 * p->vcpus : p->vcpus;
	p->size = 1 + 2 * p->words + (numbers + 3) / 4;
	p->row = calloc(HYPOTHESES_ROOM, p->size * sizeof(*p->row));
	p->before = calloc(p->size, sizeof(*p->before));
	return p->row && p->before ? 0 : -ENOMEM;
}

static void plain_release(struct hypotheses *s)
{
	struct plain *p = plain_of(s);

	if (p) {
		free(p->row);
		free(p->before);
	}
	free(p);
	s->rows = NULL;
}

static void plain_put(struct hypotheses *s, u32 i, u32 last)
{
	struct plain *p = plain_of(s);

	memset(plain_row_of(p, i), 0, p->size * sizeof(*p->row));
	plain_row_of(p, i)[0] = last;
}

static inline void plain_move(struct hypotheses *s, u32 to, u32 from)
{
	const struct plain *p = plain_of(s);

	if (to != from)
		memcpy(plain_row_of(p, to), plain_row_of(p, from), p->size * sizeof(*p->row));
}

/* Lets the view stand for the row. */
static void view_row(const struct plain *p, u64 *row, struct policy_view *v)
{
	v->last = (u32)row[0];
	v->in_spin = in_spin_of(row);
	v->turn = turn_of(p, row);
}

static void plain_look(const struct hypotheses *s, u32 i, struct policy_view *v)
{
	view_row(plain_of(s), plain_row_of(plain_of(s), i), v);
}

static double plain_update(struct hypotheses *s, const struct hypotheses_update *n)
{
	const struct plain *p = plain_of(s);
	double *weight = s->weight, sum = 0;

	for (u32 i = 0; i < s->nr; i++) {
		weight[i] *= n->factor[picks_of(p, plain_row_of(p, i))[n->me]];
		sum += weight[i];
	}
	return sum;
}

static double plain_end(struct hypotheses *s, const struct hypotheses_update *n)
{
	const struct plain *p = plain_of(s);
	double *weight = s->weight, sum = 0;

	for (u32 i = 0; i < s->nr; i++) {
		u64 *row = plain_row_of(p, i);
		u16 *pick = picks_of(p, row) + n->me, *boost = pick + (p->boosts ? p->vcpus : 0);

		weight[i] *= n->factor[*pick];
		sum += weight[i];
		if (*pick)
			row[0] = p->boosts ? *boost : *pick - 1u;
		*pick = *boost = 0;
		vcpu_set(in_spin_of(row), n->me, false);
		vcpu_set(turn_of(p, row), n->me, false);
	}
	return sum;
}

static inline u32 plain_hash(const struct hypotheses *s, u32 i)
{
	const struct plain *p = plain_of(s);
	const u64 *row = plain_row_of(p, i);
	u64 h = 0;

	for (u32 w = 0; w < p->size; w++)
		h = (h ^ load64(row + w)) * 0x9e3779b97f4a7c15ull;
	return (u32)(h >> 48); /* the bits where all of a hypothesis has come */
}

static inline bool plain_same(const struct hypotheses *s, u32 a, u32 b)
{
	const struct plain *p = plain_of(s);

	return !memcmp(plain_row_of(p, a), plain_row_of(p, b), p->size * sizeof(*p->row));
}

static void plain_prune(struct hypotheses *s, double least)
{
	rows_prune(s, least, plain_hash, plain_same, plain_move);
}

/*
 * What a row becomes by a search with that pick, or, of POLICY_NONE, none; v: as it was before.
 */
static void plain_branch(const struct plain *p, u64 *row, const struct policy_view *v, u32 pick)
{
	u16 *picks = picks_of(p, row);

	policy_commit(v, v->stock, 0, pick, turn_of(p, row));
	picks[v->me] = (u16)(pick + 1); /* none: 0 */
	if (pick != POLICY_NONE)
		vcpu_set(in_spin_of(row), v->me, true);
	if (p->boosts)
		picks[p->vcpus + v->me] = pick == POLICY_NONE ? 0 : (u16)policy_boosted(v, pick);
}

/* One row more: the hypothesis that was before, if slot was taken, or, of s->nr_vcpus, none. */
static void plain_add_other(struct hypotheses *s, struct search *q, const struct policy_view *v,
			    u32 slot, double weight)
{
	const struct plain *p = plain_of(s);

	if (q->nr == HYPOTHESES_ROOM)
		return;
	memcpy(plain_row_of(p, q->nr), p->before, p->size * sizeof(*p->row));
	plain_branch(p, plain_row_of(p, q->nr), v, slot == s->nr_vcpus ? POLICY_NONE : slot);
	rows_added(s, q, slot, weight);
}

static void plain_add_others(struct hypotheses *s, struct search *q, const struct policy_view *v,
			     u32 own, double weight)
{
	for (u32 w = 0; w < s->words; w++)
		for (u64 left = q->others[w]; left; left &= left - 1) {
			u32 slot = w * 64 + (u32)__builtin_ctzll(left);

			if (slot != own)
				plain_add_other(s, q, v, slot, weight);
		}
	if (own != s->nr_vcpus)
		plain_add_other(s, q, v, s->nr_vcpus, weight);
}

static void plain_pick(struct hypotheses *s, struct search *q)
{
	const struct plain *p = plain_of(s);
	struct policy_view v = *q->view;

	view_row(p, p->before, &v);
	for (u32 i = 0; i < s->nr; i++) {
		double w = s->weight[i];
		u32 pick;

		memcpy(p->before, plain_row_of(p, i), p->size * sizeof(*p->row));
		v.last = (u32)p->before[0];
		pick = policy_stock(&v);
		plain_branch(p, plain_row_of(p, i), &v, pick);
		pick = min_of(pick, s->nr_vcpus);
		s->posterior[pick] += w;
		q->own += w;
		if (w >= q->heavy)
			plain_add_others(s, q, &v, pick, w * q->other);
	}
}

const struct rows_ops hypotheses_plain = {
	.init = plain_init,
	.release = plain_release,
	.put = plain_put,
	.move = plain_move,
	.look = plain_look,
	.update = plain_update,
	.end = plain_end,
	.prune = plain_prune,
	.pick = plain_pick,
};
