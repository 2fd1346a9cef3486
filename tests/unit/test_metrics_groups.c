// SPDX-License-Identifier: GPL-2.0-only
/* test_metrics_groups.c - groups of nodes that are tied to each other, whatever the numbers. */
#include "analysis/metrics.h"

#include "unit.h"

#include <math.h>

#define NODES 8

/* Neighbour lists of a full graph with these weights (0: no edge). */
static int groups(u64 w[NODES][NODES], u32 nr, u32 *group)
{
	u32 start[NODES + 1] = { 0 }, to[NODES * NODES], n = 0;
	u64 weight[NODES * NODES];

	for (u32 i = 0; i < nr; i++) {
		for (u32 k = 0; k < nr; k++) {
			if (!w[i][k])
				continue;
			to[n] = k;
			weight[n++] = w[i][k];
		}
		start[i + 1] = n;
	}
	return metrics_groups(nr, start, to, weight, group);
}

static void tie(u64 w[NODES][NODES], u32 a, u32 b, u64 weight)
{
	w[a][b] = w[b][a] = weight;
}

START_TEST(two_cliques)
{
	u64 w[NODES][NODES] = { { 0 } };
	u32 group[NODES];

	/* Even and odd ids, tied by one light edge. */
	for (u32 a = 0; a < NODES; a++)
		for (u32 b = a + 2; b < NODES; b += 2)
			tie(w, a, b, 10);
	tie(w, 0, 1, 1);
	ck_assert_int_eq(groups(w, NODES, group), 0);
	for (u32 i = 0; i < NODES; i++)
		ck_assert_uint_eq(group[i], i % 2);
}
END_TEST

START_TEST(weights_decide)
{
	u64 w[NODES][NODES] = { { 0 } };
	u32 group[NODES];

	/* Everybody with everybody; only weights tell the pairs. */
	for (u32 a = 0; a < 6; a++)
		for (u32 b = a + 1; b < 6; b++)
			tie(w, a, b, a / 2 == b / 2 ? 1ull << 50 : 1);
	ck_assert_int_eq(groups(w, 6, group), 0);
	for (u32 i = 0; i < 6; i++)
		ck_assert_uint_eq(group[i], i / 2);
}
END_TEST

START_TEST(no_edges_and_no_nodes)
{
	u64 w[NODES][NODES] = { { 0 } };
	u32 group[NODES];

	ck_assert_int_eq(groups(w, 3, group), 0);
	for (u32 i = 0; i < 3; i++)
		ck_assert_uint_eq(group[i], i);
	ck_assert_int_eq(groups(w, 0, group), 0);
}
END_TEST

/* Modularity by its definition: over all pairs in a group, what is there less what chance puts. */
static double modularity(u64 w[NODES][NODES], const u32 *group)
{
	double degree[NODES] = { 0 }, total = 0, q = 0;

	for (u32 a = 0; a < NODES; a++)
		for (u32 b = 0; b < NODES; b++)
			degree[a] += (double)w[a][b];
	for (u32 a = 0; a < NODES; a++)
		total += degree[a];
	for (u32 a = 0; a < NODES; a++)
		for (u32 b = 0; b < NODES; b++)
			if (group[a] == group[b])
				q += (double)w[a][b] / total -
				     degree[a] * degree[b] / total / total;
	return q;
}

/* Any vCPU in any other group, or alone; any two groups joined. */
static double best_change(u64 w[NODES][NODES], const u32 *group)
{
	double best = -1;

	for (u32 a = 0; a < NODES; a++)
		for (u32 to = 0; to <= NODES; to++) {
			u32 moved[NODES], joined[NODES];

			for (u32 i = 0; i < NODES; i++) {
				moved[i] = i == a ? to : group[i];
				joined[i] = group[i] == group[a] ? to : group[i];
			}
			best = fmax(best, modularity(w, moved));
			best = fmax(best, modularity(w, joined));
		}
	return best;
}

START_TEST(nothing_gains_any_more)
{
	u32 seed = 1;

	for (u32 n = 0; n < 500; n++) {
		u64 w[NODES][NODES] = { { 0 } };
		u32 group[NODES];

		for (u32 a = 0; a < NODES; a++)
			for (u32 b = a + 1; b < NODES; b++) {
				seed = seed * 1103515245 + 12345;
				if (seed >> 16 & 1)
					tie(w, a, b, 1 + (seed >> 20) % 50);
			}
		ck_assert_int_eq(groups(w, NODES, group), 0);
		ck_assert(best_change(w, group) <= modularity(w, group) + 1e-12);
	}
}
END_TEST

UNIT_SUITE(metrics_groups, two_cliques, weights_decide, no_edges_and_no_nodes,
	   nothing_gains_any_more)
