/* SPDX-License-Identifier: GPL-2.0-only */
/* coverage_view.h - the coverage of a session as the view that writers take. */
#ifndef KVM_IPI_SHAPING_COVERAGE_H
#define KVM_IPI_SHAPING_COVERAGE_H

#include "trace/recording.h"
#include "output/views.h"

/* After session_run(): 0 or -ENOMEM. */
int coverage_view_init(struct coverage_view *view, const struct recording *s);
void coverage_view_release(struct coverage_view *view);

#endif
