// SPDX-License-Identifier: GPL-2.0-only
/* seen.c - see seen.h. */
#include "analysis/seen.h"

static int seen_records(void *self, const struct event *ev, u32 nr)
{
	struct seen *s = self;
	u32 kinds = s->kinds;

	for (u32 i = 0; i < nr; i++)
		kinds |= EV_BIT(ev[i].kind);
	s->kinds = kinds;
	return 0;
}

const struct ordered_ops seen_ops = { .name = "seen", .records = seen_records };
