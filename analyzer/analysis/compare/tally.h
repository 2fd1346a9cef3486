/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tally.h - what one recording says of each figure that is compared: its count or value, and, where
 * the recording stands alone, how it varied from stretch to stretch.
 *
 * VMs are numbered by the caller, the same number on all sides for the same VM. A row's series is
 * kept on the scale on which figures are compared (estimate.h), to first order: the variance of its
 * mean is that of the figure. Rows of fewer than TALLY_SERIES_MIN IPIs have none.
 */
#ifndef KVM_IPI_TALLY_H
#define KVM_IPI_TALLY_H

#include "analysis/compare/delays.h"
#include "analysis/compare/series.h"
#include "util/rows.h"

enum tally_kind {
	TALLY_VM,	/* rates: of all IPIs */
	TALLY_VECTOR,	/* a: vector */
	TALLY_SENT,	/* a: vcpu_id */
	TALLY_RECEIVED, /* a: vcpu_id */
	TALLY_PAIR,	/* a: sender, b: receiver */
	TALLY_STATE,	/* shares: a: enum ipi_state */
	TALLY_PATH,	/* a: enum ipi_path; the slow one */
	TALLY_PLACE,	/* the receiver was last on the sender's CPU */
	TALLY_ONE_WAY,	/* sum over pairs of |there - back|, of all */
	TALLY_DELAY,	/* a: enum latency_stage, b: quantile in percent */
	NR_TALLY_KINDS
};

static inline bool tally_is_rate(enum tally_kind kind)
{
	return kind <= TALLY_PAIR;
}

static inline bool tally_is_share(enum tally_kind kind)
{
	return kind >= TALLY_STATE && kind <= TALLY_ONE_WAY;
}

struct tally_key {
	u32 vm, kind, a, b;
};

struct tally_row {
	struct tally_key key;
	u64 n;			     /* IPIs; of a delay: durations */
	u64 of;			     /* of a share: IPIs that it is a share of */
	double value;		     /* of a delay: ns */
	float *x;		     /* the series, of its VM's stretches; NULL: none. Owned */
	struct delays_shape *delays; /* of a delay, in a recording that stands alone; owned */
};

#define TALLY_SERIES_MIN 8
#define TALLY_NO_VM	 UINT32_MAX

/*
 * How long a VM was observed: as long as the recording, also where its IPIs begin later or end
 * earlier. Leaving out the time before the first and after the last would make a burst look steady.
 */
struct tally_vm {
	u64 span_ns;
	struct series_range stretch; /* nr 0: fewer than BLOCKS_MIN */
};

struct tally {
	u64 span_ns;	     /* of the recording */
	struct tally_vm *vm; /* by common number */
	u32 nr_vm;
	struct tally_row *row;
	u32 nr_rows, room;
	struct rows_index index;
};

/* All zero is empty, but for span_ns. */
void tally_release(struct tally *t);

/* The key's row, which is added when it is new; NULL: out of memory. Moves the others. */
struct tally_row *tally_row(struct tally *t, struct tally_key key);
/* A zero for each of its VM's stretches; NULL: out of memory. */
float *tally_new_series(const struct tally *t, const struct tally_key *key);

/* All zero where the recording has no IPI of it. */
static inline struct tally_vm tally_vm(const struct tally *t, u32 vm)
{
	return vm < t->nr_vm ? t->vm[vm] : (struct tally_vm){ 0 };
}

static inline u32 tally_stretches(const struct tally *t, const struct tally_key *key)
{
	return tally_vm(t, key->vm).stretch.nr;
}

/* NULL: the recording has no such row. */
const struct tally_row *tally_find(const struct tally *t, const struct tally_key *key);

#endif
