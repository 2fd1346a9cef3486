/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * policy.h - a search for a vCPU to yield to: its view of the VM, and what all policies share.
 *
 * A policy (policies.h) is asked at one moment, with a view of the VM as kvm_vcpu_on_spin() would
 * find it, and names a vCPU or none. All of them share policy_scan(): the kernel's round robin, its
 * turn flags and its limit of tries; they differ in the vCPUs that they let pass.
 */
#ifndef KVM_IPI_POLICY_H
#define KVM_IPI_POLICY_H

#include "analysis/vcpu_state.h"
#include "analysis/yield/acks.h"

/* How kvm_vcpu_on_spin() goes over the vCPUs; see policy_order_of(). */
enum scan_order {
	SCAN_TWO_PASSES, /* up to 6.12: behind the last boosted one, then up to it */
	SCAN_LOOP_INDEX, /* 6.13 on: one loop, which leaves its count instead of the vCPU's index */
	SCAN_LOOP,	 /* the same, repaired */
	NR_SCAN_ORDERS
};

extern const char *const scan_order_names[]; /* NULL-terminated */

#define POLICY_NONE UINT32_MAX

/* A VM at a spin. Slots and masks as in struct vcpus. */
struct policy_view {
	const struct vcpu_vm *vm;
	u32 nr, words;
	u32 me;	  /* the spinner's slot */
	u32 last; /* last_boosted_vcpu */
	enum scan_order order;
	bool kernel;		/* the caller asks for vCPUs that were preempted in kernel mode */
	const u64 *in_spin;	/* vCPUs inside a search of their own, */
	const u64 *turn;	/* and their turn flags (dy_eligible) */
	const u64 *esrch;	/* yield_to() says -ESRCH: both queues hold one task; NULL: none */
	const u64 *pending;	/* an unacknowledged tracked IPI waits for it */
	const u64 *awaited;	/* the spinner waits for it */
	u32 hint[NR_ACK_RULES]; /* the confirmed receiver's slot, or POLICY_NONE */
	u64 *scratch;		/* POLICY_SCRATCH * words; the first for the asked policy */
	/*
	 * What policy_prepare() makes of it, once for all policies that are asked; in the scratch.
	 */
	u64 *open;   /* ready, not blocking without an event, not the spinner */
	u64 *stock;  /* of these, those that the stock rule lets pass */
	u64 *yields; /* yield_to() would succeed, candidate or not */
};

/* Two for the asked policy, two for who asks, four of policy.c, one for the kernel's rule. */
#define POLICY_SCRATCH 9

/* After anything in the view has changed but last, in_spin, turn, pending, awaited and hint. */
void policy_prepare(struct policy_view *v);

/* How many places behind the start of the scan the slot is. */
u32 policy_place(const struct policy_view *v, u32 slot);

/* For policy_scan(). */
u32 policy_scan_any(const struct policy_view *v, const u64 *accept, u64 *turn);

/* The first of the mask in the scan's order, or POLICY_NONE. */
u32 policy_next(const struct policy_view *v, const u64 *mask);

/*
 * The turn flags after a search, of which it is known where it ended: everybody it looked at before
 * `tried` and who is in a search had its flag off (else it would have been tried) and has it on
 * now; the tried one had it on and has it off now. done: places of the order that are behind it
 * already (a try that failed was in the last of them). tried POLICY_NONE: it went on to the end.
 * Returns the new done. accept: the open vCPUs that the search's rule lets pass.
 */
u32 policy_commit(const struct policy_view *v, const u64 *accept, u32 done, u32 tried, u64 *turn);

/* The slot where a scan begins: behind the last one, of nr. */
static inline u32 policy_start_behind(u32 last, u32 nr)
{
	return last + 1 < nr ? last + 1 : 0;
}

static inline u32 policy_start(const struct policy_view *v)
{
	return policy_start_behind(v->last, v->nr);
}

/*
 * policy_next() for VMs that fit into one word, which nearly all do: the first of the mask from the
 * start on, around the end, as a bit; 0: none.
 */
static inline u64 policy_next_bit(u64 mask, u32 start)
{
	u64 behind = mask & ~0ull << start;

	behind = behind ? behind : mask;
	return behind & -behind;
}

static inline u32 policy_slot(u64 bit)
{
	return bit ? (u32)__builtin_ctzll(bit) : POLICY_NONE;
}

/*
 * One round over the open vCPUs that accept lets pass, as the kernel goes: toggles and obeys the
 * turn flags, in turn; tries yield_to(). turn: the flags, which are left toggled; NULL: the view's,
 * which stay.
 */
static inline u32 policy_scan(const struct policy_view *v, const u64 *accept, u64 *turn)
{
	u64 bit;

	if (unlikely(v->words != 1 || v->esrch || turn))
		return policy_scan_any(v, accept, turn);
	bit = *accept & *v->open & *v->yields & (~*v->in_spin | *v->turn);
	return policy_slot(policy_next_bit(bit, policy_start(v)));
}

/* What last_boosted_vcpu becomes when pick was yielded to. */
static inline u32 policy_boosted(const struct policy_view *v, u32 pick)
{
	if (v->order == SCAN_LOOP_INDEX)
		return (pick + v->nr - (v->last + 1) % v->nr) % v->nr;
	return pick;
}

/* The order for a kernel's version as uname -r or a user writes it; NR_SCAN_ORDERS: no version. */
enum scan_order policy_order_of(const char *release);

#endif
