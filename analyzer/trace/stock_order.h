/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stock_order.h - ordered runs whose IPIs come from stock events: EV_TRACK where KVM would have
 * traced it.
 */
#ifndef KVM_IPI_STOCK_ORDER_H
#define KVM_IPI_STOCK_ORDER_H

#include "decode/stock_ipi.h"
#include "decode/stock.h"
#include "trace/trace.h"

/*
 * Like trace_run_ordered(); the records of kvm_ipi_track, if there are any, are left out, and a
 * directed IPI comes as an EV_TRACK behind its kvm_apic_accept_irq, with the time of that. map: of
 * trace_threads().
 */
int trace_run_ordered_stock(struct trace *t, const struct ordered_want *want,
			    const struct thread_map *map, const struct ordered *list, u32 nr,
			    u32 *kinds, struct err *err);

/*
 * Completes a directed IPI from the map: its VM, and its sender where the stay did not tell. False:
 * the thread's VM or vCPU is not known, or it is the receiver itself; kind says which.
 */
bool stock_name_ipi(const struct trace *t, const struct thread_map *map, struct stock_ipi *ipi);

#endif
