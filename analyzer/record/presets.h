/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * presets.h - the lists of analysis/needs.h as `kvm-ipi record PRESET`.
 */
#ifndef KVM_IPI_PRESETS_H
#define KVM_IPI_PRESETS_H

#include "analysis/needs.h"

#define EVENT_TRACK "kvm:kvm_ipi_track"
#define EVENTS_MAX  36 /* of a preset, with those of its probes */

/* A probe that is made for the recording, and removed behind it. */
struct preset_probe {
	const char *event; /* below the group PROBE_GROUP */
	const char *symbol;
	bool returns;	   /* at the function's return */
	const char *fetch; /* its field, or ""; NULL: the pid of the thread in the first argument */
};

#define PROBE_GROUP "kvm_ipi"

struct preset {
	const char *name, *summary, *next; /* next: the command that reads it */
	const struct need *needs; /* of the analysis; those that are only read are left out */
	const struct preset_probe *probe; /* the same; NULL: none */
	u32 buffer_kb;			  /* for each CPU */
};

extern const struct preset presets[];
#define NR_PRESETS 6

/* NULL: no such preset. */
const struct preset *preset_find(const char *name);

#endif
