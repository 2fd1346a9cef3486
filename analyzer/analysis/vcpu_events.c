// SPDX-License-Identifier: GPL-2.0-only
/* vcpu_events.c - see vcpu_state.h: vcpus_event(), for analyses that do nothing between. */
#include "analysis/vcpu_state.h"

static int take_own(struct vcpus *v, u32 n, const struct event *ev)
{
	if (n == VCPU_NOBODY)
		return 0;
	switch (ev->kind) {
	case EV_ENTRY: vcpus_entry(v, n, ev); break;
	case EV_EXIT: vcpus_exit(v, n, ev); break;
	case EV_USERSPACE_EXIT: vcpus_userspace_exit(v, n); break;
	case EV_ACCEPT: vcpus_accept(v, n, ev); break;
	case EV_EOI: vcpus_eoi(v, n);
	}
	return 0;
}

int vcpus_event(struct vcpus *v, const struct event *ev)
{
	struct vcpus_who who;

	switch (ev->kind) {
	case EV_SWITCH: return vcpus_who(v, ev, &who) ?: vcpus_switch(v, ev, &who);
	case EV_WAKEUP: return vcpus_wakeup(v, ev, vcpus_of_pid(v, ev->pid));
	case EV_GAP: return vcpus_gap(v, ev);
	}
	return take_own(v, vcpus_of_pid(v, ev->pid), ev);
}
