// SPDX-License-Identifier: GPL-2.0-only
/* test_vcpu_state.c - each rule of the state machine, and the run queues. */
#include "analysis/vcpu_state.h"

#include "story.h"
#include "unit.h"

#define A STORY_PID
#define B (STORY_PID + 1)

static int to_vcpus(void *v, const struct event *ev)
{
	return vcpus_event(v, ev);
}

static void begin(struct story *s, struct vcpus *v, u32 nr)
{
	story_begin(s, nr);
	ck_assert_int_eq(vcpus_init(v, &s->map), 0);
	s->analysis = v;
	s->event = to_vcpus;
}

static void end(struct story *s, struct vcpus *v)
{
	vcpus_release(v);
	story_end(s);
}

/* The bits that are set, as letters: Run, aSleep, reaDy, Preempted, Blocking, Event, User. */
static void check(const struct vcpus *v, u32 n, const char *want)
{
	static const char letters[NR_VCPU_BITS + 1] = "RSDPBEU";
	char got[NR_VCPU_BITS + 1];
	int len = 0;

	for (int b = 0; b < NR_VCPU_BITS; b++)
		if (vcpu_is(v, &v->vcpu[n], b))
			got[len++] = letters[b];
	got[len] = 0;
	ck_assert_str_eq(got, want);
}

START_TEST(preempted)
{
	struct vcpus v;
	struct story s;

	begin(&s, &v, 2);
	story_switch(&s, 1, 0, 0, 0, A);
	check(&v, 0, "R");
	story_switch(&s, 2, 0, A, 0, 0); /* it never entered: in an ioctl that loads the vCPU */
	check(&v, 0, "DP");
	story_switch(&s, 3, 0, 0, 0, A);
	story_entry(&s, 4, 0, 0);
	story_switch(&s, 5, 0, A, 0, 0);
	check(&v, 0, "DP");
	story_switch(&s, 6, 1, 0, 0, A);
	check(&v, 0, "R");
	ck_assert_int_eq(v.vcpu[0].cpu, 1);
	story_switch(&s, 7, 1, A, TASK_PREEMPTED, 0);
	check(&v, 0, "DP");
	story_switch(&s, 8, 1, 0, 0, A);
	story_userspace(&s, 9, 0);
	story_switch(&s, 10, 1, A, 0, 0); /* in the VMM */
	check(&v, 0, "");
	end(&s, &v);
}
END_TEST

START_TEST(halted_and_woken)
{
	struct vcpus v;
	struct story s;

	begin(&s, &v, 2);
	story_switch(&s, 1, 0, 0, 0, A);
	story_entry(&s, 2, 0, 0);
	story_exit(&s, 3, 0, 0, STORY_SVM_HLT, STORY_KERNEL);
	story_switch(&s, 4, 0, A, 1, 0);
	check(&v, 0, "SB");
	story_wakeup(&s, 5, 1, 999, A, 1);
	check(&v, 0, "DB");
	ck_assert_int_eq(v.vcpu[0].cpu, 1);
	story_switch(&s, 6, 1, 0, 0, A);
	check(&v, 0, "RB"); /* blocking until it enters */
	story_entry(&s, 7, 1, 0);
	check(&v, 0, "R");
	/* Sleeping for another reason, in another way: no halt. */
	story_exit(&s, 8, 1, 0, STORY_SVM_MSR, STORY_KERNEL);
	story_switch(&s, 9, 1, A, 1, 0);
	check(&v, 0, "S");
	story_wakeup(&s, 10, 1, 999, A, 1);
	check(&v, 0, "");
	story_switch(&s, 11, 1, 0, 0, A);
	story_entry(&s, 12, 1, 0);
	story_exit(&s, 13, 1, 0, STORY_SVM_HLT, STORY_KERNEL);
	story_switch(&s, 14, 1, A, 2, 0); /* uninterruptible */
	check(&v, 0, "S");
	end(&s, &v);
}
END_TEST

START_TEST(ready_is_left_over)
{
	struct vcpus v;
	struct story s;

	begin(&s, &v, 2);
	story_switch(&s, 1, 0, 0, 0, A);
	story_switch(&s, 2, 0, A, 1, 0); /* before its first entry: waits to be started */
	check(&v, 0, "SB");
	story_wakeup(&s, 3, 0, 999, A, 0);
	story_switch(&s, 4, 0, 0, 0, A);
	story_switch(&s, 5, 0, A, 0, 0); /* it ran: it waits no more, though it has not entered */
	check(&v, 0, "DP");
	end(&s, &v);
}
END_TEST

/* By 7: A has halted on CPU 0; B, in an exit on CPU 1, wakes it and has not yet set its flag. */
static void b_wakes_a(struct story *s)
{
	story_switch(s, 1, 0, 0, 0, A);
	story_entry(s, 1, 0, 0);
	story_exit(s, 2, 0, 0, STORY_SVM_HLT, STORY_KERNEL);
	story_switch(s, 3, 0, A, 1, 0);
	story_switch(s, 4, 1, 0, 0, B);
	story_entry(s, 5, 1, 1);
	story_exit(s, 6, 1, 1, STORY_SVM_MSR, STORY_KERNEL);
	story_wakeup(s, 7, 1, B, A, 0);
}

START_TEST(owed)
{
	struct vcpus v;
	struct story s;

	begin(&s, &v, 2);
	b_wakes_a(&s);
	story_switch(&s, 8, 1, B, TASK_PREEMPTED, 0); /* before it set the flag */
	check(&v, 0, "B");
	story_switch(&s, 9, 1, 0, 0, B);
	check(&v, 0, "DB");
	/* The same, but the waker went on first. */
	story_switch(&s, 10, 0, 0, 0, A);
	story_entry(&s, 11, 0, 0);
	story_exit(&s, 12, 0, 0, STORY_SVM_HLT, STORY_KERNEL);
	story_switch(&s, 13, 0, A, 1, 0);
	story_wakeup(&s, 14, 1, B, A, 0);
	story_entry(&s, 15, 1, 1);
	story_switch(&s, 16, 1, B, TASK_PREEMPTED, 0);
	check(&v, 0, "DB");
	end(&s, &v);
}
END_TEST

/* The waker's switch was lost: it comes back from nowhere, and owes nothing any more. */
START_TEST(owed_over_a_gap)
{
	struct vcpus v;
	struct story s;

	begin(&s, &v, 2);
	b_wakes_a(&s);
	story_switch(&s, 8, 2, 0, 0, B);
	check(&v, 0, "DB");
	story_switch(&s, 9, 2, B, TASK_PREEMPTED, 0);
	check(&v, 0, "DB");
	check(&v, 1, "DP");
	end(&s, &v);
}
END_TEST

/* Numbers of CPUs that no machine has: damage, which costs its event. */
START_TEST(cpus_beyond_all_machines)
{
	struct vcpus v;
	struct story s;

	begin(&s, &v, 1);
	story_switch(&s, 1, 0, 0, 0, A);
	story_switch(&s, 2, 4000000000u, A, 1, 0);
	story_wakeup(&s, 3, 0, A, A, 4000000000u);
	check(&v, 0, "R");
	end(&s, &v);
}
END_TEST

START_TEST(queues)
{
	struct vcpus v;
	struct story s;

	begin(&s, &v, 2);
	story_switch(&s, 1, 0, 0, 0, A);
	ck_assert_uint_eq(vcpus_running(&v, 0), 1); /* the idle task is on no queue */
	story_wakeup(&s, 2, 0, A, 555, 0);
	ck_assert_uint_eq(vcpus_running(&v, 0), 2);
	story_switch(&s, 3, 0, A, 0, 555);
	ck_assert_uint_eq(vcpus_running(&v, 0), 2);
	story_switch(&s, 4, 1, 0, 0, A); /* moved over */
	ck_assert_uint_eq(vcpus_running(&v, 0), 1);
	ck_assert_uint_eq(vcpus_running(&v, 1), 1);
	story_switch(&s, 5, 0, 555, 1, 0);
	ck_assert_uint_eq(vcpus_running(&v, 0), 0);
	ck_assert_uint_eq(vcpus_running(&v, 77), 0);
	ck_assert_uint_eq(vcpus_running(&v, -1), 0);
	end(&s, &v);
}
END_TEST

START_TEST(who_is_who)
{
	struct thread_map map = { 0 };
	struct thread *t;
	struct vcpus v;

	for (u32 i = 0; i < 3; i++) { /* ids 130, 7, 130: two threads of one vCPU */
		t = threads_add(&map, 10 + (s32)i);
		t->vcpu = i == 1 ? 7 : 130;
		t->vm = 5;
		t->vcpu_known = t->vm_known = KNOWN_INFERRED;
	}
	t = threads_add(&map, 13);
	t->vcpu = 1;
	t->vm = VM_NONE;
	ck_assert_int_eq(threads_seal(&map), 0);
	ck_assert_int_eq(vcpus_init(&v, &map), 0);
	threads_release(&map);
	ck_assert_uint_eq(v.nr, 2);
	ck_assert_uint_eq(vcpus_find(&v, 5, 7), 0);
	ck_assert_uint_eq(vcpus_find(&v, 5, 130), 1);
	ck_assert_uint_eq(vcpus_find(&v, 5, 8), VCPU_NOBODY);
	ck_assert_uint_eq(vcpus_find(&v, 0, 7), VCPU_NOBODY);
	ck_assert_uint_eq(vcpus_find(&v, 99, 7), VCPU_NOBODY);
	ck_assert_uint_eq(vcpus_of_pid(&v, 10), 1);
	ck_assert_uint_eq(vcpus_of_pid(&v, 12), 1);
	ck_assert_uint_eq(vcpus_of_pid(&v, 13), VCPU_NOBODY);
	ck_assert_uint_eq(vcpus_of_pid(&v, 14), VCPU_NOBODY);
	vcpus_release(&v);
}
END_TEST

/* The CPUs on which the vCPU has its place: one of those that are looked at, or none. */
static u64 places(const struct vcpus *v, u32 n)
{
	const struct vcpu_vm *vm = &v->vm[v->vcpu[n].group];
	u64 cpus = 0;

	for (u32 cpu = 0; cpu < VCPU_PLACES; cpu++)
		cpus |= (u64)vcpu_bit(vcpus_place(vm, cpu), v->vcpu[n].slot) << cpu;
	return cpus;
}

START_TEST(places_of_vcpus)
{
	struct vcpus v;
	struct story s;

	begin(&s, &v, 2);
	ck_assert_uint_eq(places(&v, 1), 0);
	story_switch(&s, 1, 3, 0, 0, B);
	ck_assert_uint_eq(places(&v, 1), 1u << 3);
	story_switch(&s, 2, 3, B, 1, 0);
	ck_assert_uint_eq(places(&v, 1), 1u << 3); /* where it was last */
	story_wakeup(&s, 3, 0, A, B, 5);
	ck_assert_uint_eq(places(&v, 1), 1u << 5);
	/* On a CPU beyond those that are looked at it is nowhere, and nobody else is elsewhere. */
	story_switch(&s, 4, 70, 0, 0, B);
	ck_assert_uint_eq(places(&v, 1), 0);
	ck_assert_uint_eq(places(&v, 0), 0);
	story_switch(&s, 5, 70, B, 1, 0);
	story_switch(&s, 6, 63, 0, 0, B);
	ck_assert_uint_eq(places(&v, 1), 1ull << 63);
	end(&s, &v);
}
END_TEST

UNIT_SUITE(vcpu_state, preempted, halted_and_woken, ready_is_left_over, owed, queues, who_is_who,
	   owed_over_a_gap, cpus_beyond_all_machines, places_of_vcpus)
