/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * heatmap.h - a matrix to be looked at: the view, and what all its writers share.
 *
 * A cell's value is factor * num / den (den NULL: 1). A cell without anything behind it (den, or
 * without den num, is 0) has no value and is left blank; a value of 0 is a value. Neighbouring
 * cells add up to one where there are more than a picture holds: sums and shares stay what they
 * say.
 */
#ifndef KVM_IPI_HEATMAP_H
#define KVM_IPI_HEATMAP_H

#include <stdio.h>

#include "output/gnuplot.h"
#include "util/types.h"

/* Rows (from top to bottom) or columns: numbered, or named, or stretches of a scale. */
struct heat_axis {
	const char *title;     /* with its unit */
	const char *unit_many; /* what aggregated cells hold: "vCPUs" */
	u32 nr;
	const u32 *id;
	char *const *name;   /* or NULL */
	const bool *divided; /* a line stands before cell i; NULL: nowhere */
	double step;	     /* not 0: cell i is [i * step, (i + 1) * step) of a scale */
};

struct heat {
	const char *title;	 /* "VM 4242/3 web: 466 IPIs" */
	const char *value_title; /* what a colour means, with its unit */
	struct heat_axis rows, cols;
	const u64 *num, *den; /* [row * cols.nr + col] */
	double factor;
	double top; /* not 0: the scale's end (100 for percents) */
	bool log;
};

/* A heat that was made small enough: group rows and columns are one. */
struct heat_grid {
	const struct heat *h;
	u32 group_rows, group_cols;
	u32 nr_rows, nr_cols;
	u64 *num, *den;
	double low, high; /* smallest and largest value; low > high: there is none */
};

int heat_group(const struct heat *h, u32 max_rows, u32 max_cols,
	       struct heat_grid *g); /* 0, -ENOMEM */
void heat_grid_release(struct heat_grid *g);

/* False: the cell has no value. */
bool heat_value(const struct heat_grid *g, u32 row, u32 col, double *value);

/*
 * The ends of the colours' scale for values from low to high, which all panels of a picture share.
 */
struct heat_scale {
	double from, to;
	bool log;
};

struct heat_scale heat_scale(const struct heat *h, double low, double high);
/* 0 to 1. */
double heat_place(const struct heat_scale *s, double value);

/*
 * The colours from the smallest to the largest value: lightness falls all the way, white is blank.
 */
#define HEAT_COLORS 6
extern const u32 heat_colors[HEAT_COLORS]; /* 0xrrggbb */
u32 heat_color(double place);

struct heat_tick {
	double at; /* in cells of the grid; 0 is the middle of the first */
	char text[64];
};

#define HEAT_TICKS_MAX 128
/* As many labels as fit: at most max, at round places. Returns how many. */
u32 heat_ticks(const struct heat_axis *axis, u32 group, u32 max, struct heat_tick *tick);

/*
 * A line stands before this row or column of the grid; where cells were taken together, none does.
 */
bool heat_divided(const struct heat_axis *axis, u32 group, u32 i);

/* "each cell is 4 x 4 vCPUs, added up" into buf; false: nothing was added up. */
bool heat_group_remark(const struct heat_grid *g, char *buf, size_t len);

/* In the terminal; 0 or -ENOMEM. */
int heat_text(const struct heat *h, int width, bool color, FILE *out);

/* As a picture: the panels one beside the other, under one scale. */
struct heat_picture {
	const struct heat *panel;
	u32 nr;
	const char *title; /* of several panels together; else the panel's own is there */
	struct picture_page page;
};

/* The script, and (with page.data) the data file that it reads. 0 or -ENOMEM. */
int heat_script(const struct heat_picture *p, FILE *to);
int heat_data(const struct heat_picture *p, FILE *to);

#endif
