// SPDX-License-Identifier: GPL-2.0-only
/* test_delivery_probes.c - definitions of probes by a kernel's own BTF and names, and refusals. */
#include "record/delivery_probes.h"

#include "tree.h"

#define SYM(name) "0000000000000000 t " name "\t[kvm]\n"
#define OLD	  SYM("kvm_irq_delivery_to_apic") SYM("kvm_irq_delivery_to_apic_fast")
#define ACCEPT	  SYM("__apic_accept_irq")

static struct delivery_probes d;
static struct err err;

static int make_with(struct tree *t, const char *functions)
{
	struct tracer tr;

	tree_write(t, "/proc/kallsyms", functions);
	tracer_find(&tr, &t->host);
	err.msg[0] = 0;
	return delivery_probes_make(&d, "g", &t->host, &tr, &err);
}

static void begin(struct tree *t)
{
	tree_init(t);
	tree_tracefs(t, NULL);
	tree_btf_kvm(t, "");
}

START_TEST(definitions)
{
	struct tree t;

	begin(&t);
	ck_assert_int_eq(make_with(&t, ACCEPT OLD), 0);
	ck_assert_uint_eq(d.nr, 5);
	ck_assert_str_eq(d.probe[0].event, "deliver");
	ck_assert_str_eq(d.probe[0].line,
			 "p:g/deliver kvm_irq_delivery_to_apic kvm=%di:x64 "
			 "pid=+6944(%di):s32 srcp=%si:x64 src=+36(+144(%si)):s32 vec=+0(%dx):u32 "
			 "dm=+4(%dx):u16 sh=+12(%dx):u32");
	ck_assert_str_eq(d.probe[1].line,
			 "p:g/accept __apic_accept_irq dst=+36(+144(%di)):s32 "
			 "vec=%dx:u32 dm=%si:u32 preempted=+291(+144(%di)):u8 "
			 "ready=+292(+144(%di)):u8 mode=+48(+144(%di)):s32 cpu=+32(+144(%di)):s32 "
			 "wait=+120(+144(%di)):x64");
	ck_assert(strstr(d.probe[2].line, ":g/accepted __apic_accept_irq ret=$retval:s32"));
	ck_assert(strstr(d.probe[3].line, ":g/fast kvm_irq_delivery_to_apic_fast ret=$retval:u8"));
	ck_assert(strstr(d.probe[4].line, ":g/delivered kvm_irq_delivery_to_apic ret=$retval:s32"));
	for (u32 i = 2; i < 5; i++)
		ck_assert_int_ge(atoi(d.probe[i].line + 1), 64);
	tree_release(&t);
}
END_TEST

/* From 6.18 on the fast path has an entrance of its own; 7.1 has other names. */
START_TEST(newer_kernels)
{
	struct tree t;

	begin(&t);
	ck_assert_int_eq(make_with(&t, SYM("kvm_x2apic_icr_write_fast") ACCEPT OLD), 0);
	ck_assert_uint_eq(d.nr, 6);
	ck_assert_str_eq(d.probe[1].event, "deliver");
	ck_assert(!strncmp(d.probe[1].line, "p:g/deliver kvm_irq_delivery_to_apic_fast ", 42));
	ck_assert_int_eq(make_with(&t, SYM("kvm_x2apic_icr_write_fast")
					       ACCEPT SYM("__kvm_irq_delivery_to_apic")
						       SYM("kvm_irq_delivery_to_apic_fast") SYM(
							       "__kvm_irq_delivery_to_apic_fast")),
			 0);
	ck_assert_uint_eq(d.nr, 6);
	ck_assert(!strncmp(d.probe[0].line, "p:g/deliver __kvm_irq_delivery_to_apic ", 39));
	ck_assert(!strncmp(d.probe[1].line, "p:g/deliver __kvm_irq_delivery_to_apic_fast ", 44));
	ck_assert(strstr(d.probe[4].line, ":g/fast __kvm_irq_delivery_to_apic_fast "));
	ck_assert(strstr(d.probe[5].line, ":g/delivered __kvm_irq_delivery_to_apic "));
	tree_release(&t);
}
END_TEST

/* Where kallsyms shows nothing, tracefs has the names. */
START_TEST(hidden_kallsyms)
{
	struct tree t;

	begin(&t);
	tree_write(&t, "/sys/kernel/tracing/available_filter_functions",
		   "vfs_read\n__apic_accept_irq [kvm]\nkvm_irq_delivery_to_apic_fast [kvm]\n"
		   "kvm_irq_delivery_to_apic [kvm]\n");
	ck_assert_int_eq(make_with(&t, ""), 0);
	ck_assert_uint_eq(d.nr, 5);
	tree_release(&t);
}
END_TEST

START_TEST(refusals)
{
	struct tree t;
	char path[HOST_PATH_MAX];

	begin(&t);
	ck_assert_int_eq(make_with(&t, OLD), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, "__apic_accept_irq"));
	/* A suffix means that the compiler has changed the arguments. */
	ck_assert_int_eq(make_with(&t, OLD SYM("__apic_accept_irq.isra.0")), -ENOENT);
	ck_assert_int_eq(make_with(&t, ACCEPT SYM("kvm_irq_delivery_to_apic")), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, "kvm_irq_delivery_to_apic_fast"));
	tree_write(&t, "/sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
	ck_assert_int_eq(make_with(&t, ACCEPT OLD), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, "locked down"));
	tree_write(&t, "/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	ck_assert_int_eq(make_with(&t, ACCEPT OLD), 0);
	tree_btf_kvm(&t, "ready");
	ck_assert_int_eq(make_with(&t, ACCEPT OLD), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, "no ready in struct kvm_vcpu"));
	remove(host_path(&t.host, path, "/sys/kernel/btf/kvm"));
	ck_assert_int_eq(make_with(&t, ACCEPT OLD), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, "kvm's BTF"));
	remove(host_path(&t.host, path, "/sys/kernel/btf/vmlinux"));
	ck_assert_int_eq(make_with(&t, ACCEPT OLD), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, "the kernel's BTF"));
	remove(host_path(&t.host, path, "/sys/kernel/tracing/kprobe_events"));
	ck_assert_int_eq(make_with(&t, ACCEPT OLD), -ENOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, "kprobe_events"));
	tree_release(&t);
}
END_TEST

UNIT_SUITE(delivery_probes, definitions, newer_kernels, hidden_kallsyms, refusals)
