/* SPDX-License-Identifier: GPL-2.0-only */
/* coverage_out.h - coverage as remarks of a text and as an object of JSON. */
#ifndef KVM_IPI_COVERAGE_OUT_H
#define KVM_IPI_COVERAGE_OUT_H

#include <stdio.h>

#include "output/views.h"
#include "util/json.h"

/* One sentence, folded at 79 columns, and a line for each CPU that lost records. */
void remarks_coverage(const struct coverage_view *c, FILE *out);
void json_coverage(struct json *j, const struct coverage_view *c);

#endif
