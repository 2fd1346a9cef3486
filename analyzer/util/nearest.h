/* SPDX-License-Identifier: GPL-2.0-only */
/* nearest.h - "did you mean": the known word that is nearest to a mistyped one. */
#ifndef KVM_IPI_NEAREST_H
#define KVM_IPI_NEAREST_H

#include "util/types.h"

/*
 * A running search: offer each known word, then take the best. A word is near when the number of
 * edits (insert, drop, replace, swap of neighbours) is at most a third of the longer word, plus
 * one, or when what was typed is its beginning.
 */
struct nearest {
	const char *typed;
	const char *best; /* NULL: nothing is near */
	unsigned int distance;
};

void nearest_init(struct nearest *n, const char *typed);
void nearest_offer(struct nearest *n, const char *word);

#endif
