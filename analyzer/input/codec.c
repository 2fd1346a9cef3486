// SPDX-License-Identifier: GPL-2.0-only
/*
 * codec.c - see codec.h. libzstd and zlib themselves, because libtracecmd offers no way to its own
 * decompression, and because one context for all blocks is what makes it fast.
 */
#include "input/codec.h"

#include <errno.h>
#include <zlib.h>
#include <zstd.h>

enum codec codec_find(const char *name)
{
	if (!strcmp(name, "none") || !*name)
		return CODEC_NONE;
	if (!strcmp(name, "zstd"))
		return CODEC_ZSTD;
	if (!strcmp(name, "zlib"))
		return CODEC_ZLIB;
	return CODEC_UNKNOWN;
}

static int zstd_decompress(struct codec_ctx *ctx, const void *in, size_t in_len, void *out,
			   size_t out_len)
{
	if (!ctx->zstd)
		ctx->zstd = ZSTD_createDCtx();
	if (!ctx->zstd)
		return -ENOMEM;
	return ZSTD_decompressDCtx(ctx->zstd, out, out_len, in, in_len) == out_len ? 0 : -EBADMSG;
}

static int zlib_decompress(const void *in, size_t in_len, void *out, size_t out_len)
{
	uLongf got = out_len;

	return uncompress(out, &got, in, in_len) == Z_OK && got == out_len ? 0 : -EBADMSG;
}

int codec_decompress(struct codec_ctx *ctx, enum codec codec, const void *in, size_t in_len,
		     void *out, size_t out_len)
{
	switch (codec) {
	case CODEC_ZSTD: return zstd_decompress(ctx, in, in_len, out, out_len);
	case CODEC_ZLIB: return zlib_decompress(in, in_len, out, out_len);
	default: return -EOPNOTSUPP;
	}
}

void codec_release(struct codec_ctx *ctx)
{
	ZSTD_freeDCtx(ctx->zstd);
	ctx->zstd = NULL;
}
