// SPDX-License-Identifier: GPL-2.0-only
/*
 * nearest.c - see nearest.h. The words are command and option names: short, so three rows on the
 * stack do.
 */
#include "util/nearest.h"

#define WORD_MAX 64

/* Edits between a and b, counting a swap of neighbours as one. */
static unsigned int edit_distance(const char *a, size_t la, const char *b, size_t lb)
{
	unsigned int rows[3][WORD_MAX + 1];
	unsigned int *two = rows[0], *one = rows[1], *now = rows[2];

	for (size_t j = 0; j <= lb; j++)
		one[j] = j;
	for (size_t i = 1; i <= la; i++) {
		unsigned int *free_row = two;

		now[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			unsigned int d = one[j - 1] + (a[i - 1] != b[j - 1]);

			d = min_of(d, one[j] + 1);
			d = min_of(d, now[j - 1] + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d = min_of(d, two[j - 2] + 1);
			now[j] = d;
		}
		two = one;
		one = now;
		now = free_row;
	}
	return one[lb];
}

void nearest_init(struct nearest *n, const char *typed)
{
	*n = (struct nearest){ .typed = typed, .distance = ~0u };
}

void nearest_offer(struct nearest *n, const char *word)
{
	size_t lt = strlen(n->typed), lw = strlen(word);
	unsigned int d;

	if (!lt || lt > WORD_MAX || lw > WORD_MAX)
		return;
	d = edit_distance(n->typed, lt, word, lw);
	if (lt < lw && !strncmp(n->typed, word, lt))
		d = 1;
	if (d < n->distance && d <= 1 + max_of(lt, lw) / 3 && d < max_of(lt, lw)) {
		n->distance = d;
		n->best = word;
	}
}
