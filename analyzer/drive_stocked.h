/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * drive_stocked.h - for analyses in the order of time: IPIs of unpatched kernels as if kvm_ipi_track had
 * recorded them.
 *
 * An analysis of its own that stands before the others. It passes every event on, and puts an EV_TRACK
 * behind each kvm_apic_ipi that turns out to be a directed IPI (decode/stock.h). That is known only at
 * the end of the sender's stay in KVM: until then later events wait, a bounded number of them.
 */
#ifndef KVM_IPI_DRIVE_STOCKED_H
#define KVM_IPI_DRIVE_STOCKED_H

#include "decode/stock.h"
#include "drive.h"

struct stocked_slot;

struct stocked {
	const struct thread_map *map;	/* not owned; sealed */
	const struct analysis *list;	/* not owned: who gets the events */
	u32 nr_list;
	struct stock stock;
	struct stocked_slot *ring;
	u64 head, tail;
	u64 ipis;			/* that were put in */
};

extern const struct analysis_ops stocked_ops;

int stocked_init(struct stocked *s, const struct thread_map *map, const struct analysis *list, u32 nr);
void stocked_release(struct stocked *s);
int stocked_finish(struct stocked *s); /* hands on what still waits; 0 or -errno */

#endif
