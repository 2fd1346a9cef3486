/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * matching.h - which VM of one recording is which of another.
 *
 * Pids and ids are new after each start of a VM, so that they say little: the user's word comes
 * first, then equal names, then that there is one VM on each side, and only where both sides have
 * the very same pids and ids, these.
 */
#ifndef KVM_IPI_MATCHING_H
#define KVM_IPI_MATCHING_H

#include "model/vms.h"

struct match_vm {
	struct vm vm;
	const char *name; /* NULL: none */
};

/* What the user said: each a name, PID or PID/ID. */
struct match_rule {
	const char *before, *after;
};

enum match_how { MATCH_NOT, MATCH_RULE, MATCH_NAME, MATCH_ALONE, MATCH_IDS };

struct match {
	u32 to; /* index into the VMs before, where how is not MATCH_NOT */
	enum match_how how;
};

/* For each VM after, which one before it is; no two are the same one. m: room for nr_after. */
void match_vms(const struct match_vm *before, u32 nr_before, const struct match_vm *after,
	       u32 nr_after, const struct match_rule *rule, u32 nr_rules, struct match *m);

/* Whether the user's word is this VM. */
bool match_is(const struct match_vm *vm, const char *word);

#endif
