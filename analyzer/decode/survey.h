/* SPDX-License-Identifier: GPL-2.0-only */
/* survey.h - which events a file holds records of, and how many: for messages, not for analyses. */
#ifndef KVM_IPI_SURVEY_H
#define KVM_IPI_SURVEY_H

#include "input/container.h"
#include "input/page.h"

struct survey_event {
	const char *system; /* points into the container */
	char name[64];
	u64 records;
};

struct survey {
	struct survey_event *event; /* those with records, most first */
	u32 nr;
};

/* Counts of one file, by event id. */
struct survey_counts {
	u64 by_id[1 << 16];
};

void survey_count(struct survey_counts *counts, const struct batch *b);
/* Adds the named events of a file's counts: 0 or -ENOMEM. */
int survey_add(struct survey *s, const struct container *c, const struct survey_counts *counts);
void survey_sort(struct survey *s);
void survey_release(struct survey *s);

#endif
