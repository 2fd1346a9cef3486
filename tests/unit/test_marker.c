// SPDX-License-Identifier: GPL-2.0-only
/* test_marker.c - the lines that say who is who, and those that only look like them. */
#include "model/marker.h"

#include "unit.h"

static struct marker m;

static int parse(const char *text)
{
	return marker_parse(text, strlen(text), &m);
}

START_TEST(good_lines)
{
	ck_assert_int_eq(parse("kvm-ipi: vm 42/3 name \"web 1\"\n"), 0);
	ck_assert(m.kind == MARKER_VM && m.vm.have_pid && m.vm.pid == 42 && m.vm.have_id &&
		  m.vm.id == 3);
	ck_assert_str_eq(m.name, "web 1");
	ck_assert_int_eq(parse("kvm-ipi: vcpu 42/3 17 tid 4711"), 0);
	ck_assert(m.kind == MARKER_VCPU && m.vm.pid == 42 && m.vm.id == 3 && m.vcpu == 17 &&
		  m.tid == 4711);
	ck_assert_int_eq(parse("kvm-ipi: vm 42 name \"all of a process\""), 0);
	ck_assert(m.vm.pid == 42 && !m.vm.have_id);
	ck_assert_int_eq(parse("kvm-ipi: cpu 3 core 1 llc 0 package 2"), 0);
	ck_assert(m.kind == MARKER_CPU && m.cpu == 3 && m.levels.of[LEVEL_CORE] == 1);
	ck_assert(m.levels.of[LEVEL_LLC] == 0 && m.levels.of[LEVEL_NODE] == -1);
	ck_assert_int_eq(parse("kvm-ipi: directed_yield_policy ipi-v3+relaxed\n"), 0);
	ck_assert(m.kind == MARKER_POLICY);
	ck_assert_str_eq(m.name, "ipi-v3+relaxed");
	/* Only the first len bytes are the record's. */
	ck_assert_int_eq(marker_parse("kvm-ipi: vcpu 1/1 2 tid 34567", 26, &m), 0);
	ck_assert_int_eq(m.tid, 34);
}
END_TEST

START_TEST(other_lines)
{
	static const char *const wrong[] = {
		"",
		"hello",
		"kvm-ipi:",
		"kvm-ipi: ",
		"kvm-ipi: vm",
		"kvm-ipi: vm 42/3",
		"kvm-ipi: vm 42/3 name",
		"kvm-ipi: vm 42/3 name web",
		"kvm-ipi: vm 42/3 name \"",
		"kvm-ipi: vm 42/3 name \"\"",
		"kvm-ipi: vm 42/3 name \"a\"b\"",
		"kvm-ipi: vm 42/3 name \"a\" ",
		"kvm-ipi: vm ?/3 name \"a\"",
		"kvm-ipi: vm x/3 name \"a\"",
		"kvm-ipi: vcpu 42/3 1 tid",
		"kvm-ipi: vcpu 42/3 1 tid x",
		"kvm-ipi: vcpu 42/3 -1 tid 5",
		"kvm-ipi: vcpu 42/3 1 tid 5 6",
		"kvm-ipi: vcpu 42/3 tid 5",
		"kvm-ipi: vcpu 42/3 4294967295 tid 5",
		"kvm-ipi: vcpu 42/3 1 tid 2147483648",
		" kvm-ipi: vcpu 42/3 1 tid 5",
		"kvm-ipi: vcpu 42 1 tid 5",
		"kvm-ipi: host 42/3 1 tid 5",
		"kvm-ipi: cpu",
		"kvm-ipi: cpu x",
		"kvm-ipi: cpu 1 core",
		"kvm-ipi: cpu 1 core x",
		"kvm-ipi: directed_yield_policy",
		"kvm-ipi: directed_yield_policy ",
		"kvm-ipi: directed_yield_policy a b",
		"kvm-ipi: directed_yield_policy A",
	};
	char text[1000] = "kvm-ipi: vm 42/3 name \"";

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_msg(parse(wrong[i]) == -EINVAL, "taken: %s", wrong[i]);
	memset(text + strlen(text), 'a', 300); /* a name that is too long */
	text[323] = '"';
	ck_assert_int_eq(parse(text), -EINVAL);
	memset(text + 20, 'b', 979); /* and a line that is */
	ck_assert_int_eq(marker_parse(text, sizeof(text), &m), -EINVAL);
}
END_TEST

UNIT_SUITE(marker, good_lines, other_lines)
