/* SPDX-License-Identifier: GPL-2.0-only */
/* diff_builder.h - a view of a difference, and the memory and choices behind it. */
#ifndef KVM_IPI_DIFF_BUILDER_H
#define KVM_IPI_DIFF_BUILDER_H

#include "analysis/compare/figures.h"
#include "output/diff_view.h"
#include "trace/recording.h"
#include "view/diff_recording.h"

/* The figures' order; what changed stands before what did not. */
enum diff_sort {
	DIFF_BY_CHANGE,
	DIFF_BY_P,
	DIFF_BY_BEFORE,
	DIFF_BY_AFTER,
	DIFF_BY_VM,
	DIFF_BY_FIGURE
};
extern const char *const diff_sort_names[];

struct diff_builder {
	struct diff_view s;
	struct figures figures;
	struct input_view *in;
	struct diff_vm *vm;
	struct diff_odd_vm *odd;
	struct diff_note note[16];
	struct diff_figure *figure;
	/* the caller sets them before */
	const struct diff_recording *side[2];
	u32 nr[2];
	double min_change, run_spread;
	enum diff_sort sort;
	const struct user_vectors *vectors;
};

#endif
