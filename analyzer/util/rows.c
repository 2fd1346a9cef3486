// SPDX-License-Identifier: GPL-2.0-only
/* rows.c - see rows.h. */
#include "util/rows.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_ROWS  4
#define FIRST_SLOTS 64

void *rows_move(void *rows, u32 *room, u32 nr, size_t size)
{
	u32 wanted = *room ? 2 * *room : FIRST_ROWS;
	void *grown;

	if (nr > UINT32_MAX / 4)
		return NULL;
	while (wanted <= nr)
		wanted *= 2;
	grown = realloc(rows, wanted * size);
	if (grown)
		*room = wanted;
	return grown;
}

void *rows_fill(void *rows, u32 *nr, u32 at, size_t size)
{
	u32 room = *nr;
	char *grown = rows_move(rows, &room, at, size);

	if (!grown)
		return NULL;
	memset(grown + *nr * size, 0, (room - *nr) * size);
	*nr = room;
	return grown;
}

void rows_index_release(struct rows_index *ix)
{
	free(ix->slot);
	*ix = (struct rows_index){ 0 };
}

static int rows_grow(struct rows_index *ix)
{
	struct rows_index old = *ix;

	ix->nr_slots = old.nr_slots ? 2 * old.nr_slots : FIRST_SLOTS;
	ix->slot = ix->nr_slots ? calloc(ix->nr_slots, sizeof(*ix->slot)) : NULL;
	if (!ix->slot) {
		*ix = old;
		return -ENOMEM;
	}
	for (u32 i = 0; i < old.nr_slots; i++)
		if (old.slot[i].row)
			*rows_index_slot(ix, old.slot[i].hi, old.slot[i].lo) = old.slot[i];
	free(old.slot);
	return 0;
}

s64 rows_index_new(struct rows_index *ix, u64 hi, u64 lo)
{
	if (ix->nr >= ix->nr_slots / 2 && rows_grow(ix))
		return -ENOMEM;
	*rows_index_slot(ix, hi, lo) = (struct rows_slot){ hi, lo, ix->nr + 1 };
	return ix->nr++;
}
