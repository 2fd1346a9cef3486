/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the guest's parts share. guest.c carries out the operations; cpu.c has the descriptor tables
 * and the work in ring 0 or 3; call.c the calls, which are measured.
 *
 * A vCPU knows its number by its stack, since APIC ids change in some workloads.
 */
#ifndef LAB_GUEST_H
#define LAB_GUEST_H

#include "book.h"

static struct lab_book *const book = (struct lab_book *)(LAB_KERNEL + LAB_BOOK);

/* guest.c */
uint32_t draw(uint64_t *state);
void icr_write(uint32_t me, uint32_t icr, uint32_t dest);
uint32_t logical_id(uint32_t cpu);
uint32_t addressee(const struct lab_op *op, uint32_t me, uint32_t i, uint64_t *seed);

/*
 * One turn of a wait loop, in the way that this VM waits; towards: a vCPU that is waited for.
 * 1 if it was a turn with a PAUSE or a hypercall.
 */
uint32_t relax(uint32_t turn, uint32_t towards);

/* cpu.c: before interrupts are enabled. */
void cpu_set_up(uint32_t me);
void cpu_work(uint32_t me, uint32_t turns); /* in the configured ring */
void cpu_work_before_send(uint32_t me);

/* call.c */
void call_carry_out(uint32_t nr, uint32_t me);
void call_serve(uint32_t me, uint32_t vector); /* the handler's part */

#endif
