/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rounded.h - numbers that are shown with fewer digits than they have: to the nearest, a half up.
 * A time of 2,359 ns is rounded(2359, 100) = 24 tenths of a microsecond, "2.4".
 */
#ifndef KVM_IPI_ROUNDED_H
#define KVM_IPI_ROUNDED_H

#include "util/types.h"

u64 rounded(u64 n, u64 unit);

#endif
