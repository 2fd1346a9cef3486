/* SPDX-License-Identifier: GPL-2.0-only */
/* remarks.h - what every output for people says of the files it comes from, as # lines. */
#ifndef KVM_IPI_REMARKS_H
#define KVM_IPI_REMARKS_H

#include <stdio.h>

#include "output/views.h"

/* Loss and damage; nothing when all is well. Returns whether there was anything to say. */
bool remarks_loss(const struct input_view *in, u32 nr, FILE *out);
/* A line for each file, for the outputs that read all of its records. */
void remarks_inputs(const struct input_view *in, u32 nr, FILE *out);

#endif
