/* SPDX-License-Identifier: GPL-2.0-only */
/* said.h - which events say something new of a thread. */
#ifndef KVM_IPI_SAID_H
#define KVM_IPI_SAID_H

#include "decode/ipi_event.h"

/* What was said last of some threads: which vCPU each runs, and of which VM it sent an IPI. */
#define EVENTS_SAID 256

struct events_said {
	u64 runs[EVENTS_SAID]; /* thread and vCPU, by the thread's last bits; 0: nothing */
	struct {
		u64 who; /* the same */
		u64 vm;	 /* both its ids */
	} sends[EVENTS_SAID];
};

static inline u64 events_who(s32 pid, u32 vcpu)
{
	return (u64)(u32)pid << 32 | vcpu;
}

/* Both return whether it is news of the thread, and remember it. */
static inline bool events_say_runs(struct events_said *said, s32 pid, u32 vcpu)
{
	u64 *last = &said->runs[(u32)pid % EVENTS_SAID], who = events_who(pid, vcpu);

	if (likely(*last == who))
		return false;
	*last = who;
	return true;
}

static inline bool events_say_sends(struct events_said *said, s32 pid, const struct ipi_event *ipi)
{
	u64 vm = (u64)(u32)ipi->vm_pid << 32 | ipi->vm_id, who = events_who(pid, ipi->src);
	u32 at = (u32)pid % EVENTS_SAID;

	if (likely(said->sends[at].who == who && said->sends[at].vm == vm))
		return false;
	said->sends[at].who = who;
	said->sends[at].vm = vm;
	return true;
}

#endif
