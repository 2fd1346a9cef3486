/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probe_order.h - runs whose IPIs come from probes on KVM's delivery of interrupts (t->probes).
 *
 * trace_run_ordered() and trace_run() call these; nothing after them knows the difference.
 */
#ifndef KVM_IPI_PROBE_ORDER_H
#define KVM_IPI_PROBE_ORDER_H

#include "trace/trace.h"

/*
 * Like trace_run_ordered(): a directed IPI comes as an EV_TRACK behind the `accepted` of its
 * receiver, with the time of the `accept` before it; records of kvm_ipi_track, if there are any,
 * are left out. Other IPIs come as EV_SENT, where that kind is wanted, when it is known what they
 * are.
 */
int trace_run_ordered_probes(struct trace *t, const struct ordered_want *want,
			     const struct ordered *list, u32 nr, u32 *kinds, struct err *err);

/* Like trace_run(), in the order of time: a thread's events may be on several CPUs. */
int trace_run_probes(struct trace *t, struct filter *filter, const struct analysis *list, u32 nr,
		     struct err *err);

#endif
