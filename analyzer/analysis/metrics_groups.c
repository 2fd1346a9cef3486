// SPDX-License-Identifier: GPL-2.0-only
/*
 * metrics_groups.c - metrics_groups(): groups by modularity, see metrics.h.
 *
 * The multi-level local moving of Blondel et al. (2008), with nodes taken by number and ties going
 * to the smaller group, in integers: moving node i to group g gains w(i, g) * W - k(i) * K(g),
 * where W is the sum of all degrees, k a node's and K a group's; products go through 128 bits.
 *
 * What whole groups gained can make another vCPU's move a gain: so it begins again with vCPUs, from
 * the groups found, until a pass over vCPUs and one over groups move nothing. Each move raises the
 * modularity, so it ends.
 */
#include "analysis/metrics.h"

#include <errno.h>
#include <stdlib.h>

#define ROUNDS_MAX 100 /* of local moving, on one level; a bound, not a goal */

struct level {
	u32 nr;
	u32 *start, *to;
	u64 *weight;
	u64 *degree; /* k: weights of a node's edges */
	u64 total;   /* W */
};

struct mover {
	u32 *group; /* of each node */
	u64 *sum;   /* K of each group */
	u32 *size;  /* nodes in each group */
	u64 *link;  /* weight from the node in hand to each group */
	u32 *seen;  /* groups with a link */
	u32 nr_seen;
};

static void collect_links(const struct level *l, struct mover *m, u32 node)
{
	m->nr_seen = 0;
	for (u32 e = l->start[node]; e < l->start[node + 1]; e++) {
		u32 g = m->group[l->to[e]];

		if (l->to[e] == node)
			continue;
		if (!m->link[g])
			m->seen[m->nr_seen++] = g;
		m->link[g] += l->weight[e];
	}
}

static u32 empty_group(const struct mover *m)
{
	u32 g = 0;

	while (m->size[g])
		g++;
	return g;
}

/* Puts the node where it gains most, or alone where it would lose; true: into another group. */
static bool metrics_groups_move(const struct level *l, struct mover *m, u32 node)
{
	u32 old = m->group[node], best = old;
	u64 k = l->degree[node];
	__int128 best_gain;

	collect_links(l, m, node);
	m->sum[old] -= k;
	m->size[old]--;
	best_gain = (__int128)m->link[old] * l->total - (__int128)k * m->sum[old];
	for (u32 i = 0; i < m->nr_seen; i++) {
		u32 g = m->seen[i];
		__int128 gain = (__int128)m->link[g] * l->total - (__int128)k * m->sum[g];

		if (gain > best_gain || (gain == best_gain && best != old && g < best)) {
			best = g;
			best_gain = gain;
		}
	}
	for (u32 i = 0; i < m->nr_seen; i++)
		m->link[m->seen[i]] = 0;
	if (best_gain < 0)
		best = empty_group(m);
	m->sum[best] += k;
	m->size[best]++;
	m->group[node] = best;
	return best != old;
}

/* Groups' numbers from 0, by their first node; how many. */
static u32 renumber(u32 *group, u32 nr, u32 *map)
{
	u32 next = 0;

	memset(map, 0xff, nr * sizeof(*map));
	for (u32 i = 0; i < nr; i++) {
		if (map[group[i]] == UINT32_MAX)
			map[group[i]] = next++;
		group[i] = map[group[i]];
	}
	return next;
}

static void mover_release(struct mover *m)
{
	free(m->sum);
	free(m->size);
	free(m->link);
	free(m->seen);
}

/* Moves nodes from their groups until nothing gains: how many groups there are, or -ENOMEM. */
static s64 local_moving(const struct level *l, u32 *group)
{
	size_t nr = (size_t)l->nr + 1;
	struct mover m = { .group = group };
	bool moved = true;
	s64 ret = -ENOMEM;

	m.sum = calloc(nr, sizeof(*m.sum));
	m.size = calloc(nr, sizeof(*m.size));
	m.link = calloc(nr, sizeof(*m.link));
	m.seen = calloc(nr, sizeof(*m.seen));
	if (m.sum && m.size && m.link && m.seen) {
		for (u32 i = 0; i < l->nr; i++) {
			m.sum[group[i]] += l->degree[i];
			m.size[group[i]]++;
		}
		for (u32 round = 0; moved && round < ROUNDS_MAX; round++) {
			moved = false;
			for (u32 i = 0; i < l->nr; i++)
				moved |= metrics_groups_move(l, &m, i);
		}
		ret = renumber(group, l->nr, m.seen);
	}
	mover_release(&m);
	return ret;
}

static void level_release(struct level *l)
{
	free(l->start);
	free(l->to);
	free(l->weight);
	free(l->degree);
}

static int level_alloc(struct level *l, u32 nr, size_t edges)
{
	*l = (struct level){ .nr = nr };
	l->start = calloc((size_t)nr + 1, sizeof(*l->start));
	l->to = malloc((edges + 1) * sizeof(*l->to));
	l->weight = malloc((edges + 1) * sizeof(*l->weight));
	l->degree = calloc((size_t)nr + 1, sizeof(*l->degree));
	return l->start && l->to && l->weight && l->degree ? 0 : -ENOMEM;
}

static void sum_degrees(struct level *l)
{
	for (u32 i = 0; i < l->nr; i++)
		for (u32 e = l->start[i]; e < l->start[i + 1]; e++)
			l->degree[i] += l->weight[e];
	for (u32 i = 0; i < l->nr; i++)
		l->total += l->degree[i];
}

/* Members of each group in turn: order[first[g]] and on. */
static int metrics_groups_members(const u32 *group, u32 nr, u32 nr_groups, u32 **order, u32 **first)
{
	*order = malloc(((size_t)nr + 1) * sizeof(**order));
	*first = calloc((size_t)nr_groups + 2, sizeof(**first));
	if (!*order || !*first)
		return -ENOMEM;
	for (u32 i = 0; i < nr; i++)
		(*first)[group[i] + 2]++;
	for (u32 g = 2; g <= nr_groups; g++)
		(*first)[g] += (*first)[g - 1];
	for (u32 i = 0; i < nr; i++)
		(*order)[(*first)[group[i] + 1]++] = i;
	return 0;
}

/* The groups of a level as the nodes of the next. */
static int contract(const struct level *l, const u32 *group, u32 nr_groups, struct level *next)
{
	u32 *order = NULL, *first = NULL, *seen = calloc((size_t)nr_groups + 1, sizeof(*seen));
	u64 *link = calloc((size_t)nr_groups + 1, sizeof(*link));
	int ret = level_alloc(next, nr_groups, l->start[l->nr]);
	u32 edges = 0;

	if (!ret)
		ret = seen && link ? metrics_groups_members(group, l->nr, nr_groups, &order, &first)
				   : -ENOMEM;
	for (u32 g = 0; !ret && g < nr_groups; g++) {
		u32 nr_seen = 0;

		for (u32 i = first[g]; i < first[g + 1]; i++)
			for (u32 e = l->start[order[i]]; e < l->start[order[i] + 1]; e++) {
				u32 to = group[l->to[e]];

				if (!link[to])
					seen[nr_seen++] = to;
				link[to] += l->weight[e];
			}
		for (u32 i = 0; i < nr_seen; i++, edges++) {
			next->to[edges] = seen[i];
			next->weight[edges] = link[seen[i]];
			link[seen[i]] = 0;
		}
		next->start[g + 1] = edges;
	}
	free(order);
	free(first);
	free(seen);
	free(link);
	if (!ret)
		sum_degrees(next);
	return ret;
}

/* A level above: the groups of l as nodes. Moves them, and notes it in group. 1, 0 or -ENOMEM. */
static int join_groups(const struct level *l, u32 *group, u32 nr_groups)
{
	u32 *part = malloc(((size_t)nr_groups + 1) * sizeof(*part));
	struct level next = { 0 };
	s64 left = nr_groups;
	int ret = part ? contract(l, group, nr_groups, &next) : -ENOMEM;

	for (u32 g = 0; !ret && g < nr_groups; g++)
		part[g] = g;
	if (!ret)
		left = local_moving(&next, part);
	for (u32 i = 0; left >= 0 && !ret && i < l->nr; i++)
		group[i] = part[group[i]];
	level_release(&next);
	free(part);
	return left < 0 ? (int)left : ret ?: left < nr_groups;
}

int metrics_groups(u32 nr, const u32 *start, const u32 *to, const u64 *weight, u32 *group)
{
	struct level l;
	int ret = level_alloc(&l, nr, start[nr]);

	if (!ret) {
		memcpy(l.start, start, ((size_t)nr + 1) * sizeof(*start));
		memcpy(l.to, to, start[nr] * sizeof(*to));
		memcpy(l.weight, weight, start[nr] * sizeof(*weight));
		sum_degrees(&l);
		ret = 1;
	}
	for (u32 i = 0; i < nr; i++)
		group[i] = i;
	for (u32 round = 0; ret > 0 && round < ROUNDS_MAX; round++) {
		s64 nr_groups = local_moving(&l, group);

		ret = nr_groups < 0 ? (int)nr_groups : join_groups(&l, group, (u32)nr_groups);
	}
	level_release(&l);
	return min_of(ret, 0);
}
