// SPDX-License-Identifier: GPL-2.0-only
/* test_vcpu_events.c - events one by one. */
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

START_TEST(events_and_modes)
{
	struct vcpus v;
	struct story s;

	begin(&s, &v, 2);
	story_entry(&s, 1, 0, 0);
	story_exit(&s, 2, 0, 0, STORY_SVM_MSR, STORY_USER);
	check(&v, 0, "R"); /* nothing tells that it has a kernel in the upper half yet */
	story_accept(&s, 3, 0, 1, 0x50, 0);
	check(&v, 1, "E");
	story_entry(&s, 4, 1, 1);
	check(&v, 1, "R");
	story_accept(&s, 5, 0, 1, 0x50, 0x10); /* in a softirq: the thread says nothing of the VM */
	check(&v, 1, "R");
	story_eoi(&s, 6, 1, 0x50);
	check(&v, 1, "RE");
	story_exit(&s, 7, 0, 0, STORY_SVM_MSR, STORY_KERNEL);
	story_exit(&s, 8, 0, 0, STORY_SVM_MSR, STORY_USER);
	check(&v, 0, "RU");
	story_exit(&s, 9, 0, 0, STORY_SVM_MSR, STORY_KERNEL);
	check(&v, 0, "R");
	end(&s, &v);
}
END_TEST

UNIT_SUITE(vcpu_events, events_and_modes)
