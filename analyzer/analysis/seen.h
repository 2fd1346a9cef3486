/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * seen.h - how many records of each kind an ordered run met. A file may describe events of which it
 * has no record; what an answer is made of is told from the records.
 */
#ifndef KVM_IPI_SEEN_H
#define KVM_IPI_SEEN_H

#include "analysis/analysis.h"
#include "decode/event.h"

struct seen {
	u64 nr[NR_EVENT_KINDS];
};

extern const struct analysis_ops seen_ops;

#endif
