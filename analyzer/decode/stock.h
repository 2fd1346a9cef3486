/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stock.h - IPIs from the events of unpatched kernels: kvm_apic_ipi joined with
 * kvm_apic_accept_irq.
 *
 * Both fire in the sender's thread, within one stay in KVM: between a kvm_exit and the next
 * kvm_entry. Events go in by time; when a stay is over, every kvm_apic_ipi in it comes out with
 * what became of it. Of these only STOCK_UNICAST is what kvm_ipi_track would have recorded; its
 * path, the receiver's state and CPU, and the VM are unknown.
 *
 * What these events cannot tell: an interrupt that an APIC refused because its guest had disabled
 * it looks accepted, because kvm_apic_accept_irq fires before that is checked.
 */
#ifndef KVM_IPI_STOCK_H
#define KVM_IPI_STOCK_H

#include "decode/event.h"
#include "decode/stock_ipi.h"
#include "util/rows.h"

extern const char *const stock_kind_names[NR_STOCK_KINDS];

/* Takes what came out; 0 or -errno, which ends the call that it came from. */
typedef int (*stock_put)(void *ctx, const struct stock_ipi *ipi);

struct stock_stay;

struct stock {
	stock_put put;
	void *ctx;
	struct stock_stay *stay; /* one for each thread */
	u32 nr, room;
	struct rows_index index; /* by pid */
	/* Neither kvm_entry nor kvm_exit is recorded: a stay ends with the next kvm_apic_ipi. */
	bool unbounded;
};

/* The kinds that it reads. */
extern const u32 stock_kinds;

void stock_init(struct stock *s, stock_put put, void *ctx);
void stock_release(struct stock *s);
int stock_add(struct stock *s, const struct event *ev);
/* The end of the recording. */
int stock_end(struct stock *s);

#endif
