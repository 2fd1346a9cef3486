/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pager.h - what is longer than the screen goes through a pager, as git does it.
 *
 * $KVM_IPI_PAGER, else $PAGER, else less. Only when standard output is a terminal that can do it; a
 * pager that is empty or "cat" is none. LESS=FRX unless LESS is set: what fits is just printed,
 * colours work, and the text stays when the pager goes.
 */
#ifndef KVM_IPI_PAGER_H
#define KVM_IPI_PAGER_H

#include <sys/types.h>

#include "util/types.h"

struct pager {
	pid_t pid; /* 0: there is none */
};

/* The pager's command line, or NULL: none is wanted. */
const char *pager_command(void);
/* From now on standard output is the pager's input. columns: the terminal's width, for $COLUMNS. */
void pager_start(struct pager *p, int columns);
/* Closes standard output and waits until the reader has left. */
void pager_wait(struct pager *p);

#endif
