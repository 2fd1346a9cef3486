/* SPDX-License-Identifier: GPL-2.0-only */
/* stock_ipi.h - an IPI, and what became of it, by stock.h (events) or deliveries.h (probes). */
#ifndef KVM_IPI_STOCK_IPI_H
#define KVM_IPI_STOCK_IPI_H

#include "decode/ipi_event.h"

/* What became of an IPI. */
enum stock_kind {
	STOCK_UNICAST,	 /* fixed, no shorthand, accepted by exactly one vCPU, not the sender */
	STOCK_SELF,	 /* the same, by the sender; or the shorthand for it */
	STOCK_MULTICAST, /* fixed, no shorthand, several acceptors */
	STOCK_SHORTHAND, /* all, or all but self */
	STOCK_LOWEST,	 /* lowest priority */
	STOCK_SPECIAL,	 /* NMI, SMI, INIT, SIPI */
	STOCK_DEASSERT,	 /* level-triggered de-assert: never delivered, though it looks accepted */
	STOCK_NOBODY,	 /* fixed, no shorthand, no acceptor */
	STOCK_UNKNOWN, /* cut off by lost events or an end of the recording; or of no known vCPU */
	NR_STOCK_KINDS,
	/* by probes: accepted outside of a delivery: a PV or Hyper-V IPI, or a timer */
	STOCK_HYPERCALL = NR_STOCK_KINDS
};

struct stock_ipi {
	u8 kind; /* enum stock_kind */
	u32 acceptors;
	s32 pid;       /* the sender's thread */
	u32 input;     /* the file's number */
	bool have_src; /* ipi.src is known; else the thread may be known by other means */
	/*
	 * ts and cpu: of the acceptance (of the ipi, when there was none); dst: valid when there
	 * was one acceptor. Comes out after the kvm_entry that ended the stay, so not in the order
	 * of time.
	 */
	struct ipi_event ipi;
};

#endif
