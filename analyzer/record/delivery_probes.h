/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * delivery_probes.h - definitions of the probes on KVM's delivery of interrupts, for the kernel
 * that runs: what kvm:kvm_ipi_track would record, on a kernel without it (decode/probes.h reads
 * it).
 *
 * Where a value is in a structure comes from the BTF of the module that is loaded, so a rebuilt or
 * patched kvm is read right. Which functions there are comes from kallsyms.
 */
#ifndef KVM_IPI_DELIVERY_PROBES_H
#define KVM_IPI_DELIVERY_PROBES_H

#include "record/tracer.h"
#include "util/err.h"

/* All kprobes: they exist wherever probe events do, fprobes do not. */
#define DELIVERY_PROBES_MAX 6

struct delivery_probe {
	const char *event;	   /* two may have the same: one event, of two functions */
	char line[PROBE_LINE_MAX]; /* for kprobe_events */
};

struct delivery_probes {
	struct delivery_probe probe[DELIVERY_PROBES_MAX];
	u32 nr;
};

/*
 * 0, or -ENOENT with the line that says why there can be none here: no BTF, a function that was
 * inlined or has another name, a structure that has changed, a lockdown, tracefs. group: of the
 * events.
 */
int delivery_probes_make(struct delivery_probes *d, const char *group, const struct host *h,
			 const struct tracer *t, struct err *err);

#endif
