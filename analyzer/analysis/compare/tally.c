// SPDX-License-Identifier: GPL-2.0-only
/*
 * tally.c - see tally.h. What fills it: tally_rates.c, tally_shares.c, tally_delays.c.
 */
#include "analysis/compare/tally.h"

#include <errno.h>
#include <stdlib.h>

void tally_release(struct tally *t)
{
	for (u32 i = 0; i < t->nr_rows; i++) {
		struct tally_row *r = &t->row[i];

		free(r->x);
		if (r->delays)
			delays_shape_release(r->delays);
		free(r->delays);
	}
	free(t->row);
	free(t->vm);
	rows_index_release(&t->index);
	*t = (struct tally){ .span_ns = t->span_ns };
}

static u64 key_high(const struct tally_key *key)
{
	return (u64)key->vm << 8 | key->kind;
}

static u64 key_low(const struct tally_key *key)
{
	return (u64)key->a << 32 | key->b;
}

const struct tally_row *tally_find(const struct tally *t, const struct tally_key *key)
{
	s64 at = rows_index_find(&t->index, key_high(key), key_low(key));

	return at < 0 ? NULL : &t->row[at];
}

struct tally_row *tally_row(struct tally *t, struct tally_key key)
{
	struct tally_row *grown = rows_grown(t->row, &t->room, t->nr_rows, sizeof(*grown));
	s64 at;

	if (!grown)
		return NULL;
	t->row = grown;
	at = rows_index_add(&t->index, key_high(&key), key_low(&key));
	if (at < 0)
		return NULL;
	if (at == t->nr_rows)
		t->row[t->nr_rows++] = (struct tally_row){ .key = key };
	return &t->row[at];
}

float *tally_new_series(const struct tally *t, const struct tally_key *key)
{
	return calloc((size_t)tally_stretches(t, key) + 1, sizeof(float));
}
