// SPDX-License-Identifier: GPL-2.0-only
/* test_whois_check.c - events that fit into a map of the beginning, and each kind that does not. */
#include "analysis/whois_check.h"

#include "unit.h"

static struct thread_map map;
static struct whois_check check;

/* Threads 10 and 11 are vCPUs 0 and 1 of VM 0; 20 runs nothing. */
static void begin(void)
{
	for (s32 i = 0; i < 2; i++) {
		struct thread *t = threads_add(&map, 10 + i);

		t->vcpu = (u32)i;
		t->vm = 0;
		t->vcpu_known = t->vm_known = KNOWN_CERTAIN;
	}
	threads_add(&map, 20)->vcpu = VCPU_NONE;
	ck_assert(whois_can_check(&map));
	whois_check_init(&check, &map);
}

static void end(void)
{
	whois_check_release(&check);
	threads_release(&map);
}

static int runs(u8 kind, s32 pid, s64 vcpu)
{
	struct event ev = { .kind = kind, .pid = pid, .have = 1, .v = { vcpu } };

	return whois_check_event(&check, &ev);
}

static int sends(s32 pid, u32 vcpu, u32 vm)
{
	struct event ev = { .kind = EV_TRACK,
			    .pid = pid,
			    .ipi = { .src = vcpu, .vm = vm, .vm_pid = 42, .vm_id = vm } };

	return whois_check_event(&check, &ev);
}

static int marks(const char *text)
{
	struct event ev = { .kind = EV_MARK, .ts = 7, .text = { text, (u32)strlen(text) } };

	return whois_check_event(&check, &ev);
}

START_TEST(what_fits)
{
	begin();
	/* Once, and again: the second time nothing is looked up. */
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(runs(EV_ENTRY, 10, 0), 0);
		ck_assert_int_eq(runs(EV_EXIT, 11, 1), 0);
		ck_assert_int_eq(runs(EV_EOI, 11, 1), 0);
		ck_assert_int_eq(sends(10, 0, 0), 0);
		ck_assert_int_eq(sends(11, 1, 0), 0);
	}
	/* Of other kinds the first value is something else. */
	ck_assert_int_eq(runs(EV_SWITCH, 99, 5), 0);
	ck_assert_int_eq(runs(EV_ACCEPT, 10, 1), 0);
	end();
}
END_TEST

START_TEST(what_does_not)
{
	static const u8 kinds[] = { EV_ENTRY, EV_EXIT, EV_EOI };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		begin();
		ck_assert_int_eq(runs(kinds[i], 10, 0), 0);
		ck_assert_int_eq(runs(kinds[i], 10, 1), -ESTALE);
		ck_assert_int_eq(runs(kinds[i], 12, 0), -ESTALE);
		ck_assert_int_eq(runs(kinds[i], 20, 0), -ESTALE);
		/* It shares its place with thread 10, which was there last. */
		ck_assert_int_eq(runs(kinds[i], 10 + EVENTS_SAID, 0), -ESTALE);
		end();
	}
	begin();
	ck_assert_int_eq(sends(10, 1, 0), -ESTALE);
	ck_assert_int_eq(sends(10, 0, 1), -ESTALE);
	ck_assert_int_eq(sends(12, 0, 0), -ESTALE);
	end();
}
END_TEST

/* An exit of a kernel that does not say which vCPU it was tells nothing new. */
START_TEST(no_number)
{
	struct event ev = { .kind = EV_EXIT, .pid = 12 };

	begin();
	ck_assert_int_eq(whois_check_event(&check, &ev), 0);
	end();
}
END_TEST

START_TEST(markers)
{
	begin();
	ck_assert_int_eq(marks("kvm-ipi: vcpu 42/3 1 tid 11"), 0);
	ck_assert_int_eq(marks("kvm-ipi: vm 42/3 name \"db\""), 0);
	ck_assert_int_eq(marks("somebody else"), 0);
	ck_assert_uint_eq(check.marks.nr_names, 1);
	ck_assert_int_eq(marks("kvm-ipi: vcpu 42/3 0 tid 11"), -ESTALE);
	ck_assert_int_eq(marks("kvm-ipi: vcpu 42/3 2 tid 12"), -ESTALE);
	end();
}
END_TEST

START_TEST(what_can_be_checked)
{
	begin();
	threads_add(&map, 10)->vm_known = KNOWN_NAMED;
	ck_assert(!whois_can_check(&map));
	end();
}
END_TEST

UNIT_SUITE(whois_check, what_fits, what_does_not, no_number, markers, what_can_be_checked)
