// SPDX-License-Identifier: GPL-2.0-only
/* waits.c - see waits.h. */
#include "analysis/yield/waits.h"
#include "util/rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void waits_release(struct waits *w)
{
	for (u32 i = 0; i < w->nr; i++) {
		free(w->set[i].mask);
		free(w->set[i].group);
	}
	free(w->set);
	*w = (struct waits){ 0 };
}

static struct wait_set *wait_set_add(struct waits *w, const u64 *mask, u32 words)
{
	struct wait_set *grown = rows_grown(w->set, &w->room, w->nr, sizeof(*grown));
	u64 *copy = malloc(words * sizeof(*copy));

	if (grown)
		w->set = grown;
	if (!grown || !copy) {
		free(copy);
		return NULL;
	}
	memcpy(copy, mask, words * sizeof(*copy));
	grown[w->nr] = (struct wait_set){ .mask = copy };
	return &grown[w->nr++];
}

/* The set with that mask; the newest is looked at first. NULL: out of memory. */
static struct wait_set *wait_set_find(struct waits *w, const u64 *mask, u32 words)
{
	struct wait_set *newest = w->nr ? &w->set[w->nr - 1] : NULL;

	for (u32 i = w->nr; i-- > 0;)
		if (!memcmp(w->set[i].mask, mask, words * sizeof(*mask)))
			return &w->set[i];
	if (w->nr < WAITS_SETS)
		return wait_set_add(w, mask, words);
	for (u32 i = 0; i < words; i++)
		newest->mask[i] |= mask[i];
	return newest;
}

/* Whether b, the later one, can be counted at a's times as seen from now. */
static bool are_near(const struct wait_group *a, const struct wait_group *b, u64 now)
{
	return b->last - a->first <= (now - b->last) / WAITS_PARTS;
}

static void join_groups(struct wait_set *s, u64 now)
{
	u32 to = 0;

	for (u32 i = 1; i < s->nr; i++) {
		struct wait_group *a = &s->group[to];
		const struct wait_group *b = &s->group[i];

		if (!are_near(a, b, now)) {
			s->group[++to] = *b;
			continue;
		}
		a->sum += b->sum + (unsigned __int128)b->nr * (b->first - a->first);
		a->nr += b->nr;
		a->last = b->last;
	}
	s->nr = s->nr ? to + 1 : 0;
}

int waits_add(struct waits *w, const u64 *mask, u32 words, u64 ts)
{
	struct wait_set *s = wait_set_find(w, mask, words);
	struct wait_group *grown;

	if (!s)
		return -ENOMEM;
	if (s->nr == s->room && s->nr >= WAITS_EXACT) {
		join_groups(s, ts);
		/* Room enough that the next join pays for itself. */
		if (s->nr <= s->room / 2)
			grown = s->group;
		else
			grown = rows_grown(s->group, &s->room, s->room, sizeof(*grown));
	} else {
		grown = rows_grown(s->group, &s->room, s->nr, sizeof(*grown));
	}
	if (!grown)
		return -ENOMEM;
	s->group = grown;
	grown[s->nr++] = (struct wait_group){ .first = ts, .last = ts, .nr = 1 };
	return 0;
}

static int end_set(const struct wait_set *s, u64 ts, struct hist *h)
{
	for (u32 i = 0; i < s->nr; i++) {
		const struct wait_group *g = &s->group[i];
		u64 mean = g->first + (u64)(g->sum / g->nr);

		if (hist_add(h, ts > mean ? ts - mean : 0, g->nr))
			return -ENOMEM;
	}
	return 0;
}

int waits_end(struct waits *w, u32 slot, u64 ts, struct hist *h)
{
	u32 left = 0;
	int ret = 0;

	for (u32 i = 0; i < w->nr; i++) {
		struct wait_set *s = &w->set[i];

		if (!(s->mask[slot / 64] >> (slot % 64) & 1)) {
			w->set[left++] = *s;
			continue;
		}
		ret = ret ?: end_set(s, ts, h);
		free(s->mask);
		free(s->group);
	}
	w->nr = left;
	return ret;
}

u64 waits_forget(struct waits *w)
{
	u64 spins = 0;

	for (u32 i = 0; i < w->nr; i++)
		for (u32 k = 0; k < w->set[i].nr; k++)
			spins += w->set[i].group[k].nr;
	waits_release(w);
	return spins;
}
