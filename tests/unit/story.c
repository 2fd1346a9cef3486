// SPDX-License-Identifier: GPL-2.0-only
/* story.c - see story.h. */
#include "story.h"

#include "unit.h"

void story_begin(struct story *s, u32 nr)
{
	struct vm vm = { .pid = 7, .id = 1, .have_pid = true, .have_id = true };

	*s = (struct story){ 0 };
	ck_assert_int_eq(vms_find(&s->vms, &vm), 0);
	for (u32 i = 0; i < nr; i++) {
		struct thread *t = threads_add(&s->map, STORY_PID + (s32)i);

		ck_assert_ptr_nonnull(t);
		t->vcpu = i;
		t->vm = 0;
		t->vcpu_known = t->vm_known = KNOWN_CERTAIN;
	}
	ck_assert_int_eq(threads_seal(&s->map), 0);
}

void story_end(struct story *s)
{
	threads_release(&s->map);
	vms_release(&s->vms);
}

static struct event begin(struct story *s, u64 us, enum event_kind kind, u32 vcpu)
{
	ck_assert_msg(us * STORY_US >= s->now, "a story goes forward");
	s->now = us * STORY_US;
	return (struct event){ .ts = s->now, .kind = (u8)kind, .pid = STORY_PID + (s32)vcpu };
}

static void tell(struct story *s, const struct event *ev)
{
	ck_assert_int_eq(s->event(s->analysis, ev), 0);
}

static void tell_two(struct story *s, struct event ev, s64 a, s64 b)
{
	ev.v[0] = a;
	ev.v[1] = b;
	ev.have = 3;
	tell(s, &ev);
}

void story_ipi(struct story *s, u64 us, u32 src, u32 dst, u16 vector)
{
	struct event ev = begin(s, us, EV_TRACK, src);

	ev.ipi = (struct ipi_event){
		.ts = ev.ts, .src = src, .dst = dst, .vector = vector, .state = IPI_STATE_PREEMPTED
	};
	tell(s, &ev);
}

void story_eoi(struct story *s, u64 us, u32 vcpu, s64 vector)
{
	tell_two(s, begin(s, us, EV_EOI, vcpu), vcpu, vector);
}

void story_entry(struct story *s, u64 us, u32 cpu, u32 vcpu)
{
	struct event ev = begin(s, us, EV_ENTRY, vcpu);

	ev.cpu = cpu;
	tell_two(s, ev, vcpu, 0);
}

void story_exit(struct story *s, u64 us, u32 cpu, u32 vcpu, u32 reason, u64 rip)
{
	struct event ev = begin(s, us, EV_EXIT, vcpu);

	ev.cpu = cpu;
	ev.v[0] = vcpu;
	ev.v[1] = reason;
	ev.v[2] = (s64)rip;
	ev.v[3] = 2;
	ev.have = 15;
	tell(s, &ev);
}

void story_pause(struct story *s, u64 us, u32 cpu, u32 vcpu)
{
	story_exit(s, us, cpu, vcpu, STORY_SVM_PAUSE, STORY_KERNEL);
}

void story_userspace(struct story *s, u64 us, u32 vcpu)
{
	tell_two(s, begin(s, us, EV_USERSPACE_EXIT, vcpu), 0, 0);
}

void story_switch(struct story *s, u64 us, u32 cpu, s32 prev, s64 state, s32 next)
{
	struct event ev = begin(s, us, EV_SWITCH, 0);

	ev.pid = prev;
	ev.cpu = cpu;
	ev.v[0] = prev;
	ev.v[1] = state;
	ev.v[2] = next;
	ev.have = 7;
	tell(s, &ev);
}

void story_wakeup(struct story *s, u64 us, u32 cpu, s32 waker, s32 pid, u32 target_cpu)
{
	struct event ev = begin(s, us, EV_WAKEUP, 0);

	ev.pid = waker;
	ev.cpu = cpu;
	tell_two(s, ev, pid, target_cpu);
}

void story_accept(struct story *s, u64 us, u32 vcpu, u32 apicid, u16 vector, u8 flags)
{
	struct event ev = begin(s, us, EV_ACCEPT, vcpu);

	ev.flags = flags;
	ev.v[0] = apicid;
	ev.v[3] = vector;
	ev.have = 15;
	tell(s, &ev);
}

void story_apic_ipi(struct story *s, u64 us, u32 vcpu, u32 icr_low)
{
	tell_two(s, begin(s, us, EV_APIC_IPI, vcpu), icr_low, 0);
}

void story_inject(struct story *s, u64 us, u32 vcpu, u16 vector)
{
	tell_two(s, begin(s, us, EV_INJ_VIRQ, vcpu), vector, 0);
}

void story_pick(struct story *s, u64 us, u32 vcpu, u32 dst)
{
	tell_two(s, begin(s, us, EV_PROBE_PICK, vcpu), dst, 0);
}

void story_target(struct story *s, u64 us, u32 vcpu, s32 pid)
{
	tell_two(s, begin(s, us, EV_PROBE_TARGET, vcpu), pid, 0);
}

void story_result(struct story *s, u64 us, u32 vcpu, s64 value)
{
	tell_two(s, begin(s, us, EV_PROBE_RESULT, vcpu), value, 0);
}

void story_gap(struct story *s, u64 us, u64 since_us)
{
	struct event ev = begin(s, us, EV_GAP, 0);

	ev.pid = 0;
	tell_two(s, ev, -1, (s64)(since_us * STORY_US));
}
