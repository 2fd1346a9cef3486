/* SPDX-License-Identifier: GPL-2.0-only */
/* codec.h - the two ways in which trace.dat is compressed, each block a frame of its own. */
#ifndef KVM_IPI_CODEC_H
#define KVM_IPI_CODEC_H

#include "util/types.h"

enum codec { CODEC_NONE, CODEC_ZSTD, CODEC_ZLIB, CODEC_UNKNOWN };

/* By the name in the file's header. */
enum codec codec_find(const char *name);

/* A context is reused from block to block; one for each thread. All zero is a fresh one. */
struct codec_ctx {
	void *zstd;
};

/*
 * Exactly out_len bytes must come out: 0, -EBADMSG (damaged), -ENOMEM, -EOPNOTSUPP (unknown codec).
 */
int codec_decompress(struct codec_ctx *ctx, enum codec codec, const void *in, size_t in_len,
		     void *out, size_t out_len);
void codec_release(struct codec_ctx *ctx);

#endif
