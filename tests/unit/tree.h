/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tree.h - a folder that stands for a host's /: files of /proc and /sys as a test wants them.
 */
#ifndef KVM_IPI_TREE_H
#define KVM_IPI_TREE_H

#include "record/host.h"
#include "unit.h"

struct tree {
	char root[UNIT_PATH];
	struct host host;
};

void tree_init(struct tree *t);
void tree_release(struct tree *t); /* with all that is in it */

/* Makes a file and the folders above it. */
void tree_write(struct tree *t, const char *path, const char *text);
void tree_write_bytes(struct tree *t, const char *path, const void *data, size_t len);
void tree_mkdir(struct tree *t, const char *path);
char *tree_read(struct tree *t, const char *path); /* to be freed; NULL: not there */
bool tree_has(struct tree *t, const char *path);

/* A tracefs: instances, kprobe_events, and the events, which end with NULL. */
void tree_tracefs(struct tree *t, ...);
/* /sys/kernel/btf/vmlinux with a struct task_struct whose pid is at offset. */
void tree_btf(struct tree *t, u32 offset);
/* The same for a module that describes these structs; ends with NULL. */
void tree_btf_structs(struct tree *t, const char *module, ...);

/* A member of a struct; base: where its name is among vmlinux' strings, 0: it is the file's own. */
struct tree_member {
	const char *name;
	u32 offset, base;
};

/*
 * kvm's and vmlinux' BTF with all that probes on deliveries need, but for one member of struct
 * kvm_vcpu ("": all of it).
 */
void tree_btf_kvm(struct tree *t, const char *without);

#endif
