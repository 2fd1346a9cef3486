/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gnuplot.h - a script through gnuplot into an open file.
 *
 * The script holds its own data and names no file: gnuplot reads it from an unnamed temporary file
 * and writes the picture to its standard output, which is the file given. So nothing a user or a
 * trace named is ever part of a command, and a picture that fails leaves nothing behind.
 */
#ifndef KVM_IPI_GNUPLOT_H
#define KVM_IPI_GNUPLOT_H

#include <stdio.h>

#include "util/err.h"
#include "util/types.h"

/* Where gnuplot comes from: named when it is missing. */
#define GNUPLOT_PACKAGE "gnuplot-nox"

enum picture { PICTURE_PNG, PICTURE_SVG, PICTURE_PDF, NR_PICTURES };

/*
 * Lets script() write the script, runs gnuplot, waits for it. 0 or -errno with its line: gnuplot is
 * missing, was killed, complained, or wrote nothing.
 */
int gnuplot_run(int (*script)(void *ctx, FILE *to), void *ctx, FILE *out, struct err *err);

/* "set terminal" for a picture of width x height pixels (points of 1/96 inch). */
void gnuplot_terminal(enum picture kind, u32 width, u32 height, FILE *to);

/* What pictures have beside their panels. */
struct picture_page {
	enum picture kind;
	char *const *note; /* lines below: what is missing */
	u32 nr_notes;
	const char *data;   /* NULL: the data is in the script; else the name of its file */
	const char *output; /* with data: the picture's name */
};

#define PICTURE_LINE 17 /* pixels of a line of text */

/* The script's beginning: who made it, the terminal, the output's name, the notes at the foot. */
void gnuplot_page(const struct picture_page *p, const char *command, u32 width, u32 height,
		  FILE *to);
/* The notes' place; the lowest is on the page's foot. */
void gnuplot_notes(char *const *note, u32 nr, u32 width, u32 height, FILE *to);
/* The plot's place in pixels, from the page's upper left corner. */
void gnuplot_place(u32 left, u32 top, u32 right, u32 bottom, u32 width, u32 height, FILE *to);

/* A string as gnuplot reads it literally. Control characters and broken UTF-8 become '?'. */
void gnuplot_string(const char *s, FILE *to);

/* Copies text, cut to max characters (not bytes) with an ellipsis, into buf of len bytes. */
void text_cut(const char *text, u32 max, char *buf, size_t len);

#endif
