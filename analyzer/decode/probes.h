/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probes.h - records of the probes on KVM's delivery of interrupts, on kernels without
 * kvm:kvm_ipi_track.
 *
 * Five dynamic events in a group of their own: `deliver` and `accept` at the entry of the functions
 * that deliver an interrupt and hand it to one APIC, `accepted`, `fast` and `delivered` at returns.
 * This file reads `deliver` and `accept`, whose values do not fit the plain way of events.c;
 * deliveries.h joins the five to IPIs. Fields are resolved by name: whoever made the probes chose
 * widths and order.
 */
#ifndef KVM_IPI_PROBES_H
#define KVM_IPI_PROBES_H

#include "decode/event.h"
#include "input/formats.h"

/* The group that kvm-ipi record makes, and the one that was used by hand before. */
#define PROBES_GROUP	 "kvm_ipi"
#define PROBES_GROUP_OLD "kvmipi"

/* The kinds of event that come from these probes. */
#define PROBES_KINDS                                                                               \
	(EV_BIT(EV_DELIVER) | EV_BIT(EV_DELIVER_ACCEPT) | EV_BIT(EV_ACCEPTED) | EV_BIT(EV_FAST) |  \
	 EV_BIT(EV_DELIVERED))

enum deliver_field {
	DELIVER_VM,
	DELIVER_PID,
	DELIVER_SRCP,
	DELIVER_SRC,
	DELIVER_VECTOR,
	DELIVER_MODE,
	DELIVER_SHORTHAND,
	NR_DELIVER_FIELDS
};

enum accept_field {
	ACCEPT_DST,
	ACCEPT_VECTOR,
	ACCEPT_PREEMPTED,
	ACCEPT_READY,
	ACCEPT_GUEST_MODE,
	ACCEPT_CPU,
	ACCEPT_WAIT,
	NR_ACCEPT_FIELDS
};

struct probes {
	struct field deliver[NR_DELIVER_FIELDS];
	struct field accept[NR_ACCEPT_FIELDS];
	/* a shorter record is damaged */
	u32 deliver_len, accept_len;
};

/*
 * Each: 0, or as formats_resolve(). sender, its pointer and receiver are required; what depends on
 * another field that is missing is unknown.
 */
int probes_init_deliver(struct probes *p, const struct container *c, const char *group,
			struct err *err);
int probes_init_accept(struct probes *p, const struct container *c, const char *group,
		       struct err *err);

/* One payload, known to be of this event and long enough; the kind is the event's. */
void probes_decode(const struct probes *p, const u8 *payload, struct event *ev);

#endif
