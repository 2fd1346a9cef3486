// SPDX-License-Identifier: GPL-2.0-only
/* bpf_offsets.c - see bpf_offsets.h. */
#include "live/bpf_offsets.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>

#define KVM_BTF "/sys/kernel/btf/kvm"

int bpf_types_open(struct bpf_types *t, struct err *err)
{
	*t = (struct bpf_types){ .first_own = 1 };
	t->base = btf__load_vmlinux_btf();
	if (!t->base)
		return err_set(err, -ENOENT, "this kernel has no BTF (/sys/kernel/btf/vmlinux)");
	t->kvm = btf__parse_split(KVM_BTF, t->base);
	if (t->kvm) {
		t->first_own = btf__type_cnt(t->base);
		return 0;
	}
	if (errno == EACCES || errno == EPERM)
		return err_set(err, -EPERM, "cannot read " KVM_BTF ": %s", strerror(errno));
	if (btf__find_by_name_kind(t->base, "kvm_arch_vcpu_load", BTF_KIND_FUNC) > 0) {
		t->kvm = t->base;
		return 0;
	}
	return err_set(err, -ENOENT, "kvm.ko has no BTF here, or is not loaded (" KVM_BTF ")");
}

void bpf_types_release(struct bpf_types *t)
{
	if (t->kvm != t->base)
		btf__free(t->kvm);
	btf__free(t->base);
	*t = (struct bpf_types){ 0 };
}

bool bpf_types_function(const struct bpf_types *t, const char *name)
{
	return btf__find_by_name_kind(t->kvm, name, BTF_KIND_FUNC) > 0;
}

static u32 find_between(const struct btf *b, u32 from, u32 to, const char *name)
{
	for (u32 id = from; id < to; id++) {
		const struct btf_type *type = btf__type_by_id(b, id);

		if (btf_is_struct(type) && !strcmp(btf__name_by_offset(b, type->name_off), name))
			return id;
	}
	return 0;
}

/* A member of this name, len bytes of it, also inside an unnamed one: its offset, and its type. */
static s64 find_member(const struct btf *b, u32 id, const char *name, size_t len, u32 *member_type)
{
	const struct btf_type *type = btf__type_by_id(b, (u32)btf__resolve_type(b, id));

	if (!type || !btf_is_composite(type))
		return -ENOENT;
	for (u32 i = 0; i < btf_vlen(type); i++) {
		const struct btf_member *m = btf_members(type) + i;
		const char *s = btf__name_by_offset(b, m->name_off);
		s64 inner, at = btf_member_bit_offset(type, i) / 8;

		if (!strncmp(s, name, len) && !s[len]) {
			*member_type = m->type;
			return btf_member_bitfield_size(type, i) ? -EINVAL : at;
		}
		inner = *s ? -ENOENT : find_member(b, m->type, name, len, member_type);
		if (inner >= 0)
			return at + inner;
	}
	return -ENOENT;
}

s64 bpf_types_offset(const struct bpf_types *t, const char *structure, const char *path, u32 size)
{
	u32 id = find_between(t->kvm, t->first_own, btf__type_cnt(t->kvm), structure);
	s64 at = 0;

	if (!id && t->first_own > 1)
		id = find_between(t->kvm, 1, t->first_own, structure);
	while (id && *path) {
		size_t len = strcspn(path, ".");
		s64 offset = find_member(t->kvm, id, path, len, &id);

		if (offset < 0)
			return offset;
		at += offset;
		path += len + (path[len] == '.');
	}
	if (!id)
		return -ENOENT;
	return btf__resolve_size(t->kvm, id) == size ? at : -EINVAL;
}

int bpf_types_offsets(const struct bpf_types *t, struct live_offsets *at, struct err *err)
{
	const struct {
		const char *structure, *member;
		u32 size, *to;
	} wanted[] = {
		{ "kvm_vcpu", "kvm", 8, &at->vcpu_kvm },
		{ "kvm_vcpu", "vcpu_id", 4, &at->vcpu_id },
		{ "kvm_vcpu", "mode", 4, &at->vcpu_mode },
		{ "kvm_vcpu", "preempted", 1, &at->vcpu_preempted },
		{ "kvm_vcpu", "ready", 1, &at->vcpu_ready },
		{ "kvm_vcpu", "wait.task", 8, &at->vcpu_wait_task },
		{ "kvm", "userspace_pid", 4, &at->kvm_pid },
		{ "kvm_lapic", "vcpu", 8, &at->lapic_vcpu },
		{ "kvm_lapic_irq", "vector", 4, &at->irq_vector },
		{ "kvm_lapic_irq", "delivery_mode", 2, &at->irq_delivery_mode },
		{ "kvm_lapic_irq", "shorthand", 4, &at->irq_shorthand },
	};
	s64 offset;

	*at = (struct live_offsets){ 0 };
	for (u32 i = 0; i < ARRAY_SIZE(wanted); i++) {
		offset = bpf_types_offset(t, wanted[i].structure, wanted[i].member, wanted[i].size);
		if (offset < 0)
			return err_set(err, -ENOENT,
				       "struct %s of this kernel has no %s of %u bytes",
				       wanted[i].structure, wanted[i].member, wanted[i].size);
		*wanted[i].to = (u32)offset;
	}
	/* Only the series numbers VMs. */
	offset = bpf_types_offset(t, "kvm", "arch.vm_id", 4);
	at->kvm_vm_id = offset > 0 ? (u32)offset : 0;
	return 0;
}
