/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * diff_view.h - recordings of two sides, compared, as the shape that writers take.
 *
 * Decides what may be compared at all: where records are missing, or the sides are of different
 * sources, a figure that this would change is not.
 */
#ifndef KVM_IPI_DIFF_VIEW_INIT_H
#define KVM_IPI_DIFF_VIEW_INIT_H

#include "view/diff_builder.h"

int diff_view_init(struct diff_builder *v); /* 0 or -ENOMEM; release it in any case */
void diff_view_release(struct diff_builder *v);

#endif
