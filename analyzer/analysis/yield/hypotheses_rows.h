/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hypotheses_rows.h - how the guesses of hypotheses.h are kept, and what is done with all of them.
 *
 *	hypotheses_packed.c	VMs of up to 8 and 16 vCPUs, most VMs: a guess is one word, or two
 *	hypotheses_plain.c	any VM, and any kernel: a guess is a row of plain numbers and masks
 *
 * Which one it is makes no difference to a search. Weights are of both, in s->weight.
 */
#ifndef KVM_IPI_REPLAY_ROWS_H
#define KVM_IPI_REPLAY_ROWS_H

#include "analysis/yield/hypotheses.h"

/* A search, for all guesses. */
struct search {
	const struct policy_view *view;
	const u64 *others;	/* all candidates whose try would succeed */
	u32 nr_others;
	double other;		/* each other candidate's weight, where the pick's is 1 */
	double heavy;		/* guesses from this weight on have others that are worth a row */
	u32 nr;			/* rows by now, others behind the guesses' own picks */
	double own, others_sum;	/* of the weights of both */
};

struct rows_ops {
	int (*init)(struct states *s); /* 0 or -ENOMEM */
	void (*release)(struct states *s);
	/* Row i: the last search ended there, and none is under way. */
	void (*put)(struct states *s, u32 i, u32 last);
	void (*move)(struct states *s, u32 to, u32 from);
	/* Fills the view's last, in_spin and turn; good until the next call. */
	void (*look)(const struct states *s, u32 i, struct policy_view *v);
	/*
	 * Gives every weight the factor of the guess's pick; and ends the spinner's search: what it
	 * picked is the last one boosted. Both return the new weights' sum.
	 */
	double (*tell)(struct states *s, const struct states_news *n);
	double (*end)(struct states *s, const struct states_news *n);
	/* Makes equal rows one, the first of them, and leaves out those lighter than least. */
	void (*sift)(struct states *s, double least);
	/*
	 * Every guess's own search. Behind them, with a small weight, the other candidates of a
	 * heavy guess, and nobody. Adds all weights to the shares of the picks.
	 */
	void (*pick)(struct states *s, struct search *q);
};

extern const struct rows_ops replay_words_8, replay_words_16, replay_plain;

#define WORDS_VCPUS 16

/* A row that was added behind the others, where slot was taken, or, of s->nr_vcpus, nobody. */
static inline void rows_added(struct states *s, struct search *q, u32 slot, double weight)
{
	s->weight[q->nr++] = weight;
	s->share[slot] += weight;
	q->others_sum += weight;
}

/* How much of the hash so many rows use, less 1: the fewer, the nearer. */
static inline u32 rows_hash_mask(u32 nr)
{
	u32 slots = 512;

	while (slots < STATES_SLOTS && slots < 4 * nr)
		slots *= 2;
	return slots - 1;
}

/*
 * sift(), of any kind of rows. A row is put behind the kept ones, and the next one over it if it is
 * not kept: without a branch, as nothing tells how light the next one is.
 */
static ALWAYS_INLINE void rows_sift(struct states *s, double least,
				    u32 (*hash)(const struct states *s, u32 i),
				    bool (*same)(const struct states *s, u32 a, u32 b),
				    void (*move)(struct states *s, u32 to, u32 from))
{
	const u32 nr = s->nr, mask = rows_hash_mask(nr);
	/* Slots of earlier generations are free: nothing has to be cleared. */
	const u64 generation = s->generation += 1 << 16;
	double *const weight = s->weight;
	u64 *const slot = s->slot;
	u32 kept = 0;

	for (u32 i = 0; i < nr; i++) {
		u32 at = hash(s, i) & mask;
		double w = weight[i];

		while (unlikely((slot[at] ^ generation) < kept) && !same(s, (u16)slot[at], i))
			at = (at + 1) & mask;
		if (unlikely((slot[at] ^ generation) < kept)) {
			weight[(u16)slot[at]] += w;
			continue;
		}
		weight[kept] = w;
		move(s, kept, i);
		slot[at] = generation | kept;
		kept += !(w < least);
	}
	s->nr = kept;
}

#endif
