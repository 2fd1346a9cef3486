/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * markers.h - what a recording says about its host: lines for trace_marker, each an event
 * ftrace:print.
 *
 *	kvm-ipi: vm 4242/15 name "web server"
 *	kvm-ipi: vcpu 4242/15 0 tid 4250
 *	kvm-ipi: cpu 3 core 1 llc 0 node 0 package 0
 *	kvm-ipi: directed_yield_policy ipi-v3
 *
 * model/marker.h reads the first two: a VM is PID/ID. The ID that kvm_ipi_track numbers VMs by is
 * nowhere to be read. So a recording with that event gets names by the process alone (vm 4242 name
 * ...) and no vCPUs, which its events tell; one without gets the VM's file descriptor as its
 * number. What is not known of a CPU is left out. The same line may come again.
 */
#ifndef KVM_IPI_MARKERS_H
#define KVM_IPI_MARKERS_H

#include "record/host.h"
#include "record/topology.h"
#include "record/running.h"

#define MARKER_PREFIX "kvm-ipi: "

/*
 * track: kvm_ipi_track is recorded. put() gets each line, without a newline; the first that is not
 * 0 ends it and is returned.
 */
int markers_of_vms(const struct running *r, bool track, int (*put)(void *ctx, const char *line),
		   void *ctx);
/* kvm-ipi: directed_yield_policy WORD, where the module has that parameter. */
int markers_of_policy(const struct host *h, int (*put)(void *ctx, const char *line), void *ctx);
int markers_of_cpus(const struct cpu_place *place, u32 nr, int (*put)(void *ctx, const char *line),
		    void *ctx);

#endif
