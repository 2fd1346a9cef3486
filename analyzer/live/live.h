/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * live.h - directed IPIs of a running host, counted in the kernel: one interface, three backends.
 *
 *	tracepoint	BPF on kvm:kvm_ipi_track; latency where kvm.ko has BTF
 *	fentry		BPF on the functions of kvm.ko that deliver an IPI; needs its BTF, no patch
 *	histogram	a histogram trigger on kvm:kvm_ipi_track, in a tracefs instance; no BPF
 *
 * A backend counts from live_open() on, and live_read() returns the sums since then: a reader takes
 * differences, nothing is cleared. Nothing per event leaves the kernel. What was opened is gone
 * when the process is, however it ends: BPF objects are not pinned, and the instance has a guard.
 */
#ifndef KVM_IPI_LIVE_H
#define KVM_IPI_LIVE_H

#include "live/backend.h"

/* In the order of preference; NULL-terminated. */
extern const struct live_ops *const live_backends[];

struct live {
	const struct live_ops *ops;
	void *state;
	struct live_facts facts;
};

/*
 * Opens the backend that o names, or the first that works. -EINVAL: no backend has that name;
 * -EPERM, -ENOENT: see above, the line then names each backend's reason.
 */
int live_open(struct live *l, const struct live_options *o, struct err *err);
int live_read(struct live *l, struct live_counts *counts, struct err *err);
void live_forget(struct live *l, const struct live_counts *counts, u64 vm);
int live_close(struct live *l, struct err *err);

#endif
