/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bars.h - latencies as bars on a logarithmic axis of time: from the fastest to the slowest, with
 * the median, and most of them thicker. What the terminal and gnuplot draw of a VM.
 */
#ifndef KVM_IPI_BARS_H
#define KVM_IPI_BARS_H

#include <stdio.h>

#include "output/gnuplot.h"
#include "output/latency_view.h"

#define BARS_ROWS_MAX 16

struct bars {
	u32 nr;
	struct bars_row {
		char name[48];
		struct latency_times t;
	} row[BARS_ROWS_MAX];
};

/* The VM's stages, and the last two by what the receiver was doing; false: there is none. */
bool bars_of(const struct latency_vm *vm, struct bars *s);

/* The decades that hold all times, in us: powers of ten. Times below the first stand at its
 * beginning. */
struct bars_axis {
	int from, to;
};

struct bars_axis bars_axis(const struct bars *s, u32 nr);
double bars_place(const struct bars_axis *a, u64 ns); /* 0 to 1 */
/* "10 us", "1 ms" of a power of ten of us; micro: how u is written. */
void bars_label(int decade, const char *micro, char *buf, size_t len);

/* In the terminal. */
void bars_text(const struct bars *s, int width, bool blocks, FILE *out);

/* A picture: a panel for each VM, under one axis. */
#define BARS_PANELS_MAX 12
struct bars_picture {
	const struct bars *panel;
	char *const *title; /* of each panel */
	u32 nr;
	const char *from; /* what times count from: "sending" */
	struct picture_page page;
};

int bars_script(const struct bars_picture *p, FILE *to);
int bars_data(const struct bars_picture *p, FILE *to);

#endif
