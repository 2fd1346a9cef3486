// SPDX-License-Identifier: GPL-2.0-only
/* test_whois.c - who runs which vCPU of which VM, from planted events. */
#include "analysis/whois.h"

#include "unit.h"

static struct whois w;
static struct thread_map map;
static struct vms vms;
static struct vm_names names;
static u64 now;

static void begin(void)
{
	now = 1;
	whois_init(&w, &map, &vms, &names);
}

static void add(u8 kind, s32 pid, u8 flags, s64 v0, s64 v1, s64 v3)
{
	struct event ev = { .ts = now++,
			    .pid = pid,
			    .kind = kind,
			    .flags = flags,
			    .have = 0xf,
			    .v = { v0, v1, 0, v3 } };

	ck_assert_int_eq(whois_ops.records(&w, &ev, 1), 0);
}

static void runs(s32 pid, u32 vcpu)
{
	add(EV_ENTRY, pid, 0, vcpu, 0, 0);
}
static void leaves(s32 pid, u32 vcpu)
{
	add(EV_EXIT, pid, 0, vcpu, 0, 0);
}
static void accepts(s32 pid, u32 dst, u8 vec)
{
	add(EV_ACCEPT, pid, 0, dst, 0, vec);
}
static void injects(s32 pid, u8 vec)
{
	add(EV_INJ_VIRQ, pid, 0, vec, 0, 0);
}

static void marks(const char *text)
{
	struct event ev = {
		.ts = now++, .pid = 1, .kind = EV_MARK, .text = { text, (u32)strlen(text) }
	};

	ck_assert_int_eq(whois_ops.records(&w, &ev, 1), 0);
}

static void tracks(s32 pid, s32 vm_pid, u32 vm_id, u32 src, u32 dst)
{
	struct event ev = { .ts = now++,
			    .pid = pid,
			    .kind = EV_TRACK,
			    .ipi = { .src = src,
				     .dst = dst,
				     .vm_pid = vm_pid,
				     .vm_id = vm_id,
				     .have_vm_pid = true,
				     .have_vm_id = true } };

	ck_assert_int_eq(vms_resolve(&vms, &ev.ipi, 1), 0);
	ck_assert_int_eq(whois_ops.records(&w, &ev, 1), 0);
}

static void finish(void)
{
	ck_assert_int_eq(whois_finish(&w), 0);
}

static void end(void)
{
	whois_release(&w);
	threads_release(&map);
	vms_release(&vms);
	vm_names_release(&names);
}

static u32 vm_of(s32 pid)
{
	const struct thread *t = threads_find(&map, pid);

	return t ? t->vm : VM_NONE;
}

/*
 * Two VMs of two vCPUs each, 10/11 and 20/21; who is who is told by nothing but the order of
 * events.
 */
START_TEST(two_vms_with_the_same_ids)
{
	begin();
	for (s32 vm = 1; vm <= 2; vm++)
		for (s32 i = 0; i < 2; i++)
			runs(10 * vm + i, (u32)i);
	for (int i = 0; i < 5; i++) {
		accepts(10, 1, 0x41);
		injects(11, 0x41);
		accepts(20, 1, 0x41);
		injects(21, 0x41);
		/* Both at once: shared evidence, the wrong one half the time. */
		accepts(10, 1, 0x42);
		accepts(20, 1, 0x42);
		injects(21, 0x42);
		injects(11, 0x42);
	}
	finish();
	ck_assert(vm_of(10) == vm_of(11) && vm_of(20) == vm_of(21) && vm_of(10) != vm_of(20));
	ck_assert_uint_eq(vms.vm[vm_of(10)].id, 1);
	ck_assert_uint_eq(vms.vm[vm_of(20)].id, 2);
	ck_assert(!vms.vm[vm_of(10)].have_pid);
	ck_assert_uint_eq(threads_find(&map, 10)->vm_known, KNOWN_INFERRED);
	ck_assert_uint_eq(threads_find(&map, 11)->vcpu_known, KNOWN_CERTAIN);
	end();
}
END_TEST

START_TEST(what_explains_an_injection)
{
	begin();
	for (s32 vm = 1; vm <= 2; vm++)
		for (s32 i = 0; i < 2; i++)
			runs(10 * vm + i, (u32)i);
	for (int i = 0; i < 9; i++) {
		accepts(20, 1, 0x41);
		accepts(11, 1, 0x41); /* its own timer, with the same vector */
		injects(11, 0x41);
		injects(21, 0x41);
		add(EV_ACCEPT, 0, 0x08, 1, 0, 0x50); /* in an interrupt: nobody sent it */
		injects(21, 0x50);
	}
	accepts(20, 1, 0x60);
	add(EV_GAP, 0, 0, -1, 0, 0); /* 21's injection is lost: 11's is of something else */
	injects(11, 0x60);
	accepts(10, 1, 0x43);
	injects(11, 0x43);
	finish();
	ck_assert(vm_of(20) == vm_of(21) && vm_of(10) == vm_of(11) && vm_of(10) != vm_of(20));
	end();
}
END_TEST

START_TEST(eois_where_injections_are_not_recorded)
{
	begin();
	for (s32 vm = 1; vm <= 2; vm++)
		for (s32 i = 0; i < 2; i++)
			runs(10 * vm + i, (u32)i);
	accepts(10, 1, 0x41);
	add(EV_EOI, 11, 0, 1, 0x41, 0);
	accepts(20, 1, 0x41);
	add(EV_EOI, 21, 0, 1, 0x41, 0);
	add(EV_EOI, 21, 0, 1, -1, 0);
	finish();
	ck_assert(vm_of(10) == vm_of(11) && vm_of(20) == vm_of(21) && vm_of(10) != vm_of(20));
	end();
}
END_TEST

START_TEST(wakeups_inside_kvm)
{
	begin();
	for (s32 vm = 1; vm <= 2; vm++)
		for (s32 i = 0; i < 2; i++)
			runs(10 * vm + i, (u32)i);
	leaves(10, 0);
	add(EV_WAKEUP, 10, 0, 11, 0, 0);
	add(EV_WAKEUP, 10, 0x10, 21, 0, 0); /* a timer's doing */
	runs(10, 0);
	leaves(20, 0);
	add(EV_USERSPACE_EXIT, 20, 0, 2, 0, 0);
	add(EV_WAKEUP, 20, 0, 11, 0, 0); /* the VMM's doing: of whatever VM */
	runs(20, 0);
	finish();
	ck_assert(vm_of(10) == vm_of(11) && vm_of(20) == vm_of(21) && vm_of(10) != vm_of(20));
	end();
}
END_TEST

START_TEST(tracked_senders_are_certain)
{
	begin();
	/* Two VMs of one process. */
	tracks(10, 42, 6, 0, 1);
	tracks(20, 42, 7, 0, 1);
	for (s32 i = 11; i <= 21; i += 10) {
		runs(i, 1);
		accepts(i - 1, 1, 0x41);
		injects(i, 0x41);
	}
	runs(30, 0); /* of a third VM, of which nobody speaks */
	finish();
	ck_assert(vm_of(10) == vm_of(11) && vm_of(20) == vm_of(21) && vm_of(10) != vm_of(20));
	ck_assert_uint_eq(vms.vm[vm_of(11)].id, 6);
	ck_assert_uint_eq(threads_find(&map, 10)->vm_known, KNOWN_CERTAIN);
	ck_assert_uint_eq(threads_find(&map, 10)->vcpu, 0);
	ck_assert_uint_eq(threads_find(&map, 11)->vm_known, KNOWN_INFERRED);
	ck_assert(!vms.vm[vm_of(30)].have_pid && vms.vm[vm_of(30)].id == 1);
	end();
}
END_TEST

START_TEST(markers)
{
	begin();
	runs(10, 0);
	runs(20, 0);
	marks("kvm-ipi: vcpu 42/3 0 tid 20");
	marks("kvm-ipi: vcpu 42/3 1 tid 21");
	marks("kvm-ipi: vm 42/3 name \"web\"");
	marks("kvm-ipi: vm 42/3 name \"other\"");
	marks("somebody else's line");
	finish();
	ck_assert(vm_of(20) == vm_of(21) && vm_of(10) != vm_of(20));
	ck_assert_int_eq(vms.vm[vm_of(20)].pid, 42);
	ck_assert_uint_eq(threads_find(&map, 21)->vcpu, 1);
	ck_assert_uint_eq(threads_find(&map, 21)->vcpu_known, KNOWN_NAMED);
	ck_assert_uint_eq(threads_find(&map, 21)->vm_known, KNOWN_NAMED);
	ck_assert_str_eq(vm_names_find(&names, &vms.vm[vm_of(20)]), "web");
	end();
}
END_TEST

START_TEST(markers_beside_track)
{
	begin();
	marks("kvm-ipi: vcpu 42/15 0 tid 20"); /* a number of its own: a file descriptor */
	marks("kvm-ipi: vcpu 42/15 1 tid 21");
	tracks(20, 42, 3, 0, 1);
	finish();
	ck_assert(vm_of(20) == vm_of(21));
	ck_assert_uint_eq(vms.vm[vm_of(21)].id, 3);
	ck_assert_uint_eq(threads_find(&map, 20)->vm_known, KNOWN_CERTAIN);
	ck_assert_uint_eq(threads_find(&map, 21)->vm_known, KNOWN_NAMED);
	end();
}
END_TEST

START_TEST(guest_maps)
{
	begin();
	runs(10, 0);
	runs(20, 0);
	runs(11, 1);
	accepts(20, 1, 0x41); /* evidence against what was told */
	injects(11, 0x41);
	ck_assert_int_eq(whois_guest(&w, "left"), 0);
	ck_assert_int_eq(whois_guest_cpu(&w, 0, 10), 0);
	ck_assert_int_eq(whois_guest_cpu(&w, 1, 11), 0);
	ck_assert_int_eq(whois_guest(&w, "empty"), 0);
	finish();
	ck_assert(vm_of(10) == vm_of(11) && vm_of(10) != vm_of(20));
	ck_assert_uint_eq(threads_find(&map, 11)->vm_known, KNOWN_NAMED);
	ck_assert_uint_eq(threads_find(&map, 20)->vm_known, KNOWN_INFERRED);
	ck_assert_str_eq(vm_names_find(&names, &vms.vm[vm_of(10)]), "left");
	ck_assert_ptr_null(vm_names_find(&names, &vms.vm[vm_of(20)]));
	end();
}
END_TEST

START_TEST(names_of_threads)
{
	static const struct {
		const char *name;
		u32 vcpu;
	} form[] = {
		{ "CPU 3/KVM", 3 },	    { "fc_vcpu 4", 4 },		{ "vcpu5", 5 },
		{ "crosvm_vcpu6", 6 },	    { "kvm-vcpu-7", 7 },	{ "CPU 3/TCG", VCPU_NONE },
		{ "CPU x/KVM", VCPU_NONE }, { "vmA-vcpu1", VCPU_NONE }, { "vcpu", VCPU_NONE },
		{ "vcpu1x", VCPU_NONE },    { "qemu", VCPU_NONE },
	};

	begin();
	for (s32 i = 0; i < (s32)ARRAY_SIZE(form); i++)
		ck_assert_int_eq(whois_thread_name(&w, 100 + i, form[i].name), 0);
	runs(50, 9);
	ck_assert_int_eq(whois_thread_name(&w, 50, "CPU 8/KVM"), 0); /* its events know better */
	finish();
	for (s32 i = 0; i < (s32)ARRAY_SIZE(form); i++) {
		const struct thread *t = threads_find(&map, 100 + i);

		ck_assert_msg((t ? t->vcpu : VCPU_NONE) == form[i].vcpu, "%s", form[i].name);
		ck_assert(!t || t->vcpu_known == KNOWN_NAMED);
	}
	ck_assert_uint_eq(threads_find(&map, 50)->vcpu, 9);
	end();
}
END_TEST

UNIT_SUITE(whois, two_vms_with_the_same_ids, what_explains_an_injection,
	   eois_where_injections_are_not_recorded, wakeups_inside_kvm, tracked_senders_are_certain,
	   markers, markers_beside_track, guest_maps, names_of_threads)
