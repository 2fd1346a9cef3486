/* SPDX-License-Identifier: GPL-2.0-only */
/* matrix_text.h - a matrix of counts in the terminal, and as JSON. */
#ifndef KVM_IPI_MATRIX_TEXT_H
#define KVM_IPI_MATRIX_TEXT_H

#include <stdio.h>

#include "output/views.h"
#include "util/json.h"

struct matrix_style {
	int width; /* of the terminal, in columns */
	bool color;
};

/* 0 or -ENOMEM */
int matrix_text(const struct matrix_view *m, const struct matrix_style *style, FILE *out);
/* The rest of a VM's object: titles, ids and counts. */
void matrix_json(const struct matrix_view *m, struct json *j);

#endif
