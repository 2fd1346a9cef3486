// SPDX-License-Identifier: GPL-2.0-only
/* lanes.c - see lanes.h. Spans may touch: what ends at a time makes room for what begins then. */
#include "analysis/lanes.h"
#include "util/rows.h"

#include <errno.h>
#include <stdlib.h>

s64 lanes_place(struct lanes *l, u64 start, u64 end)
{
	u64 *grown;
	u32 i;

	for (i = 0; i < l->nr; i++)
		if (l->end[i] <= start)
			break;
	if (i == l->nr) {
		grown = rows_grown(l->end, &l->room, l->nr, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		l->end = grown;
		l->nr++;
	}
	l->end[i] = end;
	return i;
}

void lanes_release(struct lanes *l)
{
	free(l->end);
	*l = (struct lanes){ 0 };
}
