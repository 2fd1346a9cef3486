// SPDX-License-Identifier: GPL-2.0-only
/* test_btf.c - offsets and names in BTF, and files that are none. */
#include "record/btf.h"

#include "tree.h"

START_TEST(offsets)
{
	struct tree t;
	struct btf b;

	tree_init(&t);
	tree_btf(&t, 2432);
	ck_assert_int_eq(btf_open(&b, &t.host, "vmlinux"), 0);
	/* inside an unnamed struct, as the randomized part of task_struct is */
	ck_assert_int_eq(btf_member_offset(&b, "task_struct", "pid"), 2432);
	ck_assert_int_eq(btf_member_offset(&b, "task_struct", "state"), 2428);
	ck_assert_int_eq(btf_member_offset(&b, "task_struct", "flags"), 0);
	ck_assert_int_eq(btf_member_offset(&b, "task_struct", "tgid"), -ENOENT);
	ck_assert_int_eq(btf_member_offset(&b, "mm_struct", "pid"), -ENOENT);
	ck_assert(btf_has_struct(&b, "task_struct"));
	ck_assert(!btf_has_struct(&b, "int"));
	btf_release(&b);
	tree_release(&t);
}
END_TEST

START_TEST(modules)
{
	struct tree t;
	struct btf b;

	tree_init(&t);
	tree_btf(&t, 8);
	tree_btf_structs(&t, "kvm", "kvm_vcpu", "trace_event_raw_kvm_ipi_track", NULL);
	ck_assert_int_eq(btf_open(&b, &t.host, "kvm"), 0);
	ck_assert(btf_has_struct(&b, "trace_event_raw_kvm_ipi_track"));
	ck_assert(btf_has_struct(&b, "kvm_vcpu"));
	ck_assert(!btf_has_struct(&b, "task_struct"));
	btf_release(&b);
	ck_assert_int_eq(btf_open(&b, &t.host, "kvm_amd"), -ENOENT);
	btf_release(&b);
	tree_release(&t);
}
END_TEST

/* Each byte broken, each length cut: an answer or an error, nothing else (sanitizers watch). */
START_TEST(broken_files)
{
	struct tree t;
	struct btf b;
	char *good;
	size_t len;

	tree_init(&t);
	tree_btf(&t, 2432);
	good = host_slurp(&t.host, "/sys/kernel/btf/vmlinux", &len);
	for (size_t i = 0; i < 2 * len; i++) {
		if (i < len) {
			good[i] ^= 0x81;
			tree_write_bytes(&t, "/sys/kernel/btf/vmlinux", good, len);
			good[i] ^= 0x81;
		} else {
			tree_write_bytes(&t, "/sys/kernel/btf/vmlinux", good, i - len);
		}
		if (!btf_open(&b, &t.host, "vmlinux"))
			ck_assert_int_ge(btf_member_offset(&b, "task_struct", "pid"), -EBADMSG);
		btf_release(&b);
	}
	tree_write(&t, "/sys/kernel/btf/vmlinux", "");
	ck_assert_int_eq(btf_open(&b, &t.host, "vmlinux"), -EBADMSG);
	btf_release(&b);
	free(good);
	tree_release(&t);
}
END_TEST

UNIT_SUITE(btf, offsets, modules, broken_files)
