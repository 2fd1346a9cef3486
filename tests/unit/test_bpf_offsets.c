// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_bpf_offsets.c - members by types that a test makes: a module's own struct before vmlinux's,
 * a nested and an unnamed one, another size, a bit field.
 */
#include "live/bpf_offsets.h"

#include <bpf/btf.h>

#include "unit.h"

static int add_struct(struct btf *b, const char *name, u32 size, const char *member, int type,
		      u32 offset)
{
	int id = btf__add_struct(b, name, size);

	ck_assert_int_gt(id, 0);
	if (member)
		ck_assert_int_eq(btf__add_field(b, member, type, offset * 8, 0), 0);
	return id;
}

/* vmlinux has a kvm whose pid is at 8, the module another one, at 40408 in an unnamed struct. */
static void make(struct bpf_types *t)
{
	int word, wait, inner;

	*t = (struct bpf_types){ .base = btf__new_empty() };
	word = btf__add_int(t->base, "int", 4, BTF_INT_SIGNED);
	add_struct(t->base, "kvm", 16, "userspace_pid", word, 8);
	wait = add_struct(t->base, "rcuwait", 8, "task", word, 4);
	add_struct(t->base, "kvm_vcpu", 64, "wait", wait, 32);
	ck_assert_int_eq(btf__add_field(t->base, "bits", word, 0, 3), 0);
	t->first_own = btf__type_cnt(t->base);
	t->kvm = btf__new_empty_split(t->base);
	inner = add_struct(t->kvm, NULL, 8, "userspace_pid", word, 4);
	add_struct(t->kvm, "kvm", 50000, "", inner, 40404);
	ck_assert_int_gt(btf__add_func(t->kvm, "kvm_arch_vcpu_load", BTF_FUNC_STATIC, inner), 0);
}

START_TEST(a_modules_own_struct_comes_first)
{
	struct bpf_types t;

	make(&t);
	ck_assert_int_eq(bpf_types_offset(&t, "kvm", "userspace_pid", 4), 40408);
	ck_assert_int_eq(bpf_types_offset(&t, "kvm_vcpu", "wait.task", 4), 36);
	bpf_types_release(&t);
}
END_TEST

START_TEST(what_would_be_garbage_is_refused)
{
	struct live_offsets at;
	struct err err = { "" };
	struct bpf_types t;

	make(&t);
	ck_assert_int_eq(bpf_types_offset(&t, "kvm", "userspace_pid", 8), -EINVAL);
	ck_assert_int_eq(bpf_types_offset(&t, "kvm_vcpu", "bits", 4), -EINVAL);
	ck_assert_int_eq(bpf_types_offset(&t, "kvm_vcpu", "wait.other", 4), -ENOENT);
	ck_assert_int_eq(bpf_types_offset(&t, "kvm_vcpu", "wai", 4), -ENOENT);
	ck_assert_int_eq(bpf_types_offset(&t, "kvm_vcpu", "bits.task", 4), -EINVAL);
	ck_assert_int_eq(bpf_types_offset(&t, "kvm_lapic", "vcpu", 8), -ENOENT);
	ck_assert_int_eq(bpf_types_offsets(&t, &at, &err), -ENOENT);
	ck_assert_str_eq(err.msg, "struct kvm_vcpu of this kernel has no kvm of 8 bytes");
	bpf_types_release(&t);
}
END_TEST

START_TEST(functions_are_found_by_name)
{
	struct bpf_types t;

	make(&t);
	ck_assert(bpf_types_function(&t, "kvm_arch_vcpu_load"));
	ck_assert(!bpf_types_function(&t, "kvm_arch_vcpu"));
	ck_assert(!bpf_types_function(&t, "kvm"));
	bpf_types_release(&t);
}
END_TEST

UNIT_SUITE(bpf_offsets, a_modules_own_struct_comes_first, what_would_be_garbage_is_refused,
	   functions_are_found_by_name)
