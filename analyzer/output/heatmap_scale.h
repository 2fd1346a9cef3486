/* SPDX-License-Identifier: GPL-2.0-only */
/* heatmap_scale.h - gnuplot's "set cbtics": the places on the scale of a heatmap's colours. */
#ifndef KVM_IPI_HEATMAP_SCALE_H
#define KVM_IPI_HEATMAP_SCALE_H

#include <stdio.h>

#include "output/heatmap.h"

/* h: whose values they are. Nothing for a scale without extent. */
void heatmap_scale_ticks(const struct heat_scale *s, const struct heat *h, FILE *to);

#endif
