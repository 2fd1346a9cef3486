/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * series.h - IPIs counted by stretch of time: what a recording that stands alone is compared by.
 *
 * Counts everything that pairs.h does, and beside it, for each of up to STRETCHES_MAX stretches of
 * equal length, the IPIs of every edge, and of every VM by receiver state, path and place. Nothing
 * has to be known of the recording's length: when an IPI lies beyond the last stretch, neighbouring
 * stretches become one. At the end there are more than half of STRETCHES_MAX, unless the recording
 * is shorter than SERIES_WIDTH_MIN * STRETCHES_MAX. Order-free, for any number of threads.
 *
 * Memory: 4 bytes an edge and stretch, beside those of pairs.h.
 */
#ifndef KVM_IPI_SERIES_H
#define KVM_IPI_SERIES_H

#include "analysis/compare/blocks.h"
#include "analysis/pairs.h"

#define SERIES_WIDTH_MIN (1ull << 17) /* ns */

/* Of a VM's IPIs in a stretch; a state of enum ipi_state, or one of these. */
enum series_part {
	SERIES_STATE_OTHER = NR_IPI_STATES,
	SERIES_PATH_SLOW,
	SERIES_PATH_OTHER, /* without a name, and records without a path */
	SERIES_CPU_SAME,   /* the receiver was last on the sender's */
	SERIES_CPU_UNKNOWN,
	NR_SERIES_PARTS
};

struct series_vm {
	u32 n[STRETCHES_MAX][NR_SERIES_PARTS];
};

struct series {
	/* the caller sets both; all else is zero */
	bool in_time; /* false: pairs alone are counted */
	u64 start;    /* of the first stretch; earlier IPIs belong to it */
	u64 width;    /* of a stretch, ns: SERIES_WIDTH_MIN times a power of two */
	struct pairs pairs;
	struct series_stretch {
		u32 *n; /* by the edge's number */
		u32 room;
	} stretch[STRETCHES_MAX];
	struct series_vm *vm; /* by the VM's number */
	u32 nr_vm;
};

void series_release(struct series *s);
extern const struct analysis_ops series_ops;

/* The stretches that lie wholly between two moments. */
struct series_range {
	u32 from, nr;
};

struct series_range series_range(const struct series *s, u64 first, u64 last);

/* IPIs of an edge in a stretch. */
static inline u32 series_count(const struct series *s, u32 stretch, u32 edge)
{
	return edge < s->stretch[stretch].room ? s->stretch[stretch].n[edge] : 0;
}

#endif
