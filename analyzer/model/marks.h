/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * marks.h - what a recording's markers (marker.h) say of its VMs' names and its host's CPUs,
 * gathered in any order and by several threads: of two lines on the same thing the earlier one
 * holds.
 *
 * Markers of vCPUs' threads mean something only beside the other events of these threads, in the
 * order of time (analysis/whois.h): here it is only noted that there are some.
 */
#ifndef KVM_IPI_MARKS_H
#define KVM_IPI_MARKS_H

#include "model/marker.h"
#include "model/names.h"

struct marks_name {
	u64 ts;
	struct vm vm;
	char *name;
};

/* All zero is empty. Grows with VMs and CPUs, not with lines. */
struct marks {
	struct marks_name *name;
	u32 nr_names, room;
	struct topology topology;
	bool vcpus;
};

void marks_release(struct marks *m);

/* A line of len bytes that may be a marker. 0 or -ENOMEM. */
int marks_add(struct marks *m, u64 ts, const char *text, size_t len);
/* Adds another one's; that stays as it is. 0 or -ENOMEM. */
int marks_merge(struct marks *m, const struct marks *other);

/*
 * Gives names to VMs that have none yet, and the CPUs to a topology that is not fixed. NULL gets
 * nothing. 0 or -ENOMEM.
 */
int marks_tell(const struct marks *m, struct vm_names *names, struct topology *topology);

#endif
