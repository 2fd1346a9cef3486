/* SPDX-License-Identifier: GPL-2.0-only */
/* coverage_view.h - the coverage of a session as the shape that writers take. */
#ifndef KVM_IPI_SHAPING_COVERAGE_H
#define KVM_IPI_SHAPING_COVERAGE_H

#include "cli/session.h"
#include "output/shapes.h"

/* After session_run(): 0 or -ENOMEM. */
int coverage_shape_init(struct shape_coverage *shape, const struct session *s);
void coverage_shape_release(struct shape_coverage *shape);

#endif
