/* SPDX-License-Identifier: GPL-2.0-only */
/* names.h - what users call their VMs: a list of {pid, perhaps id, name}. */
#ifndef KVM_IPI_NAMES_H
#define KVM_IPI_NAMES_H

#include "model/vms.h"

struct vm_name {
	struct vm vm; /* have_id false: every VM of that process */
	char *name;
};

struct vm_names {
	struct vm_name *n;
	size_t nr;
};

/* All zero is empty. */
void vm_names_release(struct vm_names *names);
/* A later entry for the same VM wins. 0 or -ENOMEM; the name is copied. */
int vm_names_add(struct vm_names *names, const struct vm *vm, const char *name);
/* NULL: it has none. */
const char *vm_names_find(const struct vm_names *names, const struct vm *vm);
bool vm_names_have(const struct vm_names *names, const char *name);
/* One line of a names file, "PID[/ID] NAME"; blank lines and # are skipped. 0, -EINVAL, -ENOMEM. */
int vm_names_parse_line(struct vm_names *names, const char *line);
/* "PID", "PID/ID" or, where the pid is unknown, "?/ID"; all of text: 0 or -EINVAL. */
int vm_parse(const char *text, struct vm *vm);

#endif
