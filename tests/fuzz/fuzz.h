/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fuzz.h - what the harnesses share: libFuzzer calls LLVMFuzzerTestOneInput() with one input after
 * the other.
 */
#ifndef KVM_IPI_FUZZ_H
#define KVM_IPI_FUZZ_H

#include "util/types.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* A file in memory with this content, or -1. The caller closes it. */
int fuzz_file(const u8 *data, size_t size);

#endif
