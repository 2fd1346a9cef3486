/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff_read.h - one of the recordings that diff compares: read, counted, and closed again.
 *
 * Recordings are read one after the other, and of each there remains what is compared and what it
 * says of itself. The first one numbers the VMs; those of the others are matched with them.
 */
#ifndef KVM_IPI_DIFF_READ_H
#define KVM_IPI_DIFF_READ_H

#include "cli/session.h"
#include "view/diff_recording.h"

struct diff_reading {
	const struct opts *opts;
	const struct match_rule *rule;
	u32 nr_rules;
	bool alone;			    /* one recording a side: it is counted in time, too */
	const struct diff_recording *first; /* NULL: this one is */
};

/* 0 or -errno, after its message. Release it in any case. */
int diff_read(struct diff_recording *r, char *path, const struct diff_reading *how);

#endif
