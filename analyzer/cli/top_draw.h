/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * top_draw.h - what the screen of `top` shows: VMs, the pairs of one, its matrix, the keys.
 */
#ifndef KVM_IPI_CLI_TOP_DRAW_H
#define KVM_IPI_CLI_TOP_DRAW_H

#include "cli/screen.h"
#include "output/live_view.h"

enum top_page { PAGE_VMS, PAGE_PAIRS, PAGE_MATRIX, PAGE_HELP };

struct top_shown {
	enum top_page page;
	u32 selected, scroll; /* row of the list, its first visible one */
	s32 vm_pid;	      /* the VM of pairs and matrix */
	u32 vm_id;
	bool frozen;
	const char *sort;  /* the column's name */
	char message[160]; /* in the last line, in place of the keys; "" */
	u64 own_ns_per_s;
};

/* Draws a frame; the selection is kept within the list. */
void top_draw(struct screen *s, const struct live_view *v, struct top_shown *shown);

/* The VM that pairs and matrix are of; NULL: it is not in the view. */
const struct live_view_vm *top_draw_vm(const struct live_view *v, const struct top_shown *shown);

#endif
