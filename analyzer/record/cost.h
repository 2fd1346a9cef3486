/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cost.h - what a recording costs its host, in instructions: records a second times what one costs.
 *
 * The figures are those of docs/overhead.md, measured by counting instructions in an emulated host:
 * from the hit to the record in the buffer. What trace-cmd does with it afterwards comes on top.
 */
#ifndef KVM_IPI_COST_H
#define KVM_IPI_COST_H

#include "record/plan.h"

/* Instructions for a record of a tracepoint, and of a probe on a function (entry or return). */
#define COST_TRACEPOINT 2400
#define COST_PROBE	3000

/* For a plan's events at this rate: the most that it can be, all records being its dearest. */
u64 cost_instructions(const struct plan *p, u64 records_per_s);

/* "5200 records/s: at most 5.2 million instructions/s (0.2 % of a CPU ...)", no newline. */
void cost_print(const struct plan *p, u64 records_per_s, FILE *out);

/* The same as a line of the program's messages; nothing at a rate of 0. */
void cost_say(const struct plan *p, u64 records_per_s, FILE *out);

/* A clock that is never set back, in ms. */
u64 cost_now_ms(void);

#endif
