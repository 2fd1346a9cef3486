/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sweep.h - the window sweep as curves: what the page, the terminal and gnuplot draw of it.
 *
 * All curves are shares in percent over the window, which is the only scale they have in common.
 */
#ifndef KVM_IPI_SWEEP_H
#define KVM_IPI_SWEEP_H

#include <stdio.h>

#include "output/gnuplot.h"
#include "output/yield_view.h"

#define SWEEP_WINDOWS_MAX 16
#define SWEEP_SERIES_MAX  4

struct sweep_series {
	const char *name;
	double percent[SWEEP_WINDOWS_MAX];
};

struct sweep {
	const char *title;	 /* of what it shows */
	const char *value_title; /* what the percents are of */
	u32 nr_windows, nr_series;
	u64 window_ns[SWEEP_WINDOWS_MAX]; /* ascending */
	struct sweep_series series[SWEEP_SERIES_MAX];
	u64 suggested_ns; /* 0: none */
};

/* What becomes of the hints; false: the VM has none. */
bool sweep_hints(const struct yield_vm *vm, struct sweep *s);
/* Spins in which an awaited vCPU could run: who finds it. False: there is no such spin. */
bool sweep_hits(const struct yield_vm *vm, struct sweep *s);

/* "0.1 ms", "500 ms" without the unit: windows are labels in ms. */
void sweep_label(u64 window_ns, char *buf, size_t len);

/* In the terminal: bars beside the numbers; blocks: the terminal shows UTF-8. */
void sweep_text(const struct sweep *s, int width, bool blocks, FILE *out);

/* Inline in a page. Lines are the classes l0 to l3. */
void sweep_svg(const struct sweep *s, FILE *out);

/* A picture: a row for each VM. */
#define SWEEP_ROWS_MAX 12
struct sweep_row {
	const char *title; /* the VM */
	bool have_hints, have_hits;
	struct sweep hints, hits;
};

struct sweep_picture {
	const struct sweep_row *row;
	u32 nr;
	struct picture_page page;
};

int sweep_script(const struct sweep_picture *p, FILE *to);
int sweep_data(const struct sweep_picture *p, FILE *to);

#endif
