/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * whois.h - which thread runs which vCPU of which VM: fills a struct thread_map from a trace.
 *
 * Ordered, and to be run before an analysis that needs the map (trace_threads() in trace.h does
 * both steps). What it believes, best first:
 *
 *	kvm_ipi_track		the sender's thread runs that vCPU of that VM	certain
 *	kvm_entry, kvm_exit	the thread runs that vCPU			certain
 *	kvm_eoi			the same, where the others were not recorded	certain
 *	markers (model/marker.h), guest maps of trace-cmd record -A		named
 *	threads' names as VMMs give them, "CPU 3/KVM": the vCPU alone		named
 *	for the VMs of threads that sent no tracked IPI: which belong together	inferred
 *
 * Two threads belong together when one lets a vCPU accept a vector and the other, which runs a vCPU
 * of that number, is the first to show its injection (or EOI); or when one wakes the other between
 * a kvm_exit and the next kvm_entry. model/groups.h makes VMs of that. Groups with a certain sender
 * are its VM; the others get a number, from 1, as their vm_id, and no vm_pid.
 *
 * A thread that runs one vCPU, and then another for good, or sends IPIs of one VM and then of
 * another, or answers such ones where the one VM ended before the other began, is two: the first
 * ended, and the host used its id again (threads_succeed()). The second begins when the first is
 * silent for longest between those signs. One that returns to a vCPU that it ran before is a thread
 * that runs several by turns. All this in the order of time only.
 */
#ifndef KVM_IPI_WHOIS_H
#define KVM_IPI_WHOIS_H

#include "analysis/analysis.h"
#include "model/groups.h"
#include "model/names.h"
#include "model/threads.h"
#include "model/topology.h"
#include "model/vms.h"

/* Acceptances of a vector by a vCPU number that nobody has shown yet. */
struct whois_pending;
/* What is known of the thread of the same number in the map. */
struct whois_thread;
struct whois_guest;
struct whois_life;

struct whois {
	struct thread_map *map; /* not owned; to be empty at first */
	struct whois_thread *thread;
	u32 room;
	struct whois_pending *pending;
	u32 nr_pending, pending_room;
	struct rows_index pending_index; /* by (vcpu_id, vector) */
	struct whois_life *life;	 /* by number in struct vms */
	u32 nr_lives;
	struct groups groups;
	struct vms *vms;	/* not owned */
	struct vm_names *names; /* not owned; NULL: names are not wanted */
	struct topology
		*topology; /* the same: set after whois_init(), gets what markers say of CPUs */
	struct whois_guest *guest; /* guest maps that were told */
	u32 nr_guests;
	bool in_order; /* set after whois_init(): events come in the order of time */
	bool moved;    /* something was said of a thread, and then something else */
	u64 learned;   /* how often something new was said of a thread */
};

/* The kinds that it reads, for struct ordered_want; and those that say it with certainty. */
extern const u32 whois_walk_kinds;
extern const struct ordered_ops whois_ops;

void whois_init(struct whois *w, struct thread_map *map, struct vms *vms, struct vm_names *names);
void whois_release(struct whois *w);

/* What stands beside the events, to be told before or after them. 0 or -ENOMEM. */
int whois_thread_name(struct whois *w, s32 pid, const char *name);
/* A guest of that name; then the thread that runs each of its CPUs. */
int whois_guest(struct whois *w, const char *name);
int whois_guest_cpu(struct whois *w, u32 cpu, s32 pid);

/*
 * After all events of whois_walk_kinds in any order: is every vCPU's thread known to belong to one
 * VM, by an IPI of its own or a marker? Then no other event can say more, and no order matters.
 * -ENOMEM.
 */
int whois_is_certain(const struct whois *w);

/* Makes the VMs, adds the numbered ones to vms, completes and seals the map. 0 or -ENOMEM. */
int whois_finish(struct whois *w);

#endif
