/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * replay.h - replays every spin of a trace: the vCPU that each policy would have picked.
 *
 * At each PAUSE exit and each long-spin-wait hypercall the search of kvm_vcpu_on_spin() is made on
 * the reconstructed state (vcpu_state.h) by every policy (policy.h). What no event shows, the round
 * robin's place and the turn flags, comes from one of two sources:
 *
 *	probed	two probes on yield_to() update the kernel's real choices. A spin is scored with
 *what the probes said before it; then its own records set the state, at the time of its scan, for
 *which the events are read ahead as far as the spinner's next try (a bounded window).
 *	blind	the particle filter of hypotheses.h. In probed mode it runs beside, for
 *		comparison.
 *
 * Ordered; also runs struct acks and struct vcpus, which it owns. Memory does not grow with the
 * trace.
 */
#ifndef KVM_IPI_REPLAY_H
#define KVM_IPI_REPLAY_H

#include "analysis/yield/parts.h"

extern const struct ordered_ops replay_ops;

/* map is sealed. filter and vms outlive r. 0 or -ENOMEM. */
int replay_init(struct replay *r, const struct replay_options *opt, const struct thread_map *map,
		struct filter *filter, const struct vms *vms);
void replay_release(struct replay *r);
int replay_finish(struct replay *r, u64 last_ts);

#endif
