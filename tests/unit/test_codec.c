// SPDX-License-Identifier: GPL-2.0-only
/* test_codec.c - compressed blocks, right and wrong ones. */
#include "input/codec.h"

#include "image.h"
#include "unit.h"

static const char text[] = "the same the same the same the same the same the same the same";

START_TEST(names)
{
	ck_assert_int_eq(codec_find("none"), CODEC_NONE);
	ck_assert_int_eq(codec_find(""), CODEC_NONE);
	ck_assert_int_eq(codec_find("zstd"), CODEC_ZSTD);
	ck_assert_int_eq(codec_find("zlib"), CODEC_ZLIB);
	ck_assert_int_eq(codec_find("ZSTD"), CODEC_UNKNOWN);
	ck_assert_int_eq(codec_find("lzma"), CODEC_UNKNOWN);
}
END_TEST

static void check_codec(enum codec codec)
{
	struct codec_ctx ctx = { 0 };
	struct image img = { 0 };
	char out[2 * sizeof(text)];

	image_pack(&img, codec, text, sizeof(text));
	ck_assert_int_eq(codec_decompress(&ctx, codec, img.p, img.len, out, sizeof(text)), 0);
	ck_assert_str_eq(out, text);
	/* Fewer or more bytes than were announced. */
	ck_assert_int_eq(codec_decompress(&ctx, codec, img.p, img.len, out, sizeof(text) - 1),
			 -EBADMSG);
	ck_assert_int_eq(codec_decompress(&ctx, codec, img.p, img.len, out, sizeof(text) + 1),
			 -EBADMSG);
	for (size_t cut = 0; cut < img.len; cut++)
		ck_assert_int_eq(codec_decompress(&ctx, codec, img.p, cut, out, sizeof(text)),
				 -EBADMSG);
	img.p[0] ^= 0xff;
	ck_assert_int_eq(codec_decompress(&ctx, codec, img.p, img.len, out, sizeof(text)),
			 -EBADMSG);
	img.p[0] ^= 0xff;
	/* The context still works after all that. */
	ck_assert_int_eq(codec_decompress(&ctx, codec, img.p, img.len, out, sizeof(text)), 0);
	codec_release(&ctx);
	codec_release(&ctx);
	image_free(&img);
}

START_TEST(zstd)
{
	check_codec(CODEC_ZSTD);
}
END_TEST

START_TEST(zlib)
{
	check_codec(CODEC_ZLIB);
}
END_TEST

START_TEST(no_codec)
{
	struct codec_ctx ctx = { 0 };
	char out[4];

	ck_assert_int_eq(codec_decompress(&ctx, CODEC_UNKNOWN, "abcd", 4, out, 4), -EOPNOTSUPP);
	ck_assert_int_eq(codec_decompress(&ctx, CODEC_NONE, "abcd", 4, out, 4), -EOPNOTSUPP);
	codec_release(&ctx);
}
END_TEST

UNIT_SUITE(codec, names, zstd, zlib, no_codec)
