/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trigger.h - the histogram trigger that counts IPIs: how it is written, and what the kernel shows.
 *
 * The kernel takes three keys, and expressions with one constant factor as keys: six of the seven
 * fields fit. The path does not, but its sum does, as a value: of n IPIs with paths 0 and 1 it
 * tells how many had which. Path 2 has a trigger of its own, where the kernel knows it; there the
 * sum is twice the hits.
 */
#ifndef KVM_IPI_LIVE_TRIGGER_H
#define KVM_IPI_LIVE_TRIGGER_H

#include "live/backend.h"

#define TRIGGER_TEXT_MAX 256

enum trigger_paths { TRIGGER_ALL, TRIGGER_BELOW_AVIC, TRIGGER_AVIC };

/* A line for the event's file `trigger`; room for at least entries, a power of two. */
void trigger_text(u32 entries, enum trigger_paths paths, char text[TRIGGER_TEXT_MAX]);

/*
 * Reads the event's file `hist`, which shows all triggers: rows, and counters.lost_ipis. 0;
 * -ENOMEM; -EBADMSG with a line: not what such a trigger shows.
 */
int trigger_read(const char *text, struct live_counts *counts, struct err *err);

#endif
