/* SPDX-License-Identifier: GPL-2.0-only */
/* yield_words.h - the summary of a VM's yield statistics: sentences that its figures choose. */
#ifndef KVM_IPI_YIELD_WORDS_H
#define KVM_IPI_YIELD_WORDS_H

#include "output/yield_view.h"

#define YIELD_WORDS_TITLE "Summary"

/* A heading, and a line that begins with "- " for each point. */
void yield_words(const struct yield_view *s, const struct yield_vm *vm, FILE *out);

/* The same in lines of that width. */
void yield_words_wide(const struct yield_view *s, const struct yield_vm *vm, u32 width, FILE *out);

/* "ipi-v3+relaxed" */
void yield_policy_name(const struct yield_policy *p, char *name, size_t len);

#endif
