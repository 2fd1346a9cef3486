// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compression, as trace-cmd applies it: each frame on its own, zstd's without a content size, so
 * that a reader has to trust the two numbers before the frame, and check them.
 */
#include <zlib.h>
#include <zstd.h>

#include "compress.h"

static size_t frame_zstd(void *to, size_t room, const void *data, size_t len)
{
	static ZSTD_CCtx *ctx; /* kept: making one costs more than a frame */
	size_t ret;

	if (!ctx) {
		ctx = ZSTD_createCCtx();
		if (!ctx || ZSTD_isError(ZSTD_CCtx_setParameter(ctx, ZSTD_c_contentSizeFlag, 0)))
			die("cannot set up zstd");
	}
	ret = ZSTD_compress2(ctx, to, room, data, len);
	if (ZSTD_isError(ret))
		die("zstd: %s", ZSTD_getErrorName(ret));
	return ret;
}

static size_t frame_zlib(void *to, size_t room, const void *data, size_t len)
{
	uLongf out = room;

	if (compress2(to, &out, data, len, Z_DEFAULT_COMPRESSION) != Z_OK)
		die("zlib failed");
	return out;
}

void compress_frame(struct buf *to, enum compress how, const void *data, size_t len)
{
	size_t room = how == COMPRESS_ZSTD ? ZSTD_compressBound(len) : compressBound(len), at, out;
	u8 *p;

	at = to->len;
	p = buf_room(to, 8 + room) + 8;
	out = how == COMPRESS_ZSTD ? frame_zstd(p, room, data, len)
				   : frame_zlib(p, room, data, len);
	put_int(to->data + at, out, 4, to->big_endian);
	put_int(to->data + at + 4, len, 4, to->big_endian);
	to->len = at + 8 + out;
}

const char *compress_name(enum compress how)
{
	return how == COMPRESS_ZSTD ? "zstd" : how == COMPRESS_ZLIB ? "zlib" : "none";
}

const char *compress_version(enum compress how)
{
	return how == COMPRESS_ZSTD   ? ZSTD_versionString()
	       : how == COMPRESS_ZLIB ? zlibVersion()
				      : "";
}
