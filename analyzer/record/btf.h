/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * btf.h - what the running kernel says about its own types (/sys/kernel/btf, BPF Type Format).
 *
 * Two questions are asked: where in struct task_struct is the pid, for a probe that reads it; and
 * does a module have the record of a tracepoint (struct trace_event_raw_NAME), which any user may
 * read where tracefs is root's. A reader of its own, for that takes less than a library.
 */
#ifndef KVM_IPI_BTF_H
#define KVM_IPI_BTF_H

#include "record/host.h"

struct btf {
	char *data;	   /* owned */
	const char *types; /* type records */
	const char *types_end;
	const char *strings;
	u32 strings_len;
	char *base_data; /* of vmlinux, whose strings a module's BTF uses too; owned, or NULL */
	const char *base_strings;
	u32 strings_base; /* their length: a module's own offsets begin there */
	u32 *at;	  /* offset of each type, owned; of this file's own types */
	u32 nr_types;
	u32 first_id; /* number of at[0]; 1 for vmlinux, unknown (0) for a module */
};

/*
 * Reads a module's BTF, or the kernel's with "vmlinux". 0; -ENOENT: none such; -EACCES; -ENOMEM; -EBADMSG:
 * not understood. Release it in any case.
 */
int btf_open(struct btf *b, const struct host *h, const char *module);
void btf_release(struct btf *b);

/* Whether a struct of that name is described. */
bool btf_has_struct(const struct btf *b, const char *name);

/* Where a member is in a struct, in bytes, also inside an unnamed one; -ENOENT, or -EBADMSG. */
s64 btf_member_offset(const struct btf *b, const char *name, const char *member);

#endif
