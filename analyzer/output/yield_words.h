/* SPDX-License-Identifier: GPL-2.0-only */
/* yield_words.h - what a VM's yield statistics say, in one paragraph of plain words. */
#ifndef KVM_IPI_YIELD_WORDS_H
#define KVM_IPI_YIELD_WORDS_H

#include "output/yield_view.h"

/* A sentence says only what its figures carry; few spins are called few. */
void yield_words(const struct yield_view *s, const struct yield_vm *vm, FILE *out);

#endif
