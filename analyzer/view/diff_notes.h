/* SPDX-License-Identifier: GPL-2.0-only */
/* diff_notes.h - what two sides are, in what they differ, and what may not be compared for that. */
#ifndef KVM_IPI_DIFF_NOTES_H
#define KVM_IPI_DIFF_NOTES_H

#include "view/diff_builder.h"

int diff_sides(struct diff_builder *v); /* fills s.side: 0 or -ENOMEM */
void diff_choose(const struct diff_builder *v, struct figures_choice *c);
void diff_notes(struct diff_builder *v); /* after diff_sides() */

#endif
