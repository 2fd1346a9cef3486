/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * presets.h - which events answer which question: the rows of `kvm-ipi record PRESET`.
 */
#ifndef KVM_IPI_PRESETS_H
#define KVM_IPI_PRESETS_H

#include "util/types.h"

#define EVENT_TRACK "kvm:kvm_ipi_track"
#define EVENTS_MAX 24	/* of a preset, with those of its probes */

/* How much a question needs an event. */
enum need {
	NEED_MUST,	/* no answer without it */
	NEED_SOURCE,	/* the tracepoint, or the stock events in its place */
	NEED_STOCK,	/* a must where the tracepoint is not there */
	NEED_NICE,	/* an answer is better, or complete, with it */
};

struct want {
	const char *event;	/* SYSTEM:EVENT */
	enum need need;
};

/* A probe that is made for the recording, and removed behind it. */
struct preset_probe {
	const char *event;	/* below the group PROBE_GROUP */
	const char *symbol;
	bool returns;		/* at the function's return */
	const char *fetch;	/* its field, or ""; NULL: the pid of the thread in the first argument */
};

#define PROBE_GROUP "kvm_ipi"

struct preset {
	const char *name, *summary, *next; /* next: the command that reads it */
	const struct want *want;	/* ends with event NULL */
	const struct preset_probe *probe; /* the same; NULL: none */
	u32 buffer_kb;			/* for each CPU */
};

extern const struct preset presets[];
#define NR_PRESETS 5

/* NULL: no such preset. */
const struct preset *preset_find(const char *name);

#endif
