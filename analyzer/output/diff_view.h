/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff_view.h - two sides of recordings and what differs between them, as the writers take it.
 *
 * Values are what the figure's unit says. A change is after / before - 1; where there was nothing
 * before, it is infinite. What is not known is NAN.
 */
#ifndef KVM_IPI_DIFF_VIEW_H
#define KVM_IPI_DIFF_VIEW_H

#include <stdio.h>

#include "output/views.h"

enum diff_verdict { DIFF_SAME, DIFF_CHANGED, DIFF_NEW, DIFF_GONE, DIFF_UNTESTED, DIFF_VERDICTS };
extern const char *const diff_verdict_names[DIFF_VERDICTS];

enum diff_unit { DIFF_PER_SECOND, DIFF_SHARE, DIFF_NS };

enum diff_kind {
	DIFF_VM,
	DIFF_VECTOR,
	DIFF_SENT,
	DIFF_RECEIVED,
	DIFF_PAIR,
	DIFF_STATE,
	DIFF_PATH,
	DIFF_PLACE,
	DIFF_ONE_WAY,
	DIFF_DELAY,
	DIFF_KINDS
};
extern const char *const diff_kind_names[DIFF_KINDS]; /* as keys */

struct diff_figure {
	u32 vm; /* index */
	enum diff_kind kind;
	/* what is set depends on the kind: a vector, a vCPU, a pair, a state, a stage, percent */
	u32 a, b;
	enum diff_unit unit;
	double before, after, change, low, high;
	u64 n_before, n_after;
	double p; /* adjusted */
	enum diff_verdict verdict;
	const char *why; /* not tested: why; else NULL */
};

struct diff_vm {
	struct vm_view before, after;
	const char *how; /* match, name, alone, ids */
};

/* A VM that one side has, or not all recordings of a side. */
struct diff_odd_vm {
	struct vm_view vm;
	bool after;
};

struct diff_side {
	const struct input_view *in;
	u32 nr_in;
	u64 span_ns;		      /* all recordings together */
	const char *release, *source; /* NULL: unknown, or not the same in all */
};

/* Something beside what is compared in which the sides differ. */
struct diff_note {
	char what[64], before[160], after[160];
};

struct diff_view {
	struct diff_side side[2];
	const struct diff_vm *vm;
	u32 nr_vm;
	const struct diff_odd_vm *odd;
	u32 nr_odd;
	const struct diff_note *note;
	u32 nr_notes;
	const struct diff_figure *figure; /* in the order to be shown: those that changed first */
	u32 nr_figures, tested, changed;
	const char *method; /* blocks, recordings, none */
	double level, min_change, run_spread;
	const char *(*vector_name)(const void *ctx, u32 vector);
	bool vector_names_given;
	const void *ctx;
};

struct diff_style {
	u32 entries; /* rows; 0: all */
	bool all;    /* also what did not change */
	bool quiet;
};

/* "2 -> 1", "0xfd (reschedule)", "preempted", "p99 acknowledged" into buf; returns buf. */
#define DIFF_LABEL 48
const char *diff_label(const struct diff_view *s, const struct diff_figure *f,
		       char buf[DIFF_LABEL]);

void diff_text(const struct diff_view *s, const struct diff_style *style, FILE *out);
void diff_json(const struct diff_view *s, FILE *out);
void diff_csv(const struct diff_view *s, FILE *out);
int diff_html(const struct diff_view *s, FILE *out); /* 0 or -ENOMEM */

#endif
