// SPDX-License-Identifier: GPL-2.0-only
/*
 * groups.c - see groups.h.
 *
 * In rounds: sum the votes between each two groups, drop the pairs that cannot be, and join those
 * that are each other's best. The heaviest pair always is, so every round joins something; there
 * are about log2(nodes) of them. What no vote reached is placed at the end, where only one place is
 * left for it.
 */
#define _GNU_SOURCE
#include "model/groups.h"
#include "util/order.h"

#include <errno.h>
#include <stdlib.h>

#define PLACES_MAX (1u << 26) /* beyond that, what no evidence reached stays alone */

void groups_release(struct groups *g)
{
	free(g->vote);
	rows_index_release(&g->index);
	free(g->node);
	*g = (struct groups){ 0 };
}

int groups_vote(struct groups *g, u32 a, u32 b, u32 weight)
{
	struct group_vote *grown;
	s64 at;

	if (a == b || !weight)
		return 0;
	grown = rows_grown(g->vote, &g->room, g->nr_votes, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	g->vote = grown;
	at = rows_index_add(&g->index, min_of(a, b), max_of(a, b));
	if (at < 0)
		return -ENOMEM;
	if (at == g->nr_votes)
		g->vote[g->nr_votes++] = (struct group_vote){ min_of(a, b), max_of(a, b), 0 };
	g->vote[at].weight += weight;
	return 0;
}

int groups_nodes(struct groups *g, u32 nr)
{
	g->node = calloc(max_of(nr, 1u), sizeof(*g->node));
	if (!g->node)
		return -ENOMEM;
	g->nr = nr;
	for (u32 i = 0; i < nr; i++)
		g->node[i] = (struct group_node){
			.slot = GROUP_NONE, .label = GROUP_NONE, .group = i, .next = GROUP_NONE
		};
	return 0;
}

/* Two groups' votes in a round, and the scratch memory of all rounds. */
struct rounds {
	struct groups *g;
	struct group_vote *pair;
	u32 nr_pairs;
	u32 *best; /* by group: the number of its best pair */
	u32 *seen; /* by dense slot: the last question in which it was seen */
	u32 question;
	u32 marked; /* the group whose slots were seen in it; GROUP_NONE: none */
};

/* Slots without holes, so that an array can be indexed by them. */
static int number_slots(struct groups *g, u32 *scratch)
{
	u32 nr = 0, kept = 0;

	for (u32 i = 0; i < g->nr; i++)
		if (g->node[i].slot != GROUP_NONE)
			scratch[nr++] = g->node[i].slot;
	qsort(scratch, nr, sizeof(*scratch), order_u32);
	for (u32 i = 0; i < nr; i++)
		if (!kept || scratch[i] != scratch[kept - 1])
			scratch[kept++] = scratch[i];
	for (u32 i = 0; i < g->nr; i++) {
		const u32 *at = bsearch(&g->node[i].slot, scratch, kept, sizeof(*scratch),
					order_u32);

		g->node[i].dense = at ? (u32)(at - scratch) : GROUP_NONE;
	}
	return nr == kept;
}

/* Marks the slots of a group's nodes as seen; false: one of them never joins anything. */
static bool mark(struct rounds *r, u32 group)
{
	const struct group_node *node = r->g->node;

	for (u32 i = group; i != GROUP_NONE; i = node[i].next) {
		if (node[i].dense == GROUP_NONE)
			return false;
		r->seen[node[i].dense] = r->question;
	}
	return true;
}

/*
 * Whether groups a and b can be one: no slot twice, not two labels. a's marks stay: asking again
 * about the same a, which may have grown by join(), costs as much as b is large.
 */
static bool compatible(struct rounds *r, u32 a, u32 b)
{
	const struct group_node *node = r->g->node;

	if (node[a].label != GROUP_NONE && node[b].label != GROUP_NONE &&
	    node[a].label != node[b].label)
		return false;
	if (r->marked != a) {
		r->question++;
		r->marked = GROUP_NONE;
		if (!mark(r, a))
			return false;
		r->marked = a;
	}
	for (u32 i = b; i != GROUP_NONE; i = node[i].next)
		if (node[i].dense == GROUP_NONE || r->seen[node[i].dense] == r->question)
			return false;
	return true;
}

/* b becomes a part of a; a group is named after its first node, which has its label. */
static void unite(struct groups *g, u32 a, u32 b)
{
	struct group_node *node = g->node;
	u32 last = b;

	for (u32 i = b; i != GROUP_NONE; i = node[i].next) {
		node[i].group = a;
		last = i;
	}
	node[last].next = node[a].next;
	node[a].next = b;
	if (node[a].label == GROUP_NONE)
		node[a].label = node[b].label;
}

static void join(struct rounds *r, u32 a, u32 b)
{
	if (r->marked == a)
		mark(r, b);
	else if (r->marked == b)
		r->marked = GROUP_NONE;
	unite(r->g, a, b);
}

static int groups_compare_pairs(const void *a, const void *b)
{
	const struct group_vote *x = a, *y = b;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return x->b < y->b ? -1 : x->b > y->b;
}

/* The votes as sums between the groups of now. */
static void sum_pairs(struct rounds *r)
{
	struct groups *g = r->g;
	u32 kept = 0;

	r->nr_pairs = 0;
	for (u32 i = 0; i < g->nr_votes; i++) {
		const struct group_vote *v = &g->vote[i];
		u32 a = g->node[v->a].group, b = g->node[v->b].group;

		if (a != b)
			r->pair[r->nr_pairs++] = (struct group_vote){ min_of(a, b), max_of(a, b),
								      v->weight };
	}
	qsort(r->pair, r->nr_pairs, sizeof(*r->pair), groups_compare_pairs);
	for (u32 i = 0; i < r->nr_pairs; i++)
		if (kept && !groups_compare_pairs(&r->pair[i], &r->pair[kept - 1]))
			r->pair[kept - 1].weight += r->pair[i].weight;
		else
			r->pair[kept++] = r->pair[i];
	r->nr_pairs = kept;
}

static void offer(struct rounds *r, u32 group, u32 pair)
{
	u32 best = r->best[group];

	if (best == GROUP_NONE || r->pair[pair].weight > r->pair[best].weight)
		r->best[group] = pair;
}

/* Whether anything was joined. */
static bool play_round(struct rounds *r)
{
	bool joined = false;

	sum_pairs(r);
	memset(r->best, 0xff, r->g->nr * sizeof(*r->best));
	for (u32 i = 0; i < r->nr_pairs; i++) {
		if (!compatible(r, r->pair[i].a, r->pair[i].b))
			continue;
		offer(r, r->pair[i].a, i);
		offer(r, r->pair[i].b, i);
	}
	/* Best friends are in no other pair of best friends: each is joined as it was looked at. */
	for (u32 i = 0; i < r->nr_pairs; i++)
		if (r->best[r->pair[i].a] == i && r->best[r->pair[i].b] == i) {
			join(r, r->pair[i].a, r->pair[i].b);
			joined = true;
		}
	return joined;
}

static int compare_labels(const void *a, const void *b, void *ctx)
{
	const struct group_node *node = ctx;
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	if (node[x].label != node[y].label)
		return node[x].label < node[y].label ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* A VM whose vCPU got another thread has two groups: the second one begins with that thread. */
static void join_labels(struct rounds *r)
{
	struct groups *g = r->g;
	u32 first = GROUP_NONE, *order = r->best;

	for (u32 i = 0; i < g->nr; i++)
		order[i] = i;
	qsort_r(order, g->nr, sizeof(*order), compare_labels, g->node);
	for (u32 i = 0; i < g->nr && g->node[order[i]].label != GROUP_NONE; i++) {
		if (first != GROUP_NONE && g->node[first].label == g->node[order[i]].label &&
		    compatible(r, first, order[i]))
			join(r, first, order[i]);
		else
			first = order[i];
	}
}

static bool has_slot(const struct groups *g, u32 group, u32 slot)
{
	for (u32 i = group; i != GROUP_NONE; i = g->node[i].next)
		if (g->node[i].slot == slot)
			return true;
	return false;
}

/*
 * The only one of the places that has room for this group; GROUP_NONE: there is none, or a choice.
 */
static u32 only_place(struct rounds *r, const u32 *places, u32 nr, u32 group)
{
	u32 only = GROUP_NONE;

	for (u32 i = 0; i < nr; i++) {
		if (!compatible(r, places[i], group))
			continue;
		if (only != GROUP_NONE)
			return GROUP_NONE;
		only = places[i];
	}
	return only;
}

/*
 * Every VM has a vCPU 0: a group without one is a part of some other, of which one alone may be
 * left.
 */
static void place_rest(struct rounds *r)
{
	struct groups *g = r->g;
	u32 *places = r->best, nr = 0, rest = 0;
	bool placed;

	for (u32 i = 0; i < g->nr; i++) {
		if (g->node[i].group != i || g->node[i].slot == GROUP_NONE)
			continue;
		if (has_slot(g, i, 0))
			places[nr++] = i;
		else
			rest++;
	}
	/* Each question may look at all of a place's nodes. */
	if ((u64)g->nr * rest > PLACES_MAX)
		return;
	do {
		placed = false;
		for (u32 i = 0; i < g->nr && rest; i++) {
			u32 place;

			if (g->node[i].group != i || g->node[i].slot == GROUP_NONE ||
			    has_slot(g, i, 0))
				continue;
			place = only_place(r, places, nr, i);
			if (place == GROUP_NONE)
				continue;
			join(r, place, i);
			placed = true;
			rest--;
		}
	} while (placed);
}

/* No vCPU was seen twice: nothing speaks for more than one VM. */
static void join_all(struct rounds *r)
{
	struct groups *g = r->g;
	u32 first = GROUP_NONE;

	for (u32 i = 0; i < g->nr; i++) {
		if (g->node[i].group != i || g->node[i].slot == GROUP_NONE)
			continue;
		if (first == GROUP_NONE)
			first = i;
		else if (compatible(r, first, i))
			join(r, first, i);
	}
}

int groups_join(struct groups *g)
{
	struct rounds r = { .g = g, .marked = GROUP_NONE };
	int ret = -ENOMEM;

	r.pair = malloc((g->nr_votes + 1) * sizeof(*r.pair));
	r.best = malloc((g->nr + 1) * sizeof(*r.best));
	r.seen = calloc(g->nr + 1, sizeof(*r.seen));
	if (r.pair && r.best && r.seen) {
		bool distinct = number_slots(g, r.best);

		join_labels(&r);
		while (play_round(&r))
			;
		if (distinct)
			join_all(&r);
		place_rest(&r);
		ret = 0;
	}
	free(r.pair);
	free(r.best);
	free(r.seen);
	return ret;
}
