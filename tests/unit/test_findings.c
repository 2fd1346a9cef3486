// SPDX-License-Identifier: GPL-2.0-only
/* test_findings.c - what check says of hosts of several kinds. */
#include "record/findings.h"

#include "tree.h"

#include <sys/stat.h>

static const struct finding *of(const struct findings *f, const char *key)
{
	for (u32 i = 0; i < f->nr; i++)
		if (!strcmp(f->list[i].key, key))
			return &f->list[i];
	return NULL;
}

/* The level of a line, or -1. */
static int level(const struct findings *f, const char *key)
{
	const struct finding *line = of(f, key);

	return line ? (int)line->level : -1;
}

static void add_trace_cmd(struct tree *t)
{
	char path[HOST_PATH_MAX];

	tree_write(t, "/bin/trace-cmd", "#!/bin/sh\n");
	chmod(host_path(&t->host, path, "/bin/trace-cmd"), 0755);
	setenv("PATH", host_path(&t->host, path, "/bin"), 1);
}

START_TEST(a_host_without_anything)
{
	struct findings f;
	struct tree t;

	tree_init(&t);
	setenv("PATH", "/nowhere", 1);
	findings_make(&f, &t.host);
	ck_assert(!f.can_record);
	ck_assert_str_ne(f.kernel, "");
	ck_assert_int_eq(level(&f, "kvm"), LEVEL_MISSING);
	ck_assert_int_eq(level(&f, "tracefs"), LEVEL_MISSING);
	ck_assert_int_eq(level(&f, "tracepoint"), LEVEL_MISSING);
	for (u32 i = 0; i < f.nr; i++)
		ck_assert(f.list[i].level == LEVEL_GOOD || f.list[i].advice[0]);
	for (u32 i = 0; i < NR_PRESETS; i++)
		ck_assert_str_ne(f.why_not[i].msg, "");
	tree_release(&t);
}
END_TEST

START_TEST(a_patched_host)
{
	struct findings f;
	struct tree t;

	tree_init(&t);
	add_trace_cmd(&t);
	tree_tracefs(&t, EVENT_TRACK, "kvm:kvm_apic_ipi", "kvm:kvm_apic_accept_irq", NULL);
	tree_btf(&t, 2432);
	tree_write(&t, "/proc/sys/kernel/osrelease", "6.12.1-test\n");
	tree_write(&t, "/sys/module/kvm/parameters/halt_poll_ns", "0\n");
	tree_write(&t, "/sys/module/kvm_amd/taint", "OE\n");
	tree_write(&t, "/sys/module/kvm_amd/parameters/avic", "N\n");
	tree_write(&t, "/dev/kvm", "");
	findings_make(&f, &t.host);
	ck_assert_str_eq(f.kernel, "6.12.1-test");
	ck_assert(f.can_record);
	ck_assert_int_eq(level(&f, "kvm"), LEVEL_GOOD);
	ck_assert_ptr_nonnull(strstr(of(&f, "kvm")->what, "AMD, not from the kernel's own build"));
	ck_assert_int_eq(level(&f, "tracefs"), LEVEL_GOOD);
	ck_assert_int_eq(level(&f, "tracepoint"), LEVEL_GOOD);
	ck_assert_int_eq(level(&f, "stock-events"), LEVEL_GOOD);
	ck_assert_int_eq(level(&f, "hardware-ipis"), LEVEL_GOOD);
	ck_assert_int_eq(level(&f, "halt-polling"), LEVEL_GOOD);
	ck_assert_int_eq(level(&f, "probes"), LEVEL_GOOD);
	ck_assert_int_eq(level(&f, "trace-cmd"), LEVEL_GOOD);
	ck_assert_int_eq(level(&f, "lockdown"), -1);
	tree_release(&t);
}
END_TEST

START_TEST(what_the_hardware_hides)
{
	struct findings f;
	struct tree t;

	tree_init(&t);
	tree_write(&t, "/sys/module/kvm_amd/parameters/avic", "Y\n");
	findings_make(&f, &t.host);
	ck_assert_int_eq(level(&f, "hardware-ipis"), LEVEL_LIMITED);
	ck_assert_ptr_nonnull(strstr(of(&f, "hardware-ipis")->advice, "avic=0"));
	tree_release(&t);
	tree_init(&t);
	tree_write(&t, "/sys/module/kvm_intel/parameters/enable_apicv", "Y\n");
	tree_write(&t, "/sys/module/kvm_intel/parameters/enable_ipiv", "Y\n");
	findings_make(&f, &t.host);
	ck_assert_ptr_nonnull(strstr(of(&f, "hardware-ipis")->advice, "enable_ipiv=0"));
	tree_write(&t, "/sys/module/kvm_intel/parameters/enable_ipiv", "N\n");
	findings_make(&f, &t.host);
	ck_assert_int_eq(level(&f, "hardware-ipis"), LEVEL_GOOD);
	tree_release(&t);
}
END_TEST

START_TEST(by_btf_where_tracefs_is_closed)
{
	struct findings f;
	struct tree t;

	tree_init(&t);
	tree_btf(&t, 8);
	tree_write(&t, "/sys/module/kvm/parameters/halt_poll_ns", "200000\n");
	tree_btf_structs(&t, "kvm", "trace_event_raw_kvm_entry", NULL);
	findings_make(&f, &t.host);
	ck_assert_int_eq(level(&f, "tracepoint"), LEVEL_LIMITED);
	ck_assert_int_eq(level(&f, "halt-polling"), LEVEL_LIMITED);
	tree_btf_structs(&t, "kvm", "trace_event_raw_kvm_entry", "trace_event_raw_kvm_ipi_track",
			 NULL);
	findings_make(&f, &t.host);
	ck_assert_int_eq(level(&f, "tracepoint"), LEVEL_GOOD);
	ck_assert(!f.can_record);
	tree_release(&t);
}
END_TEST

START_TEST(a_locked_host)
{
	struct findings f;
	struct tree t;

	tree_init(&t);
	tree_write(&t, "/sys/kernel/security/lockdown", "none integrity [confidentiality]\n");
	findings_make(&f, &t.host);
	ck_assert_int_eq(level(&f, "lockdown"), LEVEL_MISSING);
	tree_write(&t, "/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
	findings_make(&f, &t.host);
	ck_assert_int_eq(level(&f, "lockdown"), -1);
	tree_release(&t);
}
END_TEST

UNIT_SUITE(findings, a_host_without_anything, a_patched_host, what_the_hardware_hides,
	   by_btf_where_tracefs_is_closed, a_locked_host)
