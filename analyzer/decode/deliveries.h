/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * deliveries.h - IPIs from probes on KVM's delivery of interrupts (probes.h).
 *
 * A delivery is a group of events of one thread: `deliver`, then `accept` and `accepted` for each
 * APIC that was asked, `fast` when the APIC map has been tried, `delivered`. Deliveries may nest;
 * what happened in interrupt context belongs to none. Events go in by time, with a number; when a
 * delivery that a vCPU asked for is over, it comes out with what became of it, as an IPI of the
 * stock events does, and with the number of the event behind which it belongs: the `accepted` of
 * its only receiver. One that lost events comes out as STOCK_UNKNOWN: nothing is concluded from a
 * part.
 *
 * What one thread hands to an APIC outside of any delivery comes out as STOCK_HYPERCALL: PV and
 * Hyper-V IPIs, and the interrupts that a vCPU's own timer brings (its receiver is then the
 * thread's own vCPU). Only where `fast` or `delivered` is recorded: without them an interrupt whose
 * `deliver` was filtered out looks the same.
 */
#ifndef KVM_IPI_DELIVERIES_H
#define KVM_IPI_DELIVERIES_H

#include "decode/probes.h"
#include "decode/stock_ipi.h"
#include "util/rows.h"

/* VMs by what identified them in the records, numbered from 1 in the order of their appearance. */
struct probe_vms {
	struct rows_index index;
};

/* Takes what came out; 0 or -errno, which ends the call that it came from. */
typedef int (*deliveries_put)(void *ctx, const struct stock_ipi *ipi, u64 place);

struct delivery_thread;

struct deliveries {
	deliveries_put put;
	void *ctx;
	struct probe_vms *vms; /* not owned; lasts from run to run */
	u32 kinds;	       /* EV_BIT()s of the probes that the files describe */
	struct delivery_thread *thread;
	u32 nr, room;
	struct rows_index index; /* by pid */
};

void probe_vms_release(struct probe_vms *v);

void deliveries_init(struct deliveries *d, struct probe_vms *vms, deliveries_put put, void *ctx);
void deliveries_release(struct deliveries *d);

/*
 * 1: the event's thread is in a delivery that may become a directed IPI whose place is known by
 * now; 0: it is not; -errno. place: the event's number.
 */
int deliveries_add(struct deliveries *d, const struct event *ev, u64 place);
/* The end of the recording. */
int deliveries_end(struct deliveries *d);

#endif
