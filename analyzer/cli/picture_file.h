/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * picture_file.h - pictures as files: their names, the notes below them, their scripts, and drawing
 * them.
 */
#ifndef KVM_IPI_PICTURE_FILE_H
#define KVM_IPI_PICTURE_FILE_H

#include <stdio.h>

#include "output/gnuplot.h"
#include "output/views.h"
#include "cli/session.h"

/* What is lost, as lines to be freed with notes_release(); 0 or -ENOMEM. */
int notes_loss(const struct input_view *in, u32 nr_in, char ***note, u32 *nr);
/* One more line, "the 12 busiest of 40 VMs", unless all are shown. 0 or -ENOMEM. */
int notes_cut(u32 shown, u32 all, char ***note, u32 *nr);
void notes_release(char **note, u32 nr);

/* A picture to be made: for whom, and its writers, which return 0 or -errno. */
struct picture_job {
	const struct session *s; /* whose inputs are not written onto */
	const struct opts *opts;
	bool leave; /* script and data beside the picture */
	int (*script)(void *ctx, FILE *to);
	int (*data)(void *ctx, FILE *to);
	struct picture_page *page; /* the picture's own, inside of what ctx leads to */
	void *ctx;
};

/*
 * Draws to a file (or NULL, "-": standard output). NAME.gnuplot and NAME.data, if they are left, name
 * each other and the picture as neighbours. 0 or -errno with its line.
 */
int picture_make(const struct picture_job *job, const char *output, struct err *err);
/*
 * The same to the options' output, with what is lost in the inputs, and that only `shown` of `all`
 * VMs are, below the picture. 0 or -errno, after its message.
 */
int picture_show(const struct picture_job *job, const struct input_view *in, u32 nr_in, u32 shown,
		 u32 all);
/* Whether --script can be: a picture, and a file that a script can name. 0 or -errno. */
int picture_check_script(bool picture, const char *output);

/* "NAME-4242-3.png" for "NAME.png", to be freed; NULL: out of memory. */
char *picture_name(const char *output, const struct vm_view *vm);

#endif
