/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * html_parts.h - what the page's sections have in common: numbers as they stand in its tables, and
 * the sections that only some traces have.
 */
#ifndef KVM_IPI_HTML_PARTS_H
#define KVM_IPI_HTML_PARTS_H

#include <stdio.h>

#include "output/latency_view.h"
#include "output/yield_view.h"

/* Nothing where it is not known: a share of 0, a rate in no time. */
void html_tenths(u64 num, u64 den, FILE *out); /* the quotient, one decimal */
void html_percent(u64 num, u64 den, FILE *out);
void html_rate(u64 count, u64 ns, FILE *out);
void html_us(bool known, u64 ns, FILE *out);
void html_ms(u64 ns, FILE *out); /* whole, or with one decimal */

/* The beginning of a table that sorts, in a box that scrolls; titles: NULL-terminated. */
void html_table(const char *caption, const char *class, const char *const *titles, FILE *out);
void html_table_end(FILE *out);

/* That a section's figures are lower bounds, where records are missing. */
void html_lossy(const struct input_view *in, u32 nr, FILE *out);

/* What a writer of text says, as text; lines are joined. To be freed; NULL: nothing, or no memory.
 */
char *html_joined(void (*put)(const void *ctx, FILE *out), const void *ctx);

/* The VM's hints, acknowledgements and replayed spins; its latencies. */
void html_yield(const struct yield_view *s, const struct yield_vm *vm, FILE *out);
/* 0 or -ENOMEM. */
int html_latency(const struct latency_view *s, const struct latency_vm *vm, FILE *out);
#define HTML_LATENCY_PAIRS 100 /* rows of a VM's table of pairs' latencies */

#endif
