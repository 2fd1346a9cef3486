// SPDX-License-Identifier: GPL-2.0-only
/* latency_rows.c - the rows of the result of latency.h: found by their key, and in its order. */
#include "analysis/latency.h"

#include <stdlib.h>

/* Vectors have 16 bits and states 8: there is room for LATENCY_ANY beside them. */
static s64 latency_row_of(struct latency *l, const struct latency_key *key)
{
	u64 vector = key->vector & 0xfffff, state = key->state & 0xfff;

	return rows_index_add(&l->index, (u64)key->vm << 32 | key->src,
			      (u64)key->dst << 32 | vector << 12 | state);
}

struct latency_row *latency_row_find(struct latency *l, struct latency_key key)
{
	bool whole = key.src == LATENCY_ANY && key.vector == LATENCY_ANY &&
		     key.state == LATENCY_ANY;
	struct latency_row *r = rows_grown(l->row, &l->room, l->nr_rows, sizeof(*r));
	s64 at;

	if (!r)
		return NULL;
	l->row = r;
	at = latency_row_of(l, &key);
	if (at < 0)
		return NULL;
	r = &l->row[at];
	if (at == l->nr_rows) {
		*r = (struct latency_row){ .key = key };
		for (int s = 0; s < NR_LATENCY_STAGES; s++)
			hist_init(&r->hist[s], whole ? LATENCY_VM_BITS : LATENCY_PART_BITS);
		l->nr_rows++;
	}
	return r;
}

static int latency_compare_rows(const void *a, const void *b)
{
	const u32 *x = (const u32 *)&((const struct latency_row *)a)->key;
	const u32 *y = (const u32 *)&((const struct latency_row *)b)->key;

	for (size_t i = 0; i < sizeof(struct latency_key) / sizeof(u32); i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

void latency_rows_sort(struct latency *l)
{
	if (l->nr_rows)
		qsort(l->row, l->nr_rows, sizeof(*l->row), latency_compare_rows);
}

/* The first row whose VM is not below this one. */
static u32 latency_row_at(const struct latency *l, u64 vm)
{
	u32 low = 0, high = l->nr_rows;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (l->row[middle].key.vm < vm)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

u32 latency_rows_of(const struct latency *l, u32 vm, const struct latency_row **first)
{
	u32 at = latency_row_at(l, vm);

	*first = l->row + at;
	return latency_row_at(l, (u64)vm + 1) - at;
}
