/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * acks.h - which IPIs their receivers have acknowledged, and what that does to the hints.
 *
 * A receiver acknowledges by the EOI of the IPI's vector; one EOI acknowledges all of that vector
 * that were sent to it before. Three rules for when a hint ends before its window does are followed
 * at once:
 *
 *	v3	at the EOI of its own vector by its receiver
 *	v2	at any EOI of its receiver, which also wipes the receiver's own hint as a sender
 *	none	never (as where EOIs cause no exit)
 *
 * Beside the figures, this answers what the policies ask: who is confirmed, pending, awaited now.
 *
 * Ordered; the vCPUs are those of struct vcpus. Memory grows with vCPUs and pairs; of one receiver
 * and vector at most ACKS_QUEUE_MAX IPIs wait for their acknowledgement, older ones count as
 * without.
 */
#ifndef KVM_IPI_YIELD_ACKS_H
#define KVM_IPI_YIELD_ACKS_H

#include "analysis/filter.h"
#include "analysis/vcpu_state.h"
#include "model/hist.h"

#define ACKS_QUEUE_MAX 8192

enum ack_rule { ACK_V3, ACK_V2, ACK_NONE, NR_ACK_RULES };
extern const char *const ack_rule_names[NR_ACK_RULES];

/* A sender's one slot. */
struct ack_hint {
	bool set, counts, acked;
	bool ended[NR_ACK_RULES]; /* by an EOI */
	u32 dst;		  /* the receiver's number in struct vcpus, or VCPU_NOBODY */
	u16 vector;
	u64 ts, acked_ts;
	u64 end_ts[NR_ACK_RULES]; /* valid where ended */
};

/* IPIs of one vector that a receiver has not acknowledged. */
struct ack_wait {
	u64 ts;
	bool counts;
};

struct ack_source {
	u32 src;    /* number in struct vcpus */
	u64 newest; /* time of its last one */
};

struct ack_queue {
	u16 vector;
	u32 nr, room;
	struct ack_wait *wait; /* in the order of time */
	u32 nr_src, src_room;
	struct ack_source *source;
};

struct ack_vcpu {
	struct ack_hint hint;	 /* as a sender */
	struct ack_queue *queue; /* as a receiver, one for each vector met */
	u32 nr_queues;
	u32 nr_waiting; /* IPIs in all its queues */
	u64 *hinted_by; /* mask of the vCPUs whose slot names it */
	u64 *awaits;	/* as a sender: whose queues it is in, */
	u64 *newest;	/* and since when, by receiver; NULL in large VMs: the queues know */
};

struct acks_vm {
	u64 ipis; /* that count */
	u64 acknowledged;
	u64 overwritten_unacked; /* replaced within the window, the receiver had not acknowledged */
	u64 stale_ns[NR_ACK_RULES];
	u64 lost_early[NR_ACK_RULES];
	struct hist delay;
	u64 *pending; /* mask: vCPUs with an unacknowledged tracked IPI */
};

struct acks {
	const struct vcpus *vcpus; /* not owned */
	struct filter *filter;	   /* not owned */
	const struct vms *vms;	   /* not owned */
	u64 window_ns;
	struct ack_vcpu *vcpu; /* by number in struct vcpus */
	struct acks_vm *vm;    /* by index into vcpus->vm */
	u64 *masks;
	u64 *newest; /* the memory of all vCPUs' */
};

/* 0 or -ENOMEM. */
int acks_init(struct acks *a, const struct vcpus *vcpus, u64 window_ns, struct filter *filter,
	      const struct vms *vms);
void acks_release(struct acks *a);

/* EV_TRACK, EV_EOI (of vCPU n, or VCPU_NOBODY), EV_GAP. 0 or -ENOMEM. */
int acks_event(struct acks *a, u32 n, const struct event *ev);
void acks_finish(struct acks *a, u64 last_ts);

/*
 * The receiver that the hint of vCPU n names at ts, within the window and not ended by the rule:
 * its number in struct vcpus, or VCPU_NOBODY. *age: how old the hint is; valid for any window when
 * the caller asks with UINT64_MAX.
 */
static inline u32 acks_confirmed(const struct acks *a, u32 n, enum ack_rule rule, u64 ts,
				 u64 window_ns, u64 *age)
{
	const struct ack_hint *h = &a->vcpu[n].hint;

	if (!h->set || h->ended[rule] || h->dst == VCPU_NOBODY || ts - h->ts > window_ns)
		return VCPU_NOBODY;
	if (age)
		*age = ts - h->ts;
	return h->dst;
}

/* Whether the hint's IPI was acknowledged already. */
static inline bool acks_hint_acked(const struct acks *a, u32 n)
{
	return a->vcpu[n].hint.acked;
}

/* Masks of the receivers of unacknowledged IPIs: of the last window, and of a longer one. */
struct acks_awaited {
	u64 window_ns, long_ns;
	u64 *mask, *long_mask;
};

/* Fills the masks for vCPU n. True: there is a receiver in the shorter window. */
bool acks_awaited(const struct acks *a, u32 n, u64 ts, struct acks_awaited *to);

#endif
