/* SPDX-License-Identifier: GPL-2.0-only */
/* track.h - kvm:kvm_ipi_track: raw records to struct ipi_event. */
#ifndef KVM_IPI_TRACK_H
#define KVM_IPI_TRACK_H

#include "decode/ipi_event.h"
#include "decode/vm_cache.h"
#include "input/formats.h"
#include "input/page.h"

enum track_field {
	TRACK_VM_ID,
	TRACK_VM_PID,
	TRACK_SRC,
	TRACK_DST,
	TRACK_DST_CPU,
	TRACK_VECTOR,
	TRACK_PATH,
	TRACK_STATE,
	NR_TRACK_FIELDS
};

struct track {
	struct event_format format;
	struct field field[NR_TRACK_FIELDS];
	u32 min_len;	/* a shorter record is damaged */
	bool plain;	/* every field is there in its usual width: the short way */
	bool usual;	/* and at its usual place: shorter still */
	u64 damaged;	/* records that were too short */
	bool strangers; /* of the last batch: the VM of some event is not known yet */
};

/* 0, or as formats_resolve(). */
int track_init(struct track *t, const struct container *c, struct err *err);

/*
 * Decodes those records of the batch that are of this event into out (room for BATCH_MAX). Their
 * VMs are set where vms knows them; if it does not know all, t->strangers is set: vms_resolve() has
 * them all.
 */
u32 track_decode(struct track *t, const struct batch *b, const struct vm_cache *vms,
		 struct ipi_event *out);

/* One payload, known to be of this event and long enough; ts and cpu are left to the caller. */
void track_decode_one(const struct track *t, const u8 *payload, struct ipi_event *ev);

#endif
