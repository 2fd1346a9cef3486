/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parts.h - the state of the replay, and the parts that work on it; each calls the later ones only.
 *
 *	replay.c	memory, beginning and end; its users need replay.h alone
 *	ahead.c		reading ahead: how a spinner's thread goes on, up to its next try
 *	consume.c	an event: in which order it acts on spins and on the state
 *	spin.c		what events mean for the spin of their own thread
 *	search.c	the search itself, when its time has come
 */
#ifndef KVM_IPI_REPLAY_PARTS_H
#define KVM_IPI_REPLAY_PARTS_H

#include "analysis/analysis.h"
#include "analysis/yield/last_boosted.h"
#include "analysis/yield/score.h"
#include "analysis/yield/hypotheses.h"

/* An event that waits, and what reading on has shown. */
struct ahead {
	u64 number, ts; /* of the event, in the trace */
	u32 vcpu;	/* its thread's */
	u64 next_ts;	/* of the thread's next switch or entry, if within REPLAY_LOOK_NS; or 0 */
	bool picked;	/* kvm_vcpu_yield_to() was called before that */
	bool seen;	/* events were missed behind it: nothing more will be seen */
	bool out; /* that is a preemption within REPLAY_HELD_NS: before the search, unless picked */
	bool waits; /* for its thread's next try or entry */
	bool known;
	u32 next_try; /* vCPU, or VCPU_NOBODY */
};

/* Between an event and what it stands for; ns. See replay.c for where they come from. */
#define REPLAY_EXIT_DELAY      4000
#define REPLAY_HYPERCALL_DELAY 2000
#define REPLAY_END_DELAY       6000
#define REPLAY_HELD_NS	       25000
/* So far is looked ahead of what announces a search. */
#define REPLAY_LOOK_NS 100000

struct replay_options {
	bool probed;
	enum scan_order order;
	int kernel_policy; /* the row of the policy that the kernel ran, */
	bool policy_given; /* or else markers in the trace may tell another */
	u64 window_ns;
	u64 exit_delay_ns, hypercall_delay_ns, end_delay_ns;
};

/* A spin that is under way; one per vCPU. */
struct replay_spin {
	bool open;
	bool searched;	 /* with what the probes say, if there are any */
	bool blind_done; /* by the blind model */
	bool outcome;	 /* the blind model has seen it */
	bool in_flight;	 /* blind: not ended yet */
	bool try_known;	 /* next_try comes from reading ahead */
	bool kernel;	 /* kernel mode is asked for */
	bool hypercall;	 /* it came by one, not by an exit */
	bool tries;	 /* it made a try */
	bool relaxed;	 /* the kernel's policy is in its second round */
	bool before;	 /* its hint was tried, before the search */
	bool held;	 /* preempted before its search: due when it runs again */
	bool blind_held; /* the same of the blind model's search */
	u64 ts, due;	 /* of the event; of the search */
	u64 until_next;	 /* from ts to the thread's next switch or entry, or 0 */
	u64 until_try;	 /* from ts to its try, as earlier ones tell */
	u64 blind_due;	 /* of the blind model's: it knows nothing of the probes' times */
	u64 end_due;	 /* blind: when the flags fall; UINT64_MAX: not set */
	u64 try_ts;
	u32 next_try;	/* vCPU that it tries next, or VCPU_NOBODY */
	u32 tried;	/* vCPU of the running yield_to(), or VCPU_NOBODY */
	u32 hint;	/* confirmed receiver when it began, a slot or POLICY_NONE */
	u32 done, last; /* the search's place, and where last_boosted_vcpu was */
};

/* What probes and searches leave in a VM. */
struct replay_vm {
	struct policy_view view; /* as search_view() made it last */
	u64 *in_spin, *turn;	 /* as the probes have it, or the heaviest hypothesis */
	u32 last;
	struct last_boosted last_boosted; /* in use: what last is the best of */
	u64 *esrch, *scratch;
	u64 *awaited, *awaited_long; /* at a search: in the window, in the sweep's longest */
	struct hypotheses hypotheses;
	u64 scan_ts[2]; /* the last two searches, and whose the last was */
	u32 scan_vcpu;
};

/* What a vCPU's spin waits for, and until when; it may have come before, another way. */
struct replay_due {
	u64 at;
	u32 vcpu;
};

/* The first switch of a CPU after a yield: evidence of its pick. */
struct replay_watch {
	u32 vcpu; /* the spinner, its VM and slot */
	u32 group, slot;
	u64 spin_ts; /* of which of its spins */
	u64 until;
	u64 cpus; /* bits of those (below VCPU_PLACES) where it may have been asked for */
};

#define REPLAY_WATCHES 64 /* the newest, each with a bit of its own */

struct replay {
	struct replay_options opt;
	int like[NR_POLICIES]; /* the first row of the same policy with other hints */
	struct vcpus vcpus;
	struct acks acks;
	struct score score;
	bool policy_told;	   /* by a marker */
	struct replay_spin *spin;  /* by vCPU */
	struct score_picks *picks; /* by vCPU: of its last search */
	struct replay_vm *vm;	   /* by index into vcpus.vm */
	u64 *masks;
	/* Searches and ends that wait for their time, in its order: [head, tail); one for ever */
	struct replay_due *due;
	u32 due_head, due_tail, due_room;
	struct replay_watch watch[REPLAY_WATCHES];
	u32 next_watch;
	u64 watched[VCPU_PLACES]; /* by CPU: bits of the watches that wait for it */
	/* Reading ahead: events that are kept for later, because the first of them waits. */
	struct event *later;
	u32 later_head, nr_later;
	u64 next;	    /* number of the first of them, or else of the next event */
	struct ahead *wait; /* a ring of those that wait or did, by number */
	u64 wait_head, wait_tail;
	u64 *waits_at; /* by vCPU: place in that ring + 1, or 0 */
	bool *opened;  /* by vCPU: a spin is open, as far as was looked */
	u64 *next_at;  /* the same, of a spin whose next switch or entry is not seen */
	u64 looked_ts; /* of the last event that was looked through */
	/* The event that is consumed, and those behind it that were looked through. */
	const struct event *at, *end;
	/* Running means, after an exit and after a hypercall. */
	u64 until_try[2]; /* the first one; ns */
	u64 try_part[2];  /* that, of the time until the next switch or entry, in 1/1024 */
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

/* The vCPU that a probe names as the target of vCPU n's try; of another VM it is none. */
static inline u32 replay_target_of(const struct replay *r, u32 n, const struct event *ev)
{
	u32 target = vcpus_of_pid(&r->vcpus, (s32)ev->v[0]);

	if (target != VCPU_NOBODY && r->vcpus.vcpu[target].group != r->vcpus.vcpu[n].group)
		return VCPU_NOBODY;
	return target;
}

/* consume.c: an event in its order; a: what was read ahead, or NULL. 0 or -ENOMEM, as all below. */
int consume_event(struct replay *r, const struct event *ev, const struct ahead *a);

/* ahead.c; the last one hands on what still waits. */
int ahead_init(struct replay *r);
void ahead_release(struct replay *r);
int ahead_finish(struct replay *r);
int ahead_events(struct replay *r, const struct event *ev, u32 nr);

#define SPIN_WAIT 8 /* the code of HVCALL_NOTIFY_LONG_SPIN_WAIT */

/* The event announces a search. */
static inline bool spin_begins(const struct event *ev)
{
	if (ev->kind == EV_EXIT)
		return vcpu_exit_kind(ev) == VCPU_EXIT_PAUSE;
	return ev->kind == EV_HV_HYPERCALL && ev->v[0] == SPIN_WAIT;
}

/* spin.c */
void spin_begin(struct replay *r, u32 n, const struct event *ev, const struct ahead *a);
/*
 * What an event means for the open spin of its own thread's vCPU, before the state takes it: the
 * thread leaves the CPU; it goes back to the guest, or exits once more without having entered; it
 * tries to yield, with that result. 0 or -ENOMEM.
 */
int spin_own_switch(struct replay *r, u32 n, const struct event *ev, u32 next);
int spin_own_entry(struct replay *r, u32 n, const struct event *ev);
void spin_own_target(struct replay *r, u32 n, const struct event *ev);
int spin_own_result(struct replay *r, u32 n, const struct event *ev, const struct ahead *a);
/* The vCPU runs again, perhaps in the middle of a spin. */
void spin_switch_in(struct replay *r, u32 n, const struct event *ev);
/* The first switch on a CPU, to next, that another spinner's yield may have asked for. */
void spin_see_watches(struct replay *r, const struct event *ev, u32 next);

/* search.c */
/* The VM as vCPU n's search finds it now; good until the next call for one of the VM's vCPUs. */
struct policy_view *search_view(struct replay *r, u32 n);
/* The turn flags, as the spin's next try shows them. */
void search_commit(struct replay *r, u32 n, struct policy_view *v);
/* The thread goes on: its searches are over by now. */
int search_now(struct replay *r, u32 n, u64 ts);
/* The probed search is over; pick: a slot, or POLICY_NONE. */
void search_end_probed(struct replay *r, u32 n, u32 pick);
void search_end_blind(struct replay *r, u32 n);
/* Something of this vCPU is due at that time; and what is due by ts is done. */
void search_add_due(struct replay *r, u32 n, u64 at);
int search_run_due(struct replay *r, u64 ts);

static inline void search_forget_due(struct replay *r)
{
	r->due_head = r->due_tail = 0;
	r->due[0].at = UINT64_MAX;
}

#endif
