// SPDX-License-Identifier: GPL-2.0-only
/* test_plan.c - which events a preset takes on which kernel, and the command for it. */
#include "record/plan.h"

#include "tree.h"

#include <sys/stat.h>

#define STOCK                                                                                      \
	"kvm:kvm_apic_ipi", "kvm:kvm_apic_accept_irq", "kvm:kvm_inj_virq", "kvm:kvm_entry",        \
		"kvm:kvm_exit", "sched:sched_switch", "sched:sched_wakeup"

/* A host on which everything works. */
static void make_host(struct tree *t, struct tracer *tr)
{
	char path[HOST_PATH_MAX];

	tree_write(t, "/bin/trace-cmd", "#!/bin/sh\n");
	chmod(host_path(&t->host, path, "/bin/trace-cmd"), 0755);
	setenv("PATH", host_path(&t->host, path, "/bin"), 1);
	tree_btf_kvm(t, "");
	tree_write(
		t, "/proc/kallsyms",
		"0 T yield_to\n0 t __apic_accept_irq\t[kvm]\n"
		"0 T kvm_irq_delivery_to_apic\t[kvm]\n0 T kvm_irq_delivery_to_apic_fast\t[kvm]\n");
	tracer_find(tr, &t->host);
}

static bool takes(const struct plan *p, const char *event)
{
	for (u32 i = 0; i < p->nr_events; i++)
		if (!strcmp(p->event[i], event))
			return true;
	return false;
}

START_TEST(patched_kernel)
{
	struct tracer tr;
	struct plan p;
	struct tree t;

	tree_init(&t);
	tree_tracefs(&t, EVENT_TRACK, STOCK, NULL);
	make_host(&t, &tr);
	for (u32 i = 0; i < NR_PRESETS; i++) {
		plan_make(&p, &presets[i], &t.host, &tr, 0);
		ck_assert_str_eq(p.why_not.msg, "");
		ck_assert(!p.joins);
		ck_assert_int_eq(p.delivery_probes, !strcmp(presets[i].name, "probes"));
	}
	plan_make(&p, preset_find("yield"), &t.host, &tr, 0);
	ck_assert(takes(&p, EVENT_TRACK));
	ck_assert(!takes(&p, "kvm:kvm_apic_ipi"));  /* it only stands in */
	ck_assert(!takes(&p, "kvm:kvm_hypercall")); /* not there */
	ck_assert_uint_ge(p.nr_left_out, 1);
	tree_release(&t);
}
END_TEST

/* Probes in the tracepoint's place, in every preset but one. */
START_TEST(unpatched_kernel)
{
	struct tracer tr;
	struct plan p;
	struct tree t;

	tree_init(&t);
	tree_tracefs(&t, STOCK, "kvm:kvm_avic_incomplete_ipi", NULL);
	make_host(&t, &tr);
	for (u32 i = 0; i < NR_PRESETS; i++) {
		bool stock = !strcmp(presets[i].name, "stock");

		plan_make(&p, &presets[i], &t.host, &tr, 0);
		ck_assert_str_eq(p.why_not.msg, "");
		ck_assert(!p.track && !p.joins && p.delivery_probes == !stock);
		ck_assert_int_eq(takes(&p, "kvm_ipi:deliver"), !stock);
		ck_assert_int_eq(takes(&p, "kvm:kvm_apic_ipi"), stock);
		ck_assert(takes(&p, "kvm:kvm_avic_incomplete_ipi"));
		ck_assert(!takes(&p, EVENT_TRACK));
	}
	plan_make(&p, preset_find("yield-truth"), &t.host, &tr, 0);
	ck_assert_uint_eq(p.nr_probes, 5 + 3);
	ck_assert_str_eq(p.probe[0].name, "kvm_ipi/deliver");
	ck_assert(takes(&p, "kvm_ipi:delivered") && takes(&p, "kvm_ipi:yield_to"));
	tree_release(&t);
}
END_TEST

START_TEST(stock_kernel)
{
	char path[HOST_PATH_MAX];
	struct tracer tr;
	struct plan p;
	struct tree t;

	tree_init(&t);
	tree_tracefs(&t, STOCK, NULL);
	make_host(&t, &tr);
	remove(host_path(&t.host, path, "/proc/kallsyms"));
	plan_make(&p, preset_find("graph"), &t.host, &tr, 0);
	ck_assert_ptr_nonnull(
		strstr(p.why_not.msg, "this kernel has no " EVENT_TRACK ", and no probes: "));
	ck_assert(takes(&p, EVENT_TRACK)); /* the command shows what would be needed */
	plan_make(&p, preset_find("yield"), &t.host, &tr, 0);
	ck_assert_str_eq(p.why_not.msg, "");
	ck_assert(p.joins && p.why_no_probes.msg[0]);
	ck_assert(takes(&p, "kvm:kvm_apic_ipi"));
	ck_assert(!takes(&p, EVENT_TRACK));
	tree_release(&t);
}
END_TEST

START_TEST(probes)
{
	struct tracer tr;
	struct plan p;
	struct tree t;
	char path[HOST_PATH_MAX];

	tree_init(&t);
	tree_tracefs(&t, EVENT_TRACK, STOCK, NULL);
	make_host(&t, &tr);
	plan_make(&p, preset_find("yield-truth"), &t.host, &tr, 0);
	ck_assert_str_eq(p.why_not.msg, "");
	ck_assert_uint_eq(p.nr_probes, 3);
	ck_assert_str_eq(p.probe[0].line, "p:kvm_ipi/spin kvm_vcpu_on_spin");
	ck_assert_str_eq(p.probe[1].line, "p:kvm_ipi/yield_to yield_to pid=+2432(%di):s32");
	ck_assert_str_eq(p.probe[2].line, "r64:kvm_ipi/yield_to_ret yield_to ret=$retval:s32");
	ck_assert(takes(&p, "kvm_ipi:yield_to") && takes(&p, "kvm_ipi:spin"));
	remove(host_path(&t.host, path, "/sys/kernel/btf/vmlinux"));
	plan_make(&p, preset_find("yield-truth"), &t.host, &tr, 0);
	ck_assert_ptr_nonnull(strstr(p.why_not.msg, "BTF"));
	tree_btf(&t, 8);
	remove(host_path(&t.host, path, "/sys/kernel/tracing/kprobe_events"));
	tracer_find(&tr, &t.host);
	plan_make(&p, preset_find("yield-truth"), &t.host, &tr, 0);
	ck_assert_ptr_nonnull(strstr(p.why_not.msg, "kprobe_events"));
	tree_release(&t);
}
END_TEST

START_TEST(obstacles)
{
	struct tracer tr;
	struct plan p;
	struct tree t;
	char path[HOST_PATH_MAX];

	tree_init(&t);
	make_host(&t, &tr);
	plan_make(&p, preset_find("graph"), &t.host, &tr, 0);
	ck_assert_ptr_nonnull(strstr(p.why_not.msg, "no tracefs"));
	ck_assert(!p.known && takes(&p, EVENT_TRACK));
	tree_tracefs(&t, EVENT_TRACK, NULL);
	remove(host_path(&t.host, path, "/sys/kernel/tracing/instances"));
	tracer_find(&tr, &t.host);
	plan_make(&p, preset_find("graph"), &t.host, &tr, 0);
	ck_assert_ptr_nonnull(strstr(p.why_not.msg, "instances"));
	tree_release(&t);
}
END_TEST

START_TEST(sizes)
{
	struct tracer tr;
	struct plan p;
	struct tree t;

	tree_init(&t);
	tree_tracefs(&t, EVENT_TRACK, NULL);
	make_host(&t, &tr);
	plan_make(&p, preset_find("graph"), &t.host, &tr, 0);
	ck_assert_uint_eq(p.buffer_kb, 4096);
	plan_make(&p, preset_find("graph"), &t.host, &tr, 77);
	ck_assert_uint_eq(p.buffer_kb, 77);
	tree_write(&t, "/proc/meminfo", "MemTotal: 9 kB\nMemAvailable:   1000 kB\n");
	plan_make(&p, preset_find("graph"), &t.host, &tr, 0);
	ck_assert_uint_eq(p.buffer_kb, 512);
	tree_release(&t);
}
END_TEST

START_TEST(words)
{
	static const char *const argv[] = { "trace-cmd", "-o", "it's here", "",
					    "a=b:c,d/e", "$x", NULL };
	struct capture c;

	capture_open(&c);
	print_words(argv, c.f);
	ck_assert_str_eq(capture_text(&c), "trace-cmd -o 'it'\\''s here' '' a=b:c,d/e '$x'\n");
	capture_free(&c);
}
END_TEST

START_TEST(the_command)
{
	const char *argv[PLAN_ARGS_MAX];
	struct capture c;
	struct plan p = { .preset = preset_find("graph"),
			  .event = { EVENT_TRACK },
			  .nr_events = 1,
			  .buffer_kb = 4096 };
	char size[24];

	plan_command(&p, "kvm-ipi-1", "out.dat", size, argv);
	capture_open(&c);
	print_words(argv, c.f);
	ck_assert_str_eq(capture_text(&c),
			 "trace-cmd record -d --no-filter -B kvm-ipi-1 -b 4096 -e "
			 "kvm:kvm_ipi_track -o out.dat\n");
	capture_free(&c);
}
END_TEST

UNIT_SUITE(plan, patched_kernel, unpatched_kernel, stock_kernel, probes, obstacles, sizes, words,
	   the_command)
