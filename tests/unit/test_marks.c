// SPDX-License-Identifier: GPL-2.0-only
/* test_marks.c - lines in any order, in parts, again and again; and whom the user named himself. */
#include "model/marks.h"

#include "unit.h"

struct line {
	u64 ts;
	const char *text;
};

static const struct line lines[] = {
	{ 10, "kvm-ipi: vm 42/3 name \"first\"" },
	{ 20, "kvm-ipi: vm 42/3 name \"second\"" },
	{ 5, "kvm-ipi: vm 43 name \"process\"" },
	{ 5, "kvm-ipi: vm 43 name \"also\"" },
	{ 7, "kvm-ipi: cpu 1 core 1 llc 0 node 0" },
	{ 9, "kvm-ipi: cpu 1 core 7 llc 7 node 7" },
	{ 8, "kvm-ipi: cpu 0 core 0 llc 0 node 0" },
	{ 1, "kvm-ipi: vm 44 nothing" },
	{ 1, "somebody else" },
};

static void add(struct marks *m, const struct line *l)
{
	ck_assert_int_eq(marks_add(m, l->ts, l->text, strlen(l->text)), 0);
}

static const char *name_of(const struct vm_names *names, s32 pid, u32 id)
{
	const struct vm vm = { .have_pid = true, .pid = pid, .have_id = true, .id = id };

	return vm_names_find(names, &vm);
}

static void check(const struct marks *m)
{
	struct vm_names names = { 0 };
	struct topology t = { 0 };

	ck_assert_int_eq(marks_tell(m, &names, &t), 0);
	ck_assert_str_eq(name_of(&names, 42, 3), "first");
	ck_assert_str_eq(name_of(&names, 43, 9), "also");
	ck_assert_uint_eq(names.nr, 2);
	ck_assert_uint_eq(t.nr, 2);
	ck_assert_int_eq(t.cpu[1].of[LEVEL_CORE], 1);
	/* Told twice is told once. */
	ck_assert_int_eq(marks_tell(m, &names, &t), 0);
	ck_assert_uint_eq(names.nr, 2);
	vm_names_release(&names);
	topology_release(&t);
}

START_TEST(order_does_not_matter)
{
	for (size_t first = 0; first < ARRAY_SIZE(lines); first++) {
		struct marks m = { 0 }, part = { 0 };

		for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
			add(i % 3 ? &m : &part, &lines[(first + i) % ARRAY_SIZE(lines)]);
		ck_assert_int_eq(marks_merge(&m, &part), 0);
		ck_assert(!m.vcpus);
		check(&m);
		marks_release(&part);
		marks_release(&m);
		for (size_t i = ARRAY_SIZE(lines); i-- > 0;)
			add(&m, &lines[(first + i) % ARRAY_SIZE(lines)]);
		check(&m);
		marks_release(&m);
	}
}
END_TEST

START_TEST(grows_with_vms_only)
{
	struct marks m = { 0 };
	char text[64];

	for (u32 i = 0; i < 10000; i++) {
		snprintf(text, sizeof(text), "kvm-ipi: vm %u name \"vm %u\"", i % 40, i % 40);
		ck_assert_int_eq(marks_add(&m, i, text, strlen(text)), 0);
	}
	ck_assert_uint_eq(m.nr_names, 40);
	ck_assert_uint_le(m.room, 64);
	marks_release(&m);
}
END_TEST

START_TEST(the_users_own)
{
	struct vm_names names = { 0 };
	struct topology t = { .fixed = true };
	struct marks m = { 0 }, other = { 0 };
	static const struct line vcpu = { 1, "kvm-ipi: vcpu 42/3 0 tid 77" };

	ck_assert_int_eq(vm_names_parse_line(&names, "42/3 mine"), 0);
	ck_assert_int_eq(topology_add_line(&t, "cpu 5 core 5"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		add(&m, &lines[i]);
	add(&other, &vcpu);
	ck_assert_int_eq(marks_merge(&m, &other), 0);
	ck_assert(m.vcpus);
	ck_assert_int_eq(marks_tell(&m, &names, &t), 0);
	ck_assert_str_eq(name_of(&names, 42, 3), "mine");
	ck_assert_uint_eq(t.nr, 1);
	ck_assert_int_eq(marks_tell(&m, NULL, NULL), 0);
	marks_release(&m);
	marks_release(&other);
	vm_names_release(&names);
	topology_release(&t);
}
END_TEST

UNIT_SUITE(marks, order_does_not_matter, grows_with_vms_only, the_users_own)
