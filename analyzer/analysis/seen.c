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

const char *seen_missing(const struct seen *s, const struct need *needs, u32 figures,
			 char text[NEEDS_TEXT])
{
	return seen_all(s, needs_unknown(needs, figures)) ? NULL
							  : needs_record(needs, figures, text);
}

const struct ordered_ops seen_ops = { .name = "seen", .records = seen_records };
