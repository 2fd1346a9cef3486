/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hypotheses_rows.h - how the hypotheses of hypotheses.h are kept, and what is done with all of
 *them.
 *
 *	hypotheses_packed.c	VMs of up to 8 and 16 vCPUs, most VMs: a hypothesis is one word, or
 *two hypotheses_plain.c	any VM, and any kernel: a hypothesis is a row of plain numbers and
 *masks
 *
 * Which one it is makes no difference to a search. Weights are of both, in s->weight.
 */
#ifndef KVM_IPI_REPLAY_ROWS_H
#define KVM_IPI_REPLAY_ROWS_H

#include "analysis/yield/policies.h"

#define HYPOTHESES_MAX	 48
#define HYPOTHESES_ROOM	 1024 /* hypotheses, before the best are kept */
#define HYPOTHESES_SLOTS (4 * HYPOTHESES_ROOM)
#define HYPOTHESES_SURE	 0.9 /* confidence above which a pick counts as sure */

/* A likelihood update: what is known of a spinner, and not yet applied to the weights. */
struct hypotheses_update {
	u32 me;
	bool ended;	      /* its search is over */
	const double *factor; /* for weights, by pick + 1, [0] is none: all 1 at first, or own */
	double *own;
};

#define HYPOTHESES_UPDATES 6

struct rows_ops;

struct hypotheses {
	u32 nr_vcpus, words;
	enum scan_order order;
	u32 most; /* hypotheses that are kept */
	const struct rows_ops *ops;
	void *rows;	/* the ops' own */
	double *weight; /* of hypotheses, which hypotheses_rows.h keeps */
	u32 nr;
	double total;	    /* of all weights */
	double pruned_mass; /* how likely it is that the truth was left out, below 1 */
	u64 *slot;	    /* a hash of the rows: of which generation, << 16, and the row */
	u64 generation;
	double *posterior; /* by pick, [nr_vcpus] is none */
	struct hypotheses_update update[HYPOTHESES_UPDATES];
	u32 nr_updates;
	u8 ended[HYPOTHESES_UPDATES]; /* those that are, in the order of their ends */
	u32 nr_ended;
	u8 *update_at;	 /* by vCPU: place in update + 1, or 0 */
	double *factors; /* all 1, and then all updates' own */
};

/* A search, for all hypotheses. */
struct search {
	const struct policy_view *view;
	const u64 *others; /* all candidates whose try would succeed */
	u32 nr_others;
	double other; /* each other candidate's weight, where the pick's is 1 */
	double heavy; /* hypotheses from this weight on have others that are worth a row */
	u32 nr;	      /* rows by now, others behind the hypotheses' own picks */
	double own, others_sum; /* of the weights of both */
};

struct rows_ops {
	int (*init)(struct hypotheses *s); /* 0 or -ENOMEM */
	void (*release)(struct hypotheses *s);
	/* Row i: the last search ended there, and none is under way. */
	void (*put)(struct hypotheses *s, u32 i, u32 last);
	void (*move)(struct hypotheses *s, u32 to, u32 from);
	/* Fills the view's last, in_spin and turn; good until the next call. */
	void (*look)(const struct hypotheses *s, u32 i, struct policy_view *v);
	/*
	 * Gives every weight the factor of the hypothesis's pick; and ends the spinner's search:
	 * what it picked is the last one boosted. Both return the new weights' sum.
	 */
	double (*update)(struct hypotheses *s, const struct hypotheses_update *n);
	double (*end)(struct hypotheses *s, const struct hypotheses_update *n);
	/* Makes equal rows one, the first of them, and leaves out those lighter than least. */
	void (*prune)(struct hypotheses *s, double least);
	/*
	 * Every hypothesis's own search. Behind them, with a small weight, the other candidates of
	 * a heavy hypothesis, and none. Adds all weights to the posterior of the picks.
	 */
	void (*pick)(struct hypotheses *s, struct search *q);
};

extern const struct rows_ops hypotheses_packed_8, hypotheses_packed_16, hypotheses_plain;

#define WORDS_VCPUS 16

/* A row that was added behind the others, where slot was taken, or, of s->nr_vcpus, none. */
static inline void rows_added(struct hypotheses *s, struct search *q, u32 slot, double weight)
{
	s->weight[q->nr++] = weight;
	s->posterior[slot] += weight;
	q->others_sum += weight;
}

/* How much of the hash so many rows use, less 1: the fewer, the nearer. */
static inline u32 rows_hash_mask(u32 nr)
{
	u32 slots = 512;

	while (slots < HYPOTHESES_SLOTS && slots < 4 * nr)
		slots *= 2;
	return slots - 1;
}

/*
 * prune(), of any kind of rows. A row is put behind the kept ones, and the next one over it if it
 * is not kept: without a branch, as the next weight is unpredictable.
 */
static ALWAYS_INLINE void rows_prune(struct hypotheses *s, double least,
				     u32 (*hash)(const struct hypotheses *s, u32 i),
				     bool (*same)(const struct hypotheses *s, u32 a, u32 b),
				     void (*move)(struct hypotheses *s, u32 to, u32 from))
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
