// SPDX-License-Identifier: GPL-2.0-only
/* tally_rates.c - see tally_rates.h: rows that edges add up to, and their series. */
#include "analysis/compare/tally_rates.h"
#include "analysis/compare/tally_shares.h"

#include <errno.h>
#include <stdlib.h>

/* The rows that an edge counts for. */
#define ROWS 5

static void keys_of(struct tally_key key[ROWS], u32 vm, const struct edge_key *edge)
{
	key[0] = (struct tally_key){ vm, TALLY_VM, 0, 0 };
	key[1] = (struct tally_key){ vm, TALLY_VECTOR, edge->vector, 0 };
	key[2] = (struct tally_key){ vm, TALLY_SENT, edge->src, 0 };
	key[3] = (struct tally_key){ vm, TALLY_RECEIVED, edge->dst, 0 };
	key[4] = (struct tally_key){ vm, TALLY_PAIR, edge->src, edge->dst };
}

static int add_counts(struct tally *t, const struct edges *edges, const u32 *match)
{
	for (u32 i = 0; i < edges->nr; i++) {
		const struct edge_key *edge = &edges_at(edges, i)->key;
		struct tally_key key[ROWS];
		u64 n = edge_total(edges, i);

		if (match[edge->vm] == TALLY_NO_VM)
			continue;
		keys_of(key, match[edge->vm], edge);
		for (int k = 0; k < ROWS; k++) {
			struct tally_row *r = tally_row(t, key[k]);

			if (!r)
				return -ENOMEM;
			r->n += n;
		}
	}
	return 0;
}

static int add_vms(struct tally *t, const struct series *s, const u32 *match)
{
	for (u32 i = 0; i < s->pairs.nr_summaries; i++) {
		const struct pairs_summary *sum = &s->pairs.summary[i];
		struct tally_vm *vm;
		u32 nr = match[sum->vm];

		if (nr == TALLY_NO_VM)
			continue;
		vm = rows_zeroed(t->vm, &t->nr_vm, nr, sizeof(*vm));
		if (!vm)
			return -ENOMEM;
		t->vm = vm;
		vm[nr].span_ns = t->span_ns;
		if (s->in_time)
			vm[nr].stretch = series_range(s, s->start, s->start + t->span_ns);
		if (vm[nr].stretch.nr < BLOCKS_MIN)
			vm[nr].stretch.nr = 0;
	}
	return 0;
}

static int add_edge_series(struct tally *t, const struct series *s, u32 edge, u32 vm)
{
	struct series_range range = tally_vm(t, vm).stretch;
	struct tally_key key[ROWS];

	keys_of(key, vm, &edges_at(&s->pairs.edges, edge)->key);
	for (int k = 0; k < ROWS; k++) {
		struct tally_row *r = tally_row(t, key[k]);

		if (r->n < TALLY_SERIES_MIN || !range.nr)
			continue;
		if (!r->x)
			r->x = tally_new_series(t, &r->key);
		if (!r->x)
			return -ENOMEM;
		for (u32 i = 0; i < range.nr; i++)
			r->x[i] += (float)series_count(s, range.from + i, edge);
	}
	return 0;
}

/* Counts to what their mean's error is that of the rate's logarithm: divided by their mean. */
static void scale_rates(struct tally *t)
{
	for (u32 i = 0; i < t->nr_rows; i++) {
		struct tally_row *r = &t->row[i];
		u32 nr = tally_stretches(t, &r->key);
		double sum = 0;

		if (!r->x || !tally_is_rate(r->key.kind))
			continue;
		for (u32 k = 0; k < nr; k++)
			sum += r->x[k];
		for (u32 k = 0; k < nr && sum > 0; k++)
			r->x[k] *= (float)(nr / sum);
	}
}

int tally_add_series(struct tally *t, struct series *s, const struct vms *vms, const u32 *match)
{
	const struct edges *edges = &s->pairs.edges;
	int ret = add_counts(t, edges, match) ?: pairs_sum(&s->pairs, vms) ?: add_vms(t, s, match);

	for (u32 i = 0; i < edges->nr && s->in_time && !ret; i++)
		if (match[edges_at(edges, i)->key.vm] != TALLY_NO_VM)
			ret = add_edge_series(t, s, i, match[edges_at(edges, i)->key.vm]);
	if (!ret)
		ret = tally_add_one_way(t) ?: tally_add_shares(t, s, match);
	scale_rates(t);
	return ret;
}
