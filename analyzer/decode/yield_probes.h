/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * yield_probes.h - the two probes on yield_to() that a file may hold, found by what it describes.
 *
 * First by their names: those that kvm-ipi record makes, and those of docs/yield.md. Else by their
 * fields: the target is a probe at a function's entry with a field pid, target or p; the result is
 * one at a return with a field ret, result or retval. Where several fit a role, none is taken.
 */
#ifndef KVM_IPI_YIELD_PROBES_H
#define KVM_IPI_YIELD_PROBES_H

#include "decode/events.h"

enum yield_probes {
	YIELD_PROBES_NONE,
	YIELD_PROBES_FOUND,
	YIELD_PROBES_SEVERAL, /* one of the roles fits more than one event */
};

/* Fills both where they are found; the caller releases them. Else they are all zero. -ENOMEM. */
int yield_probes_find(const struct container *c, struct probe *target, struct probe *result);

#endif
