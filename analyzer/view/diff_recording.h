/* SPDX-License-Identifier: GPL-2.0-only */
/* diff_recording.h - what remains of a recording that diff has read: figures, and what it is. */
#ifndef KVM_IPI_DIFF_RECORDING_H
#define KVM_IPI_DIFF_RECORDING_H

#include "analysis/compare/matching.h"
#include "analysis/compare/tally.h"
#include "output/views.h"

struct diff_recording_vm {
	struct match_vm vm; /* the name is owned */
	struct match match; /* with the first recording's */
	u32 vcpus;
	u64 ipis;
};

struct diff_recording {
	struct tally tally;
	struct input_view in; /* the clock is owned */
	char *release;	      /* of the kernel; NULL: unknown. Owned */
	bool stock;
	u32 kinds; /* EV_BIT()s that it describes */
	struct diff_recording_vm *vm;
	u32 nr_vm;
};

void diff_recording_release(struct diff_recording *r);

#endif
