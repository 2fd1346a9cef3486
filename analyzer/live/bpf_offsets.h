/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bpf_offsets.h - where members of KVM's structures are, by the running kernel's own BTF.
 *
 * A module has types of its own where they differ from those of vmlinux: they come first, and a
 * member's type is followed by its number, never looked up by its name again. Each member is
 * checked to have the size that the programs read.
 */
#ifndef KVM_IPI_LIVE_BPF_OFFSETS_H
#define KVM_IPI_LIVE_BPF_OFFSETS_H

#include "live/bpf/layout.h"
#include "util/err.h"
#include "util/types.h"

struct btf;

struct bpf_types {
	struct btf *base, *kvm; /* kvm: the module's, or base where KVM is built in */
	u32 first_own;		/* type number from which on they are the module's own */
};

/* root: "", or a folder below which /sys is. 0 or -errno with its line; release in any case. */
int bpf_types_open(struct bpf_types *t, struct err *err);
void bpf_types_release(struct bpf_types *t);

/* Whether the types tell of a function that programs can be attached to. */
bool bpf_types_function(const struct bpf_types *t, const char *name);

/* "wait.task" of "kvm_vcpu"; -ENOENT; -EINVAL: it has another size. */
s64 bpf_types_offset(const struct bpf_types *t, const char *structure, const char *path, u32 size);

/* All that the programs read; 0 or -ENOENT with a line that names the member. */
int bpf_types_offsets(const struct bpf_types *t, struct live_offsets *at, struct err *err);

#endif
