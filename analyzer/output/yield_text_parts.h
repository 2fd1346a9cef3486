/* SPDX-License-Identifier: GPL-2.0-only */
/* yield_text_parts.h - the text of yields: what its files have in common. */
#ifndef KVM_IPI_YIELD_TEXT_PARTS_H
#define KVM_IPI_YIELD_TEXT_PARTS_H

#include "output/paragraph.h"
#include "output/table.h"
#include "output/yield_view.h"

#define MS 1000000ull
#define AT "    " /* where paragraphs begin, and where they go on */
#define ON "      "

/* What a row function is given. */
struct rows {
	const struct yield_view *s;
	const struct yield_vm *vm;
};

/* yield_text_hints.c: a VM's first two levels. */
void yield_text_hints(const struct yield_view *s, const struct yield_vm *vm, FILE *out);
void yield_text_ack(const struct yield_view *s, const struct yield_vm *vm, FILE *out);
/* yield_text_episodes.c */
void yield_text_episodes(const struct yield_view *s, const struct yield_vm *vm, FILE *out);
/* The same: nothing where there is none. */
void yield_text_put_times(const char *what, const struct yield_times *t, bool time, FILE *out);
void yield_text_cell_window(struct cell *c, u64 ns);
void yield_text_say_us(struct paragraph *p, u64 ns);
const char *yield_text_window_ms(u64 ns, char *text, size_t len);

#endif
