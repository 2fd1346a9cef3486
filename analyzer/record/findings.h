/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * findings.h - may I record here, and what would I see? The lines of `kvm-ipi check`.
 *
 * Each finding is good, limited (works, but shows less) or missing, with what to do about it.
 * Nothing on the host is changed for an answer.
 */
#ifndef KVM_IPI_FINDINGS_H
#define KVM_IPI_FINDINGS_H

#include "record/plan.h"

enum level { LEVEL_GOOD, LEVEL_LIMITED, LEVEL_MISSING, NR_LEVELS };

extern const char *const level_names[NR_LEVELS];

struct finding {
	const char *key; /* one word; the same on every host */
	enum level level;
	char what[256];	  /* what was found */
	char advice[384]; /* what to do, or what it means for an answer; "" when good */
};

#define FINDINGS_MAX 20

struct findings {
	struct finding list[FINDINGS_MAX];
	u32 nr;
	char kernel[HOST_TEXT_MAX];
	/* For each of presets[]: no message when it can be recorded here and now, else why not. */
	struct err why_not[NR_PRESETS];
	bool can_record; /* at least one preset */
};

/* Whether the kernel has the tracepoint, for any user: 1, 0, or -1 when it cannot be told. */
int track_is_there(const struct host *h, const struct tracer *t);

void findings_make(struct findings *f, const struct host *h);

#endif
