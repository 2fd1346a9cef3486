/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parts.h - what the rooms of the replay have of each other; its users need replay.h alone.
 *
 *	replay.c	memory, and what an event does in which order
 *	ahead.c	reading ahead, as far as a spinner's next try
 *	spin.c	what events mean for the spin of their own thread
 *	search.c	the search itself, when its time has come
 */
#ifndef KVM_IPI_REPLAY_PARTS_H
#define KVM_IPI_REPLAY_PARTS_H

#include "analysis/yield/replay.h"

/* An event that waits, and what reading on has shown. */
struct replay_ahead {
	u64 number;	/* of the event, in the trace */
	u32 vcpu;	/* its thread's */
	bool waits;	/* for its thread's next try or entry */
	bool known;
	u32 next_try;	/* vCPU, or VCPU_NOBODY */
};

/* n is a vCPU's number in r->vcpus. */
static inline struct replay_vm *replay_vm_of(struct replay *r, u32 n)
{
	return &r->vm[r->vcpus.vcpu[n].group];
}

static inline const struct vcpu_vm *replay_vcpus_of(const struct replay *r, u32 n)
{
	return &r->vcpus.vm[r->vcpus.vcpu[n].group];
}

static inline u32 replay_slot_of(const struct replay *r, u32 n)
{
	return n == VCPU_NOBODY ? POLICY_NONE : r->vcpus.vcpu[n].slot;
}

/* The vCPU that a probe names as the target of vCPU n's try; of another VM it is nobody. */
static inline u32 replay_target_of(const struct replay *r, u32 n, const struct event *ev)
{
	u32 target = vcpus_of_pid(&r->vcpus, (s32)ev->v[0]);

	if (target != VCPU_NOBODY && r->vcpus.vcpu[target].group != r->vcpus.vcpu[n].group)
		return VCPU_NOBODY;
	return target;
}

/* replay.c: an event at its turn; a: what was read ahead, or NULL. 0 or -ENOMEM, as all below. */
int replay_consume(struct replay *r, const struct event *ev, const struct replay_ahead *a);

/* ahead.c; the last one hands on what still waits. */
int replay_ahead_init(struct replay *r);
void replay_ahead_release(struct replay *r);
int replay_ahead_finish(struct replay *r);

#define SPIN_WAIT 8	/* the code of HVCALL_NOTIFY_LONG_SPIN_WAIT */

/* The event announces a search. */
static inline bool replay_is_spin(const struct event *ev)
{
	if (ev->kind == EV_EXIT)
		return vcpu_exit_kind(ev) == VCPU_EXIT_PAUSE;
	return ev->kind == EV_HV_HYPERCALL && ev->v[0] == SPIN_WAIT;
}

/* spin.c */
void replay_begin_spin(struct replay *r, u32 n, const struct event *ev,
		       const struct replay_ahead *a);
/*
 * What an event means for the open spin of its own thread's vCPU, before the state takes it: the
 * thread leaves the CPU; it goes back to the guest, or exits once more without having entered; it
 * tries to yield, with that result. 0 or -ENOMEM.
 */
int replay_own_switch(struct replay *r, u32 n, const struct event *ev, u32 next);
int replay_own_entry(struct replay *r, u32 n, const struct event *ev);
void replay_own_target(struct replay *r, u32 n, const struct event *ev);
int replay_own_result(struct replay *r, u32 n, const struct event *ev,
		      const struct replay_ahead *a);
/* The vCPU runs again, perhaps in the middle of a spin. */
void replay_switch_in(struct replay *r, u32 n, const struct event *ev);
/* The first switch on a CPU, to next, that another spinner's yield may have asked for. */
void replay_see_watches(struct replay *r, const struct event *ev, u32 next);

/* search.c */
/* The VM as vCPU n's search finds it now; good until the next call for one of the VM's vCPUs. */
struct policy_view *replay_view(struct replay *r, u32 n);
/* The turn flags, as the spin's next try tells them. */
void replay_commit(struct replay *r, u32 n, struct policy_view *v);
/* The thread goes on: its searches are over by now. */
int replay_search_now(struct replay *r, u32 n, u64 ts);
/* The probed search is over; pick: a slot, or POLICY_NONE. */
void replay_end_probed(struct replay *r, u32 n, u32 pick);
void replay_end_blind(struct replay *r, u32 n);
/* Something of this vCPU is due at that time; and what is due by ts is done. */
void replay_add_due(struct replay *r, u32 n, u64 at);
int replay_run_due(struct replay *r, u64 ts);

static inline void replay_forget_due(struct replay *r)
{
	r->due_head = r->due_tail = 0;
	r->due[0].at = UINT64_MAX;
}

#endif
