// SPDX-License-Identifier: GPL-2.0-only
/* seen.c - see seen.h. */
#include "analysis/seen.h"

static int seen_records(void *self, const struct event *ev, u32 nr)
{
	struct seen *s = self;

	for (u32 i = 0; i < nr; i++)
		s->nr[ev[i].kind]++;
	return 0;
}

const struct analysis_ops seen_ops = { .ordered = true, .records = seen_records };
